import { expect, test } from 'vitest';
import type { Binding } from '../ort/backend';
import { longRun } from './long-run';

function binding(): { calls: string[]; binding: Binding } {
  const calls: string[] = [];
  return {
    calls,
    binding: {
      run: () => void calls.push('here'),
      runAsync: async () => void calls.push('elsewhere'),
      dispose: () => {},
    },
  };
}

test('on CUDA a run stays on this thread, elsewhere it leaves it free', async () => {
  const cuda = binding();
  await longRun({ provider: 'cuda' }, cuda.binding);
  expect(cuda.calls).toEqual(['here']);
  for (const provider of ['cpu', 'webgpu'] as const) {
    const other = binding();
    await longRun({ provider }, other.binding);
    expect(other.calls).toEqual(['elsewhere']);
  }
});

test('what was stopped before it begins is not run', async () => {
  const cuda = binding();
  await expect(longRun({ provider: 'cuda' }, cuda.binding, AbortSignal.abort())).rejects.toMatchObject({
    code: 'aborted',
  });
  expect(cuda.calls).toEqual([]);
});
