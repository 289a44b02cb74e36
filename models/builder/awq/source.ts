import type { Bits } from '../quantize';
import type { TensorSource } from '../source';
import { clipBlock } from './clip';

/** What was found for one tensor. */
export interface Change {
  /** Factor of each column. */
  readonly columns?: Float32Array;
  /** Divisor of each row (of each element of a vector). */
  readonly rows?: Float32Array;
  /** How each block is clipped (`clipBlock`), row by row. */
  readonly clips?: Uint8Array;
  readonly bits?: Bits;
}

/**
 * A checkpoint after AWQ: its matrices scaled, its norms and rows divided to match, its blocks clipped. Without clips it computes what
 * the checkpoint computes; rounded to nearest it loses less. Read row by row like any other.
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
    const change = this.changes.get(name);
    const from = this.source.rows(name, start, count);
    if (!change) return from;
    const values = from.slice();
    const width = values.length / count;
    const { columns, rows, clips, bits } = change;
    for (let row = 0; row < count; row++) {
      const at = row * width;
      const divisor = rows ? rows[start + row]! : 1;
      if (columns) for (let i = 0; i < width; i++) values[at + i] = (values[at + i]! * columns[i]!) / divisor;
      else if (rows) for (let i = 0; i < width; i++) values[at + i]! /= divisor;
    }
    if (clips && bits) {
      const size = (this.source.shape(name)[0]! * width) / clips.length;
      for (let at = 0, block = (start * width) / size; at < values.length; at += size, block++) {
        clipBlock(values, at, size, clips[block]!, bits);
      }
    }
    return values;
  }

  close(): void {
    this.source.close();
  }
}
