import { closeSync, fstatSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import { ModelError } from '../errors';
import type { Bits, BlockSize, Quantized } from '../quantize';
import type { Change, Rounded } from './source';

/*
 * What AWQ found, as a file: the threads that convert a checkpoint read it, and so does a later run that goes on with a conversion. As
 * large as the package itself, so it is written piece by piece and read row by row: numbers one after the other, then where they lie
 * (JSON), the length of that, and a mark.
 */

const MARK = Buffer.from('AWQ 2   ');
/** Of the length and the mark. */
const TAIL = 16;

interface Range {
  readonly offset: number;
  readonly bytes: number;
}

interface Entry {
  readonly columns?: Range;
  readonly rows?: Range;
  readonly rounded?: {
    readonly bits: Bits;
    readonly blockSize: BlockSize;
    readonly codes: Range;
    readonly scales: Range;
  };
}

/** Written beside its place and moved there when it is whole. */
export class ChangesWriter {
  private readonly file: string;
  private readonly handle: number;
  private readonly entries: Record<string, Entry> = {};
  private position = 0;

  constructor(file: string) {
    this.file = file;
    this.handle = openSync(`${file}.part`, 'w');
  }

  /** Factors and divisors of a tensor. */
  add(name: string, { columns, rows }: Pick<Change, 'columns' | 'rows'>): void {
    this.entries[name] = {
      ...this.entries[name],
      ...(columns && { columns: this.write(columns) }),
      ...(rows && { rows: this.write(rows) }),
    };
  }

  /** A matrix as it is rounded, in pieces of whole rows. */
  async addRounded(
    name: string,
    bits: Bits,
    blockSize: BlockSize,
    pieces: AsyncIterable<Quantized>,
  ): Promise<void> {
    const start = this.position;
    const all: Uint16Array[] = [];
    for await (const { codes, scales } of pieces) {
      this.write(codes);
      all.push(scales);
    }
    const codes = { offset: start, bytes: this.position - start };
    const offset = this.position;
    for (const scales of all) this.write(scales);
    const scales = { offset, bytes: this.position - offset };
    const blocks = scales.bytes / 2;
    const columns = (codes.bytes * 8) / bits;
    if (columns !== blocks * blockSize)
      throw new RangeError(`${name}: ${blocks} scales for ${columns} codes`);
    this.entries[name] = {
      ...this.entries[name],
      rounded: { bits, blockSize, codes, scales },
    };
  }

  finish(): void {
    const text = Buffer.from(JSON.stringify(this.entries));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(text.length));
    for (const part of [text, length, MARK]) this.write(part);
    closeSync(this.handle);
    renameSync(`${this.file}.part`, this.file);
  }

  /** Leaves nothing. */
  abandon(): void {
    closeSync(this.handle);
    rmSync(`${this.file}.part`, { force: true });
  }

  private write(values: ArrayBufferView): Range {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    const offset = this.position;
    for (let done = 0; done < bytes.length; ) done += writeSync(this.handle, bytes, done);
    this.position += bytes.length;
    return { offset, bytes: bytes.length };
  }
}

/** Matrices are read from the file when they are asked for. @throws ModelError when the file is none of `ChangesWriter`'s. */
export function readChanges(file: string): Map<string, Change> {
  const changes = new Map<string, Change>();
  for (const [name, { columns, rows, rounded }] of Object.entries(readEntries(file))) {
    const floats = (range: Range) => new Float32Array(readRange(file, range).buffer);
    changes.set(name, {
      ...(columns && { columns: floats(columns) }),
      ...(rows && { rows: floats(rows) }),
      ...(rounded && { rounded: roundedOf(file, rounded) }),
    });
  }
  return changes;
}

function readEntries(file: string): Record<string, Entry> {
  const handle = openSync(file, 'r');
  try {
    const { size } = fstatSync(handle);
    const tail = Buffer.alloc(TAIL);
    if (size < TAIL || readSync(handle, tail, 0, TAIL, size - TAIL) < TAIL) throw new RangeError('too short');
    if (!tail.subarray(8).equals(MARK)) throw new RangeError('its end is missing');
    const length = Number(tail.readBigUInt64LE());
    if (length > size - TAIL) throw new RangeError('its table is missing');
    const text = Buffer.alloc(length);
    readSync(handle, text, 0, length, size - TAIL - length);
    return JSON.parse(text.toString('utf8')) as Record<string, Entry>;
  } catch (error) {
    throw new ModelError(
      `${file} is damaged (${(error as Error).message}): delete it and build the package again.`,
    );
  } finally {
    closeSync(handle);
  }
}

function roundedOf(file: string, { bits, blockSize, codes, scales }: NonNullable<Entry['rounded']>): Rounded {
  return {
    bits,
    blockSize,
    read: (start, count, columns) => {
      const part = ({ offset }: Range, row: number) => ({ offset: offset + start * row, bytes: count * row });
      const bytes = readRange(file, part(scales, (columns / blockSize) * 2));
      return {
        codes: readRange(file, part(codes, (columns * bits) / 8)),
        scales: new Uint16Array(bytes.buffer),
      };
    },
  };
}

function readRange(file: string, { offset, bytes }: Range): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(bytes);
  const handle = openSync(file, 'r');
  try {
    for (let done = 0; done < bytes; ) {
      const read = readSync(handle, out, done, bytes - done, offset + done);
      if (read === 0)
        throw new ModelError(`${file} is damaged (it ends early): delete it and build the package again.`);
      done += read;
    }
    return out;
  } finally {
    closeSync(handle);
  }
}
