import { Tensor } from 'onnxruntime-node';
import { toFloat16Bits } from '../../../electron/engine/ort/float16';
import { ModelError } from '../errors';
import type { Bits, BlockSize, Quantized } from '../quantize';
import type { TensorSource } from '../source';
import { codeOf, countOf, extremesOf, roundBlock, scaleOf, WAYS, type Ways } from './clip';
import type { ErrorMeter } from './error-meter';
import { Feedback } from './feedback';
import type { Product } from './plan';
import { diagonalBlocks, type Statistics } from './statistics';

/** Weights handled at a time. */
const CHUNK = 1 << 22;

/** What the error of a matrix is measured by: blocks of its inputs' Gram matrix. */
export interface Weighing {
  /** For blocks of the matrix, [columns / block, block, block]. */
  readonly byBlock: Tensor;
  /** As wide as it is known, [columns / width, width, width]. */
  readonly wide: Tensor;
}

/** @param statistics undefined where a matrix's inputs are not known: then its own error is what counts. */
export function weighing(
  { looked }: Pick<Product, 'looked'>,
  statistics: Statistics | undefined,
  columns: number,
  blockSize: BlockSize,
): Weighing {
  const known = statistics ?? unknownInputs(columns, blockSize);
  const used = looked && statistics ? withLookups(known) : known;
  const { width } = used;
  return {
    byBlock: new Tensor('float32', diagonalBlocks(used, blockSize), [
      columns / blockSize,
      blockSize,
      blockSize,
    ]),
    wide: new Tensor('float32', used.gram, [columns / width, width, width]),
  };
}

function unknownInputs(columns: number, width: number): Statistics {
  const gram = new Float32Array(columns * width);
  for (let i = 0; i < columns; i++) gram[i * width + (i % width)] = 1;
  return { columns, width, tokens: 1, magnitude: new Float64Array(columns).fill(1), gram };
}

/** Both uses count alike: the product's inputs are brought to the size of a one-hot vector's. */
function withLookups(s: Statistics): Statistics {
  const { columns, width } = s;
  const at = (i: number) => i * width + (i % width);
  let trace = 0;
  for (let i = 0; i < columns; i++) trace += s.gram[at(i)]!;
  const gram = s.gram.map((value) => (trace > 0 ? (value * columns) / trace : 0));
  for (let i = 0; i < columns; i++) gram[at(i)]! += 1;
  return { ...s, gram };
}

/**
 * For each block of values [rows, columns] the scale that changes the block's part of the output least. No block gets worse than by
 * rounding to nearest, which is one of the ways.
 *
 * @returns [rows, columns / blockSize], and the sum of the blocks' errors rounded to nearest and by these scales.
 */
export async function chooseScales(
  meter: ErrorMeter,
  values: Float32Array,
  byBlock: Tensor,
  bits: Bits,
  ways: Ways = WAYS,
): Promise<{ scales: Float32Array; nearest: number; chosen: number }> {
  const [blocks = 1, size = 1] = byBlock.dims;
  const columns = blocks * size;
  const count = values.length / size;
  const scales = new Float32Array(count);
  const least = new Float32Array(count).fill(Number.POSITIVE_INFINITY);
  const tried = new Float32Array(count);
  const d = new Float32Array(values.length);
  const rows = values.length / columns;
  const extremes = Array.from(least, (_, block) => extremesOf(values, block * size, size));
  let nearest = 0;
  for (let way = 0; way < countOf(ways); way++) {
    d.set(values);
    for (let block = 0; block < count; block++) {
      tried[block] = scaleOf(extremes[block]!, ways, way, bits);
      roundBlock(d, block * size, size, tried[block]!, bits);
    }
    for (let i = 0; i < d.length; i++) d[i] = values[i]! - d[i]!;
    const errors = await meter.errors(d, columns, byBlock);
    if (way === 0) nearest = sum(errors);
    for (let i = 0; i < errors.length; i++) {
      // [blocks, rows] -> row by row.
      const block = (i % rows) * blocks + Math.floor(i / rows);
      if (!(errors[i]! < least[block]!)) continue;
      least[block] = errors[i]!;
      scales[block] = tried[block]!;
    }
  }
  return { scales, nearest, chosen: sum(least) };
}

