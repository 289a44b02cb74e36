import { possibleStart } from './reasoning-parser';

/** Ends the answer before the first stop string, wherever tokens cut it; what might be the beginning of one is held back. */
export class StopStrings {
  readonly #strings: readonly string[];
  #held = '';
  #found = false;

  constructor(strings: readonly string[]) {
    this.#strings = strings.filter((text) => text !== '');
  }

  get found(): boolean {
    return this.#found;
  }

  /** @returns text that is certainly part of the answer. */
  push(text: string): string {
    if (this.#found) return '';
    if (this.#strings.length === 0) return text;
    const all = this.#held + text;
    const starts = this.#strings.map((stop) => all.indexOf(stop)).filter((at) => at >= 0);
    if (starts.length > 0) {
      this.#found = true;
      this.#held = '';
      return all.slice(0, Math.min(...starts));
    }
    const keep = Math.max(...this.#strings.map((stop) => possibleStart(all, stop)));
    this.#held = all.slice(all.length - keep);
    return all.slice(0, all.length - keep);
  }

  /** The output is over: what was held back was no stop string. */
  flush(): string {
    const text = this.#held;
    this.#held = '';
    return text;
  }
}
