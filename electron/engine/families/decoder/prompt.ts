import { Template } from '@huggingface/jinja';
import { AppError } from '../../../contract/errors';
import type { ChatMessage, GenerationRequest } from '../../../contract/generation';
import type { Tokenizer } from '../../tokenizer/tokenizer';
import type { Prompt } from '../family';
import { type TemplateMessage, Written } from './messages';
import type { DecoderSettings } from './settings';

/** For models without a chat template of their own. */
const PLAIN =
  "{% for m in messages %}{{ m.role + ': ' + m.content + '\\n\\n' }}{% endfor %}{% if add_generation_prompt %}{{ 'assistant:' }}{% endif %}";

/** Renders a model's own chat template. */
export class ChatTemplate {
  readonly #template: Template;
  readonly #settings: DecoderSettings;
  readonly #special: RegExp | null;

  /**
   * @param special texts of the special tokens.
   * @throws AppError `model-damaged` when the template cannot be read.
   */
  constructor(settings: DecoderSettings, special: readonly string[]) {
    try {
      this.#template = new Template(settings.chat_template || PLAIN);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new AppError('model-damaged', `The model's chat template cannot be read: ${reason}`, {
        kind: 'template-unusable',
      });
    }
    this.#settings = settings;
    const longestFirst = [...special].sort((a, b) => b.length - a.length).map(escapeRegExp);
    this.#special = longestFirst.length > 0 ? new RegExp(`(${longestFirst.join('|')})`) : null;
  }

  /**
   * Ids of a conversation. Only the template's own text makes special tokens: whoever types one gets its characters.
   *
   * @throws AppError `context-exceeded`, `invalid-request` (images, sound, roles that the template refuses)
   */
  async prompt(request: GenerationRequest, tokenizer: Tokenizer): Promise<Prompt> {
    const { rows } = this.#settings;
    const written = new Written(this.#special);
    const messages = written.messages(request.messages, textOf);
    const tools = request.toolUse && written.tools(request.toolUse.tools);
    const rendered = this.#render(messages, request.enableThinking, tools);
    const ids = await this.#encode(rendered, written, tokenizer);
    const before = ids.length;
    const { reasoning = '', answer = '' } = request.prefix ?? {};
    const begun = reasoning === '' ? answer : `<think>\n${reasoning}${answer && `\n</think>\n\n${answer}`}`;
    for (const id of await this.#encode(begun, new Written(null), tokenizer)) ids.push(id);
    if (ids.length > rows) {
      throw new AppError(
        'context-exceeded',
        `The conversation is at least ${ids.length} tokens long; this model takes at most ${rows}, its answer included. ` +
          'Shorten the message or start a new conversation.',
        { kind: 'conversation-too-long', tokens: ids.length, limit: rows },
      );
    }
    return { parts: { tokens: ids }, written: ids.slice(before), length: ids.length };
  }

  #render(messages: readonly TemplateMessage[], thinking: boolean, tools?: readonly unknown[]): string {
    const { bos_token, eos_token } = this.#settings;
    try {
      return this.#template.render({
        messages,
        bos_token,
        eos_token,
        add_generation_prompt: true,
        enable_thinking: thinking,
        // Transformers passes null where there are none, and some templates ask for that.
        tools: tools ?? null,
        documents: null,
      });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new AppError(
        'invalid-request',
        `The model's chat template refuses this conversation: ${reason}`,
        {
          kind: 'template-refuses',
        },
      );
    }
  }

  async #encode(rendered: string, written: Written, tokenizer: Tokenizer): Promise<number[]> {
    const ids: number[] = [];
    const { rows } = this.#settings;
    for (const part of this.#special ? rendered.split(this.#special) : [rendered]) {
      const special = tokenizer.special(part);
      if (special !== undefined) {
        ids.push(special);
        continue;
      }
      const encoded = await tokenizer.encodeWithin(written.restore(part), Math.max(rows - ids.length, 0));
      const more = 'ids' in encoded ? encoded.ids : new Array<number>(encoded.count).fill(0);
      for (const id of more) ids.push(id);
      if (ids.length > rows) break;
    }
    return ids;
  }
}

const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

function textOf(message: ChatMessage): string {
  return message.content
    .map((part) => {
      if (part.type === 'text') return part.text;
      const what = part.type === 'image' ? 'images' : 'sound';
      throw new AppError('invalid-request', `This model reads text only; it cannot take ${what}.`, {
        kind: part.type === 'image' ? 'model-reads-no-images' : 'model-hears-no-sound',
        part: part.type,
      });
    })
    .join('');
}
