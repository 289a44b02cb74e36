import type { Channel, GenerationEvent } from '../../contract/generation';
import { TextStream } from '../tokenizer/text-stream';
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { AnswerPart, CallParser } from '../tools/call-parser';
import { AnswerTags } from './answer-tags';
import { ReasoningParser, type ReasoningTags } from './reasoning-parser';
import { StopStrings } from './stop-strings';

type Delta = Extract<GenerationEvent, { type: 'delta' | 'tool-call' }>;

export interface OutputOptions {
  readonly tokenizer: Tokenizer;
  readonly tags: ReasoningTags | null;
  /** Around the answer, where the model writes such. */
  readonly answerTags?: ReasoningTags | null;
  /** Channel of the first token; `reasoning` when reasoning is being continued. */
  readonly start: Channel;
  /** The answer has begun already, so no reasoning may open any more. */
  readonly answering: boolean;
  readonly stop: readonly string[];
  /** Finds the calls of tools in the answer. */
  readonly calls?: CallParser | null;
  /** Special tokens that mark such calls, with their text. */
  readonly marks?: ReadonlyMap<number, string>;
}

/** From token ids to what is shown: bytes to characters, reasoning and answer apart, ended by stop strings. */
export class Output {
  readonly #tokenizer: Tokenizer;
  readonly #text = new TextStream();
  #begun: boolean;
  readonly #answer: AnswerTags;
  readonly #stop: StopStrings;
  readonly #calls: CallParser | null;
  readonly #marks: ReadonlyMap<number, string>;
  #lastCall = -1;
  readonly #parser: ReasoningParser;
  readonly #openId: number | undefined;
  readonly #closeId: number | undefined;
  #deltas: Delta[] = [];
  /** Times of the first and the latest token of reasoning, ms. */
  #reasoningFrom = 0;
  #reasoningUntil = 0;
  reasoningTokens = 0;

  constructor(options: OutputOptions) {
    const { tokenizer, tags } = options;
    this.#tokenizer = tokenizer;
    this.#begun = options.answering;
    this.#openId = tags ? tokenizer.special(tags.open) : undefined;
    this.#closeId = tags ? tokenizer.special(tags.close) : undefined;
    this.#answer = new AnswerTags(options.answerTags ?? null, options.answering);
    this.#stop = new StopStrings(options.stop);
    this.#calls = options.calls ?? null;
    this.#marks = options.marks ?? new Map();
    // Where the tags are tokens of their own, the same characters written as ordinary text are ordinary text.
    const textTags = this.#openId === undefined ? tags : null;
    const sink = (channel: Channel, text: string, tokens: number) => this.#emit(channel, text, tokens);
    this.#parser = new ReasoningParser(textTags, options.start, sink, !options.answering);
  }

  /** A stop string or the tag behind the answer ended it. */
  get stopped(): boolean {
    return this.#stop.found || this.#answer.closed;
  }

  get reasoningMs(): number {
    return this.#reasoningUntil - this.#reasoningFrom;
  }

  /** Without the space that such a vocabulary puts before every text. */
  #begin(text: string): string {
    if (this.#begun || text === '') return text;
    this.#begun = true;
    return this.#tokenizer.spaceFirst && text.startsWith(' ') ? text.slice(1) : text;
  }

  push(id: number): void {
    if (id === this.#openId || id === this.#closeId) {
      this.#text.reset();
      this.#parser.switchTo(id === this.#openId ? 'reasoning' : 'answer', 1);
    } else if (this.#marks.has(id)) {
      this.#text.reset();
      this.#parser.push(this.#marks.get(id) as string, 1);
    } else {
      this.#parser.push(this.#begin(this.#text.push(this.#tokenizer.bytesOf(id))), 1);
    }
  }

  /** No more tokens come; half a character is dropped. */
  end(): void {
    this.#parser.flush();
    this.#write(this.#answer.flush(), 0);
    if (this.#calls) for (const part of this.#calls.end()) this.#part(part, 0);
    const rest = this.#stop.flush();
    if (rest) this.#append('answer', rest, 0);
  }

  /** What was added since the last call, neighbours of one channel joined. */
  take(): readonly Delta[] {
    const deltas = this.#deltas;
    this.#deltas = [];
    return deltas;
  }

  #emit(channel: Channel, text: string, tokens: number): void {
    if (channel === 'reasoning') {
      const now = performance.now();
      if (this.reasoningTokens === 0) this.#reasoningFrom = now;
      this.#reasoningUntil = now;
      this.reasoningTokens += tokens;
      this.#append(channel, text, tokens);
    } else {
      this.#write(this.#answer.push(text), tokens);
    }
  }

  #write(text: string, tokens: number): void {
    if (!this.#calls) {
      if (text !== '' || tokens > 0) this.#append('answer', this.#stop.push(text), tokens);
      return;
    }
    // Tokens of calls count as the answer's, which has no text of them.
    if (tokens > 0) this.#append('answer', '', tokens);
    for (const part of this.#calls.push(text)) this.#part(part, 0);
  }

  #part(part: AnswerPart, tokens: number): void {
    switch (part.type) {
      case 'text':
        this.#append('answer', this.#stop.push(part.text), tokens);
        return;
      case 'call':
        this.#lastCall++;
        this.#deltas.push({
          type: 'tool-call',
          index: this.#lastCall,
          id: part.id,
          name: part.name,
          arguments: '',
        });
        return;
      case 'arguments':
        this.#deltas.push({ type: 'tool-call', index: this.#lastCall, arguments: part.text });
    }
  }

  #append(channel: Channel, text: string, tokens: number): void {
    const last = this.#deltas.at(-1);
    if (last?.type !== 'delta' || last.channel !== channel) {
      this.#deltas.push({ type: 'delta', channel, text, tokens });
    } else {
      this.#deltas[this.#deltas.length - 1] = {
        ...last,
        text: last.text + text,
        tokens: last.tokens + tokens,
      };
    }
  }
}