/** Values rounded by these scales, a copy. */
export function roundedBy(
  values: Float32Array,
  scales: Float32Array,
  size: number,
  bits: Bits,
): Float32Array {
  const out = values.slice();
  for (let block = 0; block < scales.length; block++)
    roundBlock(out, block * size, size, scales[block]!, bits);
  return out;
}

export interface RoundingErrors {
  /** Squared error of the output: rounded to nearest, and as it was rounded. */
  before: number;
  after: number;
}

/**
 * A matrix rounded piece by piece: scales of the blocks, then `Feedback` by them. Of each row, within each block of the Gram matrix, what
 * is better of that and of rounding every value by itself, so nothing gets worse.
 *
 * @param source gives the matrix as it is to be rounded, scaled already.
 * @param errors are added up while the pieces are made.
 * @throws ModelError for values too large for a float16 scale.
 */
export async function* roundMatrix(
  meter: ErrorMeter,
  source: TensorSource,
  { tensor, bits }: Product,
  { byBlock, wide }: Weighing,
  errors: RoundingErrors,
): AsyncIterable<Quantized> {
  const [, columns = 1] = source.shape(tensor);
  const size = byBlock.dims[1]!;
  const width = wide.dims[1]!;
  const feedback = new Feedback(wide.data as Float32Array, width, bits);
  for (const { values: read, rows } of chunks(source, tensor)) {
    const values = read.slice();
    const { scales } = await chooseScales(meter, values, byBlock, bits);
    checkScales(scales, tensor);
    const errorsOf = async (rounded: Float32Array) => {
      const d = new Float32Array(values.length);
      for (let i = 0; i < d.length; i++) d[i] = values[i]! - rounded[i]!;
      return meter.errors(d, columns, wide);
    };
    const alone = roundedBy(values, scales, size, bits);
    const made = values.slice();
    feedback.round(made, scales, size);
    const [one, other] = [await errorsOf(alone), await errorsOf(made)];
    for (let i = 0; i < one.length; i++) {
      errors.after += Math.min(one[i]!, other[i]!);
      if (other[i]! <= one[i]!) continue;
      const at = (i % rows) * columns + Math.floor(i / rows) * width;
      made.set(alone.subarray(at, at + width), at);
    }
    const nearest = values.slice();
    for (let at = 0; at < nearest.length; at += size)
      roundBlock(nearest, at, size, scaleOf(extremesOf(values, at, size), WAYS, 0, bits), bits);
    errors.before += sum(await errorsOf(nearest));
    yield pack(made, scales, size, bits);
  }
}

function checkScales(scales: Float32Array, tensor: string): void {
  if (scales.every(Number.isFinite)) return;
  throw new ModelError(`Tensor ${tensor} holds a value too large for a float16 scale.`, {
    kind: 'tensor-values',
    tensor,
  });
}

/** Values that lie on their blocks' grids, as `quantize` stores them. */
function pack(values: Float32Array, scales: Float32Array, size: number, bits: Bits): Quantized {
  const zero = 1 << (bits - 1);
  const codes = new Uint8Array((values.length * bits) / 8);
  for (let i = 0; i < values.length; i++) {
    const scale = scales[Math.floor(i / size)]!;
    const code = scale === 0 ? zero : codeOf(values[i]!, 1 / scale, zero) + zero;
    if (bits === 8) codes[i] = code;
    else codes[i >> 1]! |= code << (4 * (i & 1));
  }
  return { codes, scales: Uint16Array.from(scales, toFloat16Bits) };
}

/** Rows of a matrix, so many at a time that a chunk stays small. */
function* chunks(source: TensorSource, tensor: string): Iterable<{ rows: number; values: Float32Array }> {
  const [rows = 0, columns = 1] = source.shape(tensor);
  const step = Math.max(1, Math.floor(CHUNK / columns));
  for (let start = 0; start < rows; start += step) {
    const count = Math.min(step, rows - start);
    yield { rows: count, values: source.rows(tensor, start, count) };
  }
}

export function sum(values: Float32Array): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
}
