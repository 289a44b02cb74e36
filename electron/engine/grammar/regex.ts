import { AppError } from '../../contract/errors';
import { type CodeRange, choice, complement, type Expression, repeat, sequence } from './expression';

/** How one character of a class is written, for example with JSON's escapes. */
export type WriteCharacter = (ranges: readonly CodeRange[]) => Expression;

const asItself: WriteCharacter = (ranges) => ({ kind: 'class', ranges });

const DIGIT: readonly CodeRange[] = [[48, 57]];
const WORD: readonly CodeRange[] = [
  [48, 57],
  [65, 90],
  [95, 95],
  [97, 122],
];
/** ECMAScript's WhiteSpace and LineTerminator. */
const SPACE: readonly CodeRange[] = [
  [9, 13],
  [32, 32],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];
const NOT_LINE_END = complement([
  [10, 10],
  [13, 13],
  [0x2028, 0x2029],
]);
const ANY = complement([]);
const CLASSES: Readonly<Record<string, readonly CodeRange[]>> = {
  d: DIGIT,
  D: complement(DIGIT),
  w: WORD,
  W: complement(WORD),
  s: SPACE,
  S: complement(SPACE),
};
const CONTROLS: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, v: 11, f: 12, '0': 0 };
const MAX_REPEAT = 100_000;

/**
 * The texts that an ECMAScript regular expression matches: all of the text where `whole`, else somewhere in it, as JSON Schema's
 * `pattern` says. Groups are only groups; lookaround, back references and Unicode properties are no part of context-free grammars or
 * of this reader.
 *
 * @throws AppError `invalid-request` that names the position.
 */
export function regexExpression(
  pattern: string,
  whole: boolean,
  write: WriteCharacter = asItself,
): Expression {
  return new RegexReader(pattern, whole, write).read();
}

class RegexReader {
  readonly #pattern: readonly string[];
  readonly #whole: boolean;
  readonly #write: WriteCharacter;
  #at = 0;

  constructor(pattern: string, whole: boolean, write: WriteCharacter) {
    this.#pattern = Array.from(pattern);
    this.#whole = whole;
    this.#write = write;
  }

