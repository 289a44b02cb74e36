import { open, readFile, rm } from 'node:fs/promises';
import sharp from 'sharp';
import { AppError } from '../../contract/errors';
import { HEAD_BYTES, imageTypeOf, MAX_IMAGE_PIXELS } from '../../contract/media';
import { drawElsewhere } from './drawings';
import type { Pixels } from './resample';

export interface ImageSize {
  /** As shown, after the camera's orientation was applied. */
  readonly width: number;
  readonly height: number;
}

/** Animations give their first frame. Half a picture is none, harmless oddities of cameras are none of our business. */
const OPTIONS = { limitInputPixels: MAX_IMAGE_PIXELS, failOn: 'error', sequentialRead: true } as const;

/**
 * From the file's header alone.
 *
 * @throws AppError `invalid-request` when it is no image that can be read, or has more than 100 megapixels.
 */
export async function imageSize(path: string): Promise<ImageSize> {
  const drawn = await drawing('size', path);
  const { width, height } = drawn ?? (await metadata(path)).autoOrient;
  return { width, height };
}

/**
 * All of an image, its orientation applied, over white where it is transparent.
 *
 * @param enough no more than so many pixels along each side are needed. A larger image of more than 4 megapixels is made smaller while it
 *   is decoded, so that a photograph takes a tenth of the time and memory; a drawing is drawn at that size.
 * @throws AppError `invalid-request` as `imageSize` does, and when the file is damaged or takes too long to draw.
 */
export async function decodeImage(path: string, enough?: ImageSize): Promise<Pixels> {
  const drawn = await drawing('pixels', path, enough);
  if (!drawn?.pixels) return decode(path, enough);
  const { width, height, pixels } = drawn;
  try {
    return { width, height, data: await readFile(pixels) };
  } finally {
    await rm(pixels, { force: true });
  }
}

/** Null for what is no drawing. Drawings are drawn in another process, which can be ended. */
async function drawing(what: 'size' | 'pixels', path: string, enough?: ImageSize) {
  if (!(await isDrawing(path))) return null;
  const outcome = await drawElsewhere(what, { path, ...(enough && { enough }) });
  if ('error' in outcome) throw AppError.of(outcome.error);
  if (!('refused' in outcome)) return outcome;
  if (outcome.refused === 'too-many-pixels') throw tooLarge(path);
  if (outcome.refused !== 'too-complex') return refuse(path)(outcome.refused);
  throw new AppError(
    'invalid-request',
    'The image is a drawing that takes too long to draw. Save it as PNG or JPEG and try again.',
    { kind: 'image-too-complex', path },
  );
}

async function isDrawing(path: string): Promise<boolean> {
  const file = await open(path, 'r').catch(refuse(path));
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return imageTypeOf(buffer.subarray(0, bytesRead)) === 'image/svg+xml';
  } finally {
    await file.close();
  }
}

async function decode(path: string, enough?: ImageSize): Promise<Pixels> {
  const { width, height } = (await metadata(path)).autoOrient;
  let image = sharp(path, OPTIONS).autoOrient();
  if (enough && width * height > 4e6) {
    const target = { width: Math.min(width, enough.width), height: Math.min(height, enough.height) };
    image = image.resize({ ...target, fit: 'fill' });
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
  // A drawing in a form that was not known as one (compressed, UTF-16) would be drawn without limit, and with its place on the disk.
  if (found.format === 'svg') return refuse(path)('an unknown kind of SVG');
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
