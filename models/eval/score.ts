import { z } from 'zod';

/**
 * Whether an answer meets what a line of a test set expects, by the rules of models/eval/README.md. The same function as
 * models/train/data/score.py; score-vectors.json holds cases that both must agree on.
 */

export const ExpectSchema = z.object({
  kind: z.enum(['exact', 'final', 'contains', 'decline']),
  values: z.array(z.string()).min(1),
  forbidden: z.array(z.string()).optional(),
});

export type Expect = z.infer<typeof ExpectSchema>;

/** Python's `\s`: JavaScript's leaves out U+001C … U+001F and U+0085, and takes U+FEFF. */
const SPACE = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const SPACES = new RegExp(`[${SPACE}]+`, 'gu');
const OUTER_SPACE = new RegExp(`^[${SPACE}]+|[${SPACE}]+$`, 'gu');
const FINAL_MARKS = /[.!?。 ]+$/u;
const NUMBER = /(?<![\p{Nd}.])-?\p{Nd}+(?:\.\p{Nd}+)?%?/gu;
const NUMBER_ONLY = /^-?\p{Nd}+(?:\.\p{Nd}+)?%?$/u;
const WORD = /[A-Za-z0-9]/;

const strip = (text: string): string => text.replace(OUTER_SPACE, '');

/** NFKC, runs of white space as one space, no space or final mark at the ends. */
export function normalise(text: string): string {
  return strip(text.normalize('NFKC').replace(SPACES, ' ')).replace(FINAL_MARKS, '');
}

/** Whether text[start … end - 1] is not part of a longer run of ASCII letters and digits. */
function bounded(text: string, start: number, end: number): boolean {
  const word = (at: number) => WORD.test(text[at] ?? '');
  return !(word(start - 1) && word(start)) && !(word(end) && word(end - 1));
}

function contains(answer: string, value: string): boolean {
  const text = normalise(answer).toLowerCase();
  const wanted = normalise(value).toLowerCase();
  if (wanted === '') return false;
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
    if (bounded(text, at, at + wanted.length)) return true;
  }
  return false;
}

function endsWith(answer: string, value: string): boolean {
  const wanted = normalise(value);
  const text = normalise(answer);
  const tail = strip(text.slice(text.lastIndexOf('=') + 1));
  if (tail === wanted) return true;
  if (NUMBER_ONLY.test(wanted)) return tail.match(NUMBER)?.at(-1) === wanted;
  return tail.endsWith(wanted) && bounded(tail, tail.length - wanted.length, tail.length);
}

/** `answer` is without its reasoning. */
export function score(expect: Expect, answer: string): boolean {
  if (expect.forbidden?.some((value) => contains(answer, value))) return false;
  switch (expect.kind) {
    case 'exact':
      return expect.values.some((value) => normalise(answer) === normalise(value));
    case 'final':
      return expect.values.some((value) => endsWith(answer, value));
    case 'contains':
    case 'decline':
      return expect.values.some((value) => contains(answer, value));
  }
}
