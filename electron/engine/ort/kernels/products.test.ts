import { describe, expect, test } from 'vitest';
import { inputAt, outputAt, RecordingGpu } from '../../testing/cuda';
import type { Kernel } from '../custom-operator';
import { CudaOperators } from './operators';
import type { PromptPrecision } from './prompts';

const SIZES = { K: 4096, N: 1024, bits: 4, block_size: 32, accuracy_level: 0 };
const Y = outputAt(0);

type Attributes = Readonly<Record<string, number>>;

interface Made {
  readonly gpu: RecordingGpu;
  readonly operators: CudaOperators;
  /** Runs it with so many rows, as often; what it took. */
  rows(count: number): string[];
}

async function make(
  name: 'MatMulNBits' | 'GatedMatMulNBits',
  attributes: Attributes = {},
  { gpu = new RecordingGpu(), bias = false, promptPrecision = 'float16' as PromptPrecision } = {},
): Promise<Made> {
  const operators = new CudaOperators({ ...gpu.options(), promptPrecision });
  const all = { ...SIZES, ...attributes };
  const inputCount = name === 'GatedMatMulNBits' ? 5 : bias ? 4 : 3;
  const operator = operators.operators.find((one) => one.name === name)!;
  const kernel: Kernel = operator.create(gpu.node(all, { inputCount }));
  await operators.ready();
  const rows = (count: number) => {
    kernel.run(gpu.context([[1, count, all.K]]));
    return gpu.took();
  };
  return { gpu, operators, rows };
}

/** What another such node takes, as a model has many of one kind. */
async function taken({ gpu, operators }: Made, operator: number, rows: number, of: Attributes, inputs = 3) {
  const kernel = operators.operators[operator]!.create(gpu.node({ ...SIZES, ...of }, { inputCount: inputs }));
  await operators.ready();
  gpu.took();
  kernel.run(gpu.context([[1, rows, { ...SIZES, ...of }.K]]));
  return gpu.events;
}

describe('a product of few rows', () => {
  test('is one launch of our kernel: 16 columns a block, activations and codes on their way in shared memory', async () => {
    const made = await make('MatMulNBits', { activation: 1 }, { bias: true });
    made.rows(1);
    expect(await taken(made, 0, 1, { activation: 1 }, 4)).toEqual([
      {
        kernel: 'product_usual',
        // 8 warps, 4 units of 1 KiB each on their way; a row of 4096 halves and 64 bytes against bank conflicts.
        at: { blocks: [64], threads: 256, shared: 8 * 4 * 1024 + 16 * (4096 / 8 + 4) },
        args: [Y, inputAt(0), inputAt(1), inputAt(2), inputAt(3), 1, 1, 1024, 4096],
      },
    ]);
  });

  test('more than 8 go in groups, each where its rows are', async () => {
    const made = await make('MatMulNBits');
    made.rows(20);
    const events = await taken(made, 0, 20, {});
    const args = events.map((event) => ('kernel' in event ? event.args : []));
    const at = (row: number, count: number) => [
      ...[Y + BigInt(2 * 1024 * row), inputAt(0) + BigInt(2 * 4096 * row), inputAt(1), inputAt(2), 0n],
      ...[0, count, 1024, 4096],
    ];
    expect(args).toEqual([at(0, 8), at(8, 8), at(16, 4)]);
  });

  test('goes in smaller groups where shared memory is short, and is ORT’s where no row fits', async () => {
    const gpu = new RecordingGpu();
    // Room for what is on its way and three rows.
    gpu.sharedBytes = 8 * 4 * 1024 + 3 * 16 * (4096 / 8 + 4);
    const made = await make('MatMulNBits', {}, { gpu });
    made.rows(8);
    expect(made.rows(8)).toEqual(['product_usual', 'product_usual', 'product_usual']);
    const small = new RecordingGpu();
    small.sharedBytes = 8 * 4 * 1024;
    const { rows } = await make('MatMulNBits', {}, { gpu: small });
    expect([rows(1), rows(1)]).toEqual([['MatMulNBits'], ['MatMulNBits']]);
  });

  test.each([
    ['product_usual', {}, 256],
    ['product_deep', { K: 16384 }, 512],
    ['product_deep', { K: 8192, bits: 8 }, 512],
    ['product_wide', { N: 151552 }, 256],
  ] as const)('takes %s for %j', async (name, sizes, threads) => {
    const made = await make('MatMulNBits', sizes);
    made.rows(1);
    expect(await taken(made, 0, 1, sizes)).toMatchObject([{ kernel: name, at: { threads } }]);
  });

  test('is compiled for its bits and blocks', async () => {
    const { gpu } = await make('MatMulNBits', { bits: 8, block_size: 128 });
    expect(gpu.compiled).toContain('products {"BITS":8,"BLOCK":128}');
  });
});

