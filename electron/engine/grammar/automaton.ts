import { AppError } from '../../contract/errors';
import type { Grammar } from './expression';
import { compile, type Program } from './program';
import { shallow } from './shallow';

/** No text goes on from here. */
export const DEAD = 0;

/** States kept before they are forgotten and found again; each takes some hundred bytes, a kilobyte at most. */
const MAX_STATES = 8_192;

/** Ways to read what has been written; a grammar with more is refused, as each byte would take as many steps. Texts to choose from are one way while they begin alike. */
const MAX_WAYS = 1_024;

/** Stacks kept before they are forgotten; each takes some hundred bytes. */
const MAX_STACKS = 262_144;

/** Configurations that may be met for one token: what a vocabulary is checked against where almost all of it may come takes some hundred thousand. */
const MAX_STEPS = 2_000_000;

interface State {
  /** Pairs: an instruction that reads or matches, and the stack below it. */
  readonly ways: Int32Array;
  /** By class of byte the state after it; -1 is not known yet. */
  readonly after: Int32Array;
  readonly accepts: boolean;
}

/**
 * A grammar as a machine that reads bytes. It is a pushdown automaton whose sets of configurations (instruction and stack) are made
 * into the states of a deterministic one when they are first met: nothing is computed before it is needed, and a byte that was read
 * before in the same place costs one look into a table. Stacks are shared, a stack's number stands for all of it. One text at a time:
 * `trim` renumbers the states.
 */
export class Automaton {
  readonly start: number;
  readonly #program: Program;
  /** By byte its class: no instruction tells two bytes of one class apart. */
  readonly #classes: Uint8Array;
  readonly #classCount: number;
  #states: State[] = [];
  #numbers = new Map<string, number>();
  /** Stacks: what is below, the instruction to go on with, and how often a repetition was done. Number 0 is empty. */
  readonly #below: number[] = [0];
  readonly #then: number[] = [0];
  readonly #count: number[] = [0];
  readonly #stacks = new Map<string, number>();
  /** Configurations that were met since the last token. */
  #steps = 0;
  readonly #maxSteps: number;

  /** @throws AppError `invalid-request` for a grammar that cannot be read. */
  constructor(grammar: Grammar, maxSteps = MAX_STEPS) {
    this.#maxSteps = maxSteps;
    this.#program = shallow(() => compile(grammar));
    this.#classes = byteClasses(this.#program);
    this.#classCount = (this.#classes[255] as number) + 1;
    this.#reset();
    this.start = this.#number([[this.#program.start, 0]]);
  }

  /** The text so far may end here. */
  accepts(state: number): boolean {
    return this.#at(state).accepts;
  }

  /** The text so far is complete: nothing can follow. */
  isFinal(state: number): boolean {
    const { ways, accepts } = this.#at(state);
    return accepts && ways.length === 2;
  }

