import { AppError } from '../../../contract/errors';
import { decodeImage, imageSize } from '../../media/image-file';
import { type Pixels, resizeBicubic } from '../../media/resample';
import { createArray, type TypedArrays } from '../../ort/backend';
import { castFloats } from '../../ort/float16';
import type { Grid } from './positions';

/** `preprocessor_config.json`, as far as it is not fixed by the architecture. */
export interface ImageSettings {
  readonly patchSize: number;
  /** Limits of frames * height * width, an image counting as two frames. */
  readonly minPixels: number;
  readonly maxPixels: number;
}

/** CLIP's statistics, which every model of the family uses. */
export const MEAN = [0.48145466, 0.4578275, 0.40821073] as const;
export const STANDARD_DEVIATION = [0.26862954, 0.26130258, 0.27577711] as const;
const FRAMES = 2;
/** Patches of a merged block, along each side. */
const MERGE = 2;

/** An image as the vision graph takes it. */
export interface ImagePatches<T extends 'float32' | 'float16' = 'float32'> {
  /** Patches down and across. */
  readonly grid: Grid;
  /** [patches, 3, patch, patch], normalised; the four patches of a merge block follow one another. */
  readonly values: TypedArrays[T];
}

/** Tokens that an image of this many patches takes in the prompt. */
export const tokensOf = ([rows, columns]: Grid): number => (rows / MERGE) * (columns / MERGE);

/** Patches down and across, from the file's header alone. @throws AppError `invalid-request` as `readImage` does. */
export async function readGrid(path: string, settings: ImageSettings): Promise<Grid> {
  const { height, width } = await imageSize(path);
  return gridOf(height, width, settings);
}

/**
 * An image file, its orientation applied, over white where it is transparent.
 *
 * @throws AppError `invalid-request` when the file is no image that can be read, or its sides differ more than 200-fold.
 */
export async function readImage<T extends 'float32' | 'float16' = 'float32'>(
  path: string,
  settings: ImageSettings,
  type?: T,
): Promise<ImagePatches<T>> {
  return toPatches(await decodeImage(path), settings, type);
}

/** An image as a graph takes it that resizes by itself: levels [height, width, 3]. @throws AppError as `readImage` does. */
export const readPixels = (path: string): Promise<Pixels> => decodeImage(path);

function gridOf(height: number, width: number, settings: ImageSettings): Grid {
  const [fittedHeight, fittedWidth] = fittingSize(height, width, settings);
  return [fittedHeight / settings.patchSize, fittedWidth / settings.patchSize];
}

/** Resizes, normalises and cuts: `Glm4vImageProcessor` of transformers (models/glm4v/image_processing_glm4v.py). */
export function toPatches<T extends 'float32' | 'float16' = 'float32'>(
  image: Pixels,
  settings: ImageSettings,
  type: T = 'float32' as T,
): ImagePatches<T> {
  const { patchSize: patch } = settings;
  const grid = gridOf(image.height, image.width, settings);
  const [height, width] = [grid[0] * patch, grid[1] * patch];
  const { data } = resizeBicubic(image, width, height);
  const values = createArray(type, height * width * 3);
  // One table a channel, so that float16 costs no more than float32.
  const levels = [0, 1, 2].map((channel) =>
    castFloats(
      type,
      Float32Array.from({ length: 256 }, (_, level) => normalise(level, channel)),
    ),
  );
  let at = 0;
  for (const [patchRow, patchColumn] of mergeOrder(grid)) {
    for (let channel = 0; channel < 3; channel++) {
      const table = levels[channel]!;
      for (let y = 0; y < patch; y++) {
        let from = ((patchRow * patch + y) * width + patchColumn * patch) * 3 + channel;
        for (let x = 0; x < patch; x++, from += 3) values[at++] = table[data[from]!]!;
      }
    }
  }
  return { grid, values };
}

/** A byte as the vision tower takes it. */
export const normalise = (level: number, channel: number): number =>
  (level / 255 - MEAN[channel]!) / STANDARD_DEVIATION[channel]!;

/** Rows and columns of the patches, the four of a block after one another, blocks row by row. */
export function* mergeOrder([rows, columns]: Grid): Generator<readonly [number, number]> {
  for (let row = 0; row < rows; row += MERGE) {
    for (let column = 0; column < columns; column += MERGE) {
      for (let y = 0; y < MERGE; y++) for (let x = 0; x < MERGE; x++) yield [row + y, column + x];
    }
  }
}

/** Python's `round`, half to even. */
function round(value: number): number {
  const down = Math.floor(value);
  const rest = value - down;
  if (rest !== 0.5) return Math.round(value);
  return down % 2 === 0 ? down : down + 1;
}

/**
 * Height and width to resize to: whole merge blocks, near the original aspect, within the pixel limits (`smart_resize`).
 *
 * @throws AppError `invalid-request` when the sides differ more than 200-fold.
 */
export function fittingSize(
  originalHeight: number,
  originalWidth: number,
  { patchSize, minPixels, maxPixels }: ImageSettings,
): readonly [number, number] {
  const factor = patchSize * MERGE;
  let height = originalHeight;
  let width = originalWidth;
  if (height < factor || width < factor) {
    const scale = Math.max(factor / height, factor / width);
    height = Math.trunc(height * scale);
    width = Math.trunc(width * scale);
  }
  const ratio = Math.max(height, width) / Math.min(height, width);
  if (ratio > 200) {
    throw new AppError(
      'invalid-request',
      `The image is ${originalWidth} x ${originalHeight}: its sides may differ at most 200-fold.`,
      { kind: 'image-too-narrow', width: originalWidth, height: originalHeight },
    );
  }
  const nearest = (side: number) => round(side / factor) * factor;
  const pixels = FRAMES * nearest(height) * nearest(width);
  if (pixels > maxPixels) {
    const beta = Math.sqrt((FRAMES * height * width) / maxPixels);
    const shrink = (side: number) => Math.max(factor, Math.floor(side / beta / factor) * factor);
    return [shrink(height), shrink(width)];
  }
  if (pixels < minPixels) {
    const beta = Math.sqrt(minPixels / (FRAMES * height * width));
    const grow = (side: number) => Math.ceil((side * beta) / factor) * factor;
    return [grow(height), grow(width)];
  }
  return [nearest(height), nearest(width)];
}
