import { type Bits, type BlockSize, dequantize, type Quantized } from '../quantize';
import type { TensorSource } from '../source';

/** What was found for one tensor. */
export interface Change {
  /** Factor of each column. */
  readonly columns?: Float32Array;
  /** Divisor of each row (of each element of a vector). */
  readonly rows?: Float32Array;
  /** The matrix after both, as it is to be stored. */
  readonly rounded?: Rounded;
}

export interface Rounded {
  readonly bits: Bits;
  readonly blockSize: BlockSize;
  /** `count` rows from `start` on, of a matrix of so many columns. */
  read(start: number, count: number, columns: number): Quantized;
}

/**
 * A checkpoint after AWQ: its matrices scaled, its norms and rows divided to match, which changes nothing that it computes, and its
 * matrices rounded. Read row by row like any other.
 */
export class AwqSource implements TensorSource {
  private readonly source: TensorSource;
  private readonly changes: ReadonlyMap<string, Change>;

  constructor(source: TensorSource, changes: ReadonlyMap<string, Change>) {
    this.source = source;
    this.changes = changes;
  }

  get names(): readonly string[] {
    return this.source.names;
  }

  shape(name: string): readonly number[] {
    return this.source.shape(name);
  }

  rows(name: string, start: number, count: number): Float32Array {
    const { columns, rows, rounded } = this.changes.get(name) ?? {};
    if (rounded) {
      const { bits, blockSize } = rounded;
      return dequantize(rounded.read(start, count, this.shape(name)[1]!), blockSize, bits);
    }
    const from = this.source.rows(name, start, count);
    if (!columns && !rows) return from;
    const values = from.slice();
    const width = values.length / count;
    for (let row = 0; row < count; row++) {
      const at = row * width;
      const divisor = rows ? rows[start + row]! : 1;
      if (columns) for (let i = 0; i < width; i++) values[at + i] = (values[at + i]! * columns[i]!) / divisor;
      else for (let i = 0; i < width; i++) values[at + i]! /= divisor;
    }
    return values;
  }

  quantized(
    name: string,
    start: number,
    count: number,
    blockSize: BlockSize,
    bits: Bits,
  ): Quantized | undefined {
    const rounded = this.changes.get(name)?.rounded;
    if (!rounded) return undefined;
    if (rounded.bits !== bits || rounded.blockSize !== blockSize) {
      const [found, asked] = [rounded, { bits, blockSize }].map(
        (c) => `${c.bits} bits in blocks of ${c.blockSize}`,
      );
      throw new RangeError(`${name} was rounded to ${found}, not to ${asked}`);
    }
    return rounded.read(start, count, this.shape(name)[1]!);
  }

  close(): void {
    this.source.close();
  }
}
