import { describe, expect, test } from 'vitest';
import { RecordingGpu } from '../../testing/cuda';
import type { CudaDriver } from '../cuda-driver';
import type { Pointer } from '../ffi';
import { CudaOperators } from './operators';

const LOGITS = Float32Array.of(1, 5, -2, 5, 0, 4, Number.NaN, Number.NEGATIVE_INFINITY);
const ASKED = { temperature: 0.5, mass: 0.9, least: 2, reach: 0 };

interface Answer {
  readonly top: number;
  readonly total: number;
  readonly count: number;
  readonly ids: readonly number[];
}

const totalOf = (temperature: number) =>
  LOGITS.reduce((sum, logit) => sum + (logit > -Infinity ? Math.exp((logit - 5) / temperature) : 0), 0);
const right: Answer = { top: 5, total: totalOf(0.5), count: 3, ids: [3, 1, 5] };

/** A finder over a GPU that answers so. */
async function finder(answers: readonly Answer[], vocabulary = LOGITS.length) {
  const gpu = new RecordingGpu();
  let reads = 0;
  let at = 0;
  const options = gpu.options();
  const driver = {
    ...options.driver,
    copyToHost: (target: Uint8Array, _source: Pointer) => {
      const { top, total, count, ids } = answers[Math.min(at++, answers.length - 1)]!;
      const view = new DataView(target.buffer);
      view.setFloat32(0, top, true);
      view.setFloat32(4, total, true);
      view.setInt32(8, count, true);
      for (const [i, id] of ids.entries()) {
        view.setInt32(16 + 4 * i, id, true);
        view.setFloat32(16 + 4 * 256 + 4 * i, LOGITS[id]!, true);
      }
    },
  } as unknown as CudaDriver;
  const operators = new CudaOperators({ ...options, driver, promptPrecision: 'float16' });
  await operators.ready();
  const read = () => {
    reads++;
    return LOGITS;
  };
  const likely = operators.likelyTokens({ address: 99n, vocabulary, read });
  return { gpu, likely, reads: () => reads };
}

describe('the likeliest tokens on the GPU', () => {
  test('are found by one launch, and compared with this processor’s once', async () => {
    const { gpu, likely, reads } = await finder([right]);
    for (let i = 0; i < 2; i++) {
      gpu.took();
      const found = likely!.find(ASKED);
      expect([found?.top, [...found!.ids], [...found!.logits]]).toEqual([5, [3, 1, 5], [5, 5, 4]]);
      expect(gpu.events).toMatchObject([{ kernel: 'find_candidates', at: { blocks: [1], threads: 1024 } }]);
    }
    const [event] = gpu.events;
    expect('kernel' in event! && event.args.slice(1)).toEqual([
      ...[99n, 8, { float: 2 }, { float: 0.9 }],
      ...[2, { float: 0 }],
    ]);
    expect([reads(), gpu.refused]).toEqual([1, []]);
  });

  test.each([
    ['another largest', { ...right, top: 4 }],
    ['another sum', { ...right, total: right.total * 1.01 }],
    ['no sum', { ...right, total: Number.NaN }],
  ])('are read from then on where it makes %s', async (_what, wrong) => {
    const { gpu, likely } = await finder([wrong, right]);
    expect([likely!.find(ASKED), likely!.find(ASKED)]).toEqual([null, null]);
    expect(gpu.refused).toHaveLength(1);
    expect(gpu.took()).toEqual(['find_candidates']);
  });

  test.each([
    ['none of its bounds holds enough', { ...right, count: -1 }],
    ['there are more than it has room for', { ...right, count: 257 }],
  ])('are read this once where %s', async (_why, answer) => {
    const { gpu, likely } = await finder([answer, right]);
    expect(likely!.find(ASKED)).toBeNull();
    expect([...likely!.find(ASKED)!.ids]).toEqual([3, 1, 5]);
    expect(gpu.refused).toEqual([]);
  });

  test('are not for a vocabulary that is no multiple of 8; memory is given back', async () => {
    expect((await finder([right], 9)).likely).toBeNull();
    const { gpu, likely } = await finder([right]);
    expect(gpu.allocated.size).toBe(1);
    likely!.dispose();
    expect(gpu.allocated.size).toBe(0);
  });
});
