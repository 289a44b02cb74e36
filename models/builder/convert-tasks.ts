import { closeSync, fdatasync, openSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { crc32 } from 'node:zlib';
import type { WorkerInput, WorkerMessage } from './convert-worker';
import { ModelError } from './errors';
import type { Checkpoint, JobOptions } from './families/jobs';
import type { Journal } from './journal';
import { runTask, type WeightsPlan } from './weights';

/** The tasks of a plan on all cores: each writes its part of `weights.data`, in any order. */
export interface TaskOptions {
  /** Threads; default: one a core, at most 16. */
  readonly workers?: number;
  readonly signal?: AbortSignal;
  /** The bundled convert-worker, where this file is bundled. */
  readonly workerEntry?: URL;
  /** 0 … 1, and the seconds left once they can be told. */
  readonly onProgress?: (fraction: number, secondsLeft?: number) => void;
}

/** A thread takes about 80 MB; with more threads the disk is slower than they are. */
const MAX_WORKERS = 16;

/** Threads take longer to start than this takes on one. */
const SMALL_WEIGHTS = 1 << 25;

/** Work that may be lost when the machine loses its power. */
const SYNC_INTERVAL_MS = 500;

export function defaultWorkers(): number {
  return Math.min(MAX_WORKERS, availableParallelism());
}

/**
 * Runs what the journal has not: on one thread where that is little, else on several.
 *
 * @throws ConversionPaused when the signal is given; what was done stays in the journal.
 */
export async function runTasks(
  checkpoint: Checkpoint,
  job: JobOptions,
  plan: WeightsPlan,
  journal: Journal,
  options: TaskOptions,
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
    options.onProgress?.(fraction, secondsLeft);
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
    options: job,
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
