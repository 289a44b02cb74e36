import { possibleStart, type ReasoningTags } from './reasoning-parser';

/**
 * Takes the tags off an answer that a model writes between tags, `<answer>…</answer>`, wherever tokens cut them. An answer without
 * tags passes unchanged; what comes after the closing tag is no answer any more.
 */
export class AnswerTags {
  readonly #tags: ReasoningTags | null;
  #held = '';
  /** The opening tag may still come: nothing but white space has been seen. */
  #fresh: boolean;
  /** Line breaks right after the opening tag are layout. */
  #trim = false;
  #closed = false;

  /** @param answering the answer has begun already. */
  constructor(tags: ReasoningTags | null, answering: boolean) {
    this.#tags = tags;
    this.#fresh = !answering;
  }

  /** The closing tag has been written. */
  get closed(): boolean {
    return this.#closed;
  }

  /** @returns text that is certainly part of the answer. */
  push(text: string): string {
    if (!this.#tags) return text;
    if (this.#closed) return '';
    this.#held += text;
    if (this.#fresh && !this.#passOpening(this.#tags.open)) return '';
    if (this.#trim) {
      this.#held = this.#held.replace(/^[\r\n]+/, '');
      if (this.#held === '') return '';
      this.#trim = false;
    }
    const { close } = this.#tags;
    const at = this.#held.indexOf(close);
    if (at >= 0) {
      this.#closed = true;
      return this.#release(at).trimEnd();
    }
    // Line breaks in front of the closing tag are layout too, so they wait with it.
    const keep = possibleStart(this.#held, close);
    return this.#release(this.#held.slice(0, this.#held.length - keep).trimEnd().length);
  }

  /** The output is over: what was held back was no tag. */
  flush(): string {
    return this.#closed ? '' : this.#release(this.#held.length);
  }

  /** @returns whether the answer's own text has begun. */
  #passOpening(open: string): boolean {
    const text = this.#held.trimStart();
    if (text.length < open.length && open.startsWith(text)) return false;
    this.#fresh = false;
    if (text.startsWith(open)) {
      this.#held = text.slice(open.length);
      this.#trim = true;
    }
    return true;
  }

  #release(length: number): string {
    const text = this.#held.slice(0, length);
    this.#held = this.#held.slice(length);
    return text;
  }
}
