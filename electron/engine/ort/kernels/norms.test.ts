import { describe, expect, test } from 'vitest';
import { inputAt, outputAt, RecordingGpu } from '../../testing/cuda';
import { CudaOperators } from './operators';

async function addNorm({ width = 4096, rows = 3, inner = false, gpu = new RecordingGpu() } = {}) {
  const operators = new CudaOperators({ ...gpu.options(), promptPrecision: 'float16' });
  const floats = { epsilon: 1e-5, ...(inner && { inner_epsilon: 1e-6 }) };
  const operator = operators.operators.find(({ name }) => name === 'AddNorm')!;
  const kernel = operator.create(gpu.node({}, { inputCount: inner ? 4 : 3, floats }));
  await operators.ready();
  return { gpu, run: () => kernel.run(gpu.context([[1, rows, width]])) };
}

describe('a sum and its norm', () => {
  test.each([false, true])('are one launch, a block a row; a norm inside: %s', async (inner) => {
    const { gpu, run } = await addNorm({ inner });
    run();
    const theirs = [...(inner ? ['SimplifiedLayerNormalization'] : []), 'SkipSimplifiedLayerNormalization'];
    expect(gpu.took()).toEqual(['add_norm', ...theirs]);
    run();
    expect(gpu.events).toEqual([
      {
        kernel: 'add_norm',
        at: { blocks: [3], threads: 512 },
        args: [
          ...[outputAt(0), outputAt(1), inputAt(0), inputAt(1), inner ? inputAt(3) : 0n, inputAt(2)],
          ...[{ float: inner ? 1e-6 : 0 }, { float: 1e-5 }, 4096],
        ],
      },
    ]);
  });

  test.each([
    [8192, 'add_norm'],
    [8200, 'SkipSimplifiedLayerNormalization'],
    [4100, 'SkipSimplifiedLayerNormalization'],
  ])('of %i values are by %s', async (width, expected) => {
    const { gpu, run } = await addNorm({ width });
    run();
    gpu.took();
    run();
    expect(gpu.took()).toEqual([expected]);
  });

  test('are ORT’s where the results part: the norm inside first, in the place of the sum', async () => {
    const gpu = new RecordingGpu();
    gpu.theirs = 4;
    const { run } = await addNorm({ inner: true, gpu });
    run();
    gpu.took();
    run();
    expect(gpu.events).toEqual([
      { operator: 'SimplifiedLayerNormalization', from: [0, 3], to: [1] },
      { operator: 'SkipSimplifiedLayerNormalization', from: [1, { output: 1 }, 2], to: [0, null, null, 1] },
    ]);
    expect(gpu.refused).toEqual([expect.stringContaining('add_norm of 4096 with one inside')]);
  });
});
