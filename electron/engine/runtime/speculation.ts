import type { Provider } from '../../contract/generation';
import type { DraftChecker, Sequence } from '../families/family';
import { NgramIndex } from './ngram-index';

/**
 * Guessing what comes next from what stands in the prompt and the answer already, and checking it in one run of the decoder. What a run
 * accepts is what would have been written without it:
 *
 * - Each of its rows gives the logits after one more token. The sampler chooses from them in order, as it would step by step, and the
 *   first choice that is not the draft's ends the run. So a sampled token has the distribution, and the draw, that it always had
 *   (rejection sampling, Leviathan et al. 2023, arXiv 2211.17192, of a draft that is certain of itself).
 * - Kernels round a row among others differently than a row alone, and an argmax may turn over where two logits nearly tie. Where
 *   greedy choice finds the two best closer than `margin`, the rows that were written among others are written again one by one,
 *   and the choice is made from those: which is the plain answer's.
 */
export interface SpeculationParts {
  readonly drafts: DraftChecker;
  readonly provider: Provider;
  /** Tokens that end an answer: never part of a draft. */
  readonly eos: ReadonlySet<number>;
  /** Logits closer than this may have changed places by rounding; 0: a row alone and among others are equal, or choice is random. */
  readonly margin: number;
  /** The prompt's. */
  readonly tokens: readonly number[];
}

/** What a check of 2, 4 or 8 drafted tokens costs more than a step, in steps. models/bench/NOTES.md; CUDA's are a guess. */
const EXTRA: Readonly<Record<'cpu' | 'other', readonly number[]>> = {
  cpu: [0.8, 1.4, 2.6],
  other: [0.3, 0.4, 0.6],
};
/** Steps that may be lost at first, and for each token written; and after any success, since text may stop repeating itself. */
const CREDIT = 1.4;
const CREDIT_PER_TOKEN = 0.01;
const MOST_CREDIT = 8;
/** A repetition must be so long; longer by this after each loss, until a gain. An answer begins as if it had lost some. */
const SHORTEST = 4;
const LONGER = 2;
const LONGEST = 16;
const FIRST_LOSSES = 3;

export class Speculation {
  readonly drafts: DraftChecker;
  /** Tokens drafted and checked so far, and those of them that were written. */
  proposed = 0;
  accepted = 0;
  readonly #eos: ReadonlySet<number>;
  readonly #margin: number;
  readonly #extra: readonly number[];
  readonly #index = new NgramIndex();
  /** Steps won, less those lost. */
  #balance = CREDIT;
  #losses = FIRST_LOSSES;
  /** Which of the sizes is tried next. */
  #level = 1;
  /** Rows at the end of the cache, from the first on that was written among others. */
  #unsure = 0;
  /** Tokens to be fed again. */
  #again: number[] = [];

  constructor({ drafts, provider, eos, margin, tokens }: SpeculationParts) {
    this.drafts = drafts;
    this.#eos = eos;
    this.#margin = margin;
    this.#extra = EXTRA[provider === 'cpu' ? 'cpu' : 'other'];
    for (const token of tokens) this.#index.push(token);
  }

  /** A token has been written. */
  note(token: number): void {
    this.#index.push(token);
    this.#balance += CREDIT_PER_TOKEN;
  }

  /**
   * Tokens that may follow those noted, as many as a run checks beside the last of them; mostly none.
   *
   * @param limit the most that may be written.
   */
  draft(limit: number): readonly number[] {
    const { sizes } = this.drafts;
    const least = Math.min(LONGEST, SHORTEST + LONGER * this.#losses);
    for (let level = Math.min(this.#level, sizes.length - 1); level >= 0; level--) {
      const count = (sizes[level] as number) - 1;
      if (count > limit || this.#balance < (this.#extra[level] as number)) continue;
      const found = this.#index.propose(count, least);
      if (found.length === 0) return [];
      // What ends the answer needs no checking, and what follows it none either.
      if (!found.some((token) => this.#eos.has(token))) return found;
    }
    return [];
  }

  /** A run over a token and a draft is over. @param kept of the draft's tokens. */
  checked(draft: readonly number[], kept: number): void {
    const level = this.drafts.sizes.indexOf(draft.length + 1);
    this.drafts.rewind(draft.length - kept);
    if (kept === 0) this.#index.leave();
    this.proposed += draft.length;
    this.accepted += kept;
    if (this.#margin > 0) this.#unsure += 1 + kept;
    const gain = kept - (this.#extra[level] as number);
    this.#balance = Math.min(this.#balance + gain, MOST_CREDIT);
    this.#losses = gain < 0 ? this.#losses + 1 : 0;
    if (kept === draft.length) this.#level = Math.min(level + 1, this.drafts.sizes.length - 1);
    else if (2 * kept < draft.length) this.#level = Math.max(level - 1, 0);
  }

  /** A token was fed by itself. */
  stepped(): void {
    if (this.#unsure > 0) this.#unsure++;
  }

  /** Whether choices have to be compared with `isClose`. */
  get isUnsure(): boolean {
    return this.#unsure > 0;
  }

  /** Whether rounding may have made this choice. @param logits as the sampler left them. */
  isClose(logits: Float32Array, choice: number): boolean {
    if (this.#margin === 0) return false;
    const least = (logits[choice] as number) - this.#margin;
    for (let id = 0; id < logits.length; id++)
      if ((logits[id] as number) > least && id !== choice) return true;
    return false;
  }

  /** Takes back the rows written among others; `again` feeds them one by one. */
  restart(): void {
    this.#again = this.#index.last(this.#unsure);
    this.#balance -= this.#unsure;
    this.drafts.rewind(this.#unsure);
    this.#unsure = 0;
  }

  get isRestarting(): boolean {
    return this.#again.length > 0;
  }

  /** Feeds the next of them. */
  again(sequence: Sequence): void | Promise<void> {
    return sequence.step(this.#again.shift() as number);
  }
}
