import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Subject } from '../bench/measure';
import { readCalibration } from '../builder/awq/calibration';
import { awqFolder, prepareAwq } from '../builder/awq/prepare';
import { convert, dryRun } from '../builder/convert';
import { startProgress } from '../builder/progress';
import type { BlockSize } from '../builder/quantize';
import type { Precision } from '../builder/store';
import { readManifest } from '../builder/verify';
import {
  answersOf,
  type Column,
  type ColumnName,
  type Comparison,
  ComparisonSchema,
  machine,
  markdown,
  scoresOf,
} from './compare-report';
import { type EvaluateOptions, evaluate, jobsOf, type Mode } from './evaluate';
import { tally } from './report';
import type { Line } from './sets';

export interface CompareOptions extends EvaluateOptions {
  readonly thinking: Mode;
  /** A checkpoint of float weights. */
  readonly checkpoint: string;
  readonly columns: readonly ColumnName[];
  readonly blockSize: BlockSize;
  /** AWQ's conversations. */
  readonly calibration: string;
  /** What a column is asked; columns are compared on what both were asked. */
  readonly linesOf: (column: ColumnName) => readonly Line[];
  /** JSON; the Markdown lies beside it, and the packages while they are measured. */
  readonly out: string;
}

const ROUNDS = 3;

/**
 * One checkpoint in every precision: builds each package, scores it, and measures the decode speed of all in turns. Written after each
 * column, and gone on with where the same was asked for before.
 */
export async function compare(options: CompareOptions): Promise<Comparison> {
  const { checkpoint, out, blockSize } = options;
  const key = keyOf(options);
  let comparison = read(out, key) ?? {
    key,
    checkpoint: path.basename(path.resolve(checkpoint)),
    blockSize,
    machine: machine(),
    columns: {},
  };
  // A run that was ended goes on with the packages that it finds.
  const work = `${path.resolve(out)}.packages/${key}`;
  mkdirSync(work, { recursive: true });
  const write = (columns: Comparison['columns']) => {
    comparison = { ...comparison, columns };
    writeFileSync(out, `${JSON.stringify(comparison)}\n`);
    writeFileSync(out.replace(/\.json$/, '').concat('.md'), markdown(comparison));
  };
  for (const name of options.columns) {
    const of = columnKey(options, name);
    if (comparison.columns[name]?.of === of) continue;
    const folder = await build(options, work, name);
    const jobs = jobsOf(options.linesOf(name), readManifest(folder), options.thinking);
    const outcomes = await evaluate(folder, name, jobs, options);
    const column: Column = {
      bytes: readManifest(folder).files.reduce((sum, file) => sum + file.bytes, 0),
      smallerThanFp16: smallerThanFp16(options, name),
      of,
      scores: scoresOf(tally(outcomes, (task) => task)),
      answers: answersOf(outcomes),
    };
    write({ ...comparison.columns, [name]: column });
  }
  if (options.columns.some((name) => comparison.columns[name]?.decode === undefined)) {
    const speeds = await decodeSpeeds(options, work);
    const columns = { ...comparison.columns };
    for (const [name, decode] of speeds) columns[name] = { ...columns[name]!, decode: round(decode) };
    write(columns);
  }
  rmSync(`${path.resolve(out)}.packages`, { recursive: true, force: true });
  return comparison;
}

async function build(options: CompareOptions, work: string, name: ColumnName): Promise<string> {
  const out = path.join(work, `${name}-${columnKey(options, name)}`);
  if (existsSync(out)) return out;
  const { checkpoint: folder, calibration, blockSize } = options;
  const [precision, quantizer] = partsOf(name);
  let awq: string | undefined;
  if (quantizer) {
    const progress = startProgress(`${name}: search`);
    const spans = { activations: 0, scales: 1, rounding: 2 };
    const prepared = await prepareAwq({
      folder,
      out,
      calibration,
      precision,
      blockSize,
      onProgress: (stage, done, total) => progress.update((spans[stage] + done / total) / 3),
    });
    progress.stop();
    awq = prepared.file;
  }
  const names = { id: name, name, license: 'none', source: folder };
  await convert(
    { kind: 'folder', folder, ...(awq && { awq }) },
    { out, precision, blockSize, names, ...(quantizer && { quantizer }) },
  );
  rmSync(awqFolder(out), { recursive: true, force: true });
  return out;
}

const partsOf = (name: ColumnName) => name.split('-') as [Precision, 'awq' | undefined];

/** fp16's bytes over the column's. The two float columns have no blocks. */
function smallerThanFp16({ checkpoint, blockSize }: CompareOptions, name: ColumnName) {
  const planOf = (precision: Precision) => {
    const names = { id: 'x', name: 'x', license: 'none', source: 'x' };
    return dryRun({ kind: 'folder', folder: checkpoint }, { out: '', precision, blockSize, names }).plan;
  };
  const [precision] = partsOf(name);
  const { quantized, bytes } = planOf(precision);
  const perWeight = precision === 'fp32' ? 4 : precision === 'fp16' ? 2 : quantized.bytes / quantized.weights;
  return { quantized: 2 / perWeight, weights: planOf('fp16').bytes / bytes };
}

/** Tokens per second of each column: the median of rounds in which they take turns, so that what else is running slows all alike. */
async function decodeSpeeds(options: CompareOptions, work: string): Promise<Map<ColumnName, number>> {
  const speeds = new Map<ColumnName, number[]>();
  for (const name of options.columns) {
    await build(options, work, name);
    speeds.set(name, []);
  }
  for (let i = 0; i < ROUNDS; i++) {
    for (const [name, measured] of speeds) measured.push(await decodeSpeed(await build(options, work, name)));
  }
  return new Map(
    [...speeds].map(([name, all]) => [name, all.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)]!]),
  );
}

async function decodeSpeed(model: string): Promise<number> {
  const subject = await Subject.load({ model, loop: 'engine', label: 'engine', provider: 'cpu' });
  try {
    // The first round warms up.
    await subject.measure();
    return (await subject.measure()).decode;
  } finally {
    await subject.dispose();
  }
}

const hash = (asked: unknown): string =>
  createHash('sha256').update(JSON.stringify(asked)).digest('hex').slice(0, 16);

function keyOf({ checkpoint, blockSize, thinking, maxTokens }: CompareOptions): string {
  const files = ['config.json', 'model.safetensors', 'model.safetensors.index.json', 'tokenizer.json']
    .map((name) => path.join(checkpoint, name))
    .filter((file) => existsSync(file))
    .map((file) => [file, statSync(file).size, statSync(file).mtimeMs]);
  return hash([files, blockSize, thinking, maxTokens]);
}

/** What one column depends on beyond that: its lines, and AWQ's conversations. */
function columnKey({ linesOf, calibration }: CompareOptions, name: ColumnName): string {
  const isAwq = partsOf(name)[1] !== undefined;
  const media = isAwq ? readCalibration(calibration).flatMap((line) => line.files) : [];
  const files = media.map((file) => [path.basename(file), statSync(file).size]);
  return hash([linesOf(name), isAwq && [readFileSync(calibration, 'utf8'), files]]);
}

function read(file: string, key: string): Comparison | undefined {
  if (!existsSync(file)) return undefined;
  const parsed = ComparisonSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  return parsed.success && parsed.data.key === key ? parsed.data : undefined;
}

const round = (value: number): number => Number(value.toPrecision(4));
