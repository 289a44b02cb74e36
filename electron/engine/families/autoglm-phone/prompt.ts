import { AppError } from '../../../contract/errors';
import type { ChatMessage, GenerationRequest } from '../../../contract/generation';
import type { Tokenizer } from '../../tokenizer/tokenizer';
import type { Prompt } from '../family';
import { MediaIndex, type Medium } from './media';

/** A picture or a clip among the encoder's ids. */
export type PlacedMedium = Medium & {
  /** Position of its first row. */
  readonly start: number;
};

export interface AutoglmPhonePrompt extends Prompt {
  readonly parts: { readonly encoder: readonly number[]; readonly decoder: readonly number[] };
  /** In the order of their positions. */
  readonly media: readonly PlacedMedium[];
}

/**
 * Encoder and decoder input of a conversation, as ids (models/README.md §2):
 *
 *     [<|system|>{text}] ( <|user|>{media}{text} <|assistant|>{answer}<|end|> )* <|user|>{media}{text} (<|think|> or <|nothink|>)
 *     <|assistant|> [<think>{reasoning}[</think>{answer}]]
 *
 * A picture is <|image|>, that id again for each of its rows, <|image_end|>; a clip likewise. A message's media come before its text, as
 * the model has learned. Nothing is put between the parts, and text is encoded without special-token parsing.
 *
 * @param contextLength rows of the KV cache: encoder rows, then decoder rows.
 * @param index knows what the model sees and hears; without one it reads text only.
 * @throws AppError `context-exceeded` when not even one token could be written; `invalid-request` for what the model does not take.
 */
export async function buildPrompt(
  request: GenerationRequest,
  tokenizer: Tokenizer,
  contextLength: number,
  index = new MediaIndex({ rows: contextLength }),
): Promise<AutoglmPhonePrompt> {
  const builder = new Builder(tokenizer, contextLength);
  for (const message of request.messages) {
    builder.token(`<|${message.role}|>`);
    for (const part of message.content) {
      if (part.type !== 'text') for (const medium of await index.of(part)) builder.medium(medium);
    }
    builder.text(textOf(message));
    if (message.role === 'assistant') builder.token('<|end|>');
  }
  builder.token(request.enableThinking ? '<|think|>' : '<|nothink|>');
  const encoder = await builder.take();

  builder.token('<|assistant|>');
  const { reasoning = '', answer = '' } = request.prefix ?? {};
  if (reasoning) {
    builder.token('<think>');
    builder.text(reasoning);
    if (answer) builder.token('</think>');
  }
  builder.text(answer);
  const decoder = await builder.take();
  builder.check();
  const { media } = builder;
  return {
    parts: { encoder, decoder },
    media,
    written: decoder.slice(1),
    length: encoder.length + decoder.length,
    ...(media.length > 0 && { mediaTokens: media.reduce((sum, { rows }) => sum + rows, 0) }),
  };
}

/** Asks for the transcript of clips: <|user|> {clip}s <|reserved_23|>. */
export async function buildTranscriptionPrompt(
  clips: readonly Medium[],
  tokenizer: Tokenizer,
  contextLength: number,
): Promise<AutoglmPhonePrompt> {
  const builder = new Builder(tokenizer, contextLength);
  builder.token('<|user|>');
  for (const clip of clips) builder.medium(clip);
  builder.token('<|reserved_23|>');
  const encoder = await builder.take();
  builder.token('<|assistant|>');
  const decoder = await builder.take();
  builder.check();
  const { media } = builder;
  return { parts: { encoder, decoder }, media, written: [], length: encoder.length + 1 };
}

/** Texts shorter than this are counted exactly, however many tokens too long they are. */
const ENOUGH_CHARACTERS = 50_000;

/** Collects ids and counts them, those past the limit included. */
class Builder {
  readonly #tokenizer: Tokenizer;
  readonly #limit: number;
  readonly #media: PlacedMedium[] = [];
  #parts: (number | string | { readonly medium: Medium; readonly id: number })[] = [];
  #length = 0;
  /** Of the texts that `#length` counts tokens of. */
  #characters = 0;
  #estimated = false;

  constructor(tokenizer: Tokenizer, limit: number) {
    this.#tokenizer = tokenizer;
    this.#limit = limit;
  }

  /** Those of what has been taken so far. */
  get media(): readonly PlacedMedium[] {
    return this.#media;
  }

  token(name: string): void {
    this.#parts.push(this.#special(name));
  }

  medium(medium: Medium): void {
    const id = this.#special(`<|${medium.kind}|>`);
    this.#parts.push(id, { medium, id }, this.#special(`<|${medium.kind}_end|>`));
  }

  text(text: string): void {
    if (text) this.#parts.push(text);
  }

  async take(): Promise<number[]> {
    const ids: number[] = [];
    for (const part of this.#parts) {
      if (typeof part === 'number') {
        ids.push(part);
        this.#length++;
        continue;
      }
      if (typeof part === 'object') {
        const { medium, id } = part;
        this.#media.push({ ...medium, start: ids.length });
        for (let row = 0; row < medium.rows; row++) ids.push(id);
        this.#length += medium.rows;
        continue;
      }
      // Past the limit nothing is read but to say by how much, and for that the texts so far tell enough.
      if (this.#length > this.#limit && this.#characters > ENOUGH_CHARACTERS) {
        this.#length += Math.round((part.length * this.#length) / this.#characters);
        this.#characters += part.length;
        this.#estimated = true;
        continue;
      }
      this.#characters += part.length;
      const encoded = await this.#tokenizer.encodeWithin(part, Math.max(this.#limit - this.#length, 0));
      if ('count' in encoded) {
        this.#length += encoded.count;
        this.#estimated ||= !encoded.exact;
      } else {
        for (const id of encoded.ids) ids.push(id);
        this.#length += encoded.ids.length;
      }
    }
    this.#parts = [];
    return ids;
  }

  #special(name: string): number {
    const id = this.#tokenizer.special(name);
    if (id !== undefined) return id;
    throw new AppError('model-damaged', `The tokenizer lacks the special token ${name}.`, {
      kind: 'tokenizer-lacks-token',
      token: name,
    });
  }

  check(): void {
    if (this.#length <= this.#limit && !this.#estimated) return;
    const length = `${this.#estimated ? 'about ' : ''}${this.#length}`;
    throw new AppError(
      'context-exceeded',
      `The conversation is ${length} tokens long; this model takes at most ${this.#limit}, its answer included. ` +
        'Shorten the message or start a new conversation.',
      { kind: 'conversation-too-long', tokens: this.#length, limit: this.#limit },
    );
  }
}

function textOf(message: ChatMessage): string {
  return message.content.map((part) => (part.type === 'text' ? part.text : '')).join('');
}
