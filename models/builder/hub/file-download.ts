import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { type FileHandle, open, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import { ModelError } from '../errors';
import type { RemoteFile } from './api';
import { checksum } from './checksum';
import { gaps, type Parts, type Range } from './parts';
import { Restarted } from './piece';

/** One file on its way to the disk: what of it is there, what is still asked for, and whether it came whole. */
export class FileDownload {
  readonly file: RemoteFile;
  state: 'fetching' | 'checking' | 'done' = 'fetching';
  /** Null until a server says. */
  bytes: number | null;
  /** Not asked for yet. */
  waiting: Range[] = [];
  /** One for each piece that is being fetched. */
  readonly running = new Set<AbortController>();
  readonly #target: string;
  readonly #part: string;
  readonly #parts: Parts;
  readonly #pieceBytes: number;
  #handle: Promise<FileHandle> | null = null;
  #ranged: boolean;
  /** Its bytes were not those that the hub lists, once. */
  #damaged = false;

  constructor(file: RemoteFile, into: string, parts: Parts, pieceBytes: number) {
    this.file = file;
    this.bytes = file.bytes;
    this.#ranged = file.bytes !== null;
    this.#target = path.join(into, ...file.path.split('/'));
    this.#part = `${this.#target}.part`;
    this.#parts = parts;
    this.#pieceBytes = pieceBytes;
    mkdirSync(path.dirname(this.#target), { recursive: true });
    const end = parts.have(file).at(-1)?.[1] ?? 0;
    const size = existsSync(this.#part) ? statSync(this.#part).size : 0;
    // Without a checksum nothing would tell that the beginning is of another file than the end.
    const trusted = file.hash !== null && file.bytes !== null && end <= size && size <= file.bytes;
    if (trusted) return;
    if (parts.whole(file) === null) parts.forget(file);
    rmSync(this.#part, { force: true });
  }

  /** The server sends parts of it; else all of it comes at once, from the beginning. */
  get ranged(): boolean {
    return this.#ranged;
  }

  /** Nothing of it is asked for any more, and it was not compared yet. */
  get hasCome(): boolean {
    return this.state === 'fetching' && this.waiting.length === 0 && this.running.size === 0;
  }

  /** Whether an earlier run has fetched it; one that was touched since is compared again. */
  async isThere(): Promise<boolean> {
    const { file } = this;
    const whole = this.#parts.whole(file);
    const info = await stat(this.#target).catch(() => null);
    if (info === null) {
      if (whole) this.#parts.forget(file);
      return false;
    }
    const untouched = whole?.bytes === info.size && whole.mtimeMs === info.mtimeMs;
    const sized = file.bytes === null || info.size === file.bytes;
    if (untouched || (sized && file.hash !== null && (await isOf(file, this.#target)))) {
      this.#parts.setWhole(file, { bytes: info.size, mtimeMs: info.mtimeMs });
      return true;
    }
    rmSync(this.#target, { recursive: true, force: true });
    this.#parts.forget(file);
    return false;
  }

  /** All that is missing waits to be fetched. */
  queue(): void {
    const { file, bytes } = this;
    this.waiting =
      bytes === null || !this.#ranged
        ? [[0, bytes ?? Number.POSITIVE_INFINITY]]
        : gaps(this.#parts.have(file), bytes, this.#pieceBytes);
  }

  /** From the beginning, with whatever others were fetching of it ended. */
  restart(mine: AbortController, ranged: boolean): void {
    for (const other of this.running) if (other !== mine) other.abort(new Restarted());
    this.#parts.forget(this.file);
    this.#ranged = ranged;
    this.queue();
  }

  open(): Promise<FileHandle> {
    this.#handle ??= open(this.#part, existsSync(this.#part) ? 'r+' : 'w+');
    return this.#handle;
  }

  /** Into a file that is open. */
  async write(chunk: Uint8Array, position: number): Promise<void> {
    const handle = await this.open();
    for (let from = 0; from < chunk.length; ) {
      const { bytesWritten } = await handle.write(chunk, from, chunk.length - from, position + from);
      from += bytesWritten;
    }
  }

  /** What was written is on the disk, also after the power has gone. */
  async sync(): Promise<void> {
    await this.#handle?.then((file) => file.datasync()).catch(() => {});
  }

  /**
   * Compares what has come with its checksum, and puts it in its place.
   *
   * @returns false where it arrived damaged, for the first time: it waits to be fetched anew.
   * @throws ModelError the second time.
   */
  async finish(signal: AbortSignal): Promise<boolean> {
    const { file } = this;
    this.state = 'checking';
    // Of a file of no bytes nothing was asked for.
    const handle = await this.open();
    await handle.truncate(this.bytes ?? 0);
    this.#handle = null;
    await handle.close();
    if (file.hash === null || (await isOf(file, this.#part, signal))) {
      await rename(this.#part, this.#target);
      this.state = 'done';
      const { size, mtimeMs } = await stat(this.#target);
      this.#parts.setWhole(file, { bytes: size, mtimeMs });
      return true;
    }
    this.#parts.forget(file);
    rmSync(this.#part, { force: true });
    if (this.#damaged) {
      throw new ModelError(
        `${file.path} arrived damaged twice and was deleted. Something on the way changes it: try another network, or another mirror.`,
        { kind: 'download-damaged', file: file.path },
      );
    }
    this.#damaged = true;
    this.state = 'fetching';
    this.queue();
    return false;
  }

  async close(): Promise<void> {
    await this.#handle?.then((file) => file.close()).catch(() => {});
  }
}

const isOf = async ({ hash }: RemoteFile, file: string, signal?: AbortSignal): Promise<boolean> =>
  hash !== null && (await checksum(file, hash.algorithm, signal)) === hash.hex;
