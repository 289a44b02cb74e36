import { InferenceSession, Tensor } from 'onnxruntime-node';
import { Graph } from '../graph';
import type { BlockSize } from '../quantize';
import type { TensorSource } from '../source';
import { CLIPS, clipBlock, roundBlock } from './clip';
import { channelOf, type Product, type ScaleGroup } from './plan';
import { diagonalBlocks, type Statistics } from './statistics';

/** Exponents tried: 0, no scaling, to 1 in steps of 0.05, as in the paper's own code. */
const ALPHAS = 20;
/** Weights handled at a time. */
const CHUNK = 1 << 22;

/** Computes errors of outputs through ONNX Runtime. */
export class ErrorMeter {
  private readonly session: InferenceSession;

  private constructor(session: InferenceSession) {
    this.session = session;
  }

  static async create(threads: number): Promise<ErrorMeter> {
    const graph = new Graph('error');
    graph.input('d', 'float32', ['B', 'R', 'W']);
    graph.input('gram', 'float32', ['B', 'W', 'W']);
    graph.output('error', 'float32', ['B', 'R']);
    graph.node('MatMul', ['d', 'gram'], ['product']);
    graph.node('Mul', ['product', 'd'], ['terms']);
    const axis = graph.constant('axis', 'int64', [1], [2]);
    graph.node('ReduceSum', ['terms', axis], ['error'], { attributes: { keepdims: 0 } });
    const options = { executionProviders: ['cpu'], intraOpNumThreads: threads, logSeverityLevel: 3 as const };
    return new ErrorMeter(await InferenceSession.create(graph.serialize(), options));
  }

  /**
   * @param d [rows, columns], differences of weights.
   * @param gram [columns / width, width, width], blocks of the inputs' xᵀx.
   * @returns the squared error that each row of each block adds to the output, [columns / width, rows].
   */
  async errors(d: Float32Array, columns: number, gram: Tensor): Promise<Float32Array> {
    const [blocks = 1, width = columns] = gram.dims;
    const rows = d.length / columns;
    const byBlock = blocks === 1 ? d : transposed(d, rows, blocks, width);
    const out = await this.session.run({ d: new Tensor('float32', byBlock, [blocks, rows, width]), gram });
    return out.error!.data as Float32Array;
  }

  async release(): Promise<void> {
    await this.session.release();
  }
}

/** [rows, blocks, width] -> [blocks, rows, width] */
function transposed(d: Float32Array, rows: number, blocks: number, width: number): Float32Array {
  const out = new Float32Array(d.length);
  for (let row = 0; row < rows; row++) {
    for (let block = 0; block < blocks; block++) {
      const from = (row * blocks + block) * width;
      out.set(d.subarray(from, from + width), (block * rows + row) * width);
    }
  }
  return out;
}

/** Rows of a matrix, so many at a time that a chunk stays small. */
function* chunks(
  source: TensorSource,
  tensor: string,
): Iterable<{ start: number; rows: number; values: Float32Array }> {
  const [rows = 0, columns = 1] = source.shape(tensor);
  const step = Math.max(1, Math.floor(CHUNK / columns));
  for (let start = 0; start < rows; start += step) {
    const count = Math.min(step, rows - start);
    yield { start, rows: count, values: source.rows(tensor, start, count) };
  }
}

export interface Found {
  /** One a channel of the group; all 1 where nothing beats rounding to nearest. */
  readonly scales: Float32Array;
  readonly alpha: number;
  /** Mean error of the group's outputs relative to their own size, before and after. */
  readonly before: number;
  readonly after: number;
}

/**
 * Scales of a group: s = m^alpha, m the mean magnitude of each input channel, for the alpha whose rounded weights change the outputs
 * least on the calibration set (Lin et al. 2023, arXiv 2306.00978, equations 4 and 5), normalised like the paper's code so that the
 * largest and the smallest have the product 1.
 *
 * @param statistics of each product's inputs.
 */
