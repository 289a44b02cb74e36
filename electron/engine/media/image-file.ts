import { open } from 'node:fs/promises';
import sharp, { type Sharp } from 'sharp';
import { DrawingLimit } from '../../contract/drawing-limit';
import { AppError } from '../../contract/errors';
import { HEAD_BYTES, imageTypeOf, MAX_IMAGE_PIXELS } from '../../contract/media';
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

/** Most drawings take a thousandth of it. */
const DRAW_MS = 20_000;
const drawings = new DrawingLimit();

/**
 * From the file's header alone.
 *
 * @throws AppError `invalid-request` when it is no image that can be read, or has more than 100 megapixels.
 */
export async function imageSize(path: string): Promise<ImageSize> {
  const source = await sourceOf(path);
  const size = async () => (await metadata(path, source)).autoOrient;
  const { width, height } = await withinLimit(path, source, size, DRAW_MS);
  return { width, height };
}

/**
 * All of an image, its orientation applied, over white where it is transparent.
 *
 * @param enough no more than so many pixels along each side are needed. A larger image of more than 4 megapixels is made smaller while it
 *   is decoded, so that a photograph takes a tenth of the time and memory; a drawing is drawn at that size.
 * @throws AppError `invalid-request` as `imageSize` does, and when the file is damaged or takes too long to draw.
 */
export async function decodeImage(path: string, enough?: ImageSize, drawMs = DRAW_MS): Promise<Pixels> {
  const source = await sourceOf(path);
  return withinLimit(path, source, () => decode(path, source, enough), drawMs);
}

/** A drawing's own bytes, without its place on the disk, from where it could name the files beside it; every other image's path. */
async function sourceOf(path: string): Promise<string | Buffer> {
  const file = await open(path, 'r').catch(refuse(path));
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const isDrawing = imageTypeOf(buffer.subarray(0, bytesRead)) === 'image/svg+xml';
    return isDrawing ? await file.readFile() : path;
  } finally {
    await file.close();
  }
}

async function withinLimit<Result>(
  path: string,
  source: string | Buffer,
  work: () => Promise<Result>,
  ms: number,
): Promise<Result> {
  if (typeof source === 'string') return work();
  const result = await drawings.run(work, ms);
  if (result !== null) return result;
  throw new AppError(
    'invalid-request',
    'The image is a drawing that takes too long to draw. Save it as PNG or JPEG and try again.',
    { kind: 'image-too-complex', path },
  );
}

async function decode(path: string, source: string | Buffer, enough?: ImageSize): Promise<Pixels> {
  const { width, height } = (await metadata(path, source)).autoOrient;
  let image: Sharp;
  if (typeof source !== 'string') {
    const scale = enough ? Math.max(enough.width / width, enough.height / height, 1) : 1;
    image = sharp(source, { ...OPTIONS, density: Math.min(MAX_SVG_DENSITY, SVG_DENSITY * scale) });
  } else {
    image = sharp(source, OPTIONS).autoOrient();
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

async function metadata(path: string, source: string | Buffer) {
  const found = await sharp(source, OPTIONS).metadata().catch(refuse(path));
  // A drawing in a form that was not known as one (compressed, UTF-16) would be drawn without limit, and with its place on the disk.
  if (typeof source === 'string' && found.format === 'svg') return refuse(path)('an unknown kind of SVG');
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
