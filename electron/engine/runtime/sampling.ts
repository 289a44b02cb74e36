import type { SamplingParams } from '../../contract/generation';
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

interface Candidate {
  readonly id: number;
  readonly weight: number;
}

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
    const best = argMax(logits);
    const { temperature } = this.#params;
    if (temperature <= 0) return best;
    return this.#draw(this.#candidates(logits, best, temperature));
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

  /** What top-k, top-p and min-p leave, with weights relative to the likeliest token's 1. */
  #candidates(logits: Float32Array, best: number, temperature: number): Candidate[] {
    const { topK, topP, minP } = this.#params;
    const top = logits[best] as number;
    let candidates: Candidate[] = [];
    let total = 0;
    for (let id = 0; id < logits.length; id++) {
      const distance = ((logits[id] as number) - top) / temperature;
      // e^-40 is lost in the sum of weights even if a whole vocabulary of 150,000 had it; NaN is left out too.
      if (!(distance > -40)) continue;
      const weight = Math.exp(distance);
      total += weight;
      candidates.push({ id, weight });
    }
    if (topK > 0 && candidates.length > topK) {
      candidates = largest(candidates, topK);
      total = sum(candidates);
    }
    if (topP < 1) candidates = nucleus(candidates, total, topP);
    if (minP > 0) candidates = candidates.filter((candidate) => candidate.weight >= minP);
    return candidates.length > 0 ? candidates : [{ id: best, weight: 1 }];
  }

  #draw(candidates: readonly Candidate[]): number {
    let rest = this.#random() * sum(candidates);
    for (const candidate of candidates) {
      rest -= candidate.weight;
      if (rest < 0) return candidate.id;
    }
    // Only rounding leads here.
    return (candidates[candidates.length - 1] as Candidate).id;
  }
}

/** Index of the first maximum. */
export function argMax(logits: Float32Array): number {
  let best = 0;
  for (let id = 1; id < logits.length; id++) if ((logits[id] as number) > (logits[best] as number)) best = id;
  return best;
}

const byWeight = (a: Candidate, b: Candidate) => b.weight - a.weight || a.id - b.id;

function sum(candidates: readonly Candidate[]): number {
  let total = 0;
  for (const candidate of candidates) total += candidate.weight;
  return total;
}

/** The k likeliest, sorted; of equals the lower id. */
function largest(candidates: Candidate[], k: number): Candidate[] {
  // Sorting 150,000 candidates takes 50 ms; those below the k-th of a small sample cannot be among the k of all.
  if (candidates.length > 4 * k) {
    const sample = candidates.slice(0, 2 * k).sort(byWeight);
    const floor = (sample[k - 1] as Candidate).weight;
    return candidates
      .filter((candidate) => candidate.weight >= floor)
      .sort(byWeight)
      .slice(0, k);
  }
  return candidates.sort(byWeight).slice(0, k);
}

/** The likeliest candidates that together reach `topP` of the total, at least one (Holtzman et al. 2019). */
function nucleus(candidates: readonly Candidate[], total: number, topP: number): Candidate[] {
  // All tokens below this weight together are less than 1 - topP, so none of them is needed (after Karpathy's llama2.c).
  const floor = ((1 - topP) * total) / candidates.length;
  const sorted = candidates.filter((candidate) => candidate.weight >= floor).sort(byWeight);
  const wanted = topP * total;
  let reached = 0;
  let count = 0;
  while (count < sorted.length && (count === 0 || reached < wanted))
    reached += (sorted[count++] as Candidate).weight;
  return sorted.slice(0, count);
}
