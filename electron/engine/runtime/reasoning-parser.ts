import type { Channel } from '../../contract/generation';

/** Receives text and token counts in the order in which they were written. */
export type ChannelSink = (channel: Channel, text: string, tokens: number) => void;

export interface ReasoningTags {
  readonly open: string;
  readonly close: string;
}

/**
 * Splits a stream of text into reasoning and answer by tags written as text, which may be cut anywhere: a tail that could be the
 * beginning of a tag is held back until it is known. The open tag counts only before the answer's first character (later it is
 * something the model talks about); the tags' own tokens count as reasoning.
 */
export class ReasoningParser {
  readonly #tags: ReasoningTags | null;
  readonly #sink: ChannelSink;
  #channel: Channel;
  /** Held back: the possible beginning of a tag, and tokens not yet counted. */
  #held = '';
  #heldTokens = 0;
  /** Nothing but white space has been written to the answer, so reasoning may still open. */
  #fresh = true;
  /** Line breaks right after a tag are layout, not content. */
  #trim = false;

  /** @param start `reasoning` where the open tag was part of the prompt, or reasoning is being continued. */
  constructor(tags: ReasoningTags | null, start: Channel, sink: ChannelSink, fresh = true) {
    this.#tags = tags;
    this.#channel = start;
    this.#sink = sink;
    this.#fresh = fresh;
  }

  get channel(): Channel {
    return this.#channel;
  }

  push(text: string, tokens: number): void {
    this.#held += text;
    this.#heldTokens += tokens;
    while (this.#advance()) {}
    // A token without text yet (half a character) belongs to what is being written.
    if (this.#held === '' && this.#heldTokens > 0) this.#emit('');
  }

  /** The model wrote a tag as a special token; no text had to be looked at. */
  switchTo(channel: Channel, tokens: number): void {
    this.flush();
    this.#channel = channel;
    this.#trim = true;
    this.#sink('reasoning', '', tokens);
  }

  /** The output is over: what was held back was no tag. */
  flush(): void {
    if (this.#held !== '' || this.#heldTokens > 0) this.#emit(this.#held);
    this.#held = '';
  }

  /** Handles the held text up to the next tag. @returns whether there may be more. */
  #advance(): boolean {
    const tag = this.#expected();
    const at = tag ? this.#held.indexOf(tag) : -1;
    if (tag && at >= 0) {
      // In front of the open tag there may be white space only, which is layout again.
      const before = this.#held.slice(0, at);
      if (this.#channel === 'reasoning') this.#emitText(before);
      this.#held = this.#held.slice(at + tag.length);
      this.#sink('reasoning', '', this.#takeTokens());
      this.#channel = this.#channel === 'reasoning' ? 'answer' : 'reasoning';
      this.#trim = true;
      return this.#held !== '';
    }
    const keep = tag ? possibleStart(this.#held, tag) : 0;
    const text = this.#held.slice(0, this.#held.length - keep);
    // White space before a possible open tag waits with it, so that it does not start the answer.
    if (this.#channel === 'answer' && tag && text !== '' && text.trim() === '') return false;
    this.#held = this.#held.slice(text.length);
    this.#emitText(text);
    return false;
  }

  /** The tag that would change the channel here; null where none is looked for. */
  #expected(): string | null {
    if (!this.#tags) return null;
    if (this.#channel === 'reasoning') return this.#tags.close;
    if (!this.#fresh) return null;
    const { open } = this.#tags;
    const text = this.#held.trimStart();
    return text.startsWith(open) || open.startsWith(text) ? open : null;
  }

  #emitText(text: string): void {
    const shown = this.#trim ? text.replace(/^[\r\n]+/, '') : text;
    if (shown === '') return;
    this.#trim = false;
    if (this.#channel === 'answer' && shown.trim() !== '') this.#fresh = false;
    this.#emit(shown);
  }

  #emit(text: string): void {
    this.#sink(this.#channel, text, this.#takeTokens());
  }

  #takeTokens(): number {
    const tokens = this.#heldTokens;
    this.#heldTokens = 0;
    return tokens;
  }
}

/** Length of the longest end of `text` that is a beginning of `pattern`, the whole pattern excluded. */
export function possibleStart(text: string, pattern: string): number {
  for (let length = Math.min(text.length, pattern.length - 1); length > 0; length--) {
    if (pattern.startsWith(text.slice(text.length - length))) return length;
  }
  return 0;
}
