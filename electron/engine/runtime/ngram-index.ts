/** Tokens of the shortest repetition that is looked for. */
const LENGTH = 3;
/** Earlier places that are compared, latest first: a text of one word repeated has thousands. */
const PLACES = 8;
/** Where a copy was changed it goes on near where it was: so many tokens more or fewer. */
const SHIFT = 3;
/** Beyond so many equal tokens one place is as good as another. */
const LONGEST = 32;

/**
 * Where the last tokens of a text stood before, and so what may come next: prompt-lookup decoding (Saxena 2023,
 * github.com/apoorvumang/prompt-lookup-decoding).
 */
export class NgramIndex {
  readonly #tokens: number[] = [];
  /** Latest place where an n-gram of this hash ends, and before each place the one before it. */
  readonly #latest = new Map<number, number>();
  readonly #earlier: number[] = [];
  /** Where the text would be if it still followed what was proposed last; -1: nothing was. */
  #followed = -1;

  get length(): number {
    return this.#tokens.length;
  }

  push(token: number): void {
    if (this.#followed >= 0) this.#followed++;
    const end = this.#tokens.push(token) - 1;
    if (end < LENGTH - 1) {
      this.#earlier.push(-1);
      return;
    }
    const hash = this.#hash(end);
    this.#earlier.push(this.#latest.get(hash) ?? -1);
    this.#latest.set(hash, end);
  }

  /** What was proposed last was wrong from the beginning. */
  leave(): void {
    this.#followed = -1;
  }

  /** The last `count` tokens. */
  last(count: number): number[] {
    return this.#tokens.slice(this.#tokens.length - count);
  }

  /**
   * The `count` tokens that followed where the text's end stood before: near the place that was followed so far, else in the longest
   * repetition, of equals the latest.
   *
   * @param least tokens of the shortest repetition that counts elsewhere.
   * @returns empty where there is none.
   */
  propose(count: number, least = LENGTH): number[] {
    const tokens = this.#tokens;
    const near = this.#nearFollowed();
    const best = near >= 0 ? near : this.#longest(least);
    if (best < 0) return [];
    this.#followed = best;
    const found: number[] = [];
    // A repetition that reaches the end goes on with itself.
    for (let i = 1; i <= count; i++)
      found.push(tokens[best + i] ?? (found[best + i - tokens.length] as number));
    return found;
  }

  #nearFollowed(): number {
    if (this.#followed < 0) return -1;
    const end = this.#tokens.length - 1;
    let best = -1;
    let longest = LENGTH - 1;
    for (let shift = 0; shift <= SHIFT; shift++) {
      for (const place of [this.#followed + shift, this.#followed - shift]) {
        const equal = place < end ? this.#equalBefore(place, end) : 0;
        if (equal > longest) [best, longest] = [place, equal];
      }
    }
    return best;
  }

  #longest(least: number): number {
    const end = this.#tokens.length - 1;
    let best = -1;
    let longest = Math.max(least, LENGTH) - 1;
    let place = this.#earlier[end] ?? -1;
    for (let i = 0; i < PLACES && place >= 0; i++) {
      const equal = this.#equalBefore(place, end);
      if (equal > longest) [best, longest] = [place, equal];
      place = this.#earlier[place] as number;
    }
    return best;
  }

  /** How many tokens up to and with two places are equal; 0 where only their hashes were. */
  #equalBefore(place: number, end: number): number {
    let equal = 0;
    while (equal < LONGEST && place >= equal && this.#tokens[place - equal] === this.#tokens[end - equal])
      equal++;
    return equal;
  }

  #hash(end: number): number {
    let hash = 0;
    for (let i = end - LENGTH + 1; i <= end; i++) hash = (Math.imul(hash, 0x9e3779b1) + this.#tokens[i]!) | 0;
    return hash;
  }
}
