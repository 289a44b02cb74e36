import { expect, test } from 'vitest';
import type { Gpu, Hardware, ModelEntry } from '../../../electron/contract/models';
import { freeFor, roomFor } from './room';

const gpu = (id: number, freeBytes: number): Gpu => ({ id, name: `GPU ${id}`, totalBytes: 24, freeBytes });
const hardware = (change: Partial<NonNullable<Hardware['graphics']>> = {}): Hardware => ({
  memory: { totalBytes: 64, freeBytes: 30 },
  processor: { name: '', threads: 8 },
  graphics: {
    gpus: [gpu(0, 4), gpu(1, 20)],
    driver: { version: '580', cuda: '13.0' },
    reason: null,
    runtime: { version: '1.29.0', cudaProvider: true },
    providers: ['cuda', 'webgpu', 'cpu'],
    webgpu: { name: 'Radeon', software: false, totalBytes: 16, freeBytes: 9 },
    ...change,
  },
  reclaimable: null,
});
const model = (options: ModelEntry['options']): ModelEntry =>
  ({ options, memoryNeeded: 10, manifest: { graphs: { cuda: {}, cpu: {} } } }) as unknown as ModelEntry;

test('room is that of the GPU that was chosen, or of the one with the most free memory', () => {
  expect(roomFor(model({}), hardware())).toEqual({ needed: 10, free: 20, fits: true });
  expect(roomFor(model({ deviceId: 0 }), hardware())).toEqual({ needed: 10, free: 4, fits: false });
  expect(roomFor(model({ deviceId: 7 }), hardware()).free).toBe(30);
});

test('free for one that is not here yet, with what the one in use gives back where it is', () => {
  expect(freeFor(hardware(), true)).toBe(20);
  expect(freeFor(hardware(), false)).toBe(30);
  expect(freeFor(hardware({ runtime: { version: '1.29.0', cudaProvider: false } }), true)).toBe(30);
  const busy = { ...hardware(), reclaimable: { provider: 'cpu', bytes: 5 } as const };
  expect([freeFor(busy, true), freeFor(busy, false)]).toEqual([20, 35]);
});

test("room on WebGPU is the card's, of a software adapter main memory's", () => {
  expect(roomFor(model({ provider: 'webgpu' }), hardware())).toMatchObject({ free: 9, fits: false });
  const uncounted = { name: 'Iris', software: false, totalBytes: 16, freeBytes: null };
  expect(roomFor(model({ provider: 'webgpu' }), hardware({ webgpu: uncounted })).free).toBe(16);
  const software = { name: 'llvmpipe', software: true, totalBytes: 2, freeBytes: null };
  expect(roomFor(model({ provider: 'webgpu' }), hardware({ webgpu: software })).free).toBe(30);
  expect(roomFor(model({ provider: 'cpu' }), hardware()).free).toBe(30);
});
