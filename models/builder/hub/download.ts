import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { type FileHandle, open, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import { checkSpace } from '../disk';
import { ModelError } from '../errors';
import type { HubAccess, RemoteFile } from './api';
import { checksum } from './checksum';
import { diskError } from './disk-error';
import { gaps, Parts, type Range } from './parts';
import { fetchPiece, RangesIgnored, RemoteChanged, Restarted, TryLater } from './piece';
import { Speedometer, type TransferProgress } from './transfer-progress';

export interface DownloadOptions {
  readonly repository: string;
  readonly commit: string;
  readonly files: readonly RemoteFile[];
  readonly into: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: TransferProgress) => void;
  /** A file that has arrived and was compared: what it throws ends the download. */
  readonly onFile?: (file: RemoteFile) => Promise<void> | void;
  readonly tuning?: Partial<Tuning>;
}

/** What tests shorten. */
export interface Tuning {
  /** At the same time: hubs limit each, and no more than these bring more. */
  readonly connections: number;
  /** Of a large file, for each request. */
  readonly pieceBytes: number;
  /** Without a byte, after which a connection is given up. */
  readonly stallMs: number;
  /** Of one piece in succession, none of which brought a byte. */
  readonly tries: number;
  readonly backoffMs: (attempt: number) => number;
  readonly saveMs: number;
}

const TUNING: Tuning = {
  connections: 4,
  pieceBytes: 64 << 20,
  stallMs: 30_000,
  tries: 8,
  // 1, 2, 4 … 60 s, and a little apart from others who lost the same server.
  backoffMs: (attempt) => Math.min(60_000, 1000 * 2 ** (attempt - 1)) * (0.8 + 0.4 * Math.random()),
  saveMs: 500,
};

/** A wait that a server asks for is granted up to here. */
const LONGEST_WAIT_MS = 15 * 60_000;
const PROGRESS_MS = 200;

/**
 * Fetches files of a commit, several pieces at a time, and compares each with its checksum. Ended anywhere, by whatever, the next call
 * goes on with the bytes that are there. Connections that stall or break are tried again, with growing pauses.
 *
 * @throws ModelError with what to do; `RemoteChanged` where the hub has another file now than it listed.
 */
export async function downloadFiles(access: HubAccess, options: DownloadOptions): Promise<void> {
  const { into } = options;
  try {
    mkdirSync(into, { recursive: true });
    const download = new Download(access, options);
    await download.run();
  } catch (error) {
    throw diskError(error, into);
  }
}

/** Of these files, what is on the disk already. */
export function bytesThere(into: string, files: readonly RemoteFile[]): number {
  const parts = Parts.read(into);
  return files.reduce((sum, file) => sum + parts.count(file), 0);
}

interface Job {
  readonly file: RemoteFile;
  readonly target: string;
  readonly part: string;
  /** Null until a server says. */
  bytes: number | null;
  handle: Promise<FileHandle> | null;
  waiting: Range[];
  readonly running: Set<AbortController>;
  /** The server sends parts of it; else all of it comes at once, from the beginning. */
  ranged: boolean;
  /** Its bytes were not those that the hub lists, once. */
  damaged: boolean;
  state: 'fetching' | 'checking' | 'done';
}

class Download {
  readonly #access: HubAccess;
  readonly #options: DownloadOptions;
  readonly #tuning: Tuning;
  readonly #parts: Parts;
  readonly #jobs: Job[] = [];
  readonly #abort = new AbortController();
  readonly #speed = new Speedometer();
  #fetching = 0;
  #notBefore = 0;
  #waiting: { readonly error: ModelError; readonly until: number } | null = null;
  #unsaved = false;
  #saved = performance.now();
  #saving: Promise<void> | null = null;

  constructor(access: HubAccess, options: DownloadOptions) {
    this.#access = access;
    this.#options = options;
    this.#tuning = { ...TUNING, ...options.tuning };
    this.#parts = Parts.read(options.into);
  }

