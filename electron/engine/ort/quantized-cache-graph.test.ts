import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { relativeError } from '../../../models/builder/families/testing';
import { buildFixture } from '../../../models/builder/fixture-packages';
import { Graph } from '../../../models/builder/graph';
import { groupQueryAttention } from '../../../models/builder/group-query-attention';
import { referenceOperators } from '../testing/own-operators';
import { QuantizedRows } from '../testing/quantized-attention';
import type { HostTensor, Tensors } from './backend';
import { CpuBackend } from './cpu-backend';
import { withOwnOperators } from './own-operators-graph';
import { SCALE_BYTES, withQuantizedCache } from './quantized-cache-graph';

const { onnx } = createRequire(import.meta.url)('onnx-proto') as typeof import('onnx-proto');

const folder = mkdtempSync(join(tmpdir(), 'autoglm-quantized-cache-'));
afterAll(() => rmSync(folder, { recursive: true }));

const ROWS = 24;
const quantized = (model: Uint8Array) => withQuantizedCache(model)!.model;

/** A session of a file, as it is or with a cache of 8 bits, and the cache. */
async function open(path: string, isQuantized: boolean) {
  const own = {
    operators: referenceOperators('float32'),
    rewrite: (model: Uint8Array) => withOwnOperators(quantized(model), 'float32'),
  };
  const backend = new CpuBackend(1, isQuantized ? { own } : {});
  const session = await backend.open(path);
  const { graph } = onnx.ModelProto.decode(readFileSync(path));
  const shapes = new Map(
    graph!.input!.map(({ name, type }) => [
      name!,
      type!.tensorType!.shape!.dim!.map(({ dimParam, dimValue }) => (dimParam ? ROWS : Number(dimValue))),
    ]),
  );
  const cache = Object.fromEntries(
    [...shapes].flatMap(([name, shape]) => {
      if (!name.startsWith('past_key_values.')) return [];
      const [batch, heads, rows, size] = shape as [number, number, number, number];
      const tensor = isQuantized
        ? backend.buffer('uint8', [batch, heads, rows, size + SCALE_BYTES])
        : backend.buffer('float32', shape);
      return [[name, tensor] as [string, HostTensor<'uint8' | 'float32'>]];
    }),
  );
  const presents = Object.fromEntries(
    Object.entries(cache).map(([name, tensor]) => [name.replace('past_key_values', 'present'), tensor]),
  );
  /** Runs tokens behind `used` rows. */
  const run = (tokens: number, used: number, inputs: Tensors, outputs: Tensors) => {
    const [last, total] = [backend.buffer('int32', [1]), backend.buffer('int32', [])];
    last.data[0] = used + tokens - 1;
    total.data[0] = used + tokens;
    const lengths = { seqlens_k: last, total_sequence_length: total };
    const binding = session.bind({ ...inputs, ...lengths, ...cache }, { ...outputs, ...presents });
    binding.run();
    binding.dispose();
  };
  const dispose = () => {
    session.dispose();
    backend.dispose();
  };
  return { backend, cache, shapes, run, dispose };
}

describe('a decoder', () => {
  // Without quantized weights, whose rounding of activations would hide the cache's.
  buildFixture('tiny', join(folder, 'tiny'));
  const path = join(folder, 'tiny', 'decoder.fp32.onnx');

  /** Logits of the last token of each run. */
  async function logits(isQuantized: boolean, runs: readonly (readonly [number, readonly number[]])[]) {
    const { backend, run, dispose } = await open(path, isQuantized);
    const vocabulary = onnx.ModelProto.decode(readFileSync(path)).graph!.output!.find(
      ({ name }) => name === 'logits',
    )!;
    const width = Number(vocabulary.type!.tensorType!.shape!.dim![1]!.dimValue);
    const out = backend.buffer('float32', [1, width]);
    const results = runs.map(([used, ids]) => {
      const tokens = backend.buffer('int64', [1, ids.length]);
      tokens.data.set(ids.map(BigInt));
      run(ids.length, used, { input_ids: tokens }, { logits: out });
      return Float32Array.from(out.data);
    });
    dispose();
    return results;
  }

  test('over 8 bits gives nearly the logits of the one over floats, several tokens at once and one', async () => {
    const runs = [
      [0, [5, 77, 120, 9, 30]],
      [5, [42]],
      [6, [7, 8, 9]],
      [9, [11]],
    ] as const;
    const [plain, own] = [await logits(false, runs), await logits(true, runs)];
    for (const [i, expected] of plain.entries()) {
      const apart = relativeError(own[i]!, expected);
      expect(apart).toBeLessThan(0.05);
      // It is rounded: nobody has left the cache as it was.
      expect(apart).toBeGreaterThan(1e-4);
    }
    expect(relativeError(plain[1]!, plain[0]!)).toBeGreaterThan(0.1);
  });

  test('takes rows back: what was written behind them is seen no more', async () => {
    const [, , , , again] = await logits(true, [
      [0, [5, 77, 120]],
      [3, [42]],
      [4, [99, 98, 97]],
      [4, [1]],
      [3, [42]],
    ]);
    const [, once] = await logits(true, [
      [0, [5, 77, 120]],
      [3, [42]],
    ]);
    expect([...again!]).toEqual([...once!]);
  });

  test('says what its kernels must be made for, and asks for bytes', () => {
    const { model, shapes } = withQuantizedCache(readFileSync(path))!;
    const { graph } = onnx.ModelProto.decode(model);
    const caches = [...graph!.input!, ...graph!.output!].filter(({ name }) =>
      /^(past_key|present)/.test(name!),
    );
    expect(shapes).toHaveLength(caches.length / 4);
    const [{ keyHeads, size, turned }] = shapes as [(typeof shapes)[0]];
    expect(turned).toBe(size);
    for (const { type } of caches) {
      expect(type!.tensorType!.elemType).toBe(onnx.TensorProto.DataType.UINT8);
      expect(
        type!.tensorType!.shape!.dim!.map(({ dimParam, dimValue }) => dimParam || Number(dimValue)),
      ).toEqual([1, keyHeads, 'M', size + 2]);
    }
    expect(withQuantizedCache(model)).toBeNull();
  });
});

