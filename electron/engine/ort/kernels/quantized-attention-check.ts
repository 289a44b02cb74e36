import { createArray } from '../backend';
import type { CudaDriver } from '../cuda-driver';
import type { Pointer } from '../ffi';
import { fromFloat16Bits, toFloat16Bits } from '../float16';
import type { AttentionShape } from '../quantized-cache-graph';
import type { OperatorDevice } from './device';
import { difference, draws } from './made-up';
import { type CacheAt, layerBytes, QuantizedAttention } from './quantized-attention';

/**
 * How far what tokens see may be apart from the same over a float16 cache, in the root mean square, as a share of that of the values: keys and values drawn from
 * a normal distribution are 0.7 to 1 % apart, by the rounding of both.
 */
const TOLERANCE = 0.02;
const CAPACITY = 133;
/** Tokens of the runs. The first is an encoder's, which only appends. */
const RUNS = [71, 1, 19, 1] as const;

interface Tried {
  readonly device: OperatorDevice;
  readonly driver: Pick<CudaDriver, 'allocate' | 'free' | 'copyToDevice' | 'copyToHost'>;
  /** Waits for kernels that were asked for. */
  readonly ready: () => Promise<void>;
}

/**
 * Tries the kernels with made-up keys and values before a graph has a cache that only they can read.
 *
 * @throws Error that says how far they are from what this processor makes over a float16 cache; AppError `out-of-memory`.
 */
export async function tryQuantizedAttention(tried: Tried, shape: AttentionShape): Promise<void> {
  const { device, driver, ready } = tried;
  const workspace = device.workspace({ keepsOutgrown: false });
  // Of few keys each part is a single round of the kernel's loop; one part has several.
  const kernels = [1, undefined].map((most) => new QuantizedAttention(device, shape, workspace, most));
  const { heads, keyHeads, size, turned } = shape;
  const width = heads + 2 * keyHeads;
  const angles = anglesOf(turned);
  // While the kernels are compiled.
  const runs = madeUp(shape, angles);
  await ready();
  const held: Pointer[] = [];
  const allocate = (bytes: number): Pointer => {
    held.push(driver.allocate(bytes));
    return held.at(-1)!;
  };
  const upload = (halves: Uint16Array<ArrayBuffer>): Pointer => {
    const address = allocate(Math.max(2, halves.byteLength));
    if (halves.length > 0) driver.copyToDevice(address, halves);
    return address;
  };
  try {
    const tables = { cosine: upload(angles.cosine), sine: upload(angles.sine) };
    const layer = layerBytes(keyHeads, CAPACITY, size);
    const [keys, values, last] = [allocate(layer), allocate(layer), allocate(4)];
    const row = createArray('int32', 1);
    for (const { tokens, rows, halves, expected } of runs) {
      const qkv = upload(halves);
      row[0] = rows - 1;
      driver.copyToDevice(last, row);
      const at: CacheAt = { keys, values, capacity: CAPACITY, last, ...tables, tokens };
      if (!expected) {
        const key = qkv + BigInt(2 * heads * size);
        kernels[0]!.append(0n, at, key, key + BigInt(2 * keyHeads * size), width * size);
        continue;
      }
      const got = createArray('float16', expected.length);
      const y = allocate(got.byteLength);
      for (const kernel of kernels) {
        kernel.attend(0n, at, y, qkv);
        driver.copyToHost(got, y);
        const apart = difference(got, expected);
        if (!(apart <= TOLERANCE))
          throw new Error(`attention over 8 bits: ${apart} apart from that over 16, for a run of ${tokens}`);
      }
    }
  } finally {
    for (const address of held) driver.free(address);
    workspace.dispose();
  }
}

interface Run {
  readonly tokens: number;
  /** That are there after it. */
  readonly rows: number;
  /** Queries, keys and values of its tokens. */
  readonly halves: Uint16Array<ArrayBuffer>;
  /** Null for the first. */
  readonly expected: Float64Array | null;
}

