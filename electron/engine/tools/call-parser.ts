import { randomInt } from 'node:crypto';
import { possibleStart } from '../runtime/reasoning-parser';
import type { ToolFormat } from './format';

export type AnswerPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'call'; readonly id: string; readonly name: string }
  | { readonly type: 'arguments'; readonly text: string };

/** Longer beginnings are no call. */
const MAX_HEADER = 400;

/**
 * Finds the calls in an answer while it is written, wherever tokens cut it: text before them, each call's name, and its arguments
 * in pieces. What only looks like a call, or calls a tool that there is not, is text where calls have no mark of their own.
 */
export class CallParser {
  readonly #format: ToolFormat;
  readonly #names: ReadonlySet<string>;
  readonly #header: RegExp;
  #state: 'text' | 'header' | 'arguments';
  #held = '';
  /** Of the JSON value that is being read. */
  #depth = 0;
  #inString = false;
  #escaped = false;
  #calls = 0;

  constructor(format: ToolFormat, names: readonly string[]) {
    this.#format = format;
    this.#names = new Set(names);
    this.#header = headerOf(format);
    this.#state = format.open === '' ? 'header' : 'text';
  }

  push(text: string): AnswerPart[] {
    const parts: AnswerPart[] = [];
    this.#held += text;
    while (this.#advance(parts)) {}
    return parts;
  }

  /** The answer is over: what was held back was no call. */
  end(): AnswerPart[] {
    const rest = this.#held;
    this.#held = '';
    // Behind calls there are only closing marks.
    return rest !== '' && this.#calls === 0 && this.#state !== 'arguments'
      ? [{ type: 'text', text: rest }]
      : [];
  }

  #advance(parts: AnswerPart[]): boolean {
    switch (this.#state) {
      case 'text':
        return this.#text(parts);
      case 'header':
        return this.#call(parts);
      case 'arguments':
        return this.#arguments(parts);
    }
  }

  #text(parts: AnswerPart[]): boolean {
    const { open } = this.#format;
    const at = open === '' ? -1 : this.#held.indexOf(open);
    // White space in front of a call is layout, so it waits with what may be the mark.
    const keep = open === '' ? 0 : possibleStart(this.#held, open);
    const end = at >= 0 ? at : this.#held.length - keep;
    const text = open === '' ? this.#held : this.#held.slice(0, end).trimEnd();
    if (text !== '') parts.push({ type: 'text', text });
    this.#held = this.#held.slice(at >= 0 ? at + open.length : text.length);
    if (at >= 0) this.#state = 'header';
    return at >= 0;
  }

  #call(parts: AnswerPart[]): boolean {
    const found = this.#header.exec(this.#held);
    const name = found?.[1] ?? '';
    if (found && this.#isKnown(name)) {
      this.#held = this.#held.slice(found[0].length);
      this.#calls++;
      parts.push({ type: 'call', id: newId(), name });
      this.#state = 'arguments';
      this.#depth = 0;
      return true;
    }
    const hopeless = found !== null || this.#held.length > MAX_HEADER || !this.#mayBegin();
    if (!hopeless || this.#calls > 0) return false;
    this.#state = 'text';
    // A mark that no call follows is dropped with nothing lost but itself; where there is none, all of it is text.
    return this.#held !== '';
  }

  #isKnown(name: string): boolean {
    return this.#names.has(name);
  }

  /** Whether an unmarked answer may still turn out to be a call. */
  #mayBegin(): boolean {
    const { open, key, between } = this.#format;
    if (open !== '') return true;
    const text = this.#held.trimStart().replace(/^<\|python_tag\|>\s*/, '');
    if (key !== null) return text === '' || text.startsWith('{') || '<|python_tag|>'.startsWith(text);
    const [name = '', rest] = text.split(between, 2);
    if (rest === undefined) return [...this.#names].some((known) => known.startsWith(name));
    return this.#names.has(name) && (rest.trimStart() === '' || rest.trimStart().startsWith('{'));
  }

  /** The JSON value up to its end. */
  #arguments(parts: AnswerPart[]): boolean {
    let at = 0;
    let isOver = false;
    for (; at < this.#held.length && !isOver; at++) {
      const character = this.#held[at];
      if (this.#escaped) this.#escaped = false;
      else if (this.#inString) {
        if (character === '\\') this.#escaped = true;
        if (character === '"') this.#inString = false;
      } else if (character === '"') this.#inString = true;
      else if (character === '{' || character === '[') this.#depth++;
      else if (character === '}' || character === ']') isOver = --this.#depth <= 0;
    }
    const text = this.#held.slice(0, at);
    if (text !== '') parts.push({ type: 'arguments', text });
    this.#held = this.#held.slice(at);
    if (isOver) this.#state = 'header';
    return isOver && this.#held !== '';
  }
}

/** What stands before a call's arguments, from the mark on or from the call before it. */
function headerOf({ open, close, key, between }: ToolFormat): RegExp {
  const marks = [open, close].filter((mark) => mark !== '').map(escapeRegExp);
  const layout = `(?:[\\s\\[\\],;}]|${['<\\|python_tag\\|>', ...marks].join('|')})*`;
  if (key === null) return new RegExp(`^${layout}([\\w-]+)${escapeRegExp(between)}\\s*(?=\\{)`);
  return new RegExp(
    `^${layout}\\{\\s*"name"\\s*:\\s*"([^"\\\\]*)"\\s*,\\s*"(?:arguments|parameters)"\\s*:\\s*(?=\\{)`,
  );
}

const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Nine letters and digits: Mistral's templates take no other. */
function newId(): string {
  return Array.from({ length: 9 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}
