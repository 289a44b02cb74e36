import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { defaultThreads } from '../../../electron/engine/runtime/threads';
import { type BlockSize, blockFor } from '../quantize';
import type { TensorSource } from '../source';
import { readCalibration } from './calibration';
import { ChangesWriter, readChanges } from './changes';
import { ErrorMeter } from './error-meter';
import { type AwqFamily, awqFamily, type FamilyInput, type FamilyPart, type Made } from './families';
import { gather } from './gather';
import { channelOf, type Plan, type Product, productsOf, type ScaleGroup } from './plan';
import { joinGraphs } from './program';
import { roundMatrix, weighing } from './rounding';
import { searchScales } from './search';
import { AwqSource, type Change } from './source';
import { addStatistics, type Statistics, scaledStatistics } from './statistics';

export interface AwqOptions extends FamilyInput {
  /** JSON lines (`readCalibration`). */
  readonly calibration: string;
  readonly blockSize: BlockSize;
  /** A folder for the float32 package, made and removed: 4 bytes a weight. */
  readonly work: string;
  /** Where what is found is written (`readChanges`): as large as the package. */
  readonly file: string;
  readonly threads?: number;
  /** Weights in memory while activations are gathered; 1 GiB unless told. */
  readonly segmentBytes?: number;
  readonly onProgress?: (stage: 'activations' | 'scales' | 'rounding', done: number, total: number) => void;
}

export interface AwqResult {
  readonly source: AwqSource;
  readonly changes: ReadonlyMap<string, Change>;
  /** Squared error of the outputs relative to their size: clipped and rounded, and scaled before. */
  readonly groups: readonly {
    readonly tensor: string;
    readonly alpha: number;
    readonly before: number;
    readonly after: number;
  }[];
  /** Squared error of each scaled matrix's outputs: rounded to nearest, and clipped and rounded with feedback. */
  readonly matrices: readonly { readonly tensor: string; readonly before: number; readonly after: number }[];
}

/**
 * Widest blocks of xᵀx that are kept. Nano's inputs are 512 wide, so the whole; of a model six times as wide the blocks along the diagonal,
 * or 48 layers would take 10 GB.
 */
const GRAM_WIDTH = 512;

/**
 * Activation-aware weight quantization (Lin et al. 2023, arXiv 2306.00978): the checkpoint with the scales that round best for the
 * calibration set, its matrices clipped and rounded for it. Build a package of `result.source` as of any checkpoint, in the same blocks.
 *
 * @throws ModelError when the calibration set or the checkpoint is at fault, before anything is written.
 */
export async function awq(options: AwqOptions): Promise<AwqResult> {
  const family = awqFamily(options);
  const lines = readCalibration(options.calibration);
  family.check(options.blockSize);
  const threads = options.threads ?? defaultThreads();
  let statistics: Map<string, Statistics>;
  try {
    family.buildFloat(options.work);
    statistics = await gatherParts(options, family, await family.parts(options.work, lines), threads);
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

/** Statistics of all parts, by the weights' names; those of parts that the calibration set has nothing for are missing. */
async function gatherParts(
  options: AwqOptions,
  family: AwqFamily,
  parts: readonly FamilyPart[],
  threads: number,
): Promise<Map<string, Statistics>> {
  const weights = weightsOf(family.plan, options);
  const all = new Map<string, Statistics>();
  const made: Made = new Map();
  const total = parts.reduce((sum, { samples }) => sum + samples.length, 0);
  let before = 0;
  for (const { graphs, wires, samples, output } of parts) {
    const own = [...weights].filter(([name]) => Object.keys(graphs).includes(name.split('/')[0]!));
    const { statistics, outputs } = await gather({
      folder: options.work,
      program: programOf(graphs, wires, options.work),
      weights: new Map(own),
      samples: samples.map((sample) => () => sample.feeds(made)),
      ...(output && { outputs: [output] }),
      segmentBytes: options.segmentBytes ?? 1 << 30,
      threads,
      onProgress: (done, of) => {
        const share = (done / of) * samples.length;
        options.onProgress?.('activations', before + share, total);
      },
    });
    for (const [name, found] of statistics) all.set(name, found);
    if (output) for (const [i, { key }] of samples.entries()) made.set(key, outputs[i]!.get(output)!);
    before += samples.length;
  }
  return all;
}

function programOf(graphs: FamilyPart['graphs'], wires: FamilyPart['wires'], folder: string) {
  const bytes = Object.entries(graphs).map(([name, file]) => [name, readFileSync(path.join(folder, file))]);
  return joinGraphs(Object.fromEntries(bytes), wires);
}

/** Which inputs to gather, and how wide the blocks of their Gram matrices are to be. */
function weightsOf(plan: Plan, { source, blockSize }: AwqOptions): Map<string, number> {
  const widths = new Map<string, number>();
  for (const { tensor, taps } of productsOf(plan)) {
    const columns = source.shape(tensor)[1]!;
    const block = blockFor(columns, blockSize)!;
    let width: number = block;
    for (let wider: number = block; wider <= GRAM_WIDTH; wider += block)
      if (columns % wider === 0) width = wider;
    for (const tap of taps) widths.set(tap, width);
  }
  return widths;
}

async function search(
  options: AwqOptions,
  plan: Plan,
  gathered: ReadonlyMap<string, Statistics>,
  meter: ErrorMeter,
): Promise<AwqResult> {
  const { source, onProgress } = options;
  const blockSizeOf = (tensor: string) => blockFor(source.shape(tensor)[1]!, options.blockSize)!;
  const known = ({ taps }: Product) => taps.some((tap) => gathered.has(tap));
  const statistics = ({ taps }: Product) => addStatistics(taps.flatMap((tap) => gathered.get(tap) ?? []));
  const changes = new Map<string, Change>();
  const groups: AwqResult['groups'][number][] = [];
  const columnsOf = new Map<Product, Float32Array>();
  for (const [i, group] of plan.groups.entries()) {
    onProgress?.('scales', i + 1, plan.groups.length);
    if (!group.products.every(known)) continue;
    const found = await searchScales(meter, source, group, statistics, blockSizeOf);
    const { alpha, before, after } = found;
    groups.push({ tensor: group.products[0]!.tensor, alpha, before, after });
    if (alpha > 0) fold(group, found.scales, source, changes, columnsOf);
  }

  const scaled = new AwqSource(source, changes);
  const matrices: AwqResult['matrices'][number][] = [];
  const products = productsOf(plan);
  const writer = new ChangesWriter(options.file);
  try {
    for (const [name, change] of changes) writer.add(name, change);
    for (const [i, product] of products.entries()) {
      const { tensor, bits } = product;
      const columns = columnsOf.get(product);
      const inputs = known(product) ? statistics(product) : undefined;
      const seen = inputs && columns ? scaledStatistics(inputs, columns) : inputs;
      const blockSize = blockSizeOf(tensor);
      const errors = { before: 0, after: 0 };
      const weighed = weighing(product, seen, source.shape(tensor)[1]!, blockSize);
      await writer.addRounded(tensor, bits, blockSize, roundMatrix(meter, scaled, product, weighed, errors));
      matrices.push({ tensor, ...errors });
      onProgress?.('rounding', i + 1, products.length);
    }
    writer.finish();
  } catch (error) {
    writer.abandon();
    throw error;
  }
  const found = readChanges(options.file);
  return { source: new AwqSource(source, found), changes: found, groups, matrices };
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
