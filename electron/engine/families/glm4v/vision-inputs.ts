import { createArray, type TypedArrays } from '../../ort/backend';
import { castFloats } from '../../ort/float16';
import { mergeOrder } from './image';

/** What the vision graph takes beside the pixels; it follows from the grid of patches alone. */
export interface VisionInputs<T extends 'float32' | 'float16' = 'float32'> {
  /** [patches, head size / 2] each, patches in merge-block order. */
  readonly cos: TypedArrays[T];
  readonly sin: TypedArrays[T];
  /** [rows, positions] and [columns, positions] */
  readonly rowWeights: TypedArrays[T];
  readonly columnWeights: TypedArrays[T];
}

export interface VisionSizes {
  readonly headSize: number;
  /** Side of the square of learned positions. */
  readonly positions: number;
}

/** Base of the tower's rotary frequencies; no checkpoint of the family states another. */
const THETA = 10_000;

export function visionInputs<T extends 'float32' | 'float16' = 'float32'>(
  grid: readonly [number, number],
  sizes: VisionSizes,
  type: T = 'float32' as T,
): VisionInputs<T> {
  const { headSize, positions } = sizes;
  const quarter = headSize / 4;
  const count = (grid[0] * grid[1] * headSize) / 2;
  const [cos, sin] = [createArray(type, count), createArray(type, count)];
  // Few angles for many patches: converted before they are spread.
  const table = rotaryTable(Math.max(...grid), quarter);
  const angles = { cos: castFloats(type, table.cos), sin: castFloats(type, table.sin) };
  let at = 0;
  for (const [row, column] of mergeOrder(grid)) {
    // The first quarter of a head turns with the row, the second with the column; the other half pairs with these.
    for (const index of [row, column]) {
      const from = index * quarter;
      for (let i = 0; i < quarter; i++) {
        cos[at + i] = angles.cos[from + i]!;
        sin[at + i] = angles.sin[from + i]!;
      }
      at += quarter;
    }
  }
  const [rowWeights, columnWeights] = grid.map((side) =>
    castFloats(type, bicubicWeights(side, positions)),
  ) as [TypedArrays[T], TypedArrays[T]];
  return { cos, sin, rowWeights, columnWeights };
}

/** cos and sin of position * theta^(-i / quarter): [count, quarter] each. */
function rotaryTable(count: number, quarter: number): { cos: Float32Array; sin: Float32Array } {
  const cos = new Float32Array(count * quarter);
  const sin = new Float32Array(count * quarter);
  for (let i = 0; i < quarter; i++) {
    const frequency = Math.fround(THETA ** (-i / quarter));
    for (let position = 0; position < count; position++) {
      cos[position * quarter + i] = Math.cos(position * frequency);
      sin[position * quarter + i] = Math.sin(position * frequency);
    }
  }
  return { cos, sin };
}

/**
 * Weights [count, positions] that sample `positions` learned values at the centres of `count` patches spread over the same length:
 * PyTorch's `grid_sample` with bicubic mode, `align_corners=False` and border padding, along one axis.
 */
function bicubicWeights(count: number, positions: number): Float32Array {
  const weights = new Float32Array(count * positions);
  for (let i = 0; i < count; i++) {
    const centre = ((i + 0.5) / count) * positions - 0.5;
    const left = Math.floor(centre);
    for (let tap = -1; tap <= 2; tap++) {
      const at = Math.min(Math.max(left + tap, 0), positions - 1);
      weights[i * positions + at]! += cubic(centre - (left + tap));
    }
  }
  return weights;
}

/** Keys' cubic convolution with PyTorch's a = -0.75. */
function cubic(distance: number): number {
  const a = -0.75;
  const x = Math.abs(distance);
  if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
  return 0;
}
