import { createHash } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';

export type ElementType = 'float32' | 'float16' | 'uint8';

const ELEMENT_BYTES: Readonly<Record<ElementType, number>> = { float32: 4, float16: 2, uint8: 1 };

/** A tensor in `weights.data`. */
export interface Stored {
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** Bytes from the start of the file. */
  readonly offset: number;
  readonly bytes: number;
}

/** Rows `start` to `start + count - 1` of the first axis, in place: nothing is stored twice. */
export function storedRows(tensor: Stored, start: number, count: number): Stored {
  const rowBytes = tensor.bytes / tensor.shape[0]!;
  return {
    type: tensor.type,
    shape: [count, ...tensor.shape.slice(1)],
    offset: tensor.offset + start * rowBytes,
    bytes: count * rowBytes,
  };
}

/** The same bytes under another shape. */
export function storedAs(tensor: Stored, shape: readonly number[]): Stored {
  return { ...tensor, shape };
}

/** Writes `weights.data` in one pass and hashes it on the way. */
export class WeightsWriter {
  /** A cache line and more than any vector load; ONNX Runtime maps pages and asks for no more. */
  static readonly ALIGNMENT = 256;

  private readonly file: number;
  private readonly hash = createHash('sha256');
  private position = 0;

  constructor(path: string) {
    this.file = openSync(path, 'w');
  }

  get bytes(): number {
    return this.position;
  }

  /** Appends one tensor whose parts come in order. */
  write(type: ElementType, shape: readonly number[], parts: Iterable<ArrayBufferView>): Stored {
    const padding = -this.position & (WeightsWriter.ALIGNMENT - 1);
    // `&` works on 32 bits, which is enough for the low ones of a position beyond 4 GiB.
    if (padding > 0) this.append(new Uint8Array(padding));
    const offset = this.position;
    for (const part of parts) this.append(new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
    const bytes = this.position - offset;
    const expected = shape.reduce((a, b) => a * b, 1) * ELEMENT_BYTES[type];
    if (bytes !== expected) throw new RangeError(`wrote ${bytes} bytes for [${shape.join(', ')}] ${type}`);
    return { type, shape, offset, bytes };
  }

  /** Hex sha256 of the whole file. */
  finish(): string {
    closeSync(this.file);
    return this.hash.digest('hex');
  }

  abort(): void {
    closeSync(this.file);
  }

  private append(data: Uint8Array): void {
    this.hash.update(data);
    let done = 0;
    while (done < data.length) done += writeSync(this.file, data, done, data.length - done);
    this.position += data.length;
  }
}
