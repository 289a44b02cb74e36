import type { PassageRange } from '../contract/documents';

/** About 150 tokens of English or 250 of Chinese: a few of them fit even 2,048 tokens. */
const LONGEST = 700;
const SHORTEST = 350;

/** Where a text is best cut, the best first: between paragraphs, lines, sentences, words. */
const ENDS = [/\n\s*\n/g, /\n/g, /[.!?](?=\s)|[。！？；]/g, /\s|[，、]/g] as const;

/** A text as passages of 350 to 700 characters that follow each other and leave nothing out but the space between them. */
export function toPassages(text: string): readonly PassageRange[] {
  const passages: PassageRange[] = [];
  for (let start = skipSpace(text, 0); start < text.length; ) {
    const end = text.length - start <= LONGEST ? text.length : cut(text, start);
    passages.push([start, trimEnd(text, start, end)]);
    start = skipSpace(text, end);
  }
  return passages;
}

function cut(text: string, start: number): number {
  const window = text.slice(start + SHORTEST, start + LONGEST);
  for (const pattern of ENDS) {
    const last = [...window.matchAll(pattern)].at(-1);
    if (last) return start + SHORTEST + last.index + last[0].length;
  }
  const end = start + LONGEST;
  const code = text.charCodeAt(end);
  // Never between the halves of a character.
  return code >= 0xdc00 && code <= 0xdfff ? end - 1 : end;
}

const SPACE = /\S/g;

function skipSpace(text: string, from: number): number {
  SPACE.lastIndex = from;
  return SPACE.exec(text)?.index ?? text.length;
}

function trimEnd(text: string, start: number, end: number): number {
  return start + text.slice(start, end).trimEnd().length;
}
