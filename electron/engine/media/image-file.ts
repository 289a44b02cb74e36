import { readFile } from 'node:fs/promises';
import sharp, { type Sharp } from 'sharp';
import { AppError } from '../../contract/errors';
import { MAX_IMAGE_PIXELS } from '../../contract/media';
import type { Pixels } from './resample';

export interface ImageSize {
  /** As shown, after the camera's orientation was applied. */
  readonly width: number;
  readonly height: number;
}

/** Animations give their first frame. Half a picture is none, harmless oddities of cameras are none of our business. */
const OPTIONS = { limitInputPixels: MAX_IMAGE_PIXELS, failOn: 'error', sequentialRead: true } as const;

/** SVG's own unit, dots an inch at which it is drawn one to one. */
const SVG_DENSITY = 72;
const MAX_SVG_DENSITY = 2400;

/**
 * From the file's header alone.
 *
 * @throws AppError `invalid-request` when it is no image that can be read, or has more than 100 megapixels.
 */
export async function imageSize(path: string): Promise<ImageSize> {
  const { autoOrient } = await metadata(path);
  return { width: autoOrient.width, height: autoOrient.height };
}

/**
 * All of an image, its orientation applied, over white where it is transparent.
 *
 * @param enough no more than so many pixels along each side are needed. A larger image of more than 4 megapixels is made smaller while it
 *   is decoded, so that a photograph takes a tenth of the time and memory; a drawing is drawn at that size.
 * @throws AppError `invalid-request` as `imageSize` does, and when the file is damaged.
 */
export async function decodeImage(path: string, enough?: ImageSize): Promise<Pixels> {
  const { autoOrient, format } = await metadata(path);
  const { width, height } = autoOrient;
  let image: Sharp;
  if (format === 'svg') {
    const scale = enough ? Math.max(enough.width / width, enough.height / height, 1) : 1;
    // Without its place on the disk, from where it could name the files beside it.
    image = sharp(await readFile(path), {
      ...OPTIONS,
      density: Math.min(MAX_SVG_DENSITY, SVG_DENSITY * scale),
    });
  } else {
    image = sharp(path, OPTIONS).autoOrient();
    if (enough && width * height > 4e6) {
      const target = { width: Math.min(width, enough.width), height: Math.min(height, enough.height) };
      image = image.resize({ ...target, fit: 'fill' });
    }
  }
  const { data, info } = await image
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
    .catch(refuse(path));
  return { width: info.width, height: info.height, data };
}

async function metadata(path: string) {
  const found = await sharp(path, OPTIONS).metadata().catch(refuse(path));
  // libvips checks as well, but some readers only when they decode.
  if (found.width * found.height > MAX_IMAGE_PIXELS) throw tooLarge(path);
  return found;
}

const refuse = (path: string) => (error: unknown) => {
  const reason = error instanceof Error ? error.message : String(error);
  if (/pixel limit/i.test(reason)) throw tooLarge(path);
  throw new AppError(
    'invalid-request',
    'The image cannot be read: it is damaged, empty, or of a kind the app does not know. Save it as PNG or JPEG and try again.',
    { kind: 'image-unreadable', path, reason },
  );
};

const tooLarge = (path: string) =>
  new AppError(
    'invalid-request',
    `The image has more than ${MAX_IMAGE_PIXELS / 1e6} megapixels. Choose a smaller one.`,
    { kind: 'image-too-large', megapixels: MAX_IMAGE_PIXELS / 1e6, path },
  );
