import { MAX_SPEECH_SECONDS } from './speech';
import { SPEECH_RATE } from './wav';

/**
 * The files of a conversation, as the page and the app agree on them.
 *
 * `POST /attachments?name=…` with a file's bytes keeps it and answers an Attachment as JSON, or an ErrorInfo with status 4xx. It
 * takes images, speech (wav.ts) and documents (documents.ts); sound of other kinds is turned into speech, and the page takes single images from
 * a video. `GET /attachments/<sha256>` answers the file, with `?preview` a small WebP of an image, with `?text` a document's text. The headless host serves both under its session's cookie, Electron under `app://`.
 */
export const ATTACHMENTS_PATH = '/attachments';

export const MAX_IMAGE_BYTES = 50 * 1024 * 1024;
/** Long side of a preview: sharp at the size of a thumbnail on any screen. */
export const PREVIEW_SIDE = 640;
/** No larger image is ever decoded: a few kilobytes of PNG can claim to be a billion pixels. */
export const MAX_IMAGE_PIXELS = 100_000_000;
/** Speech of the longest length, and what a header may hold. */
export const MAX_SPEECH_BYTES = (MAX_SPEECH_SECONDS + 1) * SPEECH_RATE * 2 + 4_096;
/** In one message. */
export const MAX_IMAGES = 20;

/** Why a file was not taken: `details.reason` of an `invalid-request`. */
export const REFUSALS = [
  'unsupported',
  'damaged',
  'empty',
  'too-large',
  'too-many-pixels',
  'too-complex',
  /** Of documents: protected by a password, without any text, and with too much of it. */
  'encrypted',
  'no-text',
  'too-much-text',
] as const;
export type Refusal = (typeof REFUSALS)[number];

export type ImageType =
  | 'image/png'
  | 'image/jpeg'
  | 'image/webp'
  | 'image/gif'
  | 'image/avif'
  | 'image/bmp'
  | 'image/svg+xml';

/** As many of a file's first bytes as `imageTypeOf` looks at: an SVG may begin with a long comment. */
export const HEAD_BYTES = 4_096;

/** What an image is by its content; names and declared types are anybody's claim. Null for everything else. */
export function imageTypeOf(head: Uint8Array): ImageType | null {
  const text = (start: number, end: number) => String.fromCharCode(...head.subarray(start, end));
  if (text(0, 8) === '\x89PNG\r\n\x1a\n') return 'image/png';
  if (text(0, 3) === '\xff\xd8\xff') return 'image/jpeg';
  if (text(0, 4) === 'RIFF' && text(8, 12) === 'WEBP') return 'image/webp';
  if (text(0, 6) === 'GIF87a' || text(0, 6) === 'GIF89a') return 'image/gif';
  if (text(4, 8) === 'ftyp' && /avi[fs]/.test(text(8, 40))) return 'image/avif';
  // Two letters prove nothing: the header's own size has to be one of those that exist.
  if (text(0, 2) === 'BM' && head.length > 18 && BMP_HEADERS.has(head[14] ?? 0)) return 'image/bmp';
  return isSvg(head) ? 'image/svg+xml' : null;
}

const BMP_HEADERS: ReadonlySet<number> = new Set([40, 52, 56, 108, 124]);

function isSvg(head: Uint8Array): boolean {
  const text = new TextDecoder().decode(head.subarray(0, HEAD_BYTES)).trimStart();
  if (!text.startsWith('<')) return false;
  const root = text
    .replace(/<\?[^>]*\?>|<!--[\s\S]*?-->|<!DOCTYPE[^[>]*(?:\[[\s\S]*?\]\s*)?>/gi, '')
    .trimStart();
  return /^<(?:\w+:)?svg[\s>/]/i.test(root);
}

/** Signs that turn the reading direction of what stands around them. */
const DIRECTION_MARKS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** A file's name as it may be kept and shown: one line, no half characters, and nothing that makes `gpj.exe` of `exe.jpg`. */
export function displayName(name: string): string {
  const clean = name
    .replace(DIRECTION_MARKS, '')
    .replace(/\p{Cc}+|\u2028|\u2029/gu, ' ')
    .replace(/\p{Surrogate}/gu, '\uFFFD')
    .trim();
  return [...clean].slice(0, 200).join('');
}
