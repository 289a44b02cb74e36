import { describe, expect, test } from 'vitest';
import { inputAt, outputAt, RecordingGpu } from '../../testing/cuda';
import type { AttentionShape } from '../quantized-cache-graph';
import { CudaOperators } from './operators';
import { canQuantize } from './quantized-attention';

const CAPACITY = 1024;
/** The article's 9 B. */
const PHONE: AttentionShape = {
  heads: 24,
  keyHeads: 24,
  size: 128,
  turned: 128,
  interleaved: false,
  scale: 0,
};

async function operator(name: string, shape: Partial<AttentionShape> = {}) {
  const gpu = new RecordingGpu();
  const operators = new CudaOperators({ ...gpu.options(), promptPrecision: 'float16' });
  const { heads, keyHeads, size, turned, interleaved, scale } = { ...PHONE, ...shape };
  const attributes = {
    num_heads: heads,
    kv_num_heads: keyHeads,
    head_size: size,
    turned,
    ...(interleaved && { rotary_interleaved: 1 }),
  };
  const made = operators.operators.find((one) => one.name === name)!;
  const kernel = made.create(gpu.node(attributes, { floats: scale ? { scale } : {} }));
  await operators.ready();
  const cache = [1, keyHeads, CAPACITY, size + 2];
  const table =
    turned > 0
      ? [
          [CAPACITY, turned / 2],
          [CAPACITY, turned / 2],
        ]
      : [];
  const lengths = [[1], []];
  const attend = (tokens: number, inPlace: Readonly<Record<number, number>> = { 1: 1, 2: 2 }) =>
    kernel.run(
      gpu.context([[1, tokens, (heads + 2 * keyHeads) * size], cache, cache, ...lengths, ...table], inPlace),
    );
  const append = (tokens: number) => {
    const rows = [1, tokens, keyHeads * size];
    kernel.run(gpu.context([rows, rows, cache, cache, ...lengths, ...table], { 0: 2, 1: 3 }));
  };
  return { gpu, operators, attend, append };
}

const launches = (gpu: RecordingGpu) =>
  gpu.events.map((event) => ('kernel' in event ? [event.kernel, event.at.blocks] : []));

