import sharp from 'sharp';
import { AppError } from '../../../contract/errors';
import { type Pixels, resizeBicubic } from './resample';

/** `preprocessor_config.json`, as far as it is not fixed by the architecture. */
export interface ImageSettings {
  readonly patchSize: number;
  /** Limits of frames * height * width, an image counting as two frames. */
  readonly minPixels: number;
  readonly maxPixels: number;
}

/** CLIP's statistics, which every model of the family uses. */
const MEAN = [0.48145466, 0.4578275, 0.40821073] as const;
const STANDARD_DEVIATION = [0.26862954, 0.26130258, 0.27577711] as const;
const FRAMES = 2;
/** Patches of a merged block, along each side. */
const MERGE = 2;
/** Decoded pixels that are refused: more than any screen or camera, and less than would exhaust the memory. */
const MAX_DECODED_PIXELS = 268_402_689;

/** An image as the vision graph takes it. */
export interface ImagePatches {
  /** Patches down and across. */
  readonly grid: readonly [number, number];
  /** [patches, 3, patch, patch], normalised; the four patches of a merge block follow one another. */
  readonly values: Float32Array;
}

/** Tokens that an image of this many patches takes in the prompt. */
export const tokensOf = ([rows, columns]: readonly [number, number]): number =>
  (rows / MERGE) * (columns / MERGE);

/** @throws AppError `invalid-request` when the file is no image that can be read, or its sides differ more than 200-fold. */
export async function readImage(path: string, settings: ImageSettings): Promise<ImagePatches> {
  return toPatches(await decode(path), settings);
}

async function decode(path: string): Promise<Pixels> {
  try {
    const image = sharp(path, { limitInputPixels: MAX_DECODED_PIXELS }).autoOrient();
    const { data, info } = await image
      .toColourspace('srgb')
      .removeAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, data };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError('invalid-request', `The image cannot be read: ${reason}`, { path });
  }
}

/** Resizes, normalises and cuts: `Glm4vImageProcessor` of transformers (models/glm4v/image_processing_glm4v.py). */
export function toPatches(image: Pixels, settings: ImageSettings): ImagePatches {
  const { patchSize: patch } = settings;
  const [height, width] = fittingSize(image.height, image.width, settings);
  const { data } = resizeBicubic(image, width, height);
  const grid = [height / patch, width / patch] as const;
  const levels = [0, 1, 2].map((channel) =>
    Float32Array.from({ length: 256 }, (_, level) => normalise(level, channel)),
  );
  const values = new Float32Array(height * width * 3);
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
export function* mergeOrder([rows, columns]: readonly [number, number]): Generator<
  readonly [number, number]
> {
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
      { width: originalWidth, height: originalHeight },
    );
  }
  const fit = (side: number) => round(side / factor) * factor;
  const pixels = FRAMES * fit(height) * fit(width);
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
  return [fit(height), fit(width)];
}
