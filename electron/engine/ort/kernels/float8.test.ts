import { describe, expect, test } from 'vitest';
import { inputAt, outputAt, RecordingGpu } from '../../testing/cuda';
import { CudaOperators } from './operators';

const SIZES = { K: 4096, N: 1024, bits: 4, block_size: 32, accuracy_level: 0 };
const Y = outputAt(0);
const FLOAT8 = ['values_float8', 'weights_float8', 'cublasLt', 'scale_product'];
const HALF = ['decode_weights', 'FusedMatMul'];

async function make(
  gpu: RecordingGpu,
  {
    of = {},
    inputCount = 3,
    gated = false,
  }: { of?: Readonly<Record<string, number>>; inputCount?: number; gated?: boolean } = {},
) {
  const operators = new CudaOperators({ ...gpu.options(), promptPrecision: 'float8' });
  const sizes = { ...SIZES, ...of };
  const kernel = operators.operators[gated ? 1 : 0]!.create(gpu.node(sizes, { inputCount }));
  await operators.ready();
  const run = (rows: number) => {
    gpu.took();
    kernel.run(gpu.context([[1, rows, sizes.K]]));
    return gpu.events;
  };
  const rows = (count: number) => {
    run(count);
    return gpu.took();
  };
  return { operators, run, rows };
}

describe('products of many rows in 8-bit floats', () => {
  test('are compared with halves once, and the halves stay that time', async () => {
    const gpu = new RecordingGpu();
    const { rows } = await make(gpu);
    expect(rows(25)).toEqual([...FLOAT8, ...HALF, 'MatMulNBits']);
    expect(rows(300)).toEqual(FLOAT8);
    // Few rows are as before.
    expect(rows(24)).toContain('product_usual');
    expect(gpu.refused).toEqual([]);
  });

  test('make rows and weights e4m3 with their factors, multiply, and scale with bias and Gelu', async () => {
    const gpu = new RecordingGpu();
    const { run, rows } = await make(gpu, { of: { activation: 1 }, inputCount: 4 });
    rows(300);
    const events = run(300);
    const bytes = (count: number) => [...gpu.allocated].find((entry) => entry[1] === count)?.[0];
    const [x, weights, workspace] = [bytes(300 * 4096), bytes(1024 * 4096), bytes(32 << 20)];
    const [ofRows, ofColumns] = [bytes(4 * 300), bytes(8 * 1024)];
    expect([x, weights, workspace, ofRows, ofColumns]).not.toContain(undefined);
    expect(events).toEqual([
      { kernel: 'values_float8', at: { blocks: [300], threads: 256 }, args: [x, ofRows, inputAt(0), 4096] },
      {
        kernel: 'weights_float8',
        at: { blocks: [1024], threads: 128 },
        args: [weights, ofColumns, inputAt(1), inputAt(2), 4096],
      },
      { product: { m: 300, n: 1024, k: 4096, x, weights, y: Y, workspace } },
      {
        kernel: 'scale_product',
        at: { blocks: [300], threads: 256 },
        args: [Y, ofRows, ofColumns, inputAt(3), 1, 1024],
      },
    ]);
  });

  test('of a gate read the rows once, and have the factors of both matrices', async () => {
    const gpu = new RecordingGpu();
    const { run, rows } = await make(gpu, { inputCount: 5, gated: true });
    rows(64);
    const events = run(64);
    const taken = events.map((event) =>
      'kernel' in event ? event.kernel : 'product' in event ? 'cublasLt' : '',
    );
    const half = ['weights_float8', 'cublasLt'];
    expect(taken).toEqual(['values_float8', ...half, ...half, 'gate_product']);
    const [, ofGate, gate, ofUp, up, last] = events as [
      unknown,
      ...{ args: bigint[]; product: { y: bigint } }[],
    ];
    expect(gate!.product.y).toBe(Y);
    expect(up!.product.y).not.toBe(Y);
    expect(ofUp!.args.slice(2, 4)).toEqual([inputAt(3), inputAt(4)]);
    expect(last!.args).toEqual([Y, up!.product.y, expect.anything(), ofGate!.args[1], ofUp!.args[1], 1024]);
    expect(ofUp!.args[1]! - ofGate!.args[1]!).toBe(4n * 1024n);
  });

  test.each([
    [1.05, true],
    [1.07, false],
    [Number.NaN, false],
  ])('that make %f of 1 are trusted: %s', async (float8, trusted) => {
    const gpu = new RecordingGpu();
    gpu.float8 = float8;
    const { rows } = await make(gpu);
    rows(100);
    expect(rows(100)).toEqual(trusted ? FLOAT8 : HALF);
    expect(gpu.refused).toHaveLength(trusted ? 0 : 1);
    if (!trusted) expect(gpu.refused[0]).toMatch(/^float8 of 4 bits in blocks of 32: .*root mean square/);
  });

  test('that cuBLASLt has not are halves from then on, also at a later length', async () => {
    const gpu = new RecordingGpu();
    const { rows } = await make(gpu);
    rows(100);
    gpu.multiplies = false;
    expect(rows(101)).toEqual(['values_float8', 'weights_float8', ...HALF]);
    gpu.multiplies = true;
    expect(rows(100)).toEqual(HALF);
    expect(gpu.refused).toEqual(['float8 of 4 bits in blocks of 32: cuBLASLt has no such product.']);
  });

  test.each([
    ['weights of 8 bits', { bits: 8 }],
    ['columns that are no multiple of 16', { N: 1032 }],
    ['sums that could be beyond a half', { K: 21_024 }],
  ])('are not for %s', async (_what, of) => {
    const { rows } = await make(new RecordingGpu(), { of });
    rows(100);
    expect(rows(100)).toEqual(HALF);
  });

  test('are not for a GPU without such tensor cores, which is told nothing, nor without cuBLASLt, which is', async () => {
    const ampere = new RecordingGpu();
    ampere.capability = 86;
    const old = await make(ampere);
    old.rows(100);
    expect([old.rows(100), ampere.refused]).toEqual([HALF, []]);
    const alone = new RecordingGpu();
    alone.hasCublas = false;
    const { rows } = await make(alone);
    rows(100);
    expect([rows(100), alone.refused]).toEqual([HALF, ['float8: There is no cuBLASLt.']]);
  });

  test('leave nothing behind', async () => {
    const gpu = new RecordingGpu();
    const { rows, operators } = await make(gpu, { inputCount: 5, gated: true });
    rows(100);
    rows(200);
    operators.dispose();
    expect([gpu.allocated.size, gpu.tensors, gpu.cublasDisposed]).toEqual([0, 0, true]);
  });
});
