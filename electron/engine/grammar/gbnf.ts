import { AppError } from '../../contract/errors';
import {
  type CodeRange,
  choice,
  complement,
  type Expression,
  type Grammar,
  repeat,
  rule,
  sequence,
  text,
} from './expression';

/**
 * llama.cpp's GBNF (grammars/README.md there): rules `name ::= …` of "strings", [classes], (groups), names, `|`, `*`, `+`, `?`,
 * `{m,n}`, `.` and comments after `#`. A rule ends at a line break outside of groups. The first text is that of the rule `root`.
 *
 * @throws AppError `invalid-request` that names the line.
 */
export function parseGbnf(source: string): Grammar {
  const rules = new GbnfReader(source).read();
  const root = rules.get('root');
  if (!root) throw new AppError('invalid-request', 'The grammar cannot be used: it has no rule "root".');
  return { root, rules };
}

const MAX_REPEAT = 100_000;
const ANY = complement([]);
const CONTROLS: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

class GbnfReader {
  readonly #source: readonly string[];
  #at = 0;

  constructor(source: string) {
    this.#source = Array.from(source);
  }

  read(): Map<string, Expression> {
    const rules = new Map<string, Expression>();
    this.#space(true);
    while (this.#at < this.#source.length) {
      const name = this.#name();
      if (name === '') throw this.#fault('a rule begins with its name');
      this.#space(false);
      for (const character of '::=')
        if (!this.#take(character)) throw this.#fault('"::=" comes after the name of a rule');
      this.#space(true);
      rules.set(name, this.#choice(false));
      this.#space(true);
    }
    return rules;
  }

  #choice(nested: boolean): Expression {
    const alternatives = [this.#sequence(nested)];
    // A choice may go on in the next line, where that begins with a bar.
    for (;;) {
      const before = this.#at;
      this.#space(true);
      if (!this.#take('|')) {
        if (!nested) this.#at = before;
        return choice(...alternatives);
      }
      this.#space(true);
      alternatives.push(this.#sequence(nested));
    }
  }

  #sequence(nested: boolean): Expression {
    const items: Expression[] = [];
    for (;;) {
      const item = this.#item();
      if (!item) return sequence(...items);
      items.push(this.#repeated(item));
      this.#space(nested);
    }
  }

  #item(): Expression | null {
    if (this.#take('"')) {
      let value = '';
      while (!this.#take('"')) value += this.#character();
      return text(value);
    }
    if (this.#take('[')) return this.#class();
    if (this.#take('.')) return { kind: 'class', ranges: ANY };
    if (this.#take('(')) {
      this.#space(true);
      const inner = this.#choice(true);
      if (!this.#take(')')) throw this.#fault('a group is not closed');
      return inner;
    }
    const before = this.#at;
    const name = this.#name();
    // The next rule's beginning is none of this one's.
    const rest = this.#source.slice(this.#at, this.#at + 80).join('');
    if (name === '' || /^[ \t]*::=/.test(rest)) {
      this.#at = before;
      return null;
    }
    return rule(name);
  }

  #class(): Expression {
    const negated = this.#take('^');
    const ranges: CodeRange[] = [];
    while (!this.#take(']')) {
      const first = this.#character().codePointAt(0) as number;
      const isRange = this.#source[this.#at] === '-' && this.#source[this.#at + 1] !== ']';
      if (isRange) this.#at++;
      const last = isRange ? (this.#character().codePointAt(0) as number) : first;
      if (last < first) throw this.#fault('a range of characters is out of order');
      ranges.push([first, last]);
    }
    const all = negated ? complement(ranges) : ranges;
    if (all.length === 0) throw this.#fault('a class has no character');
    return { kind: 'class', ranges: all };
  }

  #repeated(item: Expression): Expression {
    if (this.#take('*')) return repeat(item, 0);
    if (this.#take('+')) return repeat(item, 1);
    if (this.#take('?')) return repeat(item, 0, 1);
    if (!this.#take('{')) return item;
    const counts = /^\s*(\d+)\s*(?:(,)\s*(\d*)\s*)?\}/.exec(
      this.#source.slice(this.#at, this.#at + 40).join(''),
    );
    if (!counts) throw this.#fault('a repetition is written {2}, {2,} or {2,5}');
    this.#at += counts[0].length;
    const min = Number(counts[1]);
    const max = counts[2] ? (counts[3] ? Number(counts[3]) : Number.POSITIVE_INFINITY) : min;
    const isBounded = max !== Number.POSITIVE_INFINITY;
    if (max < min || min > MAX_REPEAT || (isBounded && max > MAX_REPEAT))
      throw this.#fault(`the numbers of a repetition rise and are at most ${MAX_REPEAT}`);
    return repeat(item, min, max);
  }

  /** One character of a string or a class, escaped or not. */
  #character(): string {
    const character = this.#source[this.#at++];
    if (character === '\n') this.#at--;
    if (character === undefined || character === '\n') throw this.#fault('a string or a class is not closed');
    if (character !== '\\') return character;
    const escaped = this.#source[this.#at++] ?? '';
    const length = { x: 2, u: 4, U: 8 }[escaped];
    if (length === undefined) return CONTROLS[escaped] ?? escaped;
    const digits = this.#source.slice(this.#at, this.#at + length).join('');
    const code = Number.parseInt(digits, 16);
    if (!/^[0-9a-fA-F]+$/.test(digits) || digits.length < length || code > 0x10ffff)
      throw this.#fault('an escaped number is not valid');
    this.#at += length;
    return String.fromCodePoint(code);
  }

  #name(): string {
    const from = this.#at;
    while (/[\w-]/.test(this.#source[this.#at] ?? '')) this.#at++;
    return this.#source.slice(from, this.#at).join('');
  }

  #space(lines: boolean): void {
    for (;;) {
      const character = this.#source[this.#at] ?? '';
      if (character === '#')
        while (this.#at < this.#source.length && this.#source[this.#at] !== '\n') this.#at++;
      else if (character === ' ' || character === '\t' || (lines && /^[\r\n]$/.test(character))) this.#at++;
      else return;
    }
  }

  #take(character: string): boolean {
    if (this.#source[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #fault(what: string): AppError {
    const line = this.#source.slice(0, this.#at).filter((character) => character === '\n').length + 1;
    return new AppError('invalid-request', `The grammar cannot be used: ${what} (line ${line}).`, { line });
  }
}
