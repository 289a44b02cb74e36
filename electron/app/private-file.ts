import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

/** Writes a file that only its owner reads. A crash or a full disk halfway leaves the old one as it was. */
export function writePrivately(file: string, text: string): void {
  const temporary = `${file}.new`;
  const handle = openSync(temporary, 'w', 0o600);
  try {
    writeFileSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(temporary, file);
}

/** Secrets by the ids of what they belong to, in a file that only its owner reads: the settings are sent to every page. */
export class PrivateEntries<Entry> {
  readonly #file: string;
  readonly #unwritten: (reason: string) => void;
  #entries: Readonly<Record<string, Entry>>;

  /** @param unwritten told why the file could not be written; the entries then hold until the app ends. */
  constructor(file: string, schema: z.ZodType<Entry>, unwritten: (reason: string) => void) {
    this.#file = file;
    this.#unwritten = unwritten;
    try {
      this.#entries = z.record(z.string(), schema).parse(JSON.parse(readFileSync(file, 'utf8')));
    } catch {
      // None yet, or one that was damaged: the user enters them again.
      this.#entries = {};
    }
  }

  get(id: string): Entry | undefined {
    return this.#entries[id];
  }

  /** @param entry null: it is forgotten. */
  set(id: string, entry: Entry | null): void {
    const { [id]: _, ...rest } = this.#entries;
    this.#entries = entry ? { ...rest, [id]: entry } : rest;
    this.#write();
  }

  /** Forgets those of what there is no more. */
  keepOnly(ids: ReadonlySet<string>): void {
    const rest = Object.entries(this.#entries).filter(([id]) => ids.has(id));
    if (rest.length === Object.keys(this.#entries).length) return;
    this.#entries = Object.fromEntries(rest);
    this.#write();
  }

  #write(): void {
    try {
      if (Object.keys(this.#entries).length === 0) rmSync(this.#file, { force: true });
      else writePrivately(this.#file, `${JSON.stringify(this.#entries, null, 2)}\n`);
    } catch (error) {
      this.#unwritten(`in ${this.#file} (${String(error)})`);
    }
  }
}
