import { createHash } from 'node:crypto';
import {
  closeSync,
  copyFileSync,
  existsSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { runTasks, type TaskOptions } from './convert-tasks';
import { checkSpace } from './disk';
import { ModelError } from './errors';
import { type Checkpoint, type JobOptions, type OpenJob, openJob } from './families/jobs';
import { checkTarget } from './families/package-folder';
import { WEIGHTS_FILE } from './graph';
import { Journal } from './journal';
import { readManifest } from './verify';
import { loadPackage, verifyWeights } from './verify-weights';
import type { WeightsPlan } from './weights';

export type ConvertPhase = 'convert' | 'verify' | 'load';

export interface ConvertProgress {
  readonly phase: ConvertPhase;
  /** 0 … 1 of this phase. */
  readonly fraction: number;
  /** Of the whole conversion; undefined until it can be told. */
  readonly secondsLeft?: number;
}

export interface ConvertOptions
  extends Omit<JobOptions, 'onProgress' | 'prepared'>,
    Omit<TaskOptions, 'onProgress'> {
  readonly onProgress?: (progress: ConvertProgress) => void;
  /** A package of the same weights in the same form: only graphs and manifest are written, `weights.data` is shared (a hard link). */
  readonly weightsOf?: string;
}

export interface ConvertResult {
  readonly parameters: number;
  readonly bytes: number;
  /** Weights that an earlier run had converted. */
  readonly resumed: number;
}

/** Graphs, tokenizer and manifest: far less than this, whatever the model. */
const OTHER_FILES = 64 << 20;

/** Folder of an unfinished conversion. */
export const workFolder = (out: string): string => `${path.resolve(out)}.convert`;

/**
 * Converts a checkpoint into a package with all cores. Everything that can be refused is refused before work begins. The file is the
 * same for any number of threads, and a conversion that was ended in the middle goes on where it was when it is asked for again.
 *
 * Memory: about 80 MB a thread, whatever the size of the checkpoint.
 *
 * @throws ModelError naming what is wrong with the checkpoint, the options or the disk.
 */
export async function convert(checkpoint: Checkpoint, options: ConvertOptions): Promise<ConvertResult> {
  const job = openJob(checkpoint);
  try {
    const plan = job.plan(withoutCallbacks(options));
    checkTarget(options.out);
    const folder = workFolder(options.out);
    if (options.weightsOf !== undefined) return await rewrite(job, plan, options, options.weightsOf);
    const fingerprint = describe(checkpoint, options, plan);
    const journal = Journal.read(folder, fingerprint);
    const there = journal.size > 0 ? allocated(journal.weights) : 0;
    checkSpace(options.out, plan.bytes + OTHER_FILES - there, 'The package');
    mkdirSync(folder, { recursive: true });
    journal.open(fingerprint, plan.bytes, reserve);
    // For whoever finds the folder later: journal.ts keeps what decides about bytes, this is all that was asked for.
    writeFileSync(
      path.join(folder, 'request.json'),
      JSON.stringify({ checkpoint, options: withoutCallbacks(options), names: options.names }),
    );
    const resumed = plan.tasks.reduce((sum, task, i) => sum + (journal.has(i) ? task.weights : 0), 0);
    try {
      await runTasks(checkpoint, withoutCallbacks(options), plan, journal, {
        ...options,
        onProgress: (fraction, secondsLeft) =>
          options.onProgress?.({
            phase: 'convert',
            fraction,
            ...(secondsLeft !== undefined && { secondsLeft }),
          }),
      });
      const sha256 = await verified(plan, journal, options);
      const prepared = { path: journal.weights, bytes: plan.bytes, sha256 };
      const { parameters, bytes } = job.run({ ...withoutCallbacks(options), prepared });
      options.onProgress?.({ phase: 'load', fraction: 0 });
      await loadPackage(options.out);
      options.onProgress?.({ phase: 'load', fraction: 1 });
      rmSync(folder, { recursive: true, force: true });
      return { parameters, bytes, resumed };
    } finally {
      journal.close();
    }
  } finally {
    job.close();
  }
}

/** The graphs alone, over the weights of another package. @throws ModelError where they are not the same. */
async function rewrite(
  job: OpenJob,
  plan: WeightsPlan,
  options: ConvertOptions,
  from: string,
): Promise<ConvertResult> {
  const { files, precision, quantizer, architecture } = readManifest(from);
  const weights = files.find((file) => file.path === WEIGHTS_FILE);
  const same =
    weights?.bytes === plan.bytes &&
    precision === options.precision &&
    quantizer === options.quantizer &&
    architecture.weight_layout === options.cudaLayout;
  if (!weights || !same) {
    throw new ModelError(
      `${from} holds other weights than these options make: give --precision, --block, --head and --cuda-prepack as it was built.`,
      { kind: 'weights-differ' },
    );
  }
  const folder = workFolder(options.out);
  mkdirSync(folder, { recursive: true });
  const link = path.join(folder, WEIGHTS_FILE);
  rmSync(link, { force: true });
  try {
    linkSync(path.join(from, WEIGHTS_FILE), link);
  } catch {
    // Another file system.
    copyFileSync(path.join(from, WEIGHTS_FILE), link);
  }
  const prepared = { path: link, bytes: weights.bytes, sha256: weights.sha256 };
  const { parameters, bytes } = job.run({ ...withoutCallbacks(options), prepared });
  await loadPackage(options.out);
  rmSync(folder, { recursive: true, force: true });
  return { parameters, bytes, resumed: 0 };
}

/** What a conversion would do, without doing it. @throws ModelError like `convert`. */
export function dryRun(checkpoint: Checkpoint, options: ConvertOptions): { job: OpenJob; plan: WeightsPlan } {
  const job = openJob(checkpoint);
  try {
    return { job, plan: job.plan(withoutCallbacks(options)) };
  } finally {
    job.close();
  }
}

async function verified(plan: WeightsPlan, journal: Journal, options: ConvertOptions): Promise<string> {
  try {
    return await verifyWeights(plan, journal, (fraction) =>
      options.onProgress?.({ phase: 'verify', fraction }),
    );
  } catch (error) {
    // The next run must not trust what this one found damaged.
    if (error instanceof ModelError) journal.forget();
    throw error;
  }
}

function withoutCallbacks(options: ConvertOptions): JobOptions {
  const { onProgress: _, signal: _s, workers: _w, workerEntry: _e, weightsOf: _o, ...rest } = options;
  return rest;
}

/** Two conversions are the same when nothing that decides about a byte differs. */
function describe(checkpoint: Checkpoint, options: ConvertOptions, plan: WeightsPlan): string {
  const {
    precision,
    blockSize,
    headPrecision = precision,
    int8 = [],
    attention = 'gqa',
    cudaLayout,
  } = options;
  const layout = createHash('sha256');
  for (const { name, ranges } of plan.tasks) layout.update(JSON.stringify([name, ranges]));
  const files = checkpoint.kind === 'folder' ? shardsOf(checkpoint.folder) : [];
  return JSON.stringify({
    format: 1,
    checkpoint,
    options: { precision, blockSize, headPrecision, int8, attention, cudaLayout },
    files,
    layout: layout.digest('hex'),
  });
}

function shardsOf(folder: string): readonly (readonly [string, number, number])[] {
  return readdirSync(folder)
    .filter((name) => /\.safetensors$|^config\.json$/.test(name))
    .sort()
    .map((name) => {
      const { size, mtimeMs } = statSync(path.join(folder, name));
      return [name, size, mtimeMs] as const;
    });
}

/** The whole file at once: a disk too small is met here and not after an hour. */
function reserve(file: string, bytes: number): void {
  const handle = openSync(file, 'w');
  ftruncateSync(handle, bytes);
  closeSync(handle);
}

function allocated(file: string): number {
  return existsSync(file) ? statSync(file).blocks * 512 : 0;
}
