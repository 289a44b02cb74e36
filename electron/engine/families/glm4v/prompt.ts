import { AppError } from '../../../contract/errors';
import type { ContentPart, GenerationRequest } from '../../../contract/generation';
import type { Tokenizer } from '../../tokenizer/tokenizer';
import type { Prompt } from '../family';
import { readGrid, tokensOf } from './image';
import type { Grid } from './positions';
import type { Settings } from './settings';

export interface PromptImage {
  readonly path: string;
  readonly sha256: string;
  readonly grid: Grid;
}

export interface Glm4vPrompt extends Prompt {
  /** `parts.tokens`: the whole conversation, an image as a run of placeholders. */
  readonly parts: { readonly tokens: readonly number[] };
  /** In the order of their runs. */
  readonly images: readonly PromptImage[];
}

/**
 * Ids of a conversation as the chat template of GLM-4.1V writes it:
 *
 *     [gMASK]<sop> [<|system|>\n{text}]
 *     ( <|user|>\n{text and images} <|assistant|>\n<answer>{answer}</answer> )*
 *     <|user|>\n{text and images} <|assistant|>\n [<think>{reasoning}[</think><answer>{answer}]]
 *
 * An image is <|begin_of_image|>, a placeholder for each of its tokens, <|end_of_image|>. Text is encoded without special-token
 * parsing, so nobody can type a control token. Without thinking the answer begins after an empty <think></think>.
 *
 * @throws AppError `context-exceeded` when not even one token could be written; `invalid-request` for sound and for unreadable images.
 */
export async function buildPrompt(
  request: GenerationRequest,
  tokenizer: Tokenizer,
  settings: Settings,
): Promise<Glm4vPrompt> {
  const builder = new Builder(tokenizer, settings);
  builder.token('[gMASK]');
  builder.token('<sop>');
  for (const { role, content } of request.messages) {
    builder.token(`<|${role}|>`);
    builder.text('\n');
    if (role === 'assistant') builder.tag('<answer>');
    for (const part of content) await builder.part(part);
    if (role === 'assistant') builder.tag('</answer>');
  }
  builder.token('<|assistant|>');
  builder.text('\n');
  await builder.encode();
  const before = builder.ids.length;

  const { reasoning = '', answer = '' } = request.prefix ?? {};
  if (reasoning !== '' || answer !== '' || !request.enableThinking) {
    builder.tag('<think>');
    builder.text(reasoning);
    if (answer !== '' || reasoning === '') {
      builder.tag('</think>');
      builder.tag('<answer>');
      builder.text(answer);
    }
  }
  await builder.encode();
  builder.check();
  const { ids, images } = builder;
  return { parts: { tokens: ids }, images, written: ids.slice(before), length: ids.length };
}

/** Collects ids and counts them, those past the limit included. */
class Builder {
  readonly ids: number[] = [];
  readonly images: PromptImage[] = [];
  readonly #tokenizer: Tokenizer;
  readonly #settings: Settings;
  /** Neighbouring texts are encoded as one. */
  #parts: (readonly number[] | string)[] = [];
  #beyond = 0;
  #estimated = false;

  constructor(tokenizer: Tokenizer, settings: Settings) {
    this.#tokenizer = tokenizer;
    this.#settings = settings;
  }

  token(name: string): void {
    const id = this.#tokenizer.special(name);
    if (id === undefined) {
      throw new AppError('model-damaged', `The tokenizer lacks the special token ${name}.`, {
        kind: 'tokenizer-lacks-token',
        token: name,
      });
    }
    this.#parts.push([id]);
  }

  /** A tag that some vocabularies of the family have as a token and others write as text. */
  tag(name: string): void {
    const id = this.#tokenizer.special(name);
    if (id === undefined) this.text(name);
    else this.#parts.push([id]);
  }

  text(text: string): void {
    const last = this.#parts.at(-1);
    if (typeof last === 'string') this.#parts[this.#parts.length - 1] = last + text;
    else if (text !== '') this.#parts.push(text);
  }

  async part(part: ContentPart): Promise<void> {
    if (part.type === 'text') return this.text(part.text);
    if (part.type === 'audio') {
      throw new AppError('invalid-request', 'This model reads text and images; it cannot take sound.', {
        kind: 'model-hears-no-sound',
        part: part.type,
      });
    }
    const grid = await readGrid(part.path, this.#settings.image);
    this.images.push({ path: part.path, sha256: part.sha256, grid });
    this.token('<|begin_of_image|>');
    this.#parts.push(new Array<number>(tokensOf(grid)).fill(this.#settings.imageToken));
    this.token('<|end_of_image|>');
  }

  async encode(): Promise<void> {
    for (const part of this.#parts) {
      const room = Math.max(this.#settings.rows - this.ids.length, 0);
      const encoded =
        typeof part === 'string' ? await this.#tokenizer.encodeWithin(part, room) : { ids: part };
      if ('ids' in encoded) for (const id of encoded.ids) this.ids.push(id);
      else {
        this.#beyond += encoded.count;
        this.#estimated ||= !encoded.exact;
      }
    }
    this.#parts = [];
  }

  check(): void {
    const length = this.ids.length + this.#beyond;
    const { rows } = this.#settings;
    if (length <= rows && this.#beyond === 0) return;
    throw new AppError(
      'context-exceeded',
      `The conversation is ${this.#estimated ? 'about ' : ''}${length} tokens long, its images included; this model takes at ` +
        `most ${rows}, its answer included. Shorten the message or start a new conversation.`,
      { kind: 'conversation-too-long', tokens: length, limit: rows },
    );
  }
}