describe('a product of many rows', () => {
  test('is ORT’s product of weights that our kernel makes float16, then bias and Gelu', async () => {
    const made = await make('MatMulNBits', { activation: 1 }, { bias: true });
    const ours = ['decode_weights', 'FusedMatMul'];
    const after = ['add_bias', 'activate_values'];
    expect(made.rows(25)).toEqual([...ours, 'MatMulNBits', ...after]);
    expect(made.rows(25)).toEqual([...ours, ...after]);
    expect(made.rows(24)).toEqual([
      'product_usual',
      'product_usual',
      'product_usual',
      'MatMulNBits',
      ...after,
    ]);
    expect(made.gpu.operator('FusedMatMul')).toMatchObject({ attributes: { transB: 1 } });
    expect(made.gpu.operator('MatMulNBits')).toMatchObject({
      attributes: { K: 4096, N: 1024, bits: 4, block_size: 32 },
      inputs: 3,
    });
  });

  test('launches with as many blocks as there is work, at most 8 a multiprocessor', async () => {
    const made = await make('MatMulNBits', { activation: 1 }, { bias: true });
    const { gpu } = made;
    made.rows(25);
    const events = await taken(made, 0, 25, { activation: 1 }, 4);
    const weights = [...gpu.allocated.keys()][0]!;
    expect(gpu.allocated.get(weights)).toBe(2 * 4096 * 1024);
    const pairs = (1024 * 25) / 2;
    expect(events).toEqual([
      {
        kernel: 'decode_weights',
        at: { blocks: [8 * 132], threads: 256 },
        args: [weights, inputAt(1), inputAt(2), BigInt((4096 * 1024) / 8)],
      },
      { operator: 'FusedMatMul', from: [0, expect.objectContaining({ address: weights })], to: [0] },
      {
        kernel: 'add_bias',
        at: { blocks: [pairs / 256], threads: 256 },
        args: [Y, inputAt(3), 512, pairs],
      },
      { kernel: 'activate_values', at: { blocks: [pairs / 256], threads: 256 }, args: [Y, pairs] },
    ]);
  });

  test.each([
    ['prompts are left to ORT', {}, 'ort'],
    ['its weights would take more than 512 MiB', { K: 4096, N: 65538 }, 'float16'],
  ] as const)('is ORT’s alone where %s', async (_why, sizes, promptPrecision) => {
    const { rows, gpu } = await make('MatMulNBits', sizes, { promptPrecision });
    expect(rows(100)).toEqual(['MatMulNBits']);
    expect(gpu.allocated.size).toBe(0);
  });
});

