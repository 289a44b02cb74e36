import { readFileSync, rmSync } from 'node:fs';
import { z } from 'zod';
import { writePrivately } from '../private-file';

const FileSchema = z.record(z.string(), z.object({ url: z.string(), kept: z.string() }));

/**
 * What servers of tools gave when the user signed in, by their ids: in a file of its own that only its owner reads, as the settings are
 * sent to the page. An address that was changed is another server, which gets nothing of it.
 */
export class SignIns {
  readonly #file: string;
  readonly #log: (line: string) => void;
  #all: z.infer<typeof FileSchema>;

  constructor(file: string, log: (line: string) => void) {
    this.#file = file;
    this.#log = log;
    this.#all = read(file);
  }

  get(id: string, url: string): string | null {
    const entry = this.#all[id];
    return entry?.url === url ? entry.kept : null;
  }

  set(id: string, url: string, kept: string | null): void {
    const { [id]: _, ...rest } = this.#all;
    this.#all = kept === null ? rest : { ...rest, [id]: { url, kept } };
    this.#write();
  }

  /** Of servers that there are no more. */
  keepOnly(ids: ReadonlySet<string>): void {
    const rest = Object.entries(this.#all).filter(([id]) => ids.has(id));
    if (rest.length === Object.keys(this.#all).length) return;
    this.#all = Object.fromEntries(rest);
    this.#write();
  }

  #write(): void {
    try {
      if (Object.keys(this.#all).length === 0) rmSync(this.#file, { force: true });
      else writePrivately(this.#file, `${JSON.stringify(this.#all, null, 2)}\n`);
    } catch (error) {
      // It holds until the app ends; then the user signs in again.
      this.#log(`The sign-ins of tool servers could not be kept in ${this.#file} (${String(error)}).`);
    }
  }
}

function read(file: string): z.infer<typeof FileSchema> {
  try {
    return FileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // None yet, or one that was damaged: the user signs in again.
    return {};
  }
}
