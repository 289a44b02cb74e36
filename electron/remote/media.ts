import { open, readFile, rm } from 'node:fs/promises';
import type { DrawingOutcome, DrawingRequest } from '../contract/drawing';
import { AppError } from '../contract/errors';
import type { ContentPart } from '../contract/generation';
import { HEAD_BYTES, imageTypeOf, MAX_IMAGE_PIXELS } from '../contract/media';

/** Draws SVG in a process that can be ended (contract/drawing.ts). */
export type Draw = (what: 'size' | 'pixels', request: DrawingRequest) => Promise<DrawingOutcome>;

/** More than any of the models looks at: they scale to about 2 megapixels, a tall screenshot to its own 2,400 rows. */
const MAX_SIDE = 2_560;
/** Of the encoded picture; servers refuse bodies of some tens of megabytes, and a message may hold twenty. */
const MAX_BYTES = 3 * 2 ** 20;
const CACHE = 8;

/**
 * Pictures and recordings as they travel: in the request itself, as data: URIs. A picture is always written anew, at most 2,560 pixels
 * wide and high, as JPEG or PNG, which every server reads; what cameras note beside it (the place, the time, the owner) stays here.
 */
export class Media {
  readonly #draw: Draw;
  /** By content: a conversation sends its pictures with every question. Oldest use first. */
  readonly #uris = new Map<string, Promise<string>>();

  constructor(draw: Draw) {
    this.#draw = draw;
  }

  async part(part: Exclude<ContentPart, { type: 'text' }>): Promise<object> {
    if (part.type === 'audio') {
      const data = (await readFile(part.path).catch(gone(part.path))).toString('base64');
      return { type: 'input_audio', input_audio: { data, format: 'wav' } };
    }
    return { type: 'image_url', image_url: { url: await this.#uri(part) } };
  }

  #uri({ path, sha256 }: Extract<ContentPart, { type: 'image' }>): Promise<string> {
    const known = this.#uris.get(sha256);
    this.#uris.delete(sha256);
    const uri = known ?? encode(path, this.#draw);
    this.#uris.set(sha256, uri);
    uri.catch(() => this.#uris.delete(sha256));
    const [oldest] = this.#uris.keys();
    if (this.#uris.size > CACHE && oldest !== undefined) this.#uris.delete(oldest);
    return uri;
  }
}

async function encode(path: string, draw: Draw): Promise<string> {
  const { default: sharp } = await import('sharp');
  const type = await typeOf(path);
  const source =
    type === 'image/svg+xml'
      ? await drawn(path, draw)
      : {
          input: path,
          raw: {},
          photo: type === 'image/jpeg' || type === 'image/webp' || type === 'image/avif',
        };
  const picture = sharp(source.input, {
    ...source.raw,
    limitInputPixels: MAX_IMAGE_PIXELS,
    failOn: 'error',
    sequentialRead: true,
  })
    .autoOrient()
    .resize({ width: MAX_SIDE, height: MAX_SIDE, fit: 'inside', withoutEnlargement: true })
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb');
  try {
    const png = source.photo ? null : await picture.clone().png().toBuffer();
    if (png && png.byteLength <= MAX_BYTES) return uri('image/png', png);
    for (const quality of [90, 75, 50]) {
      const jpeg = await picture.clone().jpeg({ quality }).toBuffer();
      if (jpeg.byteLength <= MAX_BYTES || quality === 50) return uri('image/jpeg', jpeg);
    }
    throw new Error('unreachable');
  } catch (error) {
    throw new AppError(
      'invalid-request',
      'The image cannot be read: it is damaged, empty, or of a kind the app does not know. Save it as PNG or JPEG and try again.',
      { kind: 'image-unreadable', path, reason: error instanceof Error ? error.message : String(error) },
    );
  }
}

const uri = (type: string, bytes: Buffer): string => `data:${type};base64,${bytes.toString('base64')}`;

async function typeOf(path: string) {
  const file = await open(path, 'r').catch(gone(path));
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return imageTypeOf(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}

async function drawn(path: string, draw: Draw) {
  const outcome = await draw('pixels', { path, enough: { width: MAX_SIDE, height: MAX_SIDE } });
  if ('error' in outcome) throw AppError.of(outcome.error);
  if ('refused' in outcome || outcome.pixels === undefined) {
    throw new AppError(
      'invalid-request',
      'The image is a drawing that takes too long to draw. Save it as PNG or JPEG and try again.',
      { kind: 'image-too-complex', path },
    );
  }
  try {
    const { width, height } = outcome;
    return {
      input: await readFile(outcome.pixels),
      raw: { raw: { width, height, channels: 3 as const } },
      photo: false,
    };
  } finally {
    await rm(outcome.pixels, { force: true });
  }
}

const gone = (path: string) => (): never => {
  throw new AppError(
    'not-found',
    'A file of this conversation is no longer there. Remove its message, or add it again.',
    {
      kind: 'image-unreadable',
      path,
    },
  );
};
