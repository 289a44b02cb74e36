import { readFile } from 'node:fs/promises';
import type { SharpOptions } from 'sharp';
import { AppError } from '../../contract/errors';
import {
  type ImageType,
  MAX_IMAGE_BYTES,
  MAX_IMAGE_PIXELS,
  PREVIEW_SIDE,
  type Refusal,
} from '../../contract/media';
import { BmpError, readBmp } from './bmp';

type Library = typeof import('sharp').default;

const OPTIONS: SharpOptions = {
  limitInputPixels: MAX_IMAGE_PIXELS,
  // Cameras write JPEGs with harmless oddities; half a picture is none.
  failOn: 'error',
  sequentialRead: true,
};

const SENTENCES: Readonly<Record<Refusal, string>> = {
  unsupported:
    'is of none of the kinds that are read here: PNG, JPEG, WebP, GIF, AVIF, BMP and SVG; PDF, DOCX and text. Choose another.',
  damaged: 'is damaged or incomplete. Save it again, or choose another.',
  empty: 'is empty. Choose another.',
  'too-large': `is larger than ${MAX_IMAGE_BYTES / 1024 / 1024} MB. Choose a smaller one.`,
  'too-complex':
    'takes too much time or memory to read. Save it in a simpler form (a picture as PNG, a document as text), or choose another.',
  'too-many-pixels': `has more than ${MAX_IMAGE_PIXELS / 1e6} megapixels. Choose a smaller one.`,
  encrypted: 'is protected by a password, so its text cannot be read. Save it without one, and add that.',
  'no-text':
    'holds no text. If it is scanned, add pictures of its pages instead, for a model that sees pictures.',
  'too-much-text': 'unpacks to more text than the app takes. Split it, and add the part you need.',
};

export function refusal(reason: Refusal, name: string): AppError {
  return new AppError('invalid-request', `The file ${name} ${SENTENCES[reason]}`, {
    kind: 'attachment-refused',
    reason,
    name,
  });
}

export interface ImageFacts {
  /** As shown, after the camera's orientation was applied. */
  readonly width: number;
  readonly height: number;
  readonly preview: Buffer;
}

/** Loaded with the first image: its libraries take memory that a conversation in words does not need. */
async function library(): Promise<Library> {
  const { default: load } = await import('sharp');
  // A preview may take its time; the answer being written may not.
  load.concurrency(1);
  load.cache(false);
  return load;
}

/** Checks all of an image that is no drawing by decoding it into its preview. Throws a refusal. */
export async function inspectImage(path: string, name: string): Promise<ImageFacts> {
  const open = await library();
  try {
    const { autoOrient, width, height } = await open(path, OPTIONS).metadata();
    // Before anything is decoded. libvips checks as well, but only says so in words.
    if (width * height > MAX_IMAGE_PIXELS) throw refusal('too-many-pixels', name);
    const preview = await open(path, OPTIONS)
      .autoOrient()
      .resize({ width: PREVIEW_SIDE, height: PREVIEW_SIDE, fit: 'inside', withoutEnlargement: true })
      .webp({ quality: 82 })
      .toBuffer();
    return { width: autoOrient.width, height: autoOrient.height, preview };
  } catch (error) {
    if (error instanceof AppError) throw error;
    const message = error instanceof Error ? error.message : '';
    throw refusal(message.includes('exceeds pixel limit') ? 'too-many-pixels' : 'damaged', name);
  }
}

/** A BMP as a PNG, which both the page and the engine read. */
export async function bmpToPng(path: string, name: string): Promise<Buffer> {
  try {
    const { width, height, pixels } = await readBmp(await readFile(path));
    const open = await library();
    return await open(pixels, { raw: { width, height, channels: 3 } })
      .png()
      .toBuffer();
  } catch (error) {
    throw refusal(error instanceof BmpError ? error.reason : 'damaged', name);
  }
}

/** The type a file is kept as. */
export function keptType(type: ImageType): ImageType {
  return type === 'image/bmp' ? 'image/png' : type;
}
