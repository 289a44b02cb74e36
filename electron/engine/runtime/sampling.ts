import type { SamplingParams } from '../../contract/generation';
import type { LikelyTokens } from '../ort/backend';
import { argMax } from './arg-max';
import { Candidates, largest } from './candidates';
import { createRandom } from './random';

/** Every parameter at the value that changes nothing. */
export const NEUTRAL_SAMPLING: Omit<SamplingParams, 'seed' | 'maxTokens'> = {
  temperature: 1,
  topP: 1,
  topK: 0,
  minP: 0,
  repetitionPenalty: 1,
  frequencyPenalty: 0,
  presencePenalty: 0,
  stop: [],
  logitBias: {},
};

/** The device sums float32. */
const ROUNDING = 1 + 1e-5;

/** Which tokens may come next. */
export interface AllowedTokens {
  accepts(id: number): boolean;
  /** Sets the logits of all others to -Infinity. @returns one that may come */
  mask(logits: Float32Array): number;
}

/** Choices that are thrown away before all tokens are looked at: a model mostly wants what it may, and one look costs microseconds. */
const MAX_REFUSED = 8;

/**
 * Chooses the next token. Order of the steps as in Hugging Face's `generate`: penalties and biases on the logits, temperature, top-k,
 * top-p over what top-k left, min-p, one draw.
 */
export class Sampler {
  readonly #params: SamplingParams;
  readonly #random: () => number;
  readonly #bias: readonly (readonly [id: number, bias: number])[];
  readonly #counts = new Map<number, number>();
  readonly #penalizes: boolean;
  /** Room for a whole vocabulary, kept from token to token. */
  #scratch: Candidates | null = null;

  /** @param written tokens of the answer that is being continued: penalties count them too. */
  constructor(params: SamplingParams, seed: number, written: readonly number[] = []) {
    this.#params = params;
    this.#random = createRandom(seed);
    this.#bias = Object.entries(params.logitBias).map(([id, bias]) => [Number(id), bias] as const);
    this.#penalizes =
      params.repetitionPenalty !== 1 || params.frequencyPenalty !== 0 || params.presencePenalty !== 0;
    for (const id of written) this.accept(id);
  }

  /** The choice is the plain ArgMax of the logits, which the device has computed already. */
  get isGreedy(): boolean {
    return this.#params.temperature <= 0 && !this.#penalizes && this.#bias.length === 0;
  }

  /** Counts a token that has been written. */
  accept(id: number): void {
    if (this.#penalizes) this.#counts.set(id, (this.#counts.get(id) ?? 0) + 1);
  }

  /** @param logits [vocabulary]; penalties and biases are written into it. */
  sample(logits: Float32Array): number {
    this.#penalize(logits);
    for (const [id, bias] of this.#bias) if (id < logits.length) logits[id] = (logits[id] as number) + bias;
    return this.#choose(logits);
  }

  /**
   * The next token by the same rules, from the likeliest ones alone; the whole vocabulary is only summed up. Without top-k and top-p a draw goes through the tokens by
   * their weight, not their id.
   *
   * @returns null where the logits must be read: penalties and biases change them, or too many tokens may be drawn.
   */
  sampleLikely(likely: LikelyTokens): number | null {
    const { temperature, topK, topP, minP } = this.#params;
    if (temperature <= 0 || this.#penalizes || this.#bias.length > 0 || topK > likely.most) return null;
    const isCut = topK > 0 || topP < 1 || minP > 0;
    const uniform = isCut ? 0 : this.#random();
    const found = likely.find({
      temperature,
      mass: topK > 0 ? 0 : topP < 1 ? topP * ROUNDING : minP > 0 ? 0 : uniform,
      least: Math.max(topK, 1),
      reach: topK === 0 && topP >= 1 && minP > 0 ? -Math.log(minP) : 0,
    });
    if (!found) return null;
    const candidates = Candidates.of(found, temperature, topK || found.ids.length);
    if (!isCut) return candidates.draw(uniform, found.total);
    if (topP < 1) candidates.keepNucleus(topP, topK > 0 ? candidates.total() : found.total);
    if (minP > 0) candidates.keepAbove(minP);
    // After a cut only what is left counts.
    return candidates.draw(this.#random());
  }

  /**
   * Chooses among the tokens that are allowed. A choice that is not is taken out and made again, which gives the distribution of the
   * allowed ones; top-k and top-p cut before that, as in llama.cpp.
   *
   * @param logits as of `sample`; what is refused becomes -Infinity.
   */
  sampleAllowed(logits: Float32Array, allowed: AllowedTokens): number {
    let id = this.sample(logits);
    for (let refused = 0; !allowed.accepts(id); refused++) {
      if (refused >= MAX_REFUSED) {
        const some = allowed.mask(logits);
        id = this.#choose(logits);
        return allowed.accepts(id) ? id : some;
      }
      logits[id] = Number.NEGATIVE_INFINITY;
      id = this.#choose(logits);
    }
    return id;
  }

  #choose(logits: Float32Array): number {
    const { temperature, topK, topP, minP } = this.#params;
    const best = argMax(logits);
    if (temperature <= 0) return best;
    const candidates = topK > 0 ? largest(logits, topK) : this.#all(logits, best, temperature);
    candidates.weigh(logits, best, temperature);
    if (topP < 1) candidates.keepNucleus(topP);
    if (minP > 0) candidates.keepAbove(minP);
    return candidates.draw(this.#random()) ?? best;
  }

  /**
   * Repetition penalty: a seen token's logit is divided by it if positive, else multiplied (CTRL, Keskar et al. 2019). Frequency and
   * presence: `logit -= count * frequency + presence`, as OpenAI documents. All over the text written, not the prompt.
   */
  #penalize(logits: Float32Array): void {
    const { repetitionPenalty, frequencyPenalty, presencePenalty } = this.#params;
    for (const [id, count] of this.#counts) {
      const logit = logits[id] as number;
      const repeated = logit > 0 ? logit / repetitionPenalty : logit * repetitionPenalty;
      logits[id] = repeated - count * frequencyPenalty - presencePenalty;
    }
  }

  #all(logits: Float32Array, best: number, temperature: number): Candidates {
    this.#scratch ??= new Candidates(logits.length);
    const candidates = this.#scratch;
    candidates.count = 0;
    // e^-40 is lost in the sum of weights even if a whole vocabulary of 150,000 had it; NaN is left out too.
    const floor = (logits[best] as number) - 40 * temperature;
    for (let id = 0; id < logits.length; id++)
      if ((logits[id] as number) > floor) candidates.ids[candidates.count++] = id;
    return candidates;
  }
}
