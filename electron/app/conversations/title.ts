import { storable } from './text';

const MAX_LENGTH = 40;

/** Code, tags and Markdown's marks say nothing in a list; a reasoning block must never show there. */
const NOISE: readonly (readonly [RegExp, string])[] = [
  [/<think>[\s\S]*?(?:<\/think>|$)/gi, ' '],
  [/```[\s\S]*?(?:```|$)/g, ' '],
  [/<\/?[a-z][^>]{0,200}>/gi, ' '],
  [/!?\[([^\]]{0,200})\]\([^)]{0,2000}\)/g, '$1'],
  [/^[\s>#*+-]+/gm, ''],
  [/(\*\*|__|~~|`)/g, ''],
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  [/[\u0000-\u0008\u000E-\u001F\u007F-\u009F\u200B-\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/g, ''],
];

/** A line's end, or a sentence's: "3.5" and "e.g. this" go on, "Really? Yes." ends at the question mark. */
const SENTENCE_END = /[。！？]|[!?](?=\s|$)|\.(?=\s+\p{Lu}|\s*$)|\n/u;

const words = new Intl.Segmenter(undefined, { granularity: 'word' });

/** A title of the first sentence, at most 40 characters, cut between words (Chinese ones too). Empty where there is nothing to read. */
export function titleFrom(text: string): string {
  // A title needs no more, and the expressions above need not read a pasted book.
  let plain = storable(text.slice(0, 2_000));
  for (const [pattern, replacement] of NOISE) plain = plain.replace(pattern, replacement);
  const trimmed = plain.trim();
  const end = SENTENCE_END.exec(trimmed);
  const sentence = (end ? trimmed.slice(0, end.index + (end[0] === '\n' ? 0 : end[0].length)) : trimmed)
    .replace(/\s+/g, ' ')
    .trim();
  const title = cut(sentence).replace(/[\s.,;:。，；：、]+(?=…?$)/u, '');
  return /[\p{L}\p{N}]/u.test(title) ? title : '';
}

function cut(sentence: string): string {
  if (length(sentence) <= MAX_LENGTH) return sentence;
  let kept = '';
  for (const { segment } of words.segment(sentence)) {
    // One place is the ellipsis's.
    if (length(kept) + length(segment) >= MAX_LENGTH) break;
    kept += segment;
  }
  // A single word longer than the title.
  if (!kept.trim()) kept = [...sentence].slice(0, MAX_LENGTH - 1).join('');
  return `${kept.trimEnd()}…`;
}

function length(text: string): number {
  return [...text].length;
}