function madeUp(shape: AttentionShape, angles: Angles): Run[] {
  const { heads, keyHeads, size } = shape;
  const reference = new Reference(shape, angles);
  const draw = draws();
  return RUNS.map((tokens, i) => {
    const halves = createArray('float16', tokens * (heads + 2 * keyHeads) * size);
    for (let j = 0; j < halves.length; j++) halves[j] = draw();
    const expected = reference.run(halves, tokens, i > 0);
    return { tokens, rows: reference.rows, halves, expected: i > 0 ? expected : null };
  });
}

/** Cosines and sines of every row, [CAPACITY, turned / 2]. */
interface Angles {
  readonly cosine: Uint16Array<ArrayBuffer>;
  readonly sine: Uint16Array<ArrayBuffer>;
}

function anglesOf(turned: number): Angles {
  const half = turned / 2;
  const table = (of: (angle: number) => number) => {
    const halves = createArray('float16', CAPACITY * half);
    for (let i = 0; i < halves.length; i++)
      halves[i] = toFloat16Bits(of(Math.floor(i / half) * 10_000 ** (-(i % half) / half)));
    return halves;
  };
  return { cosine: table(Math.cos), sine: table(Math.sin) };
}

/** The same attention over a float16 cache, on this processor. */
class Reference {
  rows = 0;
  readonly #shape: AttentionShape;
  readonly #angles: Angles;
  /** [key heads][rows]. */
  readonly #keys: Float64Array[][];
  readonly #values: Float64Array[][];

  constructor(shape: AttentionShape, angles: Angles) {
    this.#shape = shape;
    this.#angles = angles;
    this.#keys = Array.from({ length: shape.keyHeads }, () => []);
    this.#values = Array.from({ length: shape.keyHeads }, () => []);
  }

  /** @returns [tokens, heads, size]; empty where nobody asks. */
  run(qkv: Uint16Array, tokens: number, attends: boolean): Float64Array {
    const { heads, keyHeads, size } = this.#shape;
    const width = heads + 2 * keyHeads;
    const y = new Float64Array(attends ? tokens * heads * size : 0);
    for (let token = 0; token < tokens; token++) {
      const row = this.rows++;
      const head = (index: number): Float64Array => {
        const at = (token * width + index) * size;
        const values = new Float64Array(size);
        for (let d = 0; d < size; d++) values[d] = fromFloat16Bits(qkv[at + d]!);
        return values;
      };
      for (let i = 0; i < keyHeads; i++) {
        this.#keys[i]!.push(this.#turned(head(heads + i), row));
        this.#values[i]!.push(head(heads + keyHeads + i));
      }
      for (let i = 0; attends && i < heads; i++) {
        const seen = y.subarray((token * heads + i) * size, (token * heads + i + 1) * size);
        this.#attend(this.#turned(head(i), row), Math.floor((i * keyHeads) / heads), seen);
      }
    }
    return y;
  }

  #attend(query: Float64Array, keyHead: number, y: Float64Array): void {
    const { size, scale } = this.#shape;
    const [keys, values] = [this.#keys[keyHead]!, this.#values[keyHead]!];
    const scores = keys.map((key) => {
      let sum = 0;
      for (let d = 0; d < size; d++) sum += key[d]! * query[d]!;
      return sum * (scale || 1 / Math.sqrt(size));
    });
    const top = Math.max(...scores);
    const weights = scores.map((score) => Math.exp(score - top));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    for (const [j, value] of values.entries()) {
      const weight = weights[j]! / total;
      for (let d = 0; d < size; d++) y[d]! += weight * value[d]!;
    }
  }

  #turned(head: Float64Array, row: number): Float64Array {
    const { turned, interleaved } = this.#shape;
    const half = turned / 2;
    for (let i = 0; i < half; i++) {
      const [a, b] = interleaved ? [2 * i, 2 * i + 1] : [i, i + half];
      const [cosine, sine] = [this.#angles.cosine, this.#angles.sine].map((of) =>
        fromFloat16Bits(of[row * half + i]!),
      ) as [number, number];
      const [x, y] = [head[a]!, head[b]!];
      head[a] = fromFloat16Bits(toFloat16Bits(x * cosine - y * sine));
      head[b] = fromFloat16Bits(toFloat16Bits(y * cosine + x * sine));
    }
    return head;
  }
}
