import { AppError } from '../../contract/errors';
import { Automaton, DEAD } from './automaton';
import type { Grammar } from './expression';
import type { Vocabulary } from './vocabulary';

/** Which tokens may come next in one text that follows a grammar. */
export class Constraint {
  readonly #automaton: Automaton;
  readonly #vocabulary: Vocabulary;
  readonly #ends: ReadonlySet<number>;
  #state: number;

  /**
   * @param ends tokens that end the text; they may come where it is complete.
   * @throws AppError `invalid-request` for a grammar that cannot be read.
   */
  constructor(grammar: Grammar, vocabulary: Vocabulary, ends: ReadonlySet<number>) {
    this.#automaton = new Automaton(grammar);
    this.#vocabulary = vocabulary;
    this.#ends = ends;
    this.#state = this.#automaton.start;
  }

  /** Nothing may follow any more. */
  get isComplete(): boolean {
    return this.#automaton.isFinal(this.#state);
  }

  accepts(id: number): boolean {
    if (this.#ends.has(id)) return this.#automaton.accepts(this.#state);
    return this.#vocabulary.step(this.#automaton, this.#state, id) !== DEAD;
  }

  /** Goes on with a token that it accepts. */
  advance(id: number): void {
    this.#state = this.#automaton.trim(this.#vocabulary.step(this.#automaton, this.#state, id));
  }

  /**
   * Leaves only what may come.
   *
   * @param logits [vocabulary]; all others become -Infinity.
   * @returns one that may come, for logits that are no numbers.
   * @throws AppError `invalid-request` where the vocabulary has no token to go on with.
   */
  mask(logits: Float32Array): number {
    const allowed = new Uint8Array(logits.length);
    let some = -1;
    const take = (id: number): void => {
      allowed[id] = 1;
      if (id < logits.length) some = id;
    };
    this.#vocabulary.allowed(this.#automaton, this.#state, take);
    // A token that has bytes and also ends texts does the latter.
    for (const id of this.#ends) allowed[id] = 0;
    if (this.#automaton.accepts(this.#state)) for (const id of this.#ends) take(id);
    if (some < 0) {
      const message = "The answer cannot go on: the model's vocabulary has no token that the grammar allows.";
      throw new AppError('invalid-request', message);
    }
    for (let id = 0; id < logits.length; id++) if (allowed[id] === 0) logits[id] = Number.NEGATIVE_INFINITY;
    return some;
  }
}
