import { readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { RemoteFile } from './api';

/** Of bytes, the end not included. */
export type Range = readonly [start: number, end: number];

const EntrySchema = z.object({
  /** What the file was when these bytes came. */
  key: z.string(),
  /** Sorted, apart from each other. */
  have: z.array(z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()])).max(100_000),
  /** Compared and whole, with the size and date that it had then. */
  whole: z.object({ bytes: z.number(), mtimeMs: z.number() }).nullable().default(null),
});
const FileSchema = z.record(z.string(), EntrySchema);

type Entry = z.infer<typeof EntrySchema>;

/** Beside what is fetched: which bytes of which files are there. */
export const PARTS_FILE = '.download.json';

/**
 * Which parts of a download are on the disk. Files are fetched in several pieces at once, so their length says nothing; this is written
 * beside them after the bytes themselves, and after a crash claims at most what is there.
 */
export class Parts {
  readonly #file: string;
  readonly #entries: Map<string, Entry>;
  #saving: Promise<void> = Promise.resolve();

  private constructor(file: string, entries: Map<string, Entry>) {
    this.#file = file;
    this.#entries = entries;
  }

  /** What an earlier run left in this folder; nothing where there is none, or where it cannot be read. */
  static read(folder: string): Parts {
    const file = path.join(folder, PARTS_FILE);
    try {
      const parsed = FileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
      return new Parts(file, new Map(Object.entries(parsed)));
    } catch {
      return new Parts(file, new Map());
    }
  }

  /** Bytes of it that are there. A file that is another one now than it was then has none. */
  have(file: RemoteFile): readonly Range[] {
    return this.#entry(file).have;
  }

  count(file: RemoteFile): number {
    const { whole, have } = this.#entry(file);
    return whole?.bytes ?? have.reduce((sum, [start, end]) => sum + end - start, 0);
  }

  add(file: RemoteFile, [start, end]: Range): void {
    const entry = this.#entry(file);
    entry.have = merge([...entry.have, [start, end]]);
    this.#entries.set(file.path, entry);
  }

  /** It is fetched anew. */
  forget(file: RemoteFile): void {
    this.#entries.delete(file.path);
  }

  whole(file: RemoteFile): Entry['whole'] {
    return this.#entry(file).whole;
  }

  setWhole(file: RemoteFile, whole: NonNullable<Entry['whole']>): void {
    this.#entries.set(file.path, { key: keyOf(file), have: [], whole });
  }

  /** One after the other, as several connections come to their ends. */
  save(): Promise<void> {
    const write = async () => {
      const next = `${this.#file}.new`;
      await writeFile(next, this.#text(), { mode: 0o600 });
      await rename(next, this.#file);
    };
    this.#saving = this.#saving.then(write, write);
    return this.#saving;
  }

  #text(): string {
    return JSON.stringify(Object.fromEntries(this.#entries));
  }

  #entry(file: RemoteFile): Entry {
    const key = keyOf(file);
    const entry = this.#entries.get(file.path);
    return entry?.key === key ? entry : { key, have: [], whole: null };
  }
}

/** A file of the same content: going on with it is safe. Without a checksum nothing tells, and it begins anew with another run. */
const keyOf = ({ bytes, hash }: RemoteFile): string =>
  `${bytes} ${hash ? `${hash.algorithm}:${hash.hex}` : 'unknown'}`;

/** Sorted, with those that touch or overlap made one. */
function merge(ranges: readonly Range[]): [number, number][] {
  const merged: [number, number][] = [];
  for (const [start, end] of [...ranges].sort((a, b) => a[0] - b[0])) {
    if (end <= start) continue;
    const last = merged.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else merged.push([start, end]);
  }
  return merged;
}

/** What `[0, bytes)` lacks, in pieces of at most `piece` bytes. */
export function gaps(have: readonly Range[], bytes: number, piece: number): Range[] {
  const missing: Range[] = [];
  let at = 0;
  for (const [start, end] of [...merge(have), [bytes, bytes] as const]) {
    for (const to = Math.min(start, bytes); at < to; ) {
      const next = Math.min(to, at + piece);
      missing.push([at, next]);
      at = next;
    }
    at = Math.max(at, end);
  }
  return missing;
}