describe('a gated product', () => {
  test('of few rows is one launch over both matrices', async () => {
    const made = await make('GatedMatMulNBits');
    expect(made.rows(2)).toEqual(['gated_product', 'MatMulNBits', 'MatMulNBits', 'gate_values']);
    expect(made.rows(2)).toEqual(['gated_product']);
    expect(await taken(made, 1, 2, {}, 5)).toEqual([
      {
        kernel: 'gated_product',
        at: { blocks: [64], threads: 256, shared: 8 * 2 * 2 * 1024 + 2 * 16 * (4096 / 8 + 4) },
        args: [Y, ...[0, 1, 2, 3, 4].map(inputAt), 2, 1024, 4096],
      },
    ]);
  });

  test('of many rows has the second product in memory of ours, and frees it in the end', async () => {
    const { gpu, operators, rows } = await make('GatedMatMulNBits', {}, { promptPrecision: 'ort' });
    expect(rows(30)).toEqual(['MatMulNBits', 'MatMulNBits', 'gate_values']);
    expect([...gpu.allocated.values()]).toEqual([2 * 1024 * 30]);
    rows(25);
    expect(gpu.allocated.size).toBe(1);
    rows(40);
    expect([...gpu.allocated.values()]).toEqual([2 * 1024 * 40]);
    operators.dispose();
    expect([gpu.allocated.size, gpu.tensors]).toEqual([0, 0]);
  });

  test('that ORT makes of few rows keeps the memory that a recorded graph goes on using', async () => {
    const gpu = new RecordingGpu();
    gpu.theirs = 2;
    const { operators, rows } = await make('GatedMatMulNBits', {}, { gpu, promptPrecision: 'ort' });
    rows(1);
    rows(3);
    rows(30);
    expect([...gpu.allocated.values()]).toEqual([2 * 1024, 2 * 1024 * 3, 2 * 1024 * 30]);
    expect(gpu.freed).toEqual([]);
    operators.dispose();
    expect([gpu.allocated.size, gpu.tensors]).toEqual([0, 0]);
  });
});

describe('the first run of a kind', () => {
  test('makes both and keeps ours where they agree', async () => {
    const { rows, gpu } = await make('MatMulNBits');
    expect(rows(1)).toEqual(['product_usual', 'MatMulNBits']);
    expect(rows(1)).toEqual(['product_usual']);
    // Several rows are another kind.
    expect(rows(2)).toEqual(['product_usual', 'MatMulNBits']);
    expect(rows(8)).toEqual(['product_usual']);
    expect(gpu.refused).toEqual([]);
  });

  test.each([
    [1.01, 1, true],
    [1.05, 1, false],
    [Number.NaN, 1, false],
    [1, Number.NaN, false],
    [Number.NaN, Number.NaN, true],
    [Number.POSITIVE_INFINITY, 1, false],
    [0, 0, true],
  ])('of which ours makes %f and ORT’s %f: trusted %s', async (ours, theirs, trusted) => {
    const gpu = new RecordingGpu();
    Object.assign(gpu, { ours, theirs });
    const { rows } = await make('MatMulNBits', {}, { gpu });
    rows(1);
    expect(rows(1)).toEqual([trusted ? 'product_usual' : 'MatMulNBits']);
    rows(1);
    expect(gpu.refused).toHaveLength(trusted ? 0 : 1);
    if (!trusted) expect(gpu.refused[0]).toMatch(/^product_usual of 4 bits in blocks of 32, a row: .* apart/);
  });

  test('is that of all nodes of it', async () => {
    const gpu = new RecordingGpu();
    gpu.ours = 3;
    const made = await make('MatMulNBits', {}, { gpu });
    made.rows(1);
    expect(await taken(made, 0, 1, { N: 512 })).toMatchObject([{ operator: 'MatMulNBits' }]);
    expect(gpu.refused).toHaveLength(1);
  });

  test('cannot be before its module is there', async () => {
    const gpu = new RecordingGpu();
    const { operators } = new CudaOperators({ ...gpu.options(), promptPrecision: 'float16' });
    operators[0]!.create(gpu.node(SIZES)).run(gpu.context([[1, 1, 4096]]));
    expect(gpu.took()).toEqual(['MatMulNBits']);
    expect(gpu.refused).toEqual([expect.stringContaining('run before it was ready')]);
  });
});
