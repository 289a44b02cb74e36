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

/** cos and sin for the decoder graph's rotary inputs: [T, size / 2] each. */
export function rotaryRows(
  positions: RopePositions,
  settings: RotarySettings,
): { cos: Float32Array; sin: Float32Array } {
  const half = settings.size / 2;
  const count = positions.frame.length;
  const cos = new Float32Array(count * half);
  const sin = new Float32Array(count * half);
  const axes = [positions.frame, positions.row, positions.column];
  let i = 0;
  for (const [axis, width] of settings.sections.entries()) {
    const values = axes[axis]!;
    for (let end = i + width; i < end; i++) {
      const frequency = Math.fround(settings.theta ** (-i / half));
      for (let t = 0; t < count; t++) {
        const angle = Math.fround(values[t]! * frequency);
        cos[t * half + i] = Math.cos(angle);
        sin[t * half + i] = Math.sin(angle);
      }
    }
  }
  return { cos, sin };
}

/** Positions of `count` text tokens from `first` on, as after a prompt. */
export function textPositions(first: number, count: number): RopePositions {
  const all = Int32Array.from({ length: count }, (_, i) => first + i);
  return { frame: all, row: all, column: all, next: first + count };
}
