import { expect, test } from 'vitest';
import { AppError } from '../../contract/errors';
import type { Backend } from '../ort/backend';
import { createBackend } from './providers';

const request = { provider: 'auto', threads: 1, available: ['cpu'], weightBytes: 1 << 30 } as const;

/** Loads on the CPU alone. */
const onCpu = async (backend: Backend) => {
  const { provider } = backend;
  backend.dispose();
  if (provider !== 'cpu') throw new AppError('engine-failed', 'This card fails in a way of its own.');
  return provider;
};

test('CUDA, WebGPU and the processor are tried in this order, each with the reason why not', async () => {
  const { loaded, passedOver } = await createBackend(request, onCpu);
  expect(loaded).toBe('cpu');
  expect(passedOver.map(({ provider }) => provider)).toEqual(['cuda', 'webgpu']);
  expect(passedOver[0]?.error.message).toBe('This model has no graphs for NVIDIA GPUs.');
  expect(passedOver[1]?.error.message).not.toBe('');
});

test('WebGPU is not tried for a small model, nor for one without graphs that it can run', async () => {
  for (const change of [{ weightBytes: 40 << 20 }, { available: [] }]) {
    const { passedOver } = await createBackend({ ...request, ...change }, onCpu);
    expect(passedOver.map(({ provider }) => provider)).toEqual(['cuda']);
  }
});

test('a provider that was asked for is not replaced', async () => {
  const asked = createBackend({ ...request, provider: 'cuda' }, onCpu);
  await expect(asked).rejects.toMatchObject({ code: 'provider-unavailable' });
});