  read(): Expression {
    const anything = repeat(this.#write(ANY), 0);
    const alternatives: Expression[] = [];
    do {
      const fromStart = this.#take('^');
      const items = this.#items();
      const toEnd = this.#take('$');
      if (!this.#whole && !fromStart) items.unshift(anything);
      if (!this.#whole && !toEnd) items.push(anything);
      alternatives.push(sequence(...items));
    } while (this.#take('|'));
    if (this.#at < this.#pattern.length) throw this.#fault(`"${this.#pattern[this.#at]}" is not expected`);
    return choice(...alternatives);
  }

  #choice(): Expression {
    const alternatives = [sequence(...this.#items())];
    while (this.#take('|')) alternatives.push(sequence(...this.#items()));
    return choice(...alternatives);
  }

  #items(): Expression[] {
    const items: Expression[] = [];
    while (this.#at < this.#pattern.length && !'|)$'.includes(this.#pattern[this.#at] as string))
      items.push(this.#quantified(this.#atom()));
    return items;
  }

  #atom(): Expression {
    const character = this.#next();
    switch (character) {
      case '(':
        return this.#group();
      case '[':
        return this.#write(this.#class());
      case '.':
        return this.#write(NOT_LINE_END);
      case '\\':
        return this.#write(this.#escape());
      case '^':
        throw this.#fault('"^" is supported only at the beginning');
      case '*':
      case '+':
      case '?':
        throw this.#fault(`"${character}" has nothing to repeat`);
      default: {
        const code = character.codePointAt(0) as number;
        return this.#write([[code, code]]);
      }
    }
  }

  #group(): Expression {
    if (this.#take('?')) {
      const kind = this.#next();
      const name = kind === '<' && !'=!'.includes(this.#pattern[this.#at] ?? '=');
      if (kind !== ':' && !name) throw this.#fault('lookahead and lookbehind are not supported');
      if (name) while (this.#next() !== '>');
    }
    const inner = this.#choice();
    if (this.#pattern[this.#at] === '$') throw this.#fault('"$" is supported only at the end');
    if (!this.#take(')')) throw this.#fault('a group is not closed');
    return inner;
  }

  #quantified(item: Expression): Expression {
    const [min, max] = this.#quantifier();
    if (min === 1 && max === 1) return item;
    // Lazy or greedy makes no difference to what is matched.
    this.#take('?');
    if (min > MAX_REPEAT || (max > MAX_REPEAT && max !== Number.POSITIVE_INFINITY))
      throw this.#fault(`at most ${MAX_REPEAT} repetitions are supported`);
    if (max < min) throw this.#fault('the numbers of a repetition are out of order');
    return repeat(item, min, max);
  }

  #quantifier(): readonly [number, number] {
    if (this.#take('*')) return [0, Number.POSITIVE_INFINITY];
    if (this.#take('+')) return [1, Number.POSITIVE_INFINITY];
    if (this.#take('?')) return [0, 1];
    const counted = /^\{(\d+)(?:(,)(\d*))?\}/.exec(this.#pattern.slice(this.#at, this.#at + 24).join(''));
    if (!counted) return [1, 1];
    this.#at += counted[0].length;
    const min = Number(counted[1]);
    if (!counted[2]) return [min, min];
    return [min, counted[3] ? Number(counted[3]) : Number.POSITIVE_INFINITY];
  }

  #class(): readonly CodeRange[] {
    const negated = this.#take('^');
    const ranges: CodeRange[] = [];
    while (!this.#take(']')) {
      const first = this.#classItem();
      const isRange = this.#pattern[this.#at] === '-' && (this.#pattern[this.#at + 1] ?? ']') !== ']';
      if (!isRange) {
        ranges.push(...first);
        continue;
      }
      this.#at++;
      const last = this.#classItem();
      const [low, high] = [first[0]?.[0] ?? 0, last[0]?.[0] ?? 0];
      const isSingle = [first, last].every((item) => item.length === 1 && item[0]?.[0] === item[0]?.[1]);
      if (!isSingle || low > high) throw this.#fault('a range of characters is out of order');
      ranges.push([low, high]);
    }
    const all = negated ? complement(ranges) : ranges;
    if (all.length === 0) throw this.#fault('a class has no character');
    return all;
  }

  #classItem(): readonly CodeRange[] {
    const character = this.#next();
    if (character === '\\') {
      if (this.#take('b')) return [[8, 8]];
      if (this.#take('-')) return [[45, 45]];
      return this.#escape();
    }
    const code = character.codePointAt(0) as number;
    return [[code, code]];
  }

  #escape(): readonly CodeRange[] {
    const character = this.#next();
    const known = CLASSES[character];
    if (known) return known;
    const control = CONTROLS[character];
    if (control !== undefined) return [[control, control]];
    if (character === 'x') return this.#hex(2);
    if (character === 'u') {
      if (!this.#take('{')) return this.#hex(4);
      const end = this.#pattern.indexOf('}', this.#at);
      const found = this.#hex(end - this.#at);
      this.#at++;
      return found;
    }
    if (/[a-zA-Z1-9]/.test(character)) throw this.#fault(`"\\${character}" is not supported`);
    const code = character.codePointAt(0) as number;
    return [[code, code]];
  }

  #hex(length: number): readonly CodeRange[] {
    const text = this.#pattern.slice(this.#at, this.#at + Math.max(0, length)).join('');
    const code = Number.parseInt(text, 16);
    if (!/^[0-9a-fA-F]{1,6}$/.test(text) || text.length < length || code > 0x10ffff)
      throw this.#fault('an escaped number is not valid');
    this.#at += length;
    return [[code, code]];
  }

  #take(character: string): boolean {
    if (this.#pattern[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #next(): string {
    const character = this.#pattern[this.#at++];
    if (character === undefined) throw this.#fault('it ends too early');
    return character;
  }

  #fault(what: string): AppError {
    const message = `The regular expression cannot be used: ${what} (near character ${this.#at}).`;
    return new AppError('invalid-request', message, { position: this.#at });
  }
}
