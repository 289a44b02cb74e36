import { AppError } from '../../contract/errors';
import type { Expression, Grammar } from './expression';
import { type ByteRanges, utf8Ranges } from './utf8';

/** What an automaton walks through: `next` and its like are indices of instructions. */
export type Instruction =
  | { readonly op: 'byte'; readonly low: number; readonly high: number; readonly next: number }
  | { readonly op: 'token'; readonly id: number; readonly next: number }
  | { readonly op: 'split'; readonly next: readonly number[] }
  | { readonly op: 'call'; readonly rule: string; readonly next: number }
  | { readonly op: 'return' }
  /** Enters a counted repetition: its frame on the stack counts. */
  | { readonly op: 'enter'; readonly loop: number }
  /** The end of one round. */
  | {
      readonly op: 'loop';
      readonly min: number;
      readonly max: number;
      readonly body: number;
      readonly next: number;
    }
  | { readonly op: 'match' };

export interface Program {
  readonly instructions: readonly Instruction[];
  readonly start: number;
  readonly rules: ReadonlyMap<string, number>;
}

/** Far more than any schema needs; a grammar is read and run in the engine's own thread. */
const MAX_INSTRUCTIONS = 400_000;

/** @throws AppError `invalid-request` for rules that are missing or begin with themselves, and for what is too large. */
export function compile(grammar: Grammar): Program {
  refuseLeftRecursion(grammar);
  const emitter = new Emitter();
  const rules = new Map<string, number>();
  const end = emitter.add({ op: 'return' });
  for (const [name, body] of grammar.rules) rules.set(name, emitter.emit(body, end));
  const start = emitter.emit(grammar.root, emitter.add({ op: 'match' }));
  return { instructions: emitter.instructions, start, rules };
}

class Emitter {
  readonly instructions: Instruction[] = [];

  add(instruction: Instruction): number {
    if (this.instructions.length >= MAX_INSTRUCTIONS) throw tooLarge();
    return this.instructions.push(instruction) - 1;
  }

  /** @returns where the expression begins; after it comes `next`. */
  emit(expression: Expression, next: number): number {
    switch (expression.kind) {
      case 'text':
        return Buffer.from(expression.text).reduceRight(
          (after, byte) => this.add({ op: 'byte', low: byte, high: byte, next: after }),
          next,
        );
      case 'class':
        return this.#class(
          expression.ranges.flatMap(([first, last]) => utf8Ranges(first, last)),
          next,
        );
      case 'token':
        return this.add({ op: 'token', id: expression.id, next });
      case 'sequence':
        return expression.items.reduceRight((after, item) => this.emit(item, after), next);
      case 'choice':
        return this.#choice(expression.items, next);
      case 'repeat':
        return this.#repeat(expression, next);
      case 'rule':
        return this.add({ op: 'call', rule: expression.name, next });
      case 'until':
        return this.#search(expression.text, next, true);
      case 'without':
        return this.#search(expression.text, next, false);
    }
  }

  #choice(items: readonly Expression[], next: number): number {
    const texts = items.flatMap((item) => (item.kind === 'text' ? [item.text] : []));
    const starts = items.flatMap((item) => (item.kind === 'text' ? [] : [this.emit(item, next)]));
    if (texts.length > 0) starts.push(this.#texts(texts, next));
    return this.#split(starts);
  }

  /** What begins alike begins with the same instructions: of thousands of values that are read at once, few ways are open. */
  #texts(texts: readonly string[], next: number): number {
    const branches: Map<number, number>[] = [new Map()];
    const ends = new Set<number>();
    for (const value of texts) {
      let at = 0;
      for (const byte of Buffer.from(value)) {
        let child = branches[at]?.get(byte);
        if (child === undefined) {
          child = branches.push(new Map()) - 1;
          if (child > MAX_INSTRUCTIONS) throw tooLarge();
          branches[at]?.set(byte, child);
        }
        at = child;
      }
      ends.add(at);
    }
    // From the last to the first, as a branch is made before what it grows from.
    const starts: number[] = [];
    for (let at = branches.length - 1; at >= 0; at--) {
      const edges = [...(branches[at] as Map<number, number>)].map(([byte, child]) =>
        this.add({ op: 'byte', low: byte, high: byte, next: starts[child] as number }),
      );
      starts[at] = this.#split(ends.has(at) ? [...edges, next] : edges);
    }
    return starts[0] as number;
  }

  #split(starts: readonly number[]): number {
    return starts.length === 1 ? (starts[0] as number) : this.add({ op: 'split', next: starts });
  }

  #class(sequences: readonly ByteRanges[], next: number): number {
    const starts = sequences.map((bytes) =>
      bytes.reduceRight((after, [low, high]) => this.add({ op: 'byte', low, high, next: after }), next),
    );
    return this.#split(starts);
  }

  #repeat({ item, min, max }: Extract<Expression, { kind: 'repeat' }>, next: number): number {
    if (max === 0) return next;
    if (min === 1 && max === 1) return this.emit(item, next);
    if (min === 0 && max === 1) return this.add({ op: 'split', next: [this.emit(item, next), next] });
    const at = this.add({ op: 'match' });
    if (min === 0 && max === Number.POSITIVE_INFINITY) {
      this.instructions[at] = { op: 'split', next: [this.emit(item, at), next] };
      return at;
    }
    this.instructions[at] = { op: 'loop', min, max, body: this.emit(item, at), next };
    const enter = this.add({ op: 'enter', loop: at });
    return min === 0 ? this.add({ op: 'split', next: [enter, next] }) : enter;
  }

  /** Knuth, Morris and Pratt's automaton: how much of `text` the bytes so far end with. */
  #search(text: string, next: number, found: boolean): number {
    const bytes = Buffer.from(text);
    const states = Array.from(bytes, () => this.add({ op: 'match' }));
    const fallback: number[] = [0];
    for (let i = 1, k = 0; i < bytes.length; i++) {
      while (k > 0 && bytes[i] !== bytes[k]) k = fallback[k - 1] as number;
      if (bytes[i] === bytes[k]) k++;
      fallback.push(k);
    }
    const after = (state: number, byte: number): number => {
      let k = state;
      while (k > 0 && bytes[k] !== byte) k = fallback[k - 1] as number;
      return bytes[k] === byte ? k + 1 : 0;
    };
    const interesting = [...new Set(bytes)].sort((a, b) => a - b);
    for (const [state, at] of states.entries()) {
      const edges = found ? [] : [next];
      const edge = (low: number, high: number, target: number) => {
        const to = target < bytes.length ? states[target] : found ? next : undefined;
        if (low <= high && to !== undefined) edges.push(this.add({ op: 'byte', low, high, next: to }));
      };
      let low = 0;
      for (const byte of interesting) {
        edge(low, byte - 1, 0);
        edge(byte, byte, after(state, byte));
        low = byte + 1;
      }
      edge(low, 0xff, 0);
      this.instructions[at] = { op: 'split', next: edges };
    }
    return states[0] ?? next;
  }
}