export async function searchScales(
  meter: ErrorMeter,
  source: TensorSource,
  group: ScaleGroup,
  statistics: (product: Product) => Statistics,
  blockSize: BlockSize,
): Promise<Found> {
  const magnitude = channelMagnitudes(group, statistics);
  const grams = group.products.map((product) => {
    const { columns, width, gram } = statistics(product);
    return new Tensor('float32', gram, [columns / width, width, width]);
  });
  const energies: number[] = [];
  for (const [i, product] of group.products.entries()) {
    let energy = 0;
    for (const { values } of chunks(source, product.tensor)) {
      energy += sum(await meter.errors(values, source.shape(product.tensor)[1]!, grams[i]!));
    }
    energies.push(energy);
  }
  const measure = async (scales: Float32Array): Promise<number> => {
    let total = 0;
    for (const [i, product] of group.products.entries()) {
      const { tensor, bits } = product;
      const columns = source.shape(tensor)[1]!;
      const factors = Float32Array.from({ length: columns }, (_, j) => scales[channelOf(group, j)]!);
      let error = 0;
      for (const { values } of chunks(source, tensor)) {
        const d = new Float32Array(values.length);
        for (let row = 0; row < d.length; row += columns) {
          for (let j = 0; j < columns; j++) d[row + j] = values[row + j]! * factors[j]!;
          for (let j = 0; j < columns; j += blockSize) roundBlock(d, row + j, blockSize, bits);
          for (let j = 0; j < columns; j++) d[row + j] = values[row + j]! - d[row + j]! / factors[j]!;
        }
        error += sum(await meter.errors(d, columns, grams[i]!));
      }
      // Of each matrix's own outputs: queries are not drowned by values.
      total += energies[i]! > 0 ? error / energies[i]! : 0;
    }
    return total / group.products.length;
  };
  const before = await measure(new Float32Array(group.channels).fill(1));
  let best: Found = { scales: new Float32Array(group.channels).fill(1), alpha: 0, before, after: before };
  for (let step = 1; step <= ALPHAS; step++) {
    const alpha = step / ALPHAS;
    const scales = scalesOf(magnitude, alpha);
    const after = await measure(scales);
    if (after < best.after) best = { scales, alpha, before, after };
  }
  return best;
}

/** Mean |x| by channel over the inputs of all the group's matrices. */
function channelMagnitudes(group: ScaleGroup, statistics: (product: Product) => Statistics): Float64Array {
  const sums = new Float64Array(group.channels);
  for (const product of group.products) {
    const { magnitude, tokens } = statistics(product);
    for (let i = 0; i < magnitude.length; i++) sums[channelOf(group, i)]! += magnitude[i]! / tokens;
  }
  return sums;
}

/** A channel that is never used keeps a finite scale. */
const LEAST = 1e-4;

function scalesOf(magnitude: Float64Array, alpha: number): Float32Array {
  const largest = magnitude.reduce((a, b) => Math.max(a, b), 0) || 1;
  const powers = magnitude.map((m) => Math.max(m / largest, LEAST) ** alpha);
  const low = powers.reduce((a, b) => Math.min(a, b));
  const high = powers.reduce((a, b) => Math.max(a, b));
  return Float32Array.from(powers, (p) => p / Math.sqrt(low * high));
}

export interface Clipped {
  /** `clipBlock`'s way for each block, row by row. */
  readonly clips: Uint8Array;
  /** Sum of the blocks' errors before and after. */
  readonly before: number;
  readonly after: number;
}

/**
 * The way to clip each block of a matrix that changes the block's part of the output least. No block gets worse: leaving it as it is
 * is one of the ways.
 *
 * @param source gives the matrix as it will be rounded, scaled already.
 * @param statistics of its inputs, scaled likewise; undefined where its rows are read and not multiplied.
 */
export async function searchClips(
  meter: ErrorMeter,
  source: TensorSource,
  product: Product,
  statistics: Statistics | undefined,
  blockSize: BlockSize,
): Promise<Clipped> {
  const { tensor, bits } = product;
  const [rows = 0, columns = 1] = source.shape(tensor);
  const blocks = columns / blockSize;
  const gram = new Tensor('float32', blockGram(product, statistics, columns, blockSize), [
    blocks,
    blockSize,
    blockSize,
  ]);
  const clips = new Uint8Array(rows * blocks);
  let [before, after] = [0, 0];
  for (const { start, rows: count, values: read } of chunks(source, tensor)) {
    const values = read.slice();
    const least = new Float32Array(count * blocks);
    for (let clip = 0; clip < CLIPS; clip++) {
      const d = values.slice();
      for (let at = 0; at < d.length; at += blockSize) {
        clipBlock(d, at, blockSize, clip, bits);
        roundBlock(d, at, blockSize, bits);
      }
      for (let at = 0; at < d.length; at++) d[at] = values[at]! - d[at]!;
      const errors = await meter.errors(d, columns, gram);
      for (let i = 0; i < errors.length; i++) {
        if (clip > 0 && !(errors[i]! < least[i]!)) continue;
        least[i] = errors[i]!;
        // [blocks, rows] -> row by row.
        clips[(start + (i % count)) * blocks + Math.floor(i / count)] = clip;
      }
      if (clip === 0) before += sum(errors);
    }
    after += sum(least);
  }
  return { clips, before, after };
}

function blockGram(
  { looked }: Product,
  statistics: Statistics | undefined,
  columns: number,
  blockSize: BlockSize,
): Float32Array {
  const gram = statistics ? diagonalBlocks(statistics, blockSize) : new Float32Array(columns * blockSize);
  if (!looked) return gram;
  // Both uses count alike: the product's inputs are brought to the size of a one-hot vector's.
  let trace = 0;
  for (let i = 0; i < columns; i++) trace += gram[i * blockSize + (i % blockSize)]!;
  const factor = trace > 0 ? columns / trace : 0;
  for (let i = 0; i < gram.length; i++) gram[i]! *= factor;
  for (let i = 0; i < columns; i++) gram[i * blockSize + (i % blockSize)]! += 1;
  return gram;
}

function sum(values: Float32Array): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
}
