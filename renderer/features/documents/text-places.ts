import type { PassageRange } from '../../../electron/contract/documents';

/** A long text is laid out in pieces, so that those out of view cost nothing. */
const PIECE = 8_000;
/** More places than this nobody steps through. */
const MAX_HITS = 5_000;

/** A text in pieces that end at line ends where they can. */
export function toPieces(text: string): readonly string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length; ) {
    const line = text.indexOf('\n', at + PIECE);
    const end = line >= 0 && line < at + 2 * PIECE ? line + 1 : wholeCharacter(text, at + PIECE);
    pieces.push(text.slice(at, end));
    at = end;
  }
  return pieces;
}

/** Where a text has these words, without regard to case; white space stands for any other. */
export function findPlaces(text: string, query: string): readonly PassageRange[] {
  const words = query.trim().split(/\s+/u).filter(Boolean);
  if (words.length === 0) return [];
  const pattern = words.map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join('\\s+');
  const places: PassageRange[] = [];
  for (const { index, 0: found } of text.matchAll(new RegExp(pattern, 'giu'))) {
    places.push([index, index + found.length]);
    if (places.length >= MAX_HITS) break;
  }
  return places;
}

/** A place of the text as places of the elements that hold its pieces, in order; more than one where it crosses a seam. */
export function toRanges(elements: readonly Element[], [start, end]: PassageRange): readonly Range[] {
  const ranges: Range[] = [];
  let at = 0;
  for (const element of elements) {
    const node = element.firstChild;
    const length = node?.nodeValue?.length ?? 0;
    const from = Math.max(start, at);
    const to = Math.min(end, at + length);
    if (node && from < to) {
      const range = document.createRange();
      range.setStart(node, from - at);
      range.setEnd(node, to - at);
      ranges.push(range);
    }
    at += length;
    if (at >= end) break;
  }
  return ranges;
}

function wholeCharacter(text: string, index: number): number {
  const code = text.charCodeAt(index);
  return code >= 0xdc00 && code <= 0xdfff ? index + 1 : index;
}
