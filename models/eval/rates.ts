import { normalise } from './score';

/** Error rates of what was read or heard, by edits: substitutions, insertions and deletions. */

export interface Edits {
  readonly errors: number;
  /** Words or characters of the right text. */
  readonly of: number;
}

/** Levenshtein's distance between two sequences. */
export function distance(a: readonly string[], b: readonly string[]): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (const [i, x] of a.entries()) {
    const next = [i + 1];
    for (const [j, y] of b.entries()) {
      next.push(Math.min(row[j + 1]! + 1, next[j]! + 1, row[j]! + (x === y ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1)!;
}

const edits = (wanted: readonly string[], found: readonly string[]): Edits => ({
  errors: distance(wanted, found),
  of: wanted.length,
});

/** Text in a picture, by character; white space is one space. models/train/data/pictures/score.py is the reference. */
export const readingErrors = (wanted: string, answer: string): Edits =>
  edits([...normalise(wanted)], [...normalise(answer)]);

/** Python's `\w` and `\d`. */
const WORD = '[\\p{L}\\p{N}_]';
const DIGIT = '\\p{Nd}';
const MARKS = new RegExp(
  `[^\\p{L}\\p{N}_\\s+×÷%./-]|(?<!${DIGIT})[./]|[./](?!${DIGIT})|-(?!${DIGIT})|(?<=${WORD})-|_`,
  'gu',
);

/** NFKC, lower case, no punctuation (signs between and before numbers stay), single spaces. */
export function normaliseSpoken(text: string): string {
  const plain = text.normalize('NFKC').toLowerCase().replace(/['’]/g, '').replaceAll('−', '-');
  const signs = plain.replace(new RegExp(`(?<=${DIGIT}) - (?=${DIGIT})`, 'gu'), ' minus ');
  return signs.replace(MARKS, ' ').trim().split(/\s+/u).join(' ');
}

/** A transcript, by word, or by character for Chinese and strings of digits. models/train/data/speech/scoring.py is the reference. */
export function hearingErrors(wanted: string, transcript: string, by: 'wer' | 'cer'): Edits {
  const split = (text: string) => {
    const spoken = normaliseSpoken(text);
    return by === 'wer' ? spoken.split(' ').filter(Boolean) : [...spoken.replaceAll(' ', '')];
  };
  return edits(split(wanted), split(transcript));
}
