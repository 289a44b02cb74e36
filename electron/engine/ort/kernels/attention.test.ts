import { describe, expect, test } from 'vitest';
import { inputAt, outputAt, RecordingGpu } from '../../testing/cuda';
import { CudaOperators } from './operators';

const CAPACITY = 512;
/** Outputs 1 and 2, the caches, lie where inputs 1 and 2 do. */
const IN_PLACE = { 1: 1, 2: 2 };

interface Shape {
  readonly heads?: number;
  readonly keyHeads?: number;
  readonly size?: number;
  readonly tokens?: number;
  /** Width of the table of cosines; none without. */
  readonly turns?: number;
  readonly interleaved?: boolean;
  readonly scale?: number;
  readonly inPlace?: Readonly<Record<number, number>>;
}

async function attention(shape: Shape, gpu = new RecordingGpu()) {
  const { heads = 32, keyHeads = 2, size = 128, tokens = 1, turns, interleaved, scale, inPlace } = shape;
  const operators = new CudaOperators({ ...gpu.options(), promptPrecision: 'float16' });
  const operator = operators.operators.find(({ name }) => name === 'GroupQueryAttention')!;
  const integers = {
    num_heads: heads,
    kv_num_heads: keyHeads,
    ...(turns !== undefined && { do_rotary: 1 }),
    ...(interleaved && { rotary_interleaved: 1 }),
  };
  const kernel = operator.create(gpu.node(integers, { floats: scale === undefined ? {} : { scale } }));
  await operators.ready();
  const cache = [1, keyHeads, CAPACITY, size];
  const table =
    turns === undefined
      ? []
      : [
          [CAPACITY, turns],
          [CAPACITY, turns],
        ];
  const shapes = [[1, tokens, (heads + 2 * keyHeads) * size], cache, cache, [1], [], ...table];
  const run = () => kernel.run(gpu.context(shapes, inPlace ?? IN_PLACE));
  return { gpu, operators, run };
}

/** What a second run takes: the first may make both. */
async function second(shape: Shape): Promise<string[]> {
  const { gpu, run } = await attention(shape);
  run();
  gpu.took();
  run();
  return gpu.took();
}

const OURS = ['attend', 'merge'];
const THEIRS = ['GroupQueryAttention'];

describe('attention', () => {
  test.each<[string, Shape, readonly string[]]>([
    ['one token', {}, OURS],
    ['two', { tokens: 2 }, THEIRS],
    ['heads of 64', { size: 64 }, OURS],
    ['heads of 96', { size: 96 }, THEIRS],
    ['16 queries to a key', { heads: 32, keyHeads: 2 }, OURS],
    ['17', { heads: 34, keyHeads: 2 }, THEIRS],
    ['caches that are not written in place', { inPlace: {} }, THEIRS],
    ['values that are not', { inPlace: { 1: 1 } }, THEIRS],
    ['all of a head turned', { turns: 64 }, OURS],
    ['half of one of 128', { turns: 32 }, OURS],
    ['half of one of 64', { turns: 16, size: 64 }, THEIRS],
    ['half of one of 64, pairs beside each other', { turns: 16, size: 64, interleaved: true }, OURS],
    ['pairs that part a lane', { turns: 6, interleaved: true }, THEIRS],
  ])('of %s', async (_what, shape, expected) => {
    expect(await second(shape)).toEqual(expected);
  });

  test('launches a block for each key head and part of its keys, then one for each head', async () => {
    const { gpu, run } = await attention({ turns: 32, scale: 0.25 });
    run();
    expect(gpu.took()).toEqual([...OURS, ...THEIRS]);
    run();
    // 264 blocks would fill 132 multiprocessors twice; a head's keys are in 64 parts at most.
    const [marks] = [...gpu.allocated.keys()];
    expect(gpu.allocated.get(marks!)).toBe(4 * 32 * 64 * (128 + 2));
    const partial = marks! + BigInt(8 * 32 * 64);
    expect(gpu.events).toEqual([
      {
        kernel: 'attend',
        at: { blocks: [2, 64], threads: 128 },
        args: [
          ...[partial, marks, inputAt(0), inputAt(1), inputAt(2), inputAt(3), inputAt(5), inputAt(6)],
          ...[32, 2, CAPACITY, 64, 0, { float: 0.25 }],
        ],
      },
      {
        kernel: 'merge',
        at: { blocks: [32], threads: 128 },
        args: [outputAt(0), partial, marks, inputAt(3), 64],
      },
    ]);
  });

  test('without turning or a scale gives neither, and 1 / √size', async () => {
    const gpu = new RecordingGpu();
    gpu.multiprocessors = 16;
    const { run } = await attention({ heads: 16, keyHeads: 8, size: 64 }, gpu);
    run();
    const [attend] = gpu.events;
    expect(attend).toMatchObject({ at: { blocks: [8, 4] } });
    const args = attend && 'kernel' in attend ? attend.args : [];
    expect(args.slice(6)).toEqual([0n, 0n, 16, 8, CAPACITY, 0, 0, { float: 0.125 }]);
    const ort = gpu.operator('GroupQueryAttention')!;
    expect(ort.attributes).toEqual({ num_heads: 16, kv_num_heads: 8 });
    expect(ort.inputs).toBe(7);
  });

  test('is ORT’s with what the node has, by its own order of inputs', async () => {
    const { gpu, run } = await attention({ tokens: 5, turns: 32, interleaved: true, scale: 0.5 });
    run();
    expect(gpu.events).toEqual([
      { operator: 'GroupQueryAttention', from: [0, null, null, 1, 2, 3, 4, 5, 6], to: [0, 1, 2] },
    ]);
    expect(gpu.operator('GroupQueryAttention')!.attributes).toEqual({
      num_heads: 32,
      kv_num_heads: 2,
      do_rotary: 1,
      rotary_interleaved: 1,
      scale: { float: 0.5 },
    });
    expect(gpu.allocated.size).toBe(0);
  });

  test('that parts from ORT’s is ORT’s from then on; its memory goes in the end', async () => {
    const gpu = new RecordingGpu();
    gpu.ours = 2;
    const { run, operators } = await attention({}, gpu);
    run();
    gpu.took();
    run();
    expect(gpu.took()).toEqual(THEIRS);
    expect(gpu.refused).toEqual([
      expect.stringMatching(/^attend with 32 heads of 128 over 2, 0 turned: 1 of/),
    ]);
    expect(gpu.allocated.size).toBe(1);
    operators.dispose();
    expect(gpu.allocated.size).toBe(0);
  });
});
