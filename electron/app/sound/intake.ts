import { Worker } from 'node:worker_threads';
import { AppError } from '../../contract/errors';
import type { ConvertedSound, SoundAnswer, SoundJob, SoundProblem } from './worker';

export interface SoundIntakeOptions {
  /** The thread's entry: worker.ts, or its bundle. Null where the host has none. */
  readonly entry: URL | null;
  /** A piece of a file that takes longer has a decoder running in circles. */
  readonly stuckMs?: number;
  /** Of a whole file; those behind it wait. */
  readonly mostMs?: number;
}

export interface ConvertOptions {
  readonly maxSeconds: number;
  /** Stands in the sentences. */
  readonly name: string;
  readonly signal?: AbortSignal;
}

const STUCK_MS = 20_000;
/** An hour of MP3 takes twenty seconds. */
const MOST_MS = 300_000;
/** A thread takes a moment to start and megabytes to keep. */
const IDLE_MS = 10_000;
/** Decoders keep their memory outside of it; what fills it is a damaged file's list of errors. */
const THREAD_LIMITS = { maxOldGenerationSizeMb: 256 };

/**
 * Turns sound of other kinds into what the app keeps, in a thread of its own, so that the process that owns the windows never waits for
 * it. One file at a time.
 */
export class SoundIntake {
  readonly #options: SoundIntakeOptions;
  #worker: Worker | null = null;
  #idle: ReturnType<typeof setTimeout> | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: SoundIntakeOptions) {
    this.#options = options;
  }

  /**
   * @param job.to a file that is written; nothing is left of it where this throws.
   * @throws AppError `invalid-request` with `details.reason` of `SoundProblem`, `aborted`; what the file system says as it is
   */
  convert(job: Omit<SoundJob, 'maxSeconds'>, options: ConvertOptions): Promise<ConvertedSound> {
    const result = this.#turn.then(() => this.#convert({ ...job, maxSeconds: options.maxSeconds }, options));
    this.#turn = result.catch(() => {});
    return result;
  }

  close(): void {
    clearTimeout(this.#idle);
    void this.#worker?.terminate();
    this.#worker = null;
  }

  async #convert(job: SoundJob, { name, maxSeconds, signal }: ConvertOptions): Promise<ConvertedSound> {
    if (signal?.aborted) throw stopped();
    clearTimeout(this.#idle);
    const { entry } = this.#options;
    // Without a decoder no coding but the app's own is read.
    if (!entry) throw soundRefusal('undecodable', name, maxSeconds);
    this.#worker ??= startThread(entry);
    const worker = this.#worker;
    try {
      const answer = await this.#ask(worker, job, signal);
      if (answer.type === 'done') return answer.sound;
      throw soundRefusal(answer.problem, name, maxSeconds);
    } catch (error) {
      if (error instanceof Stuck) throw soundRefusal('damaged', name, maxSeconds);
      throw error;
    } finally {
      if (this.#worker === worker) {
        this.#idle = setTimeout(() => this.close(), IDLE_MS);
        this.#idle.unref();
      }
    }
  }

  #ask(
    worker: Worker,
    job: SoundJob,
    signal?: AbortSignal,
  ): Promise<Exclude<SoundAnswer, { type: 'progress' }>> {
    const { stuckMs = STUCK_MS, mostMs = MOST_MS } = this.#options;
    return new Promise((resolve, reject) => {
      const settle = (done: () => void, lost: boolean) => {
        clearTimeout(watch);
        clearTimeout(end);
        worker.off('message', hear).off('error', fail).off('exit', exit);
        signal?.removeEventListener('abort', abort);
        if (!lost) return done();
        // The file must be free before anybody takes it away.
        if (this.#worker === worker) this.#worker = null;
        worker.on('error', () => {});
        void worker.terminate().then(done);
      };
      const late = () => settle(() => reject(new Stuck()), true);
      let watch = setTimeout(late, stuckMs);
      const end = setTimeout(late, mostMs);
      const hear = (answer: SoundAnswer) => {
        clearTimeout(watch);
        if (answer.type === 'progress') watch = setTimeout(late, stuckMs);
        else settle(() => resolve(answer), false);
      };
      const fail = (error: Error & { code?: string }) =>
        settle(() => reject(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? new Stuck() : error), true);
      const exit = () => settle(() => reject(new Stuck()), true);
      const abort = () => settle(() => reject(stopped()), true);
      worker.on('message', hear).on('error', fail).on('exit', exit);
      signal?.addEventListener('abort', abort, { once: true });
      worker.postMessage(job);
    });
  }
}

class Stuck extends Error {}

const stopped = () => new AppError('aborted', 'Reading the sound was stopped.');

/** What the app says of sound that it does not take. */
export function soundRefusal(
  problem: SoundProblem | 'too-large',
  name: string,
  limit: number,
  coding = '',
): AppError {
  const sentence = {
    damaged: `The sound ${name} is damaged or incomplete. Save it again, or choose another.`,
    empty: `The sound ${name} holds no sound that can be read. Choose another.`,
    'too-long': `The sound ${name} lasts longer than ${inWords(limit)}. Cut it.`,
    'too-large': `The sound ${name} is larger than ${Math.round(limit / 1e6)} MB. Cut it, or save it as MP3.`,
    undecodable: `The sound ${name} ${coding === '' ? 'is of a coding' : `is ${coding}, a coding`} that is not read here. Save it as MP3, FLAC, Ogg or WAV.`,
  }[problem];
  const said = {
    damaged: { kind: 'sound-undecodable' },
    empty: { kind: 'sound-undecodable' },
    undecodable: { kind: 'sound-undecodable' },
    'too-long': { kind: 'sound-too-long', limitSeconds: limit },
    'too-large': { kind: 'sound-too-large', megabytes: Math.round(limit / 1e6) },
  } as const;
  return new AppError('invalid-request', sentence, { ...said[problem], reason: problem, name });
}

function inWords(seconds: number): string {
  return seconds <= 600 && seconds % 60 !== 0
    ? `${Math.floor(seconds)} seconds`
    : `${Math.round(seconds / 60)} minutes`;
}

/** Of the checkout alone: what is packed runs without it. */
const SOURCE_LOADER = 'tsx/esm/api';

function startThread(entry: URL): Worker {
  const options = { resourceLimits: THREAD_LIMITS, execArgv: [] };
  let worker: Worker;
  if (entry.pathname.endsWith('.ts')) {
    // From source: Node 20 does not hand tsx's loader on to threads.
    const [loader, module] = [SOURCE_LOADER, entry.href].map((name) => JSON.stringify(name));
    const code = `import(${loader}).then(({ register }) => { register(); return import(${module}); });`;
    worker = new Worker(code, { ...options, eval: true });
  } else worker = new Worker(entry, options);
  worker.unref();
  return worker;
}
