import { describe, expect, test } from 'vitest';
import { inputAt, outputAt, RecordingGpu } from '../../testing/cuda';
import type { CudaDriver } from '../cuda-driver';
import type { Pointer } from '../ffi';
import { toFloat16Bits } from '../float16';
import { CudaOperators } from './operators';

const VALUES = [1, Number.NaN, 7, 7, -3, 0, 7, 2];

/** The operator on a GPU that finds `token` in VALUES. */
async function make(token: number) {
  const gpu = new RecordingGpu();
  const options = gpu.options();
  const driver = {
    ...options.driver,
    copyToHost: (target: BigInt64Array | Uint16Array, source: Pointer) => {
      if (target instanceof BigInt64Array) target[0] = source === outputAt(0) ? BigInt(token) : -1n;
      else if (source === inputAt(0)) target.set(VALUES.map(toFloat16Bits));
    },
  } as unknown as CudaDriver;
  const operators = new CudaOperators({ ...options, driver, promptPrecision: 'float16' });
  const kernel = operators.operators.find(({ name }) => name === 'ArgMax')!.create(gpu.node({}));
  await operators.ready();
  const run = (shape: readonly number[]) => {
    kernel.run(gpu.context([shape]));
    return gpu.took();
  };
  return { gpu, kernel, run };
}

describe('the largest logit', () => {
  test('is one launch, compared with the first of this processor’s once', async () => {
    const { gpu, run, kernel } = await make(2);
    expect([run([1, 8]), run([1, 8]), gpu.refused]).toEqual([['find_largest'], ['find_largest'], []]);
    kernel.run(gpu.context([[1, 8]]));
    expect(gpu.events).toEqual([
      {
        kernel: 'find_largest',
        at: { blocks: [1], threads: 1024 },
        args: [outputAt(0), inputAt(0), 1],
      },
    ]);
  });

  test.each([1, 3])('is ORT’s from then on where it is not the first: %i', async (token) => {
    const { gpu, run } = await make(token);
    expect([run([1, 8]), run([1, 8])]).toEqual([['find_largest', 'ArgMax'], ['ArgMax']]);
    expect(gpu.refused).toEqual([`find_largest: ${token} instead of 2`]);
  });

  test.each([[[2, 8]], [[1, 9]]])('of %j is ORT’s', async (shape) => {
    const { run } = await make(2);
    expect(run(shape)).toEqual(['ArgMax']);
  });
});
