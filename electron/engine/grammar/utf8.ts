import type { CodeRange } from './expression';

/** Inclusive ranges of bytes, one after the other. */
export type ByteRanges = readonly CodeRange[];

/** Where the length of the encoding changes, and the surrogates, which have none. */
const SPANS: readonly CodeRange[] = [
  [0, 0x7f],
  [0x80, 0x7ff],
  [0x800, 0xd7ff],
  [0xe000, 0xffff],
  [0x10000, 0x10ffff],
];

/**
 * The UTF-8 of a range of code points, as sequences of byte ranges whose every combination is one of its characters. As in
 * RE2 and Rust's utf8-ranges: a range is split until all bytes but the first differing one run over their whole range.
 */
export function utf8Ranges(first: number, last: number): ByteRanges[] {
  const found: ByteRanges[] = [];
  for (const [low, high] of SPANS) {
    if (low <= last && first <= high) split(Math.max(low, first), Math.min(high, last), found);
  }
  return found;
}

function split(first: number, last: number, found: ByteRanges[]): void {
  if (last > 0x7f) {
    for (let shift = 6; shift <= 18; shift += 6) {
      const rest = (1 << shift) - 1;
      if (first >> shift === last >> shift) continue;
      if ((first & rest) !== 0) {
        split(first, first | rest, found);
        split((first | rest) + 1, last, found);
        return;
      }
      if ((last & rest) !== rest) {
        split(first, (last & ~rest) - 1, found);
        split(last & ~rest, last, found);
        return;
      }
    }
  }
  const low = Buffer.from(String.fromCodePoint(first));
  const high = Buffer.from(String.fromCodePoint(last));
  found.push(Array.from(low, (byte, i) => [byte, high[i] as number] as const));
}
