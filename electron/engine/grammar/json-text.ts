import {
  type CodeRange,
  chars,
  choice,
  complement,
  type Expression,
  intersection,
  optional,
  repeat,
  rule,
  sequence,
  text,
} from './expression';

/**
 * JSON (RFC 8259) on one line: a space at most after a comma or a colon, as Python's json.dumps and JavaScript's JSON.stringify
 * write it. Where white space is free, small models write it without end.
 */

/** What stands in a string as itself. */
const PLAIN: readonly CodeRange[] = complement([
  [0, 0x1f],
  [0x22, 0x22],
  [0x5c, 0x5c],
]);

/** Between the elements of arrays and objects. */
export const COMMA = sequence(text(','), optional(text(' ')));

const HEX = chars('0-9', 'a-f', 'A-F');
/** Surrogates only in pairs: half a character could be read by no one. */
const UNICODE_ESCAPE = choice(
  sequence(text('\\u'), chars('0-9', 'a-c', 'e-f', 'A-C', 'E-F'), HEX, HEX, HEX),
  sequence(text('\\u'), chars('d', 'D'), chars('0-7'), HEX, HEX),
  sequence(
    text('\\u'),
    chars('d', 'D'),
    chars('8-9', 'a-b', 'A-B'),
    HEX,
    HEX,
    text('\\u'),
    chars('d', 'D'),
    chars('c-f', 'C-F'),
    HEX,
    HEX,
  ),
);

/** Rules that the expressions of this module name. */
export const JSON_RULES: ReadonlyMap<string, Expression> = new Map<string, Expression>([
  [
    'json.character',
    choice(
      { kind: 'class', ranges: PLAIN },
      sequence(text('\\'), chars('"', '\\', '/', 'b', 'f', 'n', 'r', 't')),
      UNICODE_ESCAPE,
    ),
  ],
  ['json.string', quoted(repeat(rule('json.character'), 0))],
  [
    'json.value',
    choice(
      rule('json.object'),
      rule('json.array'),
      rule('json.string'),
      rule('json.number'),
      text('true'),
      text('false'),
      text('null'),
    ),
  ],
  ['json.object', enclosed('{', member(rule('json.string'), rule('json.value')), '}')],
  ['json.array', enclosed('[', rule('json.value'), ']')],
  // So many digits and no more: a double holds them, and a model that repeats one comes to an end.
  ['json.integer', choice(text('0'), sequence(optional(text('-')), chars('1-9'), digits(0, 14)))],
  [
    'json.number',
    sequence(
      optional(text('-')),
      choice(text('0'), sequence(chars('1-9'), digits(0, 14))),
      optional(sequence(text('.'), digits(1, 15))),
      optional(sequence(chars('e', 'E'), optional(chars('+', '-')), digits(1, 2))),
    ),
  ],
]);

export function digits(min: number, max: number): Expression {
  return repeat(chars('0-9'), min, max);
}

export function quoted(content: Expression): Expression {
  return sequence(text('"'), content, text('"'));
}

export function member(key: Expression, value: Expression): Expression {
  return sequence(key, text(':'), optional(text(' ')), value);
}

/** `min` to `max` items between brackets. */
export function enclosed(
  open: string,
  item: Expression,
  close: string,
  min = 0,
  max = Number.POSITIVE_INFINITY,
): Expression {
  if (max === 0) return text(open + close);
  const items = sequence(item, repeat(sequence(COMMA, item), Math.max(0, min - 1), max - 1));
  return sequence(text(open), min === 0 ? optional(items) : items, text(close));
}

/** A JSON text that is exactly this value. */
export function literal(value: unknown): Expression {
  return text(JSON.stringify(value));
}

const SHORT: Readonly<Record<number, string>> = {
  8: '\\b',
  9: '\\t',
  10: '\\n',
  12: '\\f',
  13: '\\r',
  34: '\\"',
  92: '\\\\',
};

/** One character of a class as it stands in a JSON string, escaped where it must be and only there. */
export function jsonCharacter(ranges: readonly CodeRange[]): Expression {
  const plain = intersection(ranges, PLAIN);
  const alternatives: Expression[] = plain.length > 0 ? [{ kind: 'class', ranges: plain }] : [];
  for (const [first, last] of intersection(ranges, complement(PLAIN))) {
    for (let code = first; code <= last; code++)
      alternatives.push(text(SHORT[code] ?? `\\u${code.toString(16).padStart(4, '0')}`));
  }
  return choice(...alternatives);
}

/** A JSON string of any text but some: how further keys of an object are kept apart from those that it names. */
export function stringExcept(names: readonly string[]): Expression {
  // Escapes could spell a name in another way, so these strings have none.
  const plain = (except: readonly string[]): Expression => ({
    kind: 'class',
    ranges: intersection(
      PLAIN,
      complement(except.map((c) => [c.codePointAt(0), c.codePointAt(0)] as CodeRange)),
    ),
  });
  const rest = (suffixes: readonly (readonly string[])[]): Expression => {
    if (suffixes.length === 0) return sequence(repeat(plain([]), 0), text('"'));
    const heads = [...new Set(suffixes.flatMap((suffix) => suffix.slice(0, 1)))];
    const branches = heads.map((head) => {
      const after = suffixes.filter((suffix) => suffix[0] === head).map((suffix) => suffix.slice(1));
      return sequence(text(head), rest(after));
    });
    branches.push(sequence(plain(heads), repeat(plain([]), 0), text('"')));
    // Where a name ends here, the string must not.
    if (suffixes.every((suffix) => suffix.length > 0)) branches.push(text('"'));
    return choice(...branches);
  };
  const spelled = names
    .map((name) => Array.from(name))
    .filter((name) => !name.some((c) => /["\\\p{Cc}]/u.test(c)));
  return sequence(text('"'), rest(spelled));
}