describe('attention over 8 bits', () => {
  test('of one token writes it while it reads: two kernels, a head in so many parts that the card is full', async () => {
    const { gpu, attend } = await operator('QuantizedAttention');
    attend(1);
    const [marks] = [...gpu.allocated.keys()];
    // 396 blocks would fill 132 multiprocessors.
    const splits = 17;
    expect(gpu.allocated.get(marks!)).toBe(4 * 24 * splits * 130);
    const partial = marks! + BigInt(8 * 24 * splits);
    const cache = [inputAt(1), inputAt(2), inputAt(3)];
    expect(gpu.events).toEqual([
      {
        kernel: 'attend_codes',
        at: { blocks: [24, splits], threads: 128 },
        args: [
          ...[partial, marks, inputAt(0), ...cache, inputAt(5), inputAt(6)],
          ...[24, 24, CAPACITY, 128, 0, { float: 1 / Math.sqrt(128) }, 1, 0],
        ],
      },
      {
        kernel: 'merge_tokens',
        at: { blocks: [24, 1], threads: 128 },
        args: [outputAt(0), partial, marks, inputAt(3), 24, splits, 1, 0, 16],
      },
    ]);
    // A CUDA graph has recorded these addresses.
    attend(1);
    expect(gpu.events.slice(2)).toEqual(gpu.events.slice(0, 2));
    expect(gpu.allocated.size).toBe(1);
  });

  test('of several writes them first; 16 share a block', async () => {
    const { gpu, attend } = await operator('QuantizedAttention');
    attend(40);
    const key = inputAt(0) + BigInt(2 * 24 * 128);
    expect(gpu.events[0]).toEqual({
      kernel: 'append',
      at: { blocks: [24, 2], threads: 128 },
      args: [
        ...[inputAt(1), inputAt(2), key, key + BigInt(2 * 24 * 128), inputAt(3), inputAt(5), inputAt(6)],
        ...[24, CAPACITY, 128, 0, 40, 72 * 128],
      ],
    });
    expect(launches(gpu).slice(1)).toEqual([
      ['attend_codes', [24 * 3, 6]],
      ['merge_tokens', [24, 40]],
    ]);
  });

  test.each([
    ['own keys', {}, 256, 256],
    ['a key for three', { heads: 24, keyHeads: 8 }, 255, 5 * 51],
    ['a key for 16', { heads: 32, keyHeads: 2 }, 256, 256],
  ])('of a long text goes in pieces of whole tiles: %s', async (_what, shape, step, covered) => {
    const { gpu, attend } = await operator('QuantizedAttention', shape);
    attend(600);
    const firsts = gpu.events.flatMap((event) =>
      'kernel' in event && event.kernel === 'attend_codes' ? [event.args.slice(-2)] : [],
    );
    expect(step).toBe(covered);
    expect(firsts).toEqual([0, step, 2 * step].map((first) => [600, first]));
    const tokens = launches(gpu).flatMap(([kernel, blocks]) => (kernel === 'merge_tokens' ? [blocks] : []));
    expect(tokens).toEqual([step, step, 600 - 2 * step].map((count) => [expect.any(Number), count]));
    // Sums of a piece, not of the text.
    const [bytes] = [...gpu.allocated.values()];
    expect(bytes).toBeLessThan(8 << 20);
  });

  test('without turning or with a scale gives both', async () => {
    const { gpu, attend } = await operator('QuantizedAttention', { size: 64, turned: 0, scale: 0.25 });
    attend(1);
    const [event] = gpu.events;
    const args = event && 'kernel' in event ? event.args : [];
    expect(args.slice(6)).toEqual([0n, 0n, 24, 24, CAPACITY, 0, 0, { float: 0.25 }, 1, 0]);
    expect(gpu.compiled.filter((one) => one.startsWith('attention-int8'))).toEqual([
      'attention-int8 {"HEAD":64}',
    ]);
  });

  test('is not of a cache that lies elsewhere afterwards', async () => {
    const { gpu, attend } = await operator('QuantizedAttention');
    expect(() => attend(1, { 1: 1 })).toThrow('in place');
    expect(gpu.events).toEqual([]);
  });
});

test('an encoder’s keys and values are appended from where they are', async () => {
  const { gpu, append } = await operator('AppendKeyValue');
  append(33);
  expect(gpu.events).toEqual([
    {
      kernel: 'append',
      at: { blocks: [24, 2], threads: 128 },
      args: [
        ...[inputAt(2), inputAt(3), inputAt(0), inputAt(1), inputAt(4), inputAt(6), inputAt(7)],
        ...[24, CAPACITY, 128, 0, 33, 24 * 128],
      ],
    },
  ]);
  expect(gpu.allocated.size).toBe(0);
});

test.each<[string, Partial<AttentionShape>, boolean]>([
  ['the article’s', {}, true],
  ['Nano’s', { heads: 8, keyHeads: 8, size: 64, turned: 64 }, true],
  ['glm4v’s', { heads: 32, keyHeads: 2, turned: 64, interleaved: true }, true],
  ['heads of 96', { size: 96, turned: 96 }, false],
  ['17 queries to a key', { heads: 34, keyHeads: 2 }, false],
  ['half a query', { heads: 24, keyHeads: 16 }, false],
  ['half of 64 turned, as halves', { size: 64, turned: 32 }, false],
  ['pairs that part a lane', { turned: 12, interleaved: true }, false],
])('there are kernels for %s: %j', (_what, shape, expected) => {
  expect(canQuantize({ ...PHONE, ...shape })).toBe(expected);
});
