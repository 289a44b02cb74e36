import type { DrawingRequest, DrawingSize } from './drawing';
import type { ErrorInfo } from './errors';
import type { Refusal } from './media';

/** Documents: what is kept of them, and what is asked of the process that reads them. */

export const MAX_DOCUMENT_BYTES = 50 * 1024 * 1024;
/** Of the text that is found in one (UTF-16 units); a compressed one may hold any amount. */
export const MAX_DOCUMENT_CHARACTERS = 20_000_000;

export type DocumentType = 'text/plain' | 'text/html' | 'application/pdf' | typeof DOCX;

export const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';

/**
 * What a document is by its first bytes (`HEAD_BYTES`); the name only tells HTML and DOCX from what looks the same. Null for what
 * holds no text. Text in any encoding is `text/plain`, whatever it says: Markdown, CSV, JSON, code, logs.
 */
export function documentTypeOf(head: Uint8Array, name: string): DocumentType | null {
  const start = String.fromCharCode(...head.subarray(0, 1024));
  if (start.includes('%PDF-')) return 'application/pdf';
  if (start.startsWith('PK\x03\x04')) {
    const latin = String.fromCharCode(...head.subarray(0, 4_096));
    return /\.do[ct][xm]$/i.test(name) || latin.includes('word/') ? DOCX : null;
  }
  if (!looksLikeText(head)) return null;
  const isHtml = /\.x?html?$/i.test(name) || /^(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html)\b/i.test(start);
  return isHtml ? 'text/html' : 'text/plain';
}

/** Whether bytes are text in some encoding: control characters, and zeros outside UTF-16, are for programs. */
function looksLikeText(head: Uint8Array): boolean {
  if (head.length === 0) return false;
  if (utf16Order(head) !== null) return true;
  let controls = 0;
  for (const byte of head) {
    if (byte === 0) return false;
    // Tab, line ends, form feed, backspace (manual pages), escape (terminals, ISO-2022).
    if ((byte < 32 && !(byte >= 8 && byte <= 13 && byte !== 11) && byte !== 27) || byte === 127) controls++;
  }
  return controls <= head.length / 100;
}

/** By its mark, else by where the zeros are: in Latin text every second byte is one. */
export function utf16Order(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  const length = Math.min(bytes.length, 4_096) & ~1;
  if (length < 4) return null;
  const zeros = [0, 0];
  let controls = 0;
  for (let at = 0; at < length; at += 2) {
    const [even = 0, odd = 0] = [bytes[at], bytes[at + 1]];
    if (even === 0) zeros[0]!++;
    if (odd === 0) zeros[1]!++;
    const low = even === 0 ? odd : odd === 0 ? even : 32;
    if (low < 32 && !(low >= 9 && low <= 13)) controls++;
  }
  const pairs = length / 2;
  if (controls > pairs / 50) return null;
  if (zeros[1]! > pairs * 0.4 && zeros[0]! < pairs * 0.02) return 'utf-16le';
  if (zeros[0]! > pairs * 0.4 && zeros[1]! < pairs * 0.02) return 'utf-16be';
  return null;
}

/** Where a passage lies in a document's text, in UTF-16 units: start, and end exclusive. */
export type PassageRange = readonly [start: number, end: number];

/** A document of which an answer was given parts only: the passages that suited its question best and fitted. */
export interface DocumentUse {
  readonly sha256: string;
  readonly name: string;
  /** Of the whole document. */
  readonly passages: number;
  readonly used: readonly PassageRange[];
}

/** What the app says to the process that reads documents (documents/main.ts). */
export type DocumentCommand =
  /** Writes the text of the file `path` to `out`, in UTF-8. */
  | {
      readonly type: 'extract';
      readonly id: number;
      readonly path: string;
      readonly out: string;
      readonly mediaType: DocumentType;
    }
  | ({ readonly type: 'rank'; readonly id: number } & RankRequest)
  /** An SVG's size alone, its preview as WebP, or its pixels as `DrawingOutcome` has them. */
  | { readonly type: 'measure'; readonly id: number; readonly path: string }
  | { readonly type: 'preview'; readonly id: number; readonly path: string; readonly out: string }
  | ({ readonly type: 'draw'; readonly id: number; readonly out: string } & DrawingRequest);

export interface RankRequest {
  /** Texts as `extract` wrote them. */
  readonly paths: readonly string[];
  /** The question, and before it what it may refer to. */
  readonly queries: readonly { readonly text: string; readonly weight: number }[];
  /** Of all passages together that are asked for, in UTF-16 units. */
  readonly characters: number;
}

export interface Ranking {
  /** How many passages each text has. */
  readonly passages: readonly number[];
  /** Best first. `document` counts `paths`. */
  readonly best: readonly {
    readonly document: number;
    /** Among the passages of its document. */
    readonly index: number;
    readonly range: PassageRange;
    readonly text: string;
  }[];
}

export interface Extracted {
  readonly characters: number;
  readonly lines: number;
  readonly pages?: number;
}

export type DocumentMessage =
  /** All its parts are there; before that it is asked nothing. */
  | { readonly type: 'ready' }
  | ({ readonly type: 'extracted'; readonly id: number } & Extracted)
  | ({ readonly type: 'ranked'; readonly id: number } & Ranking)
  | ({ readonly type: 'drawn'; readonly id: number } & DrawingSize)
  | { readonly type: 'refused'; readonly id: number; readonly reason: Refusal }
  | { readonly type: 'failed'; readonly id: number; readonly error: ErrorInfo };

export const READER_MISSING: ErrorInfo = {
  code: 'internal',
  message:
    'The part of the app that reads documents and drawings is missing or cannot be started. Install the app again.',
  details: { kind: 'document-reader-missing' },
};
