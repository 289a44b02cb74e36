import { createArray, type SparseAttention } from '../backend';
import type { CudaDriver } from '../cuda-driver';
import type { Pointer } from '../ffi';
import { fromFloat16Bits, toFloat16Bits } from '../float16';
import type { OperatorDevice } from './device';
import { difference, draws } from './made-up';
import type { Module } from './modules';
import { chosenBlocks, SparseKernels } from './sparse-kernels';

/** How far it may be apart in the root mean square, as a share of that of the values. On an H100 it was 0.0003 apart, by float16. */
const TOLERANCE = 0.005;
const HEADS = 2;
/** 13 whole blocks, of which 8 are read, and 5 rows after them; the last block of queries has 21. */
const ROWS = 213;

interface Tried {
  readonly device: OperatorDevice;
  readonly driver: Pick<CudaDriver, 'allocate' | 'free' | 'copyToDevice' | 'copyToHost'>;
  /** sparse-attention.cu for heads of the size that is tried. */
  readonly module: () => Module;
}

/**
 * Tries the kernels with made-up rows, of which blocks are chosen, against the same computed here.
 *
 * @throws Error that says how far they are apart; AppError `out-of-memory`.
 */
export function trySparseAttention({ device, driver, module }: Tried, headSize: number): void {
  const sparse = { headSize, k: 16, window: 16, block: 16, queryBlock: 64, share: 16, minLength: 16 };
  const means = device.workspace({ keepsOutgrown: false });
  const held: Pointer[] = [];
  const width = HEADS * headSize;
  const draw = draws();
  const [q, k, v] = Array.from({ length: 3 }, () => {
    const halves = createArray('float16', ROWS * width);
    for (let i = 0; i < halves.length; i++) halves[i] = draw();
    return halves;
  }) as [Rows, Rows, Rows];
  try {
    const [atQ, atK, atV, y] = [q, k, v, q].map((halves) => {
      held.push(driver.allocate(halves.byteLength));
      return held.at(-1)!;
    }) as [Pointer, Pointer, Pointer, Pointer];
    driver.copyToDevice(atQ, q);
    driver.copyToDevice(atK, k);
    driver.copyToDevice(atV, v);
    const kernels = new SparseKernels(device, module, sparse, 0, means);
    kernels.run({ stream: 0n, y, q: atQ, k: atK, v: atV, rows: ROWS, heads: HEADS });
    const got = createArray('float16', q.length);
    driver.copyToHost(got, y);
    const apart = difference(got, sparseReference(sparse, HEADS, q, k, v));
    if (!(apart <= TOLERANCE))
      throw new Error(`${apart} of the values, in the root mean square, apart from what they should be`);
  } finally {
    for (const address of held) driver.free(address);
    means.dispose();
  }
}

type Rows = Uint16Array<ArrayBuffer>;

/** `sparse_attend` of models/train/sparse.py, with means rounded to float16 as the kernels round them: q, k, v float16 [rows, heads * head size] -> the same shape. */
export function sparseReference(
  sparse: SparseAttention,
  heads: number,
  q: Rows,
  k: Rows,
  v: Rows,
): Float64Array {
  const { headSize, queryBlock } = sparse;
  const width = heads * headSize;
  const rows = q.length / width;
  const y = new Float64Array(q.length);
  for (let head = 0; head < heads; head++) {
    const [queries, keys, values] = [q, k, v].map((halves) =>
      Array.from({ length: rows }, (_, row) =>
        Float64Array.from(
          halves.subarray(row * width + head * headSize).subarray(0, headSize),
          fromFloat16Bits,
        ),
      ),
    ) as [Float64Array[], Float64Array[], Float64Array[]];
    for (let from = 0; from < rows; from += queryBlock) {
      const group = queries.slice(from, from + queryBlock);
      const seen = keysSeen(sparse, group, keys, from);
      for (const [i, query] of group.entries()) {
        const scores = seen.map((key) => dot(query, keys[key]!) / Math.sqrt(headSize));
        const top = Math.max(...scores);
        const weights = scores.map((score) => Math.exp(score - top));
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const out = y.subarray((from + i) * width + head * headSize);
        for (const [j, key] of seen.entries()) {
          const share = weights[j]! / total;
          for (let d = 0; d < headSize; d++) out[d]! += share * values[key]![d]!;
        }
      }
    }
  }
  return y;
}

/** Numbers of the keys that the queries from row `from` on see. */
function keysSeen(
  sparse: SparseAttention,
  queries: readonly Float64Array[],
  keys: readonly Float64Array[],
  from: number,
): number[] {
  const { block, queryBlock, window } = sparse;
  const query = mean(queries, queryBlock);
  const whole = Math.floor(keys.length / block);
  const scored = Array.from({ length: whole }, (_, i) => {
    const offset = i * block - from;
    const isForced = i === 0 || (offset > -window - block && offset < queryBlock + window);
    const score = isForced ? Infinity : dot(query, mean(keys.slice(i * block, (i + 1) * block), block));
    return { i, score };
  }).sort((a, b) => b.score - a.score || a.i - b.i);
  const blocks = scored.slice(0, chosenBlocks(sparse, keys.length)).map(({ i }) => i);
  const rest = Array.from({ length: keys.length - whole * block }, (_, i) => whole * block + i);
  return [...blocks.flatMap((i) => Array.from({ length: block }, (_, j) => i * block + j)), ...rest];
}

/** Of `count` rows, of which those that are missing are zeros; rounded to float16. */
function mean(rows: readonly Float64Array[], count: number): Float64Array {
  const sum = new Float64Array(rows[0]!.length);
  for (const row of rows) for (let d = 0; d < sum.length; d++) sum[d]! += row[d]!;
  return sum.map((value) => fromFloat16Bits(toFloat16Bits(value / count)));
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let d = 0; d < a.length; d++) sum += a[d]! * b[d]!;
  return sum;
}
