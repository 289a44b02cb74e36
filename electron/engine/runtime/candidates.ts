import type { LikelyTokensFound } from '../ort/backend';

/**
 * Tokens that may be drawn, with their weights. Flat arrays: as objects, a vocabulary of 150,000 takes 90 ms a token, so it takes
 * a few.
 */
export class Candidates {
  readonly ids: Int32Array;
  readonly weights: Float64Array;
  count = 0;

  constructor(capacity: number) {
    this.ids = new Int32Array(capacity);
    this.weights = new Float64Array(capacity);
  }

  /** Weights relative to the likeliest token's 1: `exp((logit - top) / temperature)`. */
  weigh(logits: Float32Array, best: number, temperature: number): void {
    const top = logits[best] as number;
    for (let i = 0; i < this.count; i++) {
      const weight = Math.exp(((logits[this.ids[i] as number] as number) - top) / temperature);
      this.weights[i] = Number.isNaN(weight) ? 0 : weight;
    }
  }

  /**
   * Those that were found, likeliest first, of equals the lower id; at most `most` of them.
   *
   * @param found logits of `ids`, and the largest of all.
   */
  static of({ ids, logits, top }: LikelyTokensFound, temperature: number, most: number): Candidates {
    const order = Array.from(ids.keys()).sort(
      (a, b) => (logits[b] as number) - (logits[a] as number) || (ids[a] as number) - (ids[b] as number),
    );
    const candidates = new Candidates(Math.min(most, order.length));
    for (const i of order.slice(0, candidates.ids.length)) {
      candidates.ids[candidates.count] = ids[i] as number;
      candidates.weights[candidates.count++] = Math.exp(((logits[i] as number) - top) / temperature);
    }
    return candidates;
  }

  /** Leaves the likeliest that together reach `p` of the total, at least one (top-p, Holtzman et al. 2019). */
  keepNucleus(p: number, total = this.total()): void {
    // Few tokens make up most of the weight, and only they need sorting: look for a bound that lets enough of them through.
    let bound = 0.1;
    while (bound > 1e-18 && this.#totalAbove(bound) < p * total) bound /= 10;
    this.keepAbove(bound > 1e-18 ? bound : 0);
    const order = Array.from({ length: this.count }, (_, i) => i).sort(
      (a, b) =>
        (this.weights[b] as number) - (this.weights[a] as number) ||
        (this.ids[a] as number) - (this.ids[b] as number),
    );
    const ids = order.map((i) => this.ids[i] as number);
    const weights = order.map((i) => this.weights[i] as number);
    let reached = 0;
    this.count = 0;
    while (this.count < order.length && (this.count === 0 || reached < p * total))
      reached += weights[this.count++] as number;
    this.ids.set(ids.slice(0, this.count));
    this.weights.set(weights.slice(0, this.count));
  }

  /** Leaves those of at least this weight (min-p). */
  keepAbove(weight: number): void {
    let kept = 0;
    for (let i = 0; i < this.count; i++) {
      if ((this.weights[i] as number) < weight) continue;
      this.ids[kept] = this.ids[i] as number;
      this.weights[kept++] = this.weights[i] as number;
    }
    this.count = kept;
  }

  /** The candidate at `uniform`, 0 … 1, of the total weight; null when there is none. */
  draw(uniform: number, total = this.total()): number | null {
    let rest = uniform * total;
    for (let i = 0; i < this.count; i++) {
      rest -= this.weights[i] as number;
      if (rest < 0) return this.ids[i] as number;
    }
    // Only rounding leads here.
    return this.count > 0 ? (this.ids[this.count - 1] as number) : null;
  }

  total(): number {
    return this.#totalAbove(0);
  }

  #totalAbove(bound: number): number {
    let total = 0;
    for (let i = 0; i < this.count; i++) {
      const weight = this.weights[i] as number;
      if (weight >= bound) total += weight;
    }
    return total;
  }
}

/** The `k` largest logits, largest first; of equals the lower id. A heap of k, its smallest on top, sees each logit once. */
export function largest(logits: Float32Array, k: number): Candidates {
  const candidates = new Candidates(Math.min(k, logits.length));
  const heap = candidates.ids;
  const value = (at: number) => logits[heap[at] as number] as number;
  /** Whether the candidate at `a` gives way before the one at `b`. */
  const below = (a: number, b: number) =>
    value(a) < value(b) || (value(a) === value(b) && (heap[a] as number) > (heap[b] as number));
  const swap = (a: number, b: number) => {
    const id = heap[a] as number;
    heap[a] = heap[b] as number;
    heap[b] = id;
  };
  const sink = (from: number, size: number) => {
    for (let at = from; ; ) {
      let child = 2 * at + 1;
      if (child >= size) return;
      if (child + 1 < size && below(child + 1, child)) child++;
      if (!below(child, at)) return;
      swap(at, child);
      at = child;
    }
  };
  const size = heap.length;
  let next = 0;
  for (; next < logits.length && candidates.count < size; next++) {
    if (!Number.isNaN(logits[next])) heap[candidates.count++] = next;
  }
  for (let at = (candidates.count >> 1) - 1; at >= 0; at--) sink(at, candidates.count);
  let floor = candidates.count > 0 ? value(0) : Number.POSITIVE_INFINITY;
  for (; next < logits.length; next++) {
    if (!((logits[next] as number) > floor)) continue;
    heap[0] = next;
    sink(0, size);
    floor = value(0);
  }
  for (let end = candidates.count - 1; end > 0; end--) {
    swap(0, end);
    sink(0, end);
  }
  return candidates;
}
