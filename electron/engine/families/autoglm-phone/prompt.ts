import { AppError } from '../../../contract/errors';
import type { ChatMessage, GenerationRequest } from '../../../contract/generation';
import type { Tokenizer } from '../../tokenizer/tokenizer';
import type { Prompt } from '../family';

/**
 * Encoder and decoder input of a conversation, as ids (models/README.md §2):
 *
 *     [<|system|>{text}] ( <|user|>{text} <|assistant|>{answer}<|end|> )* <|user|>{text} (<|think|> or <|nothink|>)
 *     <|assistant|> [<think>{reasoning}[</think>{answer}]]
 *
 * Nothing is put between the parts, and text is encoded without special-token parsing.
 *
 * @param contextLength rows of the KV cache: encoder rows, then decoder rows.
 * @throws AppError `context-exceeded` when not even one token could be written; `invalid-request` for images and sound.
 */
export async function buildPrompt(
  request: GenerationRequest,
  tokenizer: Tokenizer,
  contextLength: number,
): Promise<Prompt> {
  const builder = new Builder(tokenizer, contextLength);
  for (const message of request.messages) {
    builder.token(`<|${message.role}|>`);
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
  return { parts: { encoder, decoder }, written: decoder.slice(1), length: encoder.length + decoder.length };
}

/** Texts shorter than this are counted exactly, however many tokens too long they are. */
const ENOUGH_CHARACTERS = 50_000;

/** Collects ids and counts them, those past the limit included. */
class Builder {
  readonly #tokenizer: Tokenizer;
  readonly #limit: number;
  #parts: (number | string)[] = [];
  #length = 0;
  /** Of the texts that `#length` counts tokens of. */
  #characters = 0;
  #estimated = false;

  constructor(tokenizer: Tokenizer, limit: number) {
    this.#tokenizer = tokenizer;
    this.#limit = limit;
  }

  token(name: string): void {
    const id = this.#tokenizer.special(name);
    if (id === undefined) {
      throw new AppError('model-damaged', `The tokenizer lacks the special token ${name}.`, { token: name });
    }
    this.#parts.push(id);
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

  check(): void {
    if (this.#length <= this.#limit && !this.#estimated) return;
    const length = `${this.#estimated ? 'about ' : ''}${this.#length}`;
    throw new AppError(
      'context-exceeded',
      `The conversation is ${length} tokens long; this model takes at most ${this.#limit}, its answer included. ` +
        'Shorten the message or start a new conversation.',
      { tokens: this.#length, limit: this.#limit },
    );
  }
}

function textOf(message: ChatMessage): string {
  return message.content
    .map((part) => {
      if (part.type === 'text') return part.text;
      const what = part.type === 'image' ? 'images' : 'sound';
      throw new AppError('invalid-request', `This model reads text only; it cannot take ${what}.`, {
        part: part.type,
      });
    })
    .join('');
}