function tooLarge(): AppError {
  return new AppError('invalid-request', 'The grammar is too large. Use a smaller schema, or fewer choices.');
}

/** A rule that can reach itself before any byte would be called without end. */
function refuseLeftRecursion({ root, rules }: Grammar): void {
  const nullable = new Map<string, boolean>();
  const isNullable = (expression: Expression): boolean => {
    switch (expression.kind) {
      case 'text':
        return expression.text === '';
      case 'class':
      case 'token':
      case 'until':
        return false;
      case 'without':
        return true;
      case 'sequence':
        return expression.items.every(isNullable);
      case 'choice':
        return expression.items.some(isNullable);
      case 'repeat':
        return expression.min === 0 || isNullable(expression.item);
      case 'rule': {
        const known = nullable.get(expression.name);
        if (known !== undefined) return known;
        nullable.set(expression.name, false);
        const body = rules.get(expression.name);
        const found = body !== undefined && isNullable(body);
        nullable.set(expression.name, found);
        return found;
      }
    }
  };
  const done = new Set<string>();
  const open = new Set<string>();
  const first = (expression: Expression): void => {
    if (expression.kind === 'choice') for (const item of expression.items) first(item);
    if (expression.kind === 'repeat') first(expression.item);
    if (expression.kind === 'sequence') {
      for (const item of expression.items) {
        first(item);
        if (!isNullable(item)) break;
      }
    }
    if (expression.kind !== 'rule' || done.has(expression.name)) return;
    const { name } = expression;
    const body = rules.get(name);
    if (!body) throw new AppError('invalid-request', `The grammar names the rule "${name}" but has none.`);
    if (open.has(name)) {
      const message = `The rule "${name}" begins with itself, so it would never begin. Put something before it.`;
      throw new AppError('invalid-request', message);
    }
    open.add(name);
    first(body);
    open.delete(name);
    done.add(name);
  };
  first(root);
  for (const name of rules.keys()) first(rule(name));
  // What comes later in a rule is looked at here: `first` stops at the first byte.
  const names = (expression: Expression): void => {
    if (expression.kind === 'rule') first(expression);
    if (expression.kind === 'repeat') names(expression.item);
    if ('items' in expression) for (const item of expression.items) names(item);
  };
  for (const body of [root, ...rules.values()]) names(body);
}

const rule = (name: string): Expression => ({ kind: 'rule', name });