  step(state: number, byte: number): number {
    const { after, ways } = this.#at(state);
    const known = after[this.#classes[byte] as number] as number;
    if (known >= 0) return known;
    const next: [number, number][] = [];
    for (let i = 0; i < ways.length; i += 2) {
      const instruction = this.#program.instructions[ways[i] as number];
      if (instruction?.op !== 'byte' || byte < instruction.low || byte > instruction.high) continue;
      next.push([instruction.next, ways[i + 1] as number]);
    }
    const found = this.#number(next);
    after[this.#classes[byte] as number] = found;
    return found;
  }

  /** The state after a special token. */
  stepToken(state: number, id: number): number {
    const { ways } = this.#at(state);
    const next: [number, number][] = [];
    for (let i = 0; i < ways.length; i += 2) {
      const instruction = this.#program.instructions[ways[i] as number];
      if (instruction?.op === 'token' && instruction.id === id)
        next.push([instruction.next, ways[i + 1] as number]);
    }
    return this.#number(next);
  }

  /** Special tokens that may come next. */
  tokens(state: number): readonly number[] {
    const { ways } = this.#at(state);
    const ids: number[] = [];
    for (let i = 0; i < ways.length; i += 2) {
      const instruction = this.#program.instructions[ways[i] as number];
      if (instruction?.op === 'token') ids.push(instruction.id);
    }
    return ids;
  }

  /** To be called after every token. Forgets the other states where there are too many. @returns the state's new number */
  trim(state: number): number {
    this.#steps = 0;
    if (this.#states.length <= MAX_STATES && this.#below.length <= MAX_STACKS) return state;
    const { ways } = this.#at(state);
    const kept: { readonly at: number; readonly frames: readonly (readonly [number, number])[] }[] = [];
    for (let i = 0; i < ways.length; i += 2) {
      const frames: [number, number][] = [];
      for (let stack = ways[i + 1] as number; stack !== 0; stack = this.#below[stack] as number)
        frames.push([this.#then[stack] as number, this.#count[stack] as number]);
      kept.push({ at: ways[i] as number, frames: frames.reverse() });
    }
    this.#reset();
    // `start` keeps its number: it is the first that is made.
    this.#number([[this.#program.start, 0]]);
    return this.#number(
      kept.map(({ at, frames }) => [
        at,
        frames.reduce((below, [then, count]) => this.#push(below, then, count), 0),
      ]),
    );
  }

  #at(state: number): State {
    return this.#states[state] as State;
  }

  #reset(): void {
    for (const list of [this.#below, this.#then, this.#count]) list.length = 1;
    this.#stacks.clear();
    const dead = { ways: new Int32Array(), after: new Int32Array(this.#classCount), accepts: false };
    this.#states = [dead];
    this.#numbers = new Map([['', DEAD]]);
  }

  /** The state whose configurations are these and all that they reach without reading. */
  #number(from: readonly (readonly [at: number, stack: number])[]): number {
    const { instructions, rules } = this.#program;
    const seen = new Set<number>();
    const reading: [number, number][] = [];
    const todo: [number, number][] = [];
    const visit = (at: number, stack: number): void => {
      const key = at + stack * instructions.length;
      if (seen.has(key)) return;
      seen.add(key);
      if (seen.size > MAX_WAYS || ++this.#steps > this.#maxSteps) {
        const message = 'The grammar can read the same text in too many ways. Make it less ambiguous.';
        throw new AppError('invalid-request', message);
      }
      todo.push([at, stack]);
    };
    for (const [at, stack] of from) visit(at, stack);
    for (let way = todo.pop(); way; way = todo.pop()) {
      const [at, stack] = way;
      const instruction = instructions[at];
      switch (instruction?.op) {
        case 'split':
          for (const next of instruction.next) visit(next, stack);
          break;
        case 'call': {
          const start = rules.get(instruction.rule) as number;
          // A call that is a rule's last needs no return of its own: lists written as recursion stay flat.
          const last = instructions[instruction.next]?.op === 'return';
          visit(start, last ? stack : this.#push(stack, instruction.next, 0));
          break;
        }
        case 'return':
          visit(this.#then[stack] as number, this.#below[stack] as number);
          break;
        case 'enter': {
          const loop = instructions[instruction.loop];
          if (loop?.op === 'loop') visit(loop.body, this.#push(stack, instruction.loop, 0));
          break;
        }
        case 'loop': {
          const below = this.#below[stack] as number;
          const done = (this.#count[stack] as number) + 1;
          // Without an upper bound it only counts up to the lower one.
          const counted =
            instruction.max === Number.POSITIVE_INFINITY ? Math.min(done, instruction.min) : done;
          if (done < instruction.max) visit(instruction.body, this.#push(below, at, counted));
          if (done >= instruction.min) visit(instruction.next, below);
          break;
        }
        default:
          reading.push(way);
      }
    }
    reading.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    const key = reading.join(' ');
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#states.length;
    this.#numbers.set(key, number);
    this.#states.push({
      ways: Int32Array.from(reading.flat()),
      after: new Int32Array(this.#classCount).fill(-1),
      accepts: reading.some(([at]) => instructions[at]?.op === 'match'),
    });
    return number;
  }

  #push(below: number, then: number, count: number): number {
    const key = `${below} ${then} ${count}`;
    const known = this.#stacks.get(key);
    if (known !== undefined) return known;
    const stack = this.#below.length;
    this.#below.push(below);
    this.#then.push(then);
    this.#count.push(count);
    this.#stacks.set(key, stack);
    return stack;
  }
}

function byteClasses({ instructions }: Program): Uint8Array {
  const begins = new Uint8Array(257);
  for (const instruction of instructions) {
    if (instruction.op !== 'byte') continue;
    begins[instruction.low] = 1;
    begins[instruction.high + 1] = 1;
  }
  const classes = new Uint8Array(256);
  for (let byte = 1; byte < 256; byte++)
    classes[byte] = (classes[byte - 1] as number) + (begins[byte] as number);
  return classes;
}
