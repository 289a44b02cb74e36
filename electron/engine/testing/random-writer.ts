import { Automaton } from '../grammar/automaton';
import { Constraint } from '../grammar/constraint';
import type { Grammar } from '../grammar/expression';
import { Vocabulary } from '../grammar/vocabulary';
import type { Tokenizer } from '../tokenizer/tokenizer';

const END = 1;

/** Writes a text that follows a grammar, as a model would that knows nothing: random logits, all tokens alike. */
export class RandomWriter {
  readonly #tokenizer: Tokenizer;
  readonly #vocabulary: Vocabulary;
  readonly #random: () => number;

  constructor(tokenizer: Tokenizer, random: () => number) {
    this.#tokenizer = tokenizer;
    this.#vocabulary = new Vocabulary(tokenizer);
    this.#random = random;
  }

  /** @returns the text, or null where it had no end after `limit` tokens. */
  write(grammar: Grammar, limit: number): string | null {
    const constraint = new Constraint(grammar, this.#vocabulary, new Set([END]));
    const ids: number[] = [];
    const logits = new Float32Array(this.#tokenizer.vocabularySize);
    for (let i = 0; i < limit; i++) {
      if (constraint.isComplete) return this.#tokenizer.decode(ids);
      logits.fill(0);
      constraint.mask(logits);
      const allowed: number[] = [];
      for (const [id, logit] of logits.entries()) if (logit === 0) allowed.push(id);
      // Ends are rare among so many tokens: every few tokens one that could be one is preferred.
      const closing = this.#random() < 0.3 ? allowed.filter((id) => this.#closes(id)) : [];
      const from = closing.length > 0 ? closing : allowed;
      const id = from[Math.floor(this.#random() * from.length)] as number;
      if (!constraint.accepts(id)) throw new Error(`The mask admits ${id}, the constraint does not.`);
      if (id === END) return this.#tokenizer.decode(ids);
      constraint.advance(id);
      ids.push(id);
    }
    return null;
  }

  #closes(id: number): boolean {
    return id === END || /^["}\]]/.test(this.#tokenizer.decode([id]));
  }
}

/** Whether a grammar admits all of a text. */
export function admits(grammar: Grammar, text: string): boolean {
  const automaton = new Automaton(grammar);
  let state = automaton.start;
  for (const byte of Buffer.from(text)) state = automaton.step(state, byte);
  return automaton.accepts(state);
}
