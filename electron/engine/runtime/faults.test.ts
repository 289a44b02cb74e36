import { join } from 'node:path';
import { expect, test } from 'vitest';
import { AppError } from '../../contract/errors';
import type { GenerationEvent } from '../../contract/generation';
import type { Backend, Binding, Session } from '../ort/backend';
import { CpuBackend } from '../ort/cpu-backend';
import { LoadedModel } from './loaded-model';
import { explainProviderError } from './provider-errors';
import { createBackend } from './providers';

/** Faults of a graphics card, put in where ONNX Runtime and the driver report them, and the app's life after them. */

const nano = join(import.meta.dirname, '../../../models/nano');

type Fault = { readonly at: 'open' | 'allocate' | 'run'; readonly after?: number; readonly error: Error };

/** The CPU, called CUDA, that fails where it is told to. */
function faulty({ at, after = 0, error }: Fault): Backend & { disarm(): void } {
  const cpu = new CpuBackend(1);
  let left = after;
  let armed = true;
  const hit = (place: Fault['at']) => {
    if (armed && place === at && left-- <= 0) throw error;
  };
  const wrap = (session: Session): Session => ({
    bind: (...args) => {
      const binding = session.bind(...args);
      const wrapped: Binding = {
        run: () => {
          hit('run');
          return binding.run();
        },
        runAsync: async (signal) => {
          hit('run');
          return binding.runAsync(signal);
        },
        dispose: () => binding.dispose(),
      };
      return wrapped;
    },
    dispose: () => session.dispose(),
  });
  return {
    provider: 'cpu',
    device: { kind: 'card', name: 'a card that fails' },
    open: async (path) => {
      hit('open');
      return wrap(await cpu.open(path));
    },
    allocate: (type, shape) => {
      hit('allocate');
      return cpu.allocate(type, shape);
    },
    buffer: (type, shape) => cpu.buffer(type, shape),
    memory: () => cpu.memory(),
    dispose: () => cpu.dispose(),
    disarm: () => {
      armed = false;
    },
  };
}

const outOfMemory = () =>
  new AppError('engine-failed', 'x', {
    ort: 'Failed to allocate memory for requested buffer of size 1073741824',
  });

const request = {
  messages: [{ role: 'user', content: [{ type: 'text', text: 'What is 3 + 4?' }] }],
  sampling: {},
  enableThinking: false,
} as const;

async function answer(model: LoadedModel): Promise<GenerationEvent[]> {
  const events: GenerationEvent[] = [];
  for await (const event of model.generate({ ...request, messages: [...request.messages] }))
    events.push(event);
  return events;
}

const load = (backend: Backend) => LoadedModel.load(nano, { backend, contextLength: 256 });

test.each<[string, Fault]>([
  ['while graphs are opened', { at: 'open', error: outOfMemory() }],
  ['while the cache is allocated', { at: 'allocate', error: outOfMemory() }],
  ['at the first run', { at: 'run', error: outOfMemory() }],
])('out of memory %s is one sentence, and another model loads at once', async (_, fault) => {
  const request = { provider: 'cpu', threads: 1, available: ['cpu'], weightBytes: 0 } as const;
  const failed = createBackend(request, async () => load(faulty(fault)));
  await expect(failed).rejects.toMatchObject({
    code: 'out-of-memory',
    message: expect.stringMatching(/^Out of main memory\. The model does not fit/),
  });
  const model = await LoadedModel.load(nano, { provider: 'cpu', threads: 1, contextLength: 256 });
  expect((await answer(model)).at(-1)?.type).toBe('finished');
  await model.dispose();
});

test('out of memory in the middle of an answer ends that answer, and the next one is written', async () => {
  // The warm-up takes some runs itself.
  const backend = faulty({ at: 'run', after: 6, error: outOfMemory() });
  const model = await load(backend);
  const events = await answer(model);
  expect(events.at(-1)).toMatchObject({
    type: 'failed',
    error: {
      code: 'out-of-memory',
      message: expect.stringMatching(/^Out of main memory\. (Reading|Writing)/),
    },
  });
  backend.disarm();
  expect((await answer(model)).at(-1)?.type).toBe('finished');
  await model.dispose();
});

test.each([
  [
    'a driver that is too old',
    'CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version',
    'provider-unavailable',
    /driver is too old/,
  ],
  [
    'a provider library of another version',
    'The requested API version [24] is not available, only API versions [1, 23] are supported in this build.',
    'provider-unavailable',
    /of another release/,
  ],
  [
    'an operator that the provider lacks',
    "Could not find an implementation for GroupQueryAttention(1) node with name 'layers.0.attention'",
    'model-unsupported',
    /uses the operator GroupQueryAttention, which this provider does not have/,
  ],
  [
    'an operator that nobody knows',
    'Fatal error: com.microsoft:SparseThing(-1) is not a registered function/op',
    'model-unsupported',
    /uses the operator [\w:.]*SparseThing/,
  ],
])('%s is named', (_, ort, code, message) => {
  const explained = explainProviderError('cuda', new AppError('engine-failed', 'x', { ort }));
  expect(explained.code).toBe(code);
  expect(explained.message).toMatch(message);
});

test('what cannot fit is refused before it is read, with both figures; it can be forced', async () => {
  const backend = faulty({ at: 'run', after: 1e9, error: outOfMemory() });
  const short: Backend = { ...backend, memory: () => ({ usedBytes: 0, peakBytes: 0, freeBytes: 1 << 20 }) };
  await expect(load(short)).rejects.toMatchObject({
    code: 'out-of-memory',
    message: expect.stringMatching(/needs about [\d,]+ MiB with a context of 256 tokens, and 1 MiB are free/),
  });
  const model = await LoadedModel.load(nano, { backend: short, contextLength: 256, force: true });
  await model.dispose();
});
