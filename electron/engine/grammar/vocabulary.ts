import type { Tokenizer } from '../tokenizer/tokenizer';
import { type Automaton, DEAD } from './automaton';

/** A model's tokens in the order of their bytes, so that what two neighbours share is read once. */
export class Vocabulary {
  static readonly #known = new WeakMap<Tokenizer, Vocabulary>();

  /** The one of a tokenizer, made when it is first asked for: most models are never asked. */
  static of(tokenizer: Tokenizer): Vocabulary {
    const known = Vocabulary.#known.get(tokenizer) ?? new Vocabulary(tokenizer);
    Vocabulary.#known.set(tokenizer, known);
    return known;
  }

  readonly #tokenizer: Tokenizer;
  /** Ids of the tokens that have bytes, those bytes end to end, and how many each begins with as the one before it does. */
  readonly #ids: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #starts: Int32Array;
  readonly #shared: Int32Array;

  constructor(tokenizer: Tokenizer) {
    this.#tokenizer = tokenizer;
    const entries: { readonly id: number; readonly key: string }[] = [];
    for (let id = 0; id < tokenizer.vocabularySize; id++) {
      const key = Buffer.from(tokenizer.bytesOf(id)).toString('latin1');
      if (key !== '') entries.push({ id, key });
    }
    entries.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.id - b.id));
    this.#ids = Int32Array.from(entries, ({ id }) => id);
    this.#bytes = Buffer.from(entries.map(({ key }) => key).join(''), 'latin1');
    this.#starts = new Int32Array(entries.length + 1);
    this.#shared = new Int32Array(entries.length);
    for (const [i, { key }] of entries.entries()) {
      this.#starts[i + 1] = (this.#starts[i] as number) + key.length;
      const before = entries[i - 1]?.key ?? '';
      let shared = 0;
      while (shared < before.length && before[shared] === key[shared]) shared++;
      this.#shared[i] = shared;
    }
  }

  /** The state after a token; DEAD where it may not come. */
  step(automaton: Automaton, state: number, id: number): number {
    const bytes = this.#tokenizer.bytesOf(id);
    if (bytes.length === 0) return automaton.stepToken(state, id);
    let at = state;
    for (let i = 0; i < bytes.length && at !== DEAD; i++) at = automaton.step(at, bytes[i] as number);
    return at;
  }

  /** Calls `take` with every token that may come after a state. */
  allowed(automaton: Automaton, state: number, take: (id: number) => void): void {
    for (const id of automaton.tokens(state)) take(id);
    /** By how many bytes of the current token have been read, the state after them. */
    const path: number[] = [state];
    // Bytes that the path stands for; a token that shares more with the one before it than could be read cannot come either.
    let alive = 0;
    for (let i = 0; i < this.#ids.length; i++) {
      const shared = this.#shared[i] as number;
      if (shared > alive) continue;
      const start = this.#starts[i] as number;
      const length = (this.#starts[i + 1] as number) - start;
      alive = shared;
      let at = path[alive] as number;
      while (alive < length) {
        at = automaton.step(at, this.#bytes[start + alive] as number);
        if (at === DEAD) break;
        path[++alive] = at;
      }
      if (alive === length) take(this.#ids[i] as number);
    }
  }
}
