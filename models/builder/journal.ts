import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { WEIGHTS_FILE } from './graph';

const FINGERPRINT = 'conversion.json';
const DONE = 'done.log';

/** Task number and two checksums; tasks write one or two ranges. */
const ENTRY = 12;

/** What has been done of a conversion, so that one that was ended goes on where it was. It lies beside the unfinished weights. */
export class Journal {
  readonly weights: string;
  private readonly done: Map<number, readonly number[]>;
  private readonly folder: string;
  private file = -1;

  private constructor(folder: string, done: Map<number, readonly number[]>) {
    this.folder = folder;
    this.done = done;
    this.weights = path.join(folder, WEIGHTS_FILE);
  }

  /** Of the conversion in that folder, if it is the same one: same checkpoint, same options, same plan. */
  static read(folder: string, fingerprint: string): Journal {
    const known = path.join(folder, FINGERPRINT);
    const same =
      existsSync(known) &&
      existsSync(path.join(folder, WEIGHTS_FILE)) &&
      readFileSync(known, 'utf8') === fingerprint;
    return new Journal(folder, same ? readEntries(path.join(folder, DONE)) : new Map());
  }

  get size(): number {
    return this.done.size;
  }

  has(task: number): boolean {
    return this.done.has(task);
  }

  checksums(task: number): readonly number[] {
    return this.done.get(task) ?? [];
  }

  /** Begins to write: anew unless something was done. The folder is there. */
  open(fingerprint: string, bytes: number, reserve: (path: string, bytes: number) => void): void {
    if (this.done.size === 0) {
      // In this order: a journal must never belong to other weights.
      closeSync(openSync(path.join(this.folder, DONE), 'w'));
      reserve(this.weights, bytes);
      const file = openSync(path.join(this.folder, FINGERPRINT), 'w');
      writeSync(file, fingerprint);
      closeSync(file);
    }
    this.file = openSync(path.join(this.folder, DONE), 'a');
  }

  /** Called once the ranges have reached the disk. */
  add(entries: readonly (readonly [task: number, checksums: readonly number[]])[]): void {
    const bytes = Buffer.alloc(entries.length * ENTRY);
    for (const [i, [task, checksums]] of entries.entries()) {
      this.done.set(task, checksums);
      bytes.writeUInt32LE(task, i * ENTRY);
      for (const [k, sum] of checksums.entries()) bytes.writeUInt32LE(sum, i * ENTRY + 4 * (k + 1));
    }
    writeSync(this.file, bytes);
  }

  /** A task whose ranges were found damaged has to be done again. */
  forget(): void {
    this.done.clear();
    closeSync(openSync(path.join(this.folder, DONE), 'w'));
  }

  close(): void {
    if (this.file >= 0) closeSync(this.file);
    this.file = -1;
  }
}

function readEntries(file: string): Map<number, readonly number[]> {
  const done = new Map<number, readonly number[]>();
  const bytes = existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
  // The last entry may be cut.
  for (let at = 0; at + ENTRY <= bytes.length; at += ENTRY) {
    done.set(bytes.readUInt32LE(at), [bytes.readUInt32LE(at + 4), bytes.readUInt32LE(at + 8)]);
  }
  return done;
}
