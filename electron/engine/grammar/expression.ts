/** What a text may be: a context-free grammar over bytes, with a model's special tokens as letters of their own. */
export type Expression =
  | { readonly kind: 'text'; readonly text: string }
  /** One character; inclusive ranges of code points. */
  | { readonly kind: 'class'; readonly ranges: readonly CodeRange[] }
  /** A special token, which no text can spell. */
  | { readonly kind: 'token'; readonly id: number }
  | { readonly kind: 'sequence'; readonly items: readonly Expression[] }
  | { readonly kind: 'choice'; readonly items: readonly Expression[] }
  /** `max` may be Infinity. */
  | { readonly kind: 'repeat'; readonly item: Expression; readonly min: number; readonly max: number }
  | { readonly kind: 'rule'; readonly name: string }
  /** Any bytes up to the first occurrence of `text`, which is taken too. */
  | { readonly kind: 'until'; readonly text: string }
  /** Any bytes in which `text` does not occur. */
  | { readonly kind: 'without'; readonly text: string };

export type CodeRange = readonly [first: number, last: number];

/** `root` and the rules that it and they name. */
export interface Grammar {
  readonly root: Expression;
  readonly rules: ReadonlyMap<string, Expression>;
}

export const EMPTY: Expression = { kind: 'sequence', items: [] };

export const text = (value: string): Expression => ({ kind: 'text', text: value });
export const sequence = (...items: readonly Expression[]): Expression => ({ kind: 'sequence', items });
export const choice = (...items: readonly Expression[]): Expression =>
  items.length === 1 ? (items[0] as Expression) : { kind: 'choice', items };
export const repeat = (item: Expression, min: number, max = Number.POSITIVE_INFINITY): Expression => ({
  kind: 'repeat',
  item,
  min,
  max,
});
export const optional = (item: Expression): Expression => repeat(item, 0, 1);
export const rule = (name: string): Expression => ({ kind: 'rule', name });
export const token = (id: number): Expression => ({ kind: 'token', id });

/** One of some characters, as in `chars('a-z', '_')`: pairs around a dash are ranges. */
export function chars(...parts: readonly string[]): Expression {
  return { kind: 'class', ranges: parts.map(rangeOf) };
}

function rangeOf(part: string): CodeRange {
  const codes = Array.from(part, (character) => character.codePointAt(0) as number);
  return codes.length === 3 && part[1] === '-'
    ? [codes[0] as number, codes[2] as number]
    : [codes[0] as number, codes[0] as number];
}

const LAST = 0x10ffff;

/** Sorted, without overlaps. */
function union(ranges: readonly CodeRange[]): CodeRange[] {
  const merged: [number, number][] = [];
  for (const [first, last] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const before = merged.at(-1);
    if (before && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else merged.push([first, last]);
  }
  return merged;
}

export function complement(ranges: readonly CodeRange[]): CodeRange[] {
  const rest: CodeRange[] = [];
  let next = 0;
  for (const [first, last] of union(ranges)) {
    if (first > next) rest.push([next, first - 1]);
    next = last + 1;
  }
  if (next <= LAST) rest.push([next, LAST]);
  return rest;
}

export function intersection(a: readonly CodeRange[], b: readonly CodeRange[]): CodeRange[] {
  return complement([...complement(a), ...complement(b)]);
}
export const until = (value: string): Expression => ({ kind: 'until', text: value });
export const without = (value: string): Expression => ({ kind: 'without', text: value });