describe('an encoder that appends', () => {
  const [HEADS, SIZE, TOKENS] = [2, 16, 9];
  const WIDTH = HEADS * SIZE;
  interface Change {
    readonly window?: number;
    readonly reader?: boolean;
    readonly cacheReader?: boolean;
    readonly mask?: boolean;
  }

  /** Two layers; each attention's result is the next one's query. */
  function graphOf({ window = 1, reader, cacheReader, mask }: Change = {}): Uint8Array {
    const graph = new Graph('encoder');
    for (const name of ['k', 'v']) graph.input(name, 'float32', [1, 'S', WIDTH]);
    graph.input('cos', 'float32', [ROWS, SIZE / 2]);
    graph.input('sin', 'float32', [ROWS, SIZE / 2]);
    graph.input('seqlens_k', 'int32', [1]);
    graph.input('total_sequence_length', 'int32', []);
    for (const layer of [0, 1])
      for (const kind of ['key', 'value']) {
        graph.input(`past_key_values.${layer}.${kind}`, 'float32', [1, HEADS, 'M', SIZE]);
        graph.output(`present.${layer}.${kind}`, 'float32', [1, HEADS, 'M', SIZE]);
      }
    const attributes = {
      num_heads: HEADS,
      kv_num_heads: HEADS,
      do_rotary: 1,
      local_window_size: window,
    } as const;
    let query = 'k';
    for (const layer of [0, 1])
      query = groupQueryAttention(
        graph,
        [query, layer ? 'v' : 'k', 'v'],
        layer,
        { cos: 'cos', sin: 'sin' },
        `unused.${layer}`,
        attributes,
      );
    if (reader) graph.node('Neg', ['unused.1'], ['read']);
    if (cacheReader) graph.node('Neg', ['past_key_values.1.key'], ['read']);
    if (mask) graph.node('ScatterND', ['past_key_values.1.key', 'k', 'v'], ['read']);
    return graph.serialize();
  }

  test('writes the keys, turned, and values that the float cache has, rounded', async () => {
    const path = join(folder, 'encoder.onnx');
    writeFileSync(path, graphOf());
    const caches: Record<string, HostTensor<'uint8' | 'float32'>>[] = [];
    const closed: (() => void)[] = [];
    for (const isQuantized of [false, true]) {
      const { backend, cache, run, dispose } = await open(path, isQuantized);
      const values = (shape: readonly number[], of: (i: number) => number) => {
        const tensor = backend.buffer('float32', shape);
        for (let i = 0; i < tensor.data.length; i++) tensor.data[i] = of(i);
        return tensor;
      };
      const angle = (i: number) => Math.floor(i / (SIZE / 2)) / 2 ** (i % (SIZE / 2));
      run(
        TOKENS,
        0,
        {
          k: values([1, TOKENS, WIDTH], (i) => Math.sin(i * 1.3)),
          v: values([1, TOKENS, WIDTH], (i) => 3 * Math.cos(i * 0.7)),
          cos: values([ROWS, SIZE / 2], (i) => Math.cos(angle(i))),
          sin: values([ROWS, SIZE / 2], (i) => Math.sin(angle(i))),
        },
        {},
      );
      caches.push(cache);
      closed.push(dispose);
    }
    const [floats, codes] = caches as [(typeof caches)[0], (typeof caches)[0]];
    for (const [name, { data }] of Object.entries(floats)) {
      const rows = new QuantizedRows(codes[name]!.data as Uint8Array, [HEADS, ROWS, SIZE]);
      for (let head = 0; head < HEADS; head++)
        for (let row = 0; row < TOKENS; row++) {
          const expected = (data as Float32Array).subarray(
            (head * ROWS + row) * SIZE,
            (head * ROWS + row + 1) * SIZE,
          );
          const largest = Math.max(...expected.map(Math.abs));
          expect(largest).toBeGreaterThan(0.1);
          for (const [i, value] of rows.read(head, row).entries())
            expect(Math.abs(value - expected[i]!)).toBeLessThan(largest / 250);
        }
    }
    for (const dispose of closed) dispose();
  });

  test('has no attention any more', () => {
    const { graph } = onnx.ModelProto.decode(quantized(graphOf()));
    expect(graph!.node!.map(({ opType, domain }) => `${domain}.${opType}`)).toEqual(
      new Array(2).fill('autoglm.AppendKeyValue'),
    );
    expect(graph!.node!.flatMap(({ output }) => output)).toEqual([
      'present.0.key',
      'present.0.value',
      'present.1.key',
      'present.1.value',
    ]);
  });

  test.each<[string, Change]>([
    ['attends to more than its own row', { window: 4 }],
    ['makes a result that is read', { reader: true }],
    ['shares its cache', { cacheReader: true }],
    ['scatters too', { mask: true }],
  ])('keeps its cache where it %s', (_what, change) => {
    expect(withQuantizedCache(graphOf(change))).toBeNull();
  });

  test('without a cache is what it was', () => {
    const graph = new Graph('vision');
    graph.input('x', 'float32', [1]);
    graph.output('y', 'float32', [1]);
    graph.node('Neg', ['x'], ['y']);
    const model = graph.serialize();
    expect(withQuantizedCache(model)).toEqual({ model, shapes: [] });
  });
});
