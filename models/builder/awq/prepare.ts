import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { checkSpace } from '../disk';
import { ModelError } from '../errors';
import type { BlockSize } from '../quantize';
import { SafetensorsSource } from '../safetensors';
import type { Precision } from '../store';
import { type AwqOptions, type AwqResult, awq } from './awq';
import { readCalibration } from './calibration';
import { readChanges } from './changes';

export interface PrepareOptions {
  /** The checkpoint. */
  readonly folder: string;
  /** Of the package: what was found lies beside it until the package is whole. */
  readonly out: string;
  readonly tokenizer?: string;
  readonly calibration: string;
  readonly precision: Precision;
  readonly blockSize: BlockSize;
  readonly headPrecision?: Precision;
  readonly int8?: readonly string[];
  readonly threads?: number;
  readonly onProgress?: AwqOptions['onProgress'];
}

export interface Prepared {
  /** For `Checkpoint.awq`. */
  readonly file: string;
  /** Undefined where an earlier run had found it. */
  readonly result?: AwqResult;
}

/** Folder of what AWQ found for a package that is not whole yet. */
export const awqFolder = (out: string): string => `${path.resolve(out)}.awq`;

/**
 * Scales and rounds a checkpoint and writes what it found to a file that `openJob` reads. Asked again for the same, it finds the file.
 *
 * @throws ModelError when the options, the calibration set, the checkpoint or the disk is at fault.
 */
export async function prepareAwq(options: PrepareOptions): Promise<Prepared> {
  const { folder, out, precision, blockSize, headPrecision = precision, int8 = [] } = options;
  if (precision !== 'int4' && precision !== 'int8') {
    throw new ModelError(`AWQ chooses how matrices are rounded; ${precision} does not round them.`);
  }
  const work = awqFolder(out);
  const file = path.join(work, `${fingerprint(options)}.changes`);
  if (existsSync(file)) {
    readChanges(file);
    return { file };
  }
  const source = new SafetensorsSource(folder);
  try {
    const weights = source.names.reduce((sum, name) => sum + product(source.shape(name)), 0);
    checkSpace(out, 4 * weights, 'AWQ computes with the weights in float32, which');
    rmSync(work, { recursive: true, force: true });
    mkdirSync(work, { recursive: true });
    const result = await awq({
      folder,
      source,
      tokenizer: options.tokenizer ?? path.join(folder, 'tokenizer.json'),
      calibration: options.calibration,
      precision,
      headPrecision,
      int8,
      blockSize,
      work: path.join(work, 'float'),
      file,
      threads: options.threads,
      onProgress: options.onProgress,
    });
    return { file, result };
  } catch (error) {
    rmSync(work, { recursive: true, force: true });
    throw error;
  } finally {
    source.close();
  }
}

const product = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Of everything that what is found depends on. */
function fingerprint(options: PrepareOptions): string {
  const { folder, tokenizer, calibration, precision, blockSize, headPrecision = precision } = options;
  const files = readdirSync(folder)
    .filter((name) => /\.safetensors$|^config\.json$|^tokenizer\.json$/.test(name))
    .sort()
    .map((name) => {
      const { size, mtimeMs } = statSync(path.join(folder, name));
      return [name, size, mtimeMs];
    });
  const text = existsSync(calibration) ? readFileSync(calibration, 'utf8') : '';
  const media = text ? readCalibration(calibration).flatMap((line) => line.files) : [];
  const asked = {
    folder,
    tokenizer,
    precision,
    blockSize,
    headPrecision,
    int8: options.int8 ?? [],
    files,
    text,
    media: media.map((file) => [file, statSync(file).size, statSync(file).mtimeMs]),
  };
  return createHash('sha256').update(JSON.stringify(asked)).digest('hex').slice(0, 16);
}

/** One line for people: how much less the outputs change. */
export function summary({ groups, matrices }: AwqResult): string {
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / Math.max(1, values.length);
  const scaled = mean(groups.map(({ before, after }) => (before > 0 ? after / before : 1)));
  const rounded = mean(matrices.map(({ before, after }) => (before > 0 ? after / before : 1)));
  const less = (factor: number) => `${(100 * (1 - factor)).toFixed(1)} %`;
  return `AWQ: squared error of the outputs ${less(scaled)} less by scales, then ${less(rounded)} less than to nearest by clipping and feedback (means over matrices).`;
}
