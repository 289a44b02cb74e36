import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { defaultThreads } from '../../../electron/engine/runtime/threads';
import type { BlockSize } from '../quantize';
import type { TensorSource } from '../source';
import { readCalibration } from './calibration';
import { type AwqFamily, awqFamily, type FamilyInput } from './families';
import { gather } from './gather';
import { channelOf, type Plan, type Product, productsOf, type ScaleGroup } from './plan';
import { joinGraphs } from './program';
import { ErrorMeter, searchClips, searchScales } from './search';
import { AwqSource, type Change } from './source';
import { addStatistics, type Statistics, scaledStatistics } from './statistics';

export interface AwqOptions extends FamilyInput {
  /** JSON lines (`readCalibration`). */
  readonly calibration: string;
  readonly blockSize: BlockSize;
  /** A folder for the float32 package, made and removed: 4 bytes a weight. */
  readonly work: string;
  readonly threads?: number;
  /** Weights in memory while activations are gathered; 1 GiB unless told. */
  readonly segmentBytes?: number;
  readonly onProgress?: (stage: 'activations' | 'scales' | 'clipping', done: number, total: number) => void;
}

export interface AwqResult {
  readonly source: AwqSource;
  readonly changes: ReadonlyMap<string, Change>;
  /** Squared error of the outputs relative to their size: rounded to nearest, and scaled. */
  readonly groups: readonly {
    readonly tensor: string;
    readonly alpha: number;
    readonly before: number;
    readonly after: number;
  }[];
  /** Squared error of the blocks' parts of the outputs: scaled, and clipped too. */
  readonly clips: readonly { readonly tensor: string; readonly before: number; readonly after: number }[];
}

/**
 * Widest blocks of xᵀx that are kept. Nano's inputs are 512 wide, so the whole; of a model six times as wide the blocks along the diagonal,
 * or 48 layers would take 10 GB.
 */
const GRAM_WIDTH = 512;

/**
 * Activation-aware weight quantization (Lin et al. 2023, arXiv 2306.00978): the checkpoint with the scales and clips that round best for
 * the calibration set. Build a package of `result.source` as of any checkpoint.
 *
 * @throws ModelError when the calibration set or the checkpoint is at fault, before anything is written.
 */
export async function awq(options: AwqOptions): Promise<AwqResult> {
  const { source, blockSize } = options;
  const family = awqFamily(options);
  const lines = readCalibration(options.calibration);
  family.check(blockSize);
  const threads = options.threads ?? defaultThreads();
  let statistics: Map<string, Statistics>;
  try {
    family.buildFloat(options.work);
    const samples = await family.samples(options.work, lines);
    statistics = await gather({
      folder: options.work,
      program: programOf(family, options.work),
      weights: weightsOf(family.plan, source, blockSize),
      samples,
      segmentBytes: options.segmentBytes ?? 1 << 30,
      threads,
      onProgress: (done, total) => options.onProgress?.('activations', done, total),
    });
  } finally {
    rmSync(options.work, { recursive: true, force: true });
  }
  const meter = await ErrorMeter.create(threads);
  try {
    return await search(options, family.plan, statistics, meter);
  } finally {
    await meter.release();
  }
}

function programOf({ graphs, wires }: AwqFamily, folder: string) {
  const bytes = Object.entries(graphs).map(([name, file]) => [name, readFileSync(path.join(folder, file))]);
  return joinGraphs(Object.fromEntries(bytes), wires);
}

/** Which inputs to gather, and how wide the blocks of their Gram matrices must be. */
function weightsOf(plan: Plan, source: TensorSource, blockSize: BlockSize): Map<string, number> {
  const scaled = new Set(plan.groups.flatMap((group) => group.products));
  const widths = new Map<string, number>();
  for (const product of productsOf(plan)) {
    const columns = source.shape(product.tensor)[1]!;
    let width: number = blockSize;
    for (let wider = blockSize; scaled.has(product) && wider <= GRAM_WIDTH; wider += blockSize) {
      if (columns % wider === 0) width = wider;
    }
    for (const tap of product.taps) widths.set(tap, width);
  }
  return widths;
}

async function search(
  options: AwqOptions,
  plan: Plan,
  gathered: ReadonlyMap<string, Statistics>,
  meter: ErrorMeter,
): Promise<AwqResult> {
  const { source, blockSize, onProgress } = options;
  const statistics = (product: Product) => addStatistics(product.taps.map((tap) => gathered.get(tap)!));
  const changes = new Map<string, Change>();
  const groups: AwqResult['groups'][number][] = [];
  const columnsOf = new Map<Product, Float32Array>();
  for (const [i, group] of plan.groups.entries()) {
    const found = await searchScales(meter, source, group, statistics, blockSize);
    const { alpha, before, after } = found;
    groups.push({ tensor: group.products[0]!.tensor, alpha, before, after });
    if (alpha > 0) fold(group, found.scales, source, changes, columnsOf);
    onProgress?.('scales', i + 1, plan.groups.length);
  }

  const scaled = new AwqSource(source, new Map(changes));
  const clips: AwqResult['clips'][number][] = [];
  const products = productsOf(plan);
  for (const [i, product] of products.entries()) {
    const { tensor, bits, taps } = product;
    const columns = columnsOf.get(product);
    const inputs = taps.length > 0 ? statistics(product) : undefined;
    const seen = inputs && columns ? scaledStatistics(inputs, columns) : inputs;
    const found = await searchClips(meter, scaled, product, seen, blockSize);
    changes.set(tensor, { ...changes.get(tensor), clips: found.clips, bits });
    clips.push({ tensor, before: found.before, after: found.after });
    onProgress?.('clipping', i + 1, products.length);
  }
  return { source: new AwqSource(source, changes), changes, groups, clips };
}

/** Multiplies the group's columns by their scales and divides what makes their inputs. */
function fold(
  group: ScaleGroup,
  scales: Float32Array,
  source: TensorSource,
  changes: Map<string, Change>,
  columnsOf: Map<Product, Float32Array>,
): void {
  for (const product of group.products) {
    const { tensor } = product;
    const count = source.shape(tensor)[1]!;
    const columns = Float32Array.from({ length: count }, (_, j) => scales[channelOf(group, j)]!);
    changes.set(tensor, { ...changes.get(tensor), columns });
    columnsOf.set(product, columns);
  }
  for (const { tensor, start = 0 } of group.folds) {
    const rows = changes.get(tensor)?.rows?.slice() ?? new Float32Array(source.shape(tensor)[0]!).fill(1);
    for (let i = 0; i < scales.length; i++) rows[start + i]! *= scales[i]!;
    changes.set(tensor, { ...changes.get(tensor), rows });
  }
}
