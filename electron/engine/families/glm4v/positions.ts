import type { TypedArrays } from '../../ort/backend';
import { castFloats } from '../../ort/float16';

/** Frame, row and column of each token, [3][T], and the position of the token after them. */
export interface RopePositions {
  readonly frame: Int32Array;
  readonly row: Int32Array;
  readonly column: Int32Array;
  readonly next: number;
}

/** Patches down and across. */
export type Grid = readonly [number, number];

/**
 * Positions of a prompt: text counts on by one in all three components; the tokens of an image have its position plus their row
 * and column, and what follows goes on after the longer side. `get_rope_index` of transformers (models/glm4v/modeling_glm4v.py),
 * images only.
 *
 * @param grids of the images in the order of their runs of `imageToken`.
 * @throws RangeError when a run of image tokens is not as long as its image.
 */
export function ropePositions(
  ids: readonly number[],
  imageToken: number,
  grids: readonly Grid[],
): RopePositions {
  const [frame, row, column] = Array.from({ length: 3 }, () => new Int32Array(ids.length)) as [
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  let next = 0;
  let image = 0;
  for (let i = 0; i < ids.length; ) {
    if (ids[i] !== imageToken) {
      frame[i] = row[i] = column[i] = next;
      next++;
      i++;
      continue;
    }
    const grid = grids[image++];
    if (!grid)
      throw new RangeError(`the prompt has more runs of image tokens than the ${grids.length} images`);
    const [rows, columns] = [grid[0] / 2, grid[1] / 2];
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < columns; x++, i++) {
        if (ids[i] !== imageToken) {
          const found = y * columns + x;
          throw new RangeError(
            `image ${image} takes ${rows * columns} tokens; the prompt has ${found} for it`,
          );
        }
        frame[i] = next;
        row[i] = next + y;
        column[i] = next + x;
      }
    }
    next += Math.max(rows, columns);
  }
  return { frame, row, column, next };
}

export interface RotarySettings {
  readonly theta: number;
  /** Components of a head that rotate. */
  readonly size: number;
  /** How many of the size / 2 frequencies turn with frame, row and column. */
  readonly sections: readonly [number, number, number];
}

/**
 * cos and sin of every position that a cache of `rows` rows can hold, in the decoder graph's own type, so that filling its rotary
 * inputs for a prompt is copying.
 */
export class RotaryTable<T extends 'float32' | 'float16' = 'float32'> {
  readonly #settings: RotarySettings;
  readonly #cos: TypedArrays[T];
  readonly #sin: TypedArrays[T];

  constructor(settings: RotarySettings, rows: number, type: T) {
    this.#settings = settings;
    const half = settings.size / 2;
    const cos = new Float32Array(rows * half);
    const sin = new Float32Array(rows * half);
    for (let i = 0; i < half; i++) {
      const frequency = Math.fround(settings.theta ** (-i / half));
      for (let position = 0; position < rows; position++) {
        const angle = Math.fround(position * frequency);
        cos[position * half + i] = Math.cos(angle);
        sin[position * half + i] = Math.sin(angle);
      }
    }
    this.#cos = castFloats(type, cos);
    this.#sin = castFloats(type, sin);
  }

  /**
   * Fills `cos` and `sin`, [rows, size / 2], from row `first` on: the prompt's tokens, then text that goes on after them.
   */
  write(positions: RopePositions, first: number, cos: TypedArrays[T], sin: TypedArrays[T]): void {
    const { size, sections } = this.#settings;
    const half = size / 2;
    const axes = [positions.frame, positions.row, positions.column];
    const count = positions.frame.length;
    for (let token = first; token < count; token++) {
      let i = 0;
      for (const [axis, width] of sections.entries()) {
        const from = axes[axis]![token]! * half + i;
        cos.set(this.#cos.subarray(from, from + width), token * half + i);
        sin.set(this.#sin.subarray(from, from + width), token * half + i);
        i += width;
      }
    }
    const rest = cos.length - count * half;
    const from = positions.next * half;
    cos.set(this.#cos.subarray(from, from + rest), count * half);
    sin.set(this.#sin.subarray(from, from + rest), count * half);
  }
}
