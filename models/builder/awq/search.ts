import type { BlockSize } from '../quantize';
import type { TensorSource } from '../source';
import { FEW_WAYS } from './clip';
import type { ErrorMeter } from './error-meter';
import { channelOf, type Product, type ScaleGroup } from './plan';
import { chooseScales, roundedBy, sum, weighing } from './rounding';
import { type Statistics, scaledStatistics } from './statistics';

/** Exponents tried: 0, no scaling, to 1 in these steps, then half a step to either side of the best. */
const STEP = 0.1;
/** Rows of a matrix that its scales are compared on, taken evenly: their mean error is that of all within a few percent. */
const ROWS = 256;

export interface Found {
  /** One a channel of the group; all 1 where nothing beats leaving them. */
  readonly scales: Float32Array;
  readonly alpha: number;
  /** Mean error of the group's outputs relative to their own size, before and after. */
  readonly before: number;
  readonly after: number;
}

/**
 * Scales of a group: s = m^alpha, m the mean magnitude of each input channel, for the alpha whose rounded weights change the outputs
 * least on the calibration set (Lin et al. 2023, arXiv 2306.00978, equations 4 and 5), normalised like the paper's code so that the
 * largest and the smallest have the product 1. Weights are clipped before they are rounded, as they will be.
 *
 * @param statistics of each product's inputs.
 */
export async function searchScales(
  meter: ErrorMeter,
  source: TensorSource,
  group: ScaleGroup,
  statistics: (product: Product) => Statistics,
  blockSizeOf: (tensor: string) => BlockSize,
): Promise<Found> {
  const magnitude = channelMagnitudes(group, statistics);
  const samples = group.products.map(({ tensor }) => sampleRows(source, tensor));
  const seen = group.products.map(statistics);
  const energies: number[] = [];
  for (const [i, product] of group.products.entries()) {
    const { wide } = weighing({}, seen[i]!, columnsOf(source, product), blockSizeOf(product.tensor));
    energies.push(sum(await meter.errors(samples[i]!, columnsOf(source, product), wide)));
  }
  const measure = async (scales: Float32Array): Promise<number> => {
    let total = 0;
    for (const [i, product] of group.products.entries()) {
      const columns = columnsOf(source, product);
      const blockSize = blockSizeOf(product.tensor);
      const factors = Float32Array.from({ length: columns }, (_, j) => scales[channelOf(group, j)]!);
      const { byBlock, wide } = weighing({}, scaledStatistics(seen[i]!, factors), columns, blockSize);
      const values = samples[i]!.map((value, at) => value * factors[at % columns]!);
      const chosen = await chooseScales(meter, values, byBlock, product.bits, FEW_WAYS);
      const d = roundedBy(values, chosen.scales, blockSize, product.bits);
      for (let at = 0; at < d.length; at++) d[at] = values[at]! - d[at]!;
      // Of each matrix's own outputs: queries are not drowned by values.
      if (energies[i]! > 0) total += sum(await meter.errors(d, columns, wide)) / energies[i]!;
    }
    return total / group.products.length;
  };
  const ones = new Float32Array(group.channels).fill(1);
  const before = await measure(ones);
  let best: Found = { scales: ones, alpha: 0, before, after: before };
  const attempt = async (alpha: number) => {
    const scales = scalesOf(magnitude, alpha);
    const after = await measure(scales);
    if (after < best.after) best = { scales, alpha, before, after };
  };
  for (let step = 1; step * STEP <= 1; step++) await attempt(step * STEP);
  const { alpha: middle } = best;
  for (const alpha of [middle - STEP / 2, middle + STEP / 2])
    if (alpha > 0 && alpha < 1) await attempt(alpha);
  return best;
}

const columnsOf = (source: TensorSource, { tensor }: Product): number => source.shape(tensor)[1]!;

function sampleRows(source: TensorSource, tensor: string): Float32Array {
  const [rows = 0, columns = 1] = source.shape(tensor);
  const count = Math.min(rows, ROWS);
  const out = new Float32Array(count * columns);
  for (let i = 0; i < count; i++)
    out.set(source.rows(tensor, Math.floor((i * rows) / count), 1), i * columns);
  return out;
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
