import { setImmediate as nextTurn } from 'node:timers/promises';
import { AppError } from '../../contract/errors';

export interface BeamSearchOptions {
  /** Hypotheses that are followed side by side; 1 is greedy decoding. */
  readonly width: number;
  /** Most tokens of a hypothesis, the one that ends it excepted. */
  readonly limit: number;
  /** Tokens that end a hypothesis. */
  readonly ends: ReadonlySet<number>;
  /** Difference of log probabilities: a hypothesis that is so much less likely than the likeliest is given up. Absent: none is. */
  readonly spread?: number;
}

export interface Hypothesis {
  /** Without the one that ends it. */
  readonly tokens: readonly number[];
  /** Natural logarithm of its probability. */
  readonly score: number;
}

/**
 * Logits of the token that follows `tokens`, [vocabulary]; read before the next call. Whatever is asked for is one token longer than
 * something asked for before, or empty.
 */
export type NextLogits = (tokens: readonly number[]) => Promise<Float32Array>;

interface Candidate {
  readonly from: Hypothesis;
  readonly token: number;
  readonly score: number;
}

/**
 * The likeliest text that a beam finds, by the sum of its tokens' log probabilities: Lowerre 1976, as in Sutskever et al. 2014 (arXiv
 * 1409.3215), without a norm for the length. It ends once no open hypothesis can become likelier than the best one that has ended, and at
 * `limit`, where one that has ended comes before those that have not. Of equally likely ones the earlier in the beam is taken, then the
 * lower id.
 *
 * @throws AppError `aborted`; what `next` throws
 */
export async function searchBeam(
  next: NextLogits,
  { width, limit, ends, spread = Number.POSITIVE_INFINITY }: BeamSearchOptions,
  signal?: AbortSignal,
): Promise<Hypothesis> {
  let open: readonly Hypothesis[] = [{ tokens: [], score: 0 }];
  let asked: readonly number[] = [];
  let best: Hypothesis | null = null;
  for (let length = 0; length < limit; length++) {
    const found: Candidate[][] = open.map(() => []);
    const waiting = new Set(open.keys());
    while (waiting.size > 0) {
      if (signal?.aborted) throw new AppError('aborted', 'The transcription was stopped.');
      const i = closestTo(asked, open, waiting);
      const from = open[i]!;
      found[i] = likeliest(from, await next(from.tokens), width + ends.size);
      asked = from.tokens;
      waiting.delete(i);
      // Messages of the app, an abort among them, are read in between.
      await nextTurn();
    }
    // Sorting is stable: equal scores keep the beam's order.
    const candidates = found.flat().sort((a, b) => b.score - a.score);
    // As in fairseq: an end counts only among the `width` best, so that a width of 1 is greedy decoding.
    for (const { from, token, score } of candidates.slice(0, width)) {
      if (ends.has(token) && (best === null || score > best.score)) best = { tokens: from.tokens, score };
    }
    const going = candidates.filter(({ token }) => !ends.has(token));
    const reached = best?.score ?? Number.NEGATIVE_INFINITY;
    const least = Math.max(going[0]?.score ?? reached, reached) - spread;
    open = going
      .slice(0, width)
      .filter(({ score }) => !(score < least || score <= reached))
      .map(({ from, token, score }) => ({ tokens: [...from.tokens, token], score }));
    if (open.length === 0) break;
  }
  return best ?? open[0]!;
}

/** How many tokens two texts have in common from their beginning. */
export function sharedLength(a: readonly number[], b: readonly number[]): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}

/** Whoever answers rewrites least where what is asked for shares its beginning with what was asked for last. */
function closestTo(
  tokens: readonly number[],
  open: readonly Hypothesis[],
  waiting: ReadonlySet<number>,
): number {
  let best = -1;
  let most = -1;
  for (const i of waiting) {
    const shared = sharedLength(tokens, open[i]!.tokens);
    if (shared > most) [best, most] = [i, shared];
  }
  return best;
}

/** The `count` likeliest continuations, likeliest first. @param logits [vocabulary] */
function likeliest(from: Hypothesis, logits: Float32Array, count: number): Candidate[] {
  const ids: number[] = [];
  for (let id = 0; id < logits.length; id++) {
    const value = logits[id]!;
    if (ids.length === count && !(value > logits[ids[count - 1]!]!)) continue;
    let at = ids.length;
    while (at > 0 && value > logits[ids[at - 1]!]!) at--;
    ids.splice(at, 0, id);
    if (ids.length > count) ids.pop();
  }
  const highest = logits[ids[0]!]!;
  let sum = 0;
  for (let id = 0; id < logits.length; id++) sum += Math.exp(logits[id]! - highest);
  const norm = from.score - highest - Math.log(sum);
  return ids.map((token) => ({ from, token, score: logits[token]! + norm }));
}
