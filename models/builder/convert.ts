import { createHash } from 'node:crypto';
import {
  closeSync,
  copyFileSync,
  existsSync,
  fdatasync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { crc32 } from 'node:zlib';
import type { WorkerInput, WorkerMessage } from './convert-worker';
import { checkSpace } from './disk';
import { ModelError } from './errors';
import { type Checkpoint, type JobOptions, type OpenJob, openJob } from './families/jobs';
import { checkTarget } from './families/package-folder';
import { WEIGHTS_FILE } from './graph';
import { Journal } from './journal';
import { readManifest } from './verify';
import { loadPackage, verifyWeights } from './verify-weights';
import { runTask, type WeightsPlan } from './weights';

export type ConvertPhase = 'convert' | 'verify' | 'load';

export interface ConvertProgress {
  readonly phase: ConvertPhase;
  /** 0 … 1 of this phase. */
  readonly fraction: number;
  /** Of the whole conversion; undefined until it can be told. */
  readonly secondsLeft?: number;
}

export interface ConvertOptions extends Omit<JobOptions, 'onProgress' | 'prepared'> {
  /** Threads; default: one a core, at most 16. */
  readonly workers?: number;
  readonly onProgress?: (progress: ConvertProgress) => void;
  /** What was done stays, and the same call goes on with it. */
  readonly signal?: AbortSignal;
  /** The bundled convert-worker, where this file is bundled. */
  readonly workerEntry?: URL;
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

/** A thread takes about 80 MB; with more threads the disk is slower than they are. */
const MAX_WORKERS = 16;

/** Threads take longer to start than this takes on one. */
const SMALL_WEIGHTS = 1 << 25;

/** Work that may be lost when the machine loses its power. */
const SYNC_INTERVAL_MS = 500;

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
      await runAll(checkpoint, options, plan, journal);
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

async function runAll(
  checkpoint: Checkpoint,
  options: ConvertOptions,
  plan: WeightsPlan,
  journal: Journal,
): Promise<void> {
  const waiting = plan.tasks.map((_, i) => i).filter((i) => !journal.has(i));
  if (waiting.length === 0) return;
  const total = plan.weights;
  const already = total - waiting.reduce((sum, i) => sum + plan.tasks[i]!.weights, 0);
  let done = already;
  const started = performance.now();
  const report = () => {
    const seconds = (performance.now() - started) / 1000;
    const speed = (done - already) / seconds;
    const fraction = total === 0 ? 1 : done / total;
    // The first second tells more of the threads' start than of their speed.
    const secondsLeft = seconds > 1 && speed > 0 ? (total - done) / speed : undefined;
    options.onProgress?.({ phase: 'convert', fraction, ...(secondsLeft !== undefined && { secondsLeft }) });
  };
  report();

  const flush = new Flush(journal);
  const finished = (task: number, checksums: readonly number[]) => {
    done += plan.tasks[task]!.weights;
    flush.add(task, checksums);
    report();
  };
  if (options.workers === undefined && total - already < SMALL_WEIGHTS) {
    try {
      await runHere(plan, waiting, journal.weights, options.signal, finished);
    } finally {
      await flush.end();
    }
    return;
  }
  const threads = Math.min(options.workers ?? defaultWorkers(), waiting.length);
  const input: WorkerInput = {
    checkpoint,
    options: withoutCallbacks(options),
    weights: journal.weights,
  };
  // Bundled by hand for a machine without a checkout, the threads' file lies beside.
  const own = import.meta.url.endsWith('.ts') ? './convert-worker.ts' : './convert-worker.mjs';
  const entry = options.workerEntry ?? new URL(own, import.meta.url);
  const workers: Worker[] = [];
  let next = 0;
  try {
    await new Promise<void>((resolve, reject) => {
      let running = threads;
      const abort = () => reject(new ConversionPaused());
      if (options.signal?.aborted) return abort();
      options.signal?.addEventListener('abort', abort, { once: true });
      for (let i = 0; i < threads; i++) {
        const worker = startThread(entry, input);
        workers.push(worker);
        const give = () => {
          const task = waiting[next++];
          worker.postMessage(task ?? null);
        };
        worker.on('message', (message: WorkerMessage) => {
          if (message.type === 'failed') {
            reject(
              message.fault === 'checkpoint'
                ? new ModelError(message.message, message.details)
                : new Error(message.message),
            );
            return;
          }
          if (message.type === 'done') finished(message.task, message.checksums);
          give();
        });
        worker.on('error', reject);
        worker.on('exit', (code) => {
          if (code !== 0) reject(new Error(`A thread of the converter ended with code ${code}.`));
          else if (--running === 0) resolve();
        });
      }
    });
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
    await flush.end();
  }
}

async function runHere(
  plan: WeightsPlan,
  waiting: readonly number[],
  weights: string,
  signal: AbortSignal | undefined,
  finished: (task: number, checksums: readonly number[]) => void,
): Promise<void> {
  const file = openSync(weights, 'r+');
  try {
    for (const task of waiting) {
      if (signal?.aborted) throw new ConversionPaused();
      const written = runTask(plan.tasks[task]!, file);
      finished(
        task,
        written.map((data) => crc32(data)),
      );
      await nextTurn();
    }
  } finally {
    closeSync(file);
  }
}

/** Of the checkout alone: what is packed runs without it. */
const SOURCE_LOADER = 'tsx/esm/api';

function startThread(entry: URL, workerData: WorkerInput): Worker {
  if (!entry.pathname.endsWith('.ts')) return new Worker(entry, { workerData });
  // From source: Node 20 does not hand tsx's loader on to threads.
  const [loader, module] = [SOURCE_LOADER, entry.href].map((name) => JSON.stringify(name));
  const code = `import(${loader}).then(({ register }) => { register(); return import(${module}); });`;
  return new Worker(code, { eval: true, workerData, execArgv: [] });
}

/** The conversion was ended by its signal. */
export class ConversionPaused extends ModelError {
  constructor() {
    super('The conversion was stopped. Run the same command again to go on where it was.');
  }
}

/** Puts finished tasks into the journal once their bytes are on the disk. */
class Flush {
  private readonly journal: Journal;
  private readonly file: number;
  private entries: (readonly [number, readonly number[]])[] = [];
  private readonly timer: NodeJS.Timeout;
  private running: Promise<void> = Promise.resolve();

  constructor(journal: Journal) {
    this.journal = journal;
    this.file = openSync(journal.weights, 'r+');
    this.timer = setInterval(() => {
      this.running = this.running.then(() => this.write());
    }, SYNC_INTERVAL_MS);
  }

  add(task: number, checksums: readonly number[]): void {
    this.entries.push([task, checksums]);
  }

  async end(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
    await this.write();
    closeSync(this.file);
  }

  private async write(): Promise<void> {
    const entries = this.entries.splice(0);
    if (entries.length === 0) return;
    await promisify(fdatasync)(this.file);
    this.journal.add(entries);
  }
}

export function defaultWorkers(): number {
  return Math.min(MAX_WORKERS, availableParallelism());
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
