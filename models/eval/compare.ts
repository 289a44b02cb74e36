import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Subject } from '../bench/measure';
import { awqFolder, prepareAwq } from '../builder/awq/prepare';
import { convert } from '../builder/convert';
import { startProgress } from '../builder/progress';
import type { BlockSize } from '../builder/quantize';
import type { Precision } from '../builder/store';
import { readManifest } from '../builder/verify';
import {
  type Column,
  type ColumnName,
  type Comparison,
  ComparisonSchema,
  machine,
  markdown,
  scoresOf,
  smallerThanFp16,
} from './compare-report';
import { type EvaluateOptions, evaluate } from './evaluate';
import { tally } from './report';
import type { Line } from './sets';

export interface CompareOptions extends EvaluateOptions {
  /** A checkpoint of float weights. */
  readonly checkpoint: string;
  readonly columns: readonly ColumnName[];
  readonly blockSize: BlockSize;
  /** AWQ's conversations. */
  readonly calibration: string;
  readonly lines: readonly Line[];
  /** JSON; the Markdown lies beside it, and the packages while they are measured. */
  readonly out: string;
}

const ROUNDS = 3;

/**
 * One checkpoint in every precision on the same lines: builds each package, scores it, measures its decode speed. Written after each column,
 * and gone on with where the same was asked for before.
 */
export async function compare(options: CompareOptions): Promise<Comparison> {
  const { checkpoint, out, lines, blockSize } = options;
  const key = keyOf(options);
  let comparison = read(out, key) ?? {
    key,
    checkpoint: path.basename(path.resolve(checkpoint)),
    blockSize,
    machine: machine(),
    columns: {},
  };
  const work = `${path.resolve(out)}.packages`;
  mkdirSync(work, { recursive: true });
  try {
    const sizes = {
      fp32: weightBytes(await build(options, work, 'fp32')),
      fp16: weightBytes(await build(options, work, 'fp16')),
    };
    for (const name of options.columns) {
      if (comparison.columns[name]) continue;
      const folder = await build(options, work, name);
      const outcomes = await evaluate(folder, name, lines, options);
      const column: Column = {
        bytes: readManifest(folder).files.reduce((sum, file) => sum + file.bytes, 0),
        smallerThanFp16: round(smallerThanFp16(sizes, weightBytes(folder))),
        decode: round(await decodeSpeed(folder)),
        scores: scoresOf(tally(outcomes, (task) => task)),
      };
      comparison = { ...comparison, columns: { ...comparison.columns, [name]: column } };
      writeFileSync(out, `${JSON.stringify(comparison, null, 1)}\n`);
      writeFileSync(out.replace(/\.json$/, '').concat('.md'), markdown(comparison));
      rmSync(folder, { recursive: true });
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return comparison;
}

async function build(options: CompareOptions, work: string, name: ColumnName): Promise<string> {
  const out = path.join(work, name);
  if (existsSync(out)) return out;
  const { checkpoint: folder, calibration, blockSize } = options;
  const [precision, quantizer] = name.split('-') as [Precision, 'awq' | undefined];
  let awq: string | undefined;
  if (quantizer) {
    const progress = startProgress(`${name}: search`);
    const spans = { activations: 0, scales: 1, clipping: 2 };
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

const weightBytes = (folder: string): number => statSync(path.join(folder, 'weights.data')).size;

async function decodeSpeed(model: string): Promise<number> {
  const subject = await Subject.load({ model, loop: 'engine', label: 'engine', provider: 'cpu' });
  try {
    const speeds: number[] = [];
    // The first round also warms up.
    for (let i = 0; i <= ROUNDS; i++) speeds.push((await subject.measure()).decode);
    return speeds.slice(1).sort((a, b) => a - b)[Math.floor(ROUNDS / 2)]!;
  } finally {
    await subject.dispose();
  }
}

function keyOf({ checkpoint, blockSize, calibration, lines, thinking, maxTokens }: CompareOptions): string {
  const files = ['config.json', 'model.safetensors', 'model.safetensors.index.json', 'tokenizer.json']
    .map((name) => path.join(checkpoint, name))
    .filter((file) => existsSync(file))
    .map((file) => [file, statSync(file).size, statSync(file).mtimeMs]);
  const asked = [files, blockSize, readFileSync(calibration, 'utf8'), lines, thinking, maxTokens];
  return createHash('sha256').update(JSON.stringify(asked)).digest('hex').slice(0, 16);
}

function read(file: string, key: string): Comparison | undefined {
  if (!existsSync(file)) return undefined;
  const parsed = ComparisonSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  return parsed.success && parsed.data.key === key ? parsed.data : undefined;
}

const round = (value: number): number => Number(value.toPrecision(4));
