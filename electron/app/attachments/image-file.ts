import { open as openFile, readFile } from 'node:fs/promises';
import type { SharpOptions } from 'sharp';
import { DrawingLimit } from '../../contract/drawing-limit';
import { AppError } from '../../contract/errors';
import {
  HEAD_BYTES,
  type ImageType,
  imageTypeOf,
  MAX_IMAGE_BYTES,
  MAX_IMAGE_PIXELS,
  type Refusal,
} from '../../contract/media';
import { BmpError, readBmp } from './bmp';

/** Long side of a preview: sharp at the size of a thumbnail on any screen. */
const PREVIEW_SIDE = 640;

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

/** Most drawings take a hundredth of it; filters upon filters can take hours, and nothing can break them off. */
const DRAW_MS = 15_000;

const drawings = new DrawingLimit();

/** Checks all of an image by decoding it into its preview. Throws a refusal. */
export async function inspectImage(path: string, name: string, drawMs = DRAW_MS): Promise<ImageFacts> {
  const open = await library();
  try {
    const drawing = await isDrawing(path);
    // An SVG without its place on the disk, from where it could name the files beside it.
    const source = drawing ? await readFile(path) : path;
    const inspect = async (): Promise<ImageFacts> => {
      const { autoOrient, width, height } = await open(source, OPTIONS).metadata();
      // Before anything is decoded. libvips checks as well, but only says so in words.
      if (width * height > MAX_IMAGE_PIXELS) throw refusal('too-many-pixels', name);
      const preview = await open(source, OPTIONS)
        .autoOrient()
        .resize({ width: PREVIEW_SIDE, height: PREVIEW_SIDE, fit: 'inside', withoutEnlargement: true })
        .webp({ quality: 82 })
        .toBuffer();
      return { width: autoOrient.width, height: autoOrient.height, preview };
    };
    const facts = drawing ? await drawings.run(inspect, drawMs) : await inspect();
    if (!facts) throw refusal('too-complex', name);
    return facts;
  } catch (error) {
    if (error instanceof AppError) throw error;
    const message = error instanceof Error ? error.message : '';
    throw refusal(message.includes('exceeds pixel limit') ? 'too-many-pixels' : 'damaged', name);
  }
}

async function isDrawing(path: string): Promise<boolean> {
  const file = await openFile(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return imageTypeOf(buffer.subarray(0, bytesRead)) === 'image/svg+xml';
  } finally {
    await file.close();
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
