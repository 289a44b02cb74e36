import type { CustomOperator, Kernel, KernelContext, NodeInfo } from '../ort/custom-operator';
import { koffi, type Pointer } from '../ort/ffi';
import { fromFloat16Bits, toFloat16Bits } from '../ort/float16';
import type { AttentionShape } from '../ort/quantized-cache-graph';

/** One layer's keys, or values, as `kernels/quantized-attention.ts` has them; the codes of a row in plain order. */
export class QuantizedRows {
  readonly bytes: Uint8Array;
  readonly #rows: number;
  readonly #size: number;
  readonly #scales: number;

  constructor(bytes: Uint8Array, [heads, rows, size]: readonly [number, number, number]) {
    this.bytes = bytes;
    this.#rows = rows;
    this.#size = size;
    this.#scales = heads * rows * size;
  }

  write(head: number, row: number, values: ArrayLike<number>): void {
    const at = head * this.#rows + row;
    const scale = toFloat16Bits(Math.max(...Array.from(values, Math.abs)) / 127);
    const inverse = scale === 0 ? 0 : 1 / fromFloat16Bits(scale);
    this.bytes[this.#scales + 2 * at] = scale & 255;
    this.bytes[this.#scales + 2 * at + 1] = scale >> 8;
    for (let i = 0; i < this.#size; i++)
      this.bytes[at * this.#size + i] = Math.max(-127, Math.min(127, Math.round(values[i]! * inverse))) + 128;
  }

  read(head: number, row: number): Float64Array {
    const at = head * this.#rows + row;
    const scale = fromFloat16Bits(
      this.bytes[this.#scales + 2 * at]! + 256 * this.bytes[this.#scales + 2 * at + 1]!,
    );
    return Float64Array.from(
      this.bytes.subarray(at * this.#size, (at + 1) * this.#size),
      (code) => (code - 128) * scale,
    );
  }
}

export interface Layer extends AttentionShape {
  readonly keys: QuantizedRows;
  readonly values: QuantizedRows;
  /** [rows, turned / 2] each. */
  readonly cosine: ArrayLike<number>;
  readonly sine: ArrayLike<number>;
}

/** Turns the pairs of a head that stands in a row, in place. */
export function turn(layer: Layer, head: Float64Array, row: number): Float64Array {
  const half = layer.turned / 2;
  for (let i = 0; i < half; i++) {
    const [a, b] = layer.interleaved ? [2 * i, 2 * i + 1] : [i, i + half];
    const [cosine, sine] = [layer.cosine[row * half + i]!, layer.sine[row * half + i]!];
    const [x, y] = [head[a]!, head[b]!];
    head[a] = x * cosine - y * sine;
    head[b] = y * cosine + x * sine;
  }
  return head;
}

/** @param k of a token, [key heads, size]; `v` too. */
export function append(layer: Layer, row: number, k: ArrayLike<number>, v: ArrayLike<number>): void {
  const { keyHeads, size } = layer;
  for (let head = 0; head < keyHeads; head++) {
    const part = (of: ArrayLike<number>) =>
      Float64Array.from({ length: size }, (_, i) => of[head * size + i]!);
    layer.keys.write(head, row, turn(layer, part(k), row));
    layer.values.write(head, row, part(v));
  }
}

/** What a token in `row` sees up to there. @param queries [heads, size] @returns [heads, size] */
export function attend(layer: Layer, row: number, queries: ArrayLike<number>): Float64Array {
  const { heads, keyHeads, size, scale } = layer;
  const y = new Float64Array(heads * size);
  for (let head = 0; head < heads; head++) {
    const of = Math.floor((head * keyHeads) / heads);
    const query = turn(
      layer,
      Float64Array.from({ length: size }, (_, i) => queries[head * size + i]!),
      row,
    );
    const scores = Array.from({ length: row + 1 }, (_, i) =>
      layer.keys.read(of, i).reduce((sum, x, d) => sum + x * query[d]!, 0),
    ).map((score) => score * (scale || 1 / Math.sqrt(size)));
    const top = Math.max(...scores);
    const weights = scores.map((score) => Math.exp(score - top));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    for (const [i, weight] of weights.entries())
      for (const [d, x] of layer.values.read(of, i).entries()) y[head * size + d]! += (weight / total) * x;
  }
  return y;
}

const float = { type: 'float32' } as const;
const maybe = { type: 'float32', optional: true } as const;
const codes = { type: 'uint8' } as const;
const lengths = [{ type: 'int32' }, { type: 'int32', host: true }] as const;

/** `QuantizedAttention` and `AppendKeyValue` of `quantized-cache-graph.ts` on the processor, in float32. */
export const quantizedAttention: readonly CustomOperator[] = [
  {
    name: 'QuantizedAttention',
    inputs: [float, codes, codes, ...lengths, maybe, maybe],
    outputs: [float, codes, codes],
    create: (node) =>
      withShape(node, (attributes) => ({
        run(context) {
          const shape = context.shape(0);
          const tokens = shape[1]!;
          const open = openLayer(attributes, context, 1, 1);
          const { heads, keyHeads, size } = open.layer;
          const qkv = floats(context.address(0), tokens * shape[2]!);
          const y = context.output(0, [1, tokens, heads * size]);
          const first = open.last + 1 - tokens;
          const row = (i: number, from: number, count: number) => {
            const at = i * shape[2]! + from * size;
            return qkv.slice(at, at + count * size);
          };
          for (let i = 0; i < tokens; i++)
            append(open.layer, first + i, row(i, heads, keyHeads), row(i, heads + keyHeads, keyHeads));
          const seen = Array.from({ length: tokens }, (_, i) => [
            ...attend(open.layer, first + i, row(i, 0, heads)),
          ]);
          koffi.encode(y, 'float', seen.flat(), tokens * heads * size);
          open.close();
        },
      })),
  },
  {
    name: 'AppendKeyValue',
    inputs: [float, float, codes, codes, ...lengths, maybe, maybe],
    outputs: [codes, codes],
    create: (node) =>
      withShape(node, (attributes) => ({
        run(context) {
          const [, tokens, width] = context.shape(0) as [number, number, number];
          const open = openLayer(attributes, context, 2, 0);
          const [k, v] = [context.address(0), context.address(1)].map((from) =>
            floats(from, tokens * width),
          ) as [number[], number[]];
          for (let i = 0; i < tokens; i++) {
            const [from, to] = [i * width, (i + 1) * width];
            append(open.layer, open.last + 1 - tokens + i, k.slice(from, to), v.slice(from, to));
          }
          open.close();
        },
      })),
  },
];

/** A node tells its attributes only while its kernel is made. */
function withShape(node: NodeInfo, make: (shape: AttentionShape) => Kernel): Kernel {
  return make({
    heads: node.integer('num_heads')!,
    keyHeads: node.integer('kv_num_heads')!,
    size: node.integer('head_size')!,
    turned: node.integer('turned')!,
    interleaved: node.integer('rotary_interleaved') === 1,
    scale: node.float('scale') ?? 0,
  });
}

/** A node's cache, which `close` writes back, and the row of the run's last token. */
function openLayer(attributes: AttentionShape, context: KernelContext, past: number, present: number) {
  const [, keyHeads, rows, width] = context.shape(past) as [number, number, number, number];
  const { size, turned } = attributes;
  if (width !== size + 2 || keyHeads !== attributes.keyHeads)
    throw new Error(`A cache of ${keyHeads} heads and ${width} bytes a row.`);
  const places = [0, 1].map((i) => context.output(present + i, context.shape(past)));
  for (const [i, place] of places.entries())
    if (place !== context.address(past + i)) throw new Error('The cache is not written in place.');
  const count = keyHeads * rows * width;
  const [keys, values] = places.map((place) => {
    const bytes = Uint8Array.from(koffi.decode(place, 'uint8_t', count) as ArrayLike<number>);
    return new QuantizedRows(bytes, [keyHeads, rows, size]);
  }) as [QuantizedRows, QuantizedRows];
  const table = (input: number) => {
    if (!context.has(input)) return [];
    const [height, half] = context.shape(input) as [number, number];
    if (2 * half !== turned) throw new Error(`${half} angles for ${turned} values.`);
    return floats(context.address(input), height * half);
  };
  const layer: Layer = { ...attributes, keys, values, cosine: table(past + 4), sine: table(past + 5) };
  const close = () => {
    for (const [i, { bytes }] of [keys, values].entries())
      koffi.encode(places[i]!, 'uint8_t', [...bytes], count);
  };
  return { layer, last: koffi.decode(context.address(past + 2), 'int') as number, close };
}

const floats = (address: Pointer, count: number): number[] =>
  Array.from(koffi.decode(address, 'float', count) as ArrayLike<number>);
