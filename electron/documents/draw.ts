import { readFile, writeFile } from 'node:fs/promises';
import type { SharpOptions } from 'sharp';
import { READER_MISSING } from '../contract/documents';
import type { DrawingRequest, DrawingSize } from '../contract/drawing';
import { AppError } from '../contract/errors';
import { MAX_IMAGE_PIXELS, PREVIEW_SIDE } from '../contract/media';
import { DocumentError } from './errors';

const OPTIONS: SharpOptions = { limitInputPixels: MAX_IMAGE_PIXELS, failOn: 'error', sequentialRead: true };

/** SVG's own unit, dots an inch at which it is drawn one to one. */
const SVG_DENSITY = 72;
const MAX_SVG_DENSITY = 2400;

/** Loaded with the first drawing: its libraries take memory that documents do not need. */
async function library() {
  const { default: open } = await import('sharp').catch(() => {
    // It says in a page of words which of its own packages is not there.
    throw AppError.of(READER_MISSING);
  });
  open.cache(false);
  return open;
}

/**
 * The size that an SVG says it has. It is read without its place on the disk, from where it could name the files beside it.
 *
 * @throws DocumentError `damaged`, `too-many-pixels`; so do the others
 */
export async function drawingSize(path: string): Promise<DrawingSize> {
  return sizeOf(await readFile(path));
}

/** Writes an SVG's preview to `out`, as WebP. @returns the size that it says it has */
export async function drawPreview(path: string, out: string): Promise<DrawingSize> {
  const source = await readFile(path);
  const size = await sizeOf(source);
  const open = await library();
  const preview = await open(source, OPTIONS)
    .autoOrient()
    .resize({ width: PREVIEW_SIDE, height: PREVIEW_SIDE, fit: 'inside', withoutEnlargement: true })
    .webp({ quality: 82 })
    .toBuffer()
    .catch(refuse);
  await writeFile(out, preview, { mode: 0o600 });
  return size;
}

/** Writes an SVG's pixels to `out`: [height, width, 3] bytes, RGB over white. @returns their size */
export async function drawPixels({ path, enough }: DrawingRequest, out: string): Promise<DrawingSize> {
  const source = await readFile(path);
  const { width, height } = await sizeOf(source);
  const scale = enough ? Math.max(enough.width / width, enough.height / height, 1) : 1;
  const open = await library();
  const { data, info } = await open(source, {
    ...OPTIONS,
    density: Math.min(MAX_SVG_DENSITY, SVG_DENSITY * scale),
  })
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
    .catch(refuse);
  await writeFile(out, data, { mode: 0o600 });
  return { width: info.width, height: info.height };
}

async function sizeOf(source: Buffer): Promise<DrawingSize> {
  const open = await library();
  const { width, height, autoOrient } = await open(source, OPTIONS).metadata().catch(refuse);
  // Before anything is drawn. libvips checks as well, but only says so in words.
  if (width * height > MAX_IMAGE_PIXELS) throw new DocumentError('too-many-pixels');
  return { width: autoOrient.width, height: autoOrient.height };
}

function refuse(error: unknown): never {
  const message = error instanceof Error ? error.message : '';
  throw new DocumentError(/pixel limit/i.test(message) ? 'too-many-pixels' : 'damaged');
}