  async run(): Promise<void> {
    const { files, into, signal } = this.#options;
    signal?.throwIfAborted();
    const stop = () => this.#abort.abort(signal?.reason);
    signal?.addEventListener('abort', stop, { once: true });
    // Descriptions come first: what they say may end it before the gigabytes.
    for (const file of [...files].sort((a, b) => (a.bytes ?? Infinity) - (b.bytes ?? Infinity))) {
      const job = this.#prepare(file);
      if (!(await this.#isThere(job))) this.#jobs.push(job);
    }
    checkSpace(into, Math.max(0, (this.#total() ?? 0) - this.#bytes()), 'The download');
    for (const job of this.#jobs) job.waiting = this.#missing(job);
    const ticking = setInterval(() => {
      this.#report();
      this.#saveSometimes();
    }, PROGRESS_MS);
    try {
      this.#report();
      // All of it had come, and it was not compared yet.
      for (const job of this.#jobs) if (job.waiting.length === 0) await this.#finish(job);
      const workers = Array.from({ length: this.#tuning.connections }, () => this.#work());
      await Promise.all(workers.map((worker) => worker.catch((error) => this.#abort.abort(error))));
      if (this.#abort.signal.aborted) throw this.#abort.signal.reason;
      this.#report();
    } finally {
      clearInterval(ticking);
      signal?.removeEventListener('abort', stop);
      for (const { handle } of this.#jobs) await handle?.then((file) => file.close()).catch(() => {});
      await this.#saving;
      // A full disk must not hide why it ended.
      await this.#parts.save().catch(() => {});
    }
  }

  #prepare(file: RemoteFile): Job {
    const target = path.join(this.#options.into, ...file.path.split('/'));
    const part = `${target}.part`;
    mkdirSync(path.dirname(target), { recursive: true });
    const have = this.#parts.have(file);
    const end = have.at(-1)?.[1] ?? 0;
    const size = existsSync(part) ? statSync(part).size : 0;
    // Without a checksum nothing would tell that the beginning is of another file than the end.
    const trusted = file.hash !== null && file.bytes !== null && end <= size && size <= file.bytes;
    if (!trusted) {
      if (this.#parts.whole(file) === null) this.#parts.forget(file);
      rmSync(part, { force: true });
    }
    return {
      file,
      target,
      part,
      bytes: file.bytes,
      handle: null,
      waiting: [],
      running: new Set(),
      ranged: file.bytes !== null,
      damaged: false,
      state: 'fetching',
    };
  }

  #missing({ file, bytes, ranged }: Job): Range[] {
    if (bytes === null || !ranged) return [[0, bytes ?? Number.POSITIVE_INFINITY]];
    return gaps(this.#parts.have(file), bytes, this.#tuning.pieceBytes);
  }

  /** Whether an earlier run has fetched it; one that was touched since is compared again. */
  async #isThere({ file, target }: Job): Promise<boolean> {
    const info = await stat(target).catch(() => null);
    if (info === null) {
      if (this.#parts.whole(file)) this.#parts.forget(file);
      return false;
    }
    const whole = this.#parts.whole(file);
    const untouched = whole?.bytes === info.size && whole.mtimeMs === info.mtimeMs;
    const sized = file.bytes === null || info.size === file.bytes;
    if (
      untouched ||
      (sized && file.hash !== null && (await checksum(target, file.hash.algorithm)) === file.hash.hex)
    ) {
      this.#parts.setWhole(file, { bytes: info.size, mtimeMs: info.mtimeMs });
      await this.#options.onFile?.(file);
      return true;
    }
    rmSync(target, { recursive: true, force: true });
    this.#parts.forget(file);
    return false;
  }

  async #work(): Promise<void> {
    for (;;) {
      const job = this.#jobs.find(({ waiting }) => waiting.length > 0);
      const piece = job?.waiting.shift();
      if (!job || !piece) return;
      await this.#fetch(job, piece);
      const last = job.waiting.length === 0 && job.running.size === 0 && job.state === 'fetching';
      if (last) await this.#finish(job);
    }
  }

  /** One piece, for as many tries as it takes. */
  async #fetch(job: Job, [from, end]: Range): Promise<void> {
    const abort = new AbortController();
    job.running.add(abort);
    const signal = AbortSignal.any([abort.signal, this.#abort.signal]);
    let at = from;
    try {
      for (let failures = 0; ; ) {
        // What comes whole can only begin at its beginning.
        if (!job.ranged && at > 0) {
          at = 0;
          this.#parts.forget(job.file);
        }
        try {
          at = await this.#once(job, [at, end], signal, (reached) => {
            at = reached;
            failures = 0;
          });
          return;
        } catch (error) {
          if (this.#abort.signal.aborted) throw this.#abort.signal.reason;
          if (abort.signal.aborted) return;
          // It broke when all of it had come.
          if (at >= end) return;
          if (error instanceof RangesIgnored) return this.#restart(job, abort, false);
          if (error instanceof RemoteChanged) {
            this.#restart(job, abort, true);
            throw error;
          }
          failures += 1;
          if (!(error instanceof TryLater) || failures >= this.#tuning.tries) throw plain(error);
          await this.#pause(error, failures);
        }
      }
    } finally {
      job.running.delete(abort);
    }
  }

  async #once(job: Job, range: Range, signal: AbortSignal, reached: (at: number) => void): Promise<number> {
    const { repository, commit } = this.#options;
    job.handle ??= openPart(job.part);
    const handle = await job.handle;
    this.#fetching++;
    try {
      const end = await fetchPiece(this.#access, {
        repository,
        commit,
        file: job.file,
        range,
        whole: !job.ranged,
        stallMs: this.#tuning.stallMs,
        signal,
        sized: (bytes) => {
          job.bytes ??= bytes;
        },
        write: async (chunk, position) => {
          let written = 0;
          while (written < chunk.length) {
            const { bytesWritten } = await handle.write(
              chunk,
              written,
              chunk.length - written,
              position + written,
            );
            written += bytesWritten;
          }
          signal.throwIfAborted();
          this.#waiting = null;
          this.#unsaved = true;
          this.#parts.add(job.file, [position, position + chunk.length]);
          reached(position + chunk.length);
          this.#saveSometimes();
        },
      });
      if (job.bytes === null) job.bytes = end;
      return end;
    } finally {
      this.#fetching--;
    }
  }

  /** From the beginning, with whatever others were fetching of it ended. */
  #restart(job: Job, mine: AbortController, ranged: boolean): void {
    for (const other of job.running) if (other !== mine) other.abort(new Restarted());
    this.#parts.forget(job.file);
    job.ranged = ranged;
    job.waiting = this.#missing(job);
  }

  async #pause(error: TryLater, attempt: number): Promise<void> {
    if (error.afterMs > LONGEST_WAIT_MS) throw error.reason;
    const now = performance.now();
    // A server that asks to wait asks all connections.
    if (error.afterMs > 0) this.#notBefore = Math.max(this.#notBefore, now + error.afterMs);
    const until = Math.max(this.#notBefore, now + this.#tuning.backoffMs(attempt));
    this.#waiting = { error: error.reason, until };
    const { signal } = this.#abort;
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, until - now);
      signal.addEventListener('abort', done);
    });
    signal.throwIfAborted();
  }

  async #finish(job: Job): Promise<void> {
    const { file, part, target } = job;
    job.state = 'checking';
    // Of a file of no bytes nothing was asked for.
    job.handle ??= openPart(part);
    const handle = await job.handle;
    await handle.truncate(job.bytes ?? 0);
    job.handle = null;
    await handle.close();
    const whole =
      file.hash === null || (await checksum(part, file.hash.algorithm, this.#abort.signal)) === file.hash.hex;
    if (!whole) {
      this.#parts.forget(file);
      rmSync(part, { force: true });
      if (job.damaged) {
        throw new ModelError(
          `${file.path} arrived damaged twice and was deleted. Something on the way changes it: try another network, or another mirror.`,
          { kind: 'download-damaged', file: file.path },
        );
      }
      job.damaged = true;
      job.state = 'fetching';
      job.waiting = this.#missing(job);
      return;
    }
    await rename(part, target);
    job.state = 'done';
    const { size, mtimeMs } = await stat(target);
    this.#parts.setWhole(file, { bytes: size, mtimeMs });
    await this.#parts.save();
    await this.#options.onFile?.(file);
  }

  #saveSometimes(): void {
    const now = performance.now();
    if (!this.#unsaved || this.#saving || now - this.#saved < this.#tuning.saveMs) return;
    this.#saved = now;
    this.#unsaved = false;
    const handles = this.#jobs.flatMap(({ handle }) => handle ?? []);
    // The bytes first: what is claimed must be there, also after the power has gone.
    this.#saving = Promise.all(
      handles.map((handle) => handle.then((file) => file.datasync()).catch(() => {})),
    )
      .then(() => this.#parts.save())
      .catch(() => {})
      .finally(() => {
        this.#saving = null;
      });
  }

  #bytes(): number {
    return this.#options.files.reduce((sum, file) => sum + this.#parts.count(file), 0);
  }

  #total(): number | null {
    let total = 0;
    for (const file of this.#options.files) {
      const bytes =
        file.bytes ?? this.#jobs.find((job) => job.file === file)?.bytes ?? this.#parts.whole(file)?.bytes;
      if (bytes == null) return null;
      total += bytes;
    }
    return total;
  }

  #report(): void {
    const bytes = this.#bytes();
    const totalBytes = this.#total();
    const bytesPerSecond = this.#speed.add(bytes);
    const waiting = this.#waiting;
    this.#options.onProgress?.({
      phase:
        this.#fetching === 0 && this.#jobs.some(({ state }) => state === 'checking') ? 'verify' : 'download',
      bytes,
      totalBytes,
      bytesPerSecond,
      secondsLeft: bytesPerSecond && totalBytes !== null ? (totalBytes - bytes) / bytesPerSecond : null,
      waiting: waiting && {
        error: waiting.error,
        seconds: Math.max(0, Math.ceil((waiting.until - performance.now()) / 1000)),
      },
    });
  }
}

const openPart = async (part: string): Promise<FileHandle> =>
  existsSync(part) ? open(part, 'r+') : open(part, 'w+');

const plain = (error: unknown): unknown => (error instanceof TryLater ? error.reason : error);
