import { mkdirSync } from 'node:fs';
import { checkSpace } from '../disk';
import type { HubAccess, RemoteFile } from './api';
import { diskError } from './disk-error';
import { FileDownload } from './file-download';
import { Parts, type Range } from './parts';
import { fetchPiece, RangesIgnored, RemoteChanged, TryLater } from './piece';
import { Retry } from './retry';
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

class Download {
  readonly #access: HubAccess;
  readonly #options: DownloadOptions;
  readonly #tuning: Tuning;
  readonly #parts: Parts;
  readonly #files: FileDownload[] = [];
  readonly #abort = new AbortController();
  readonly #speed = new Speedometer();
  readonly #retry: Retry;
  #fetching = 0;
  #unsaved = false;
  #saved = performance.now();
  #saving: Promise<void> | null = null;

  constructor(access: HubAccess, options: DownloadOptions) {
    this.#access = access;
    this.#options = options;
    this.#tuning = { ...TUNING, ...options.tuning };
    this.#parts = Parts.read(options.into);
    this.#retry = new Retry(this.#tuning.backoffMs);
  }

  async run(): Promise<void> {
    const { files, into, signal } = this.#options;
    signal?.throwIfAborted();
    const stop = () => this.#abort.abort(signal?.reason);
    signal?.addEventListener('abort', stop, { once: true });
    // Descriptions come first: what they say may end it before the gigabytes.
    for (const file of [...files].sort((a, b) => (a.bytes ?? Infinity) - (b.bytes ?? Infinity))) {
      const download = new FileDownload(file, into, this.#parts, this.#tuning.pieceBytes);
      if (await download.isThere()) await this.#options.onFile?.(file);
      else this.#files.push(download);
    }
    checkSpace(into, Math.max(0, (this.#total() ?? 0) - this.#bytes()), 'The download');
    for (const file of this.#files) file.queue();
    const ticking = setInterval(() => {
      this.#report();
      this.#saveSometimes();
    }, PROGRESS_MS);
    try {
      this.#report();
      // All of it had come, and it was not compared yet.
      for (const file of this.#files) if (file.hasCome) await this.#finish(file);
      const workers = Array.from({ length: this.#tuning.connections }, () => this.#work());
      await Promise.all(workers.map((worker) => worker.catch((error) => this.#abort.abort(error))));
      if (this.#abort.signal.aborted) throw this.#abort.signal.reason;
      this.#report();
    } finally {
      clearInterval(ticking);
      signal?.removeEventListener('abort', stop);
      for (const file of this.#files) await file.close();
      await this.#saving;
      // A full disk must not hide why it ended.
      await this.#parts.save().catch(() => {});
    }
  }

  async #work(): Promise<void> {
    for (;;) {
      const file = this.#files.find(({ waiting }) => waiting.length > 0);
      const piece = file?.waiting.shift();
      if (!file || !piece) return;
      await this.#fetch(file, piece);
      if (file.hasCome) await this.#finish(file);
    }
  }

  /** One piece, for as many tries as it takes. */
  async #fetch(download: FileDownload, [from, end]: Range): Promise<void> {
    const abort = new AbortController();
    download.running.add(abort);
    const signal = AbortSignal.any([abort.signal, this.#abort.signal]);
    let at = from;
    try {
      for (let failures = 0; ; ) {
        // What comes whole can only begin at its beginning.
        if (!download.ranged && at > 0) {
          at = 0;
          this.#parts.forget(download.file);
        }
        try {
          at = await this.#once(download, [at, end], signal, (reached) => {
            at = reached;
            failures = 0;
          });
          return;
        } catch (error) {
          if (this.#abort.signal.aborted) throw this.#abort.signal.reason;
          if (abort.signal.aborted) return;
          // It broke when all of it had come.
          if (at >= end) return;
          if (error instanceof RangesIgnored) return download.restart(abort, false);
          if (error instanceof RemoteChanged) {
            download.restart(abort, true);
            throw error;
          }
          failures += 1;
          if (!(error instanceof TryLater) || failures >= this.#tuning.tries) throw plain(error);
          await this.#retry.pause(error, failures, this.#abort.signal);
        }
      }
    } finally {
      download.running.delete(abort);
    }
  }

  async #once(
    download: FileDownload,
    range: Range,
    signal: AbortSignal,
    reached: (at: number) => void,
  ): Promise<number> {
    const { repository, commit } = this.#options;
    await download.open();
    this.#fetching++;
    try {
      const end = await fetchPiece(this.#access, {
        repository,
        commit,
        file: download.file,
        range,
        whole: !download.ranged,
        stallMs: this.#tuning.stallMs,
        signal,
        sized: (bytes) => {
          download.bytes ??= bytes;
        },
        write: async (chunk, position) => {
          await download.write(chunk, position);
          signal.throwIfAborted();
          this.#retry.end();
          this.#unsaved = true;
          this.#parts.add(download.file, [position, position + chunk.length]);
          reached(position + chunk.length);
          this.#saveSometimes();
        },
      });
      if (download.bytes === null) download.bytes = end;
      return end;
    } finally {
      this.#fetching--;
    }
  }

  async #finish(download: FileDownload): Promise<void> {
    if (!(await download.finish(this.#abort.signal))) return;
    await this.#parts.save();
    await this.#options.onFile?.(download.file);
  }

  #saveSometimes(): void {
    const now = performance.now();
    if (!this.#unsaved || this.#saving || now - this.#saved < this.#tuning.saveMs) return;
    this.#saved = now;
    this.#unsaved = false;
    // The bytes first: what is claimed must be there, also after the power has gone.
    this.#saving = Promise.all(this.#files.map((file) => file.sync()))
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
        file.bytes ??
        this.#files.find((download) => download.file === file)?.bytes ??
        this.#parts.whole(file)?.bytes;
      if (bytes == null) return null;
      total += bytes;
    }
    return total;
  }

  #report(): void {
    const bytes = this.#bytes();
    const totalBytes = this.#total();
    const bytesPerSecond = this.#speed.add(bytes);
    this.#options.onProgress?.({
      phase:
        this.#fetching === 0 && this.#files.some(({ state }) => state === 'checking') ? 'verify' : 'download',
      bytes,
      totalBytes,
      bytesPerSecond,
      secondsLeft: bytesPerSecond && totalBytes !== null ? (totalBytes - bytes) / bytesPerSecond : null,
      waiting: this.#retry.progress(),
    });
  }
}

const plain = (error: unknown): unknown => (error instanceof TryLater ? error.reason : error);
