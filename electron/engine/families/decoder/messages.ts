import type { ChatMessage } from '../../../contract/generation';
import type { ToolDefinition } from '../../../contract/structured';

/** A message as Hugging Face's chat templates read it. */
export interface TemplateMessage {
  readonly role: string;
  readonly content: string;
  readonly tool_calls?: readonly unknown[];
  readonly tool_call_id?: string;
  /** The tool that answers. */
  readonly name?: string;
}

/** Characters for private use stand for what people wrote while the template is rendered. */
const OPEN = '\uE000';
const CLOSE = '\uE001';

/**
 * What people wrote, kept out of a template while it is rendered, so that nothing in it becomes a special token: a message as a
 * whole; of tools, their calls and their answers, which templates may write as JSON, only what reads like such a token.
 */
export class Written {
  readonly #special: RegExp | null;
  readonly #texts: string[] = [];

  /** @param special matches the texts of the special tokens. */
  constructor(special: RegExp | null) {
    this.#special = special && new RegExp(special.source, 'g');
  }

  messages(messages: readonly ChatMessage[], textOf: (message: ChatMessage) => string): TemplateMessage[] {
    const names = new Map(
      messages.flatMap(({ toolCalls = [] }) => toolCalls.map(({ id, name }) => [id, name] as const)),
    );
    return messages.map((message) => {
      const { role, toolCalls, toolCallId } = message;
      const text = textOf(message);
      if (role === 'tool') {
        const name = names.get(toolCallId ?? '');
        return {
          role,
          content: this.#protect(text),
          ...(toolCallId !== undefined && { tool_call_id: toolCallId }),
          ...(name !== undefined && { name }),
        };
      }
      if (!toolCalls?.length) return { role, content: this.#keep(text) };
      const calls = toolCalls.map((call) => ({
        id: call.id,
        type: 'function',
        function: { name: call.name, arguments: this.#inside(parsed(call.arguments)) },
      }));
      // Templates look whether there is a text beside the calls.
      return { role, content: text === '' ? '' : this.#keep(text), tool_calls: calls };
    });
  }

  tools(tools: readonly ToolDefinition[]): readonly unknown[] {
    return tools.map(({ name, description, parameters }) => ({
      type: 'function',
      function: this.#inside({
        name,
        ...(description !== undefined && { description }),
        parameters: parameters ?? { type: 'object', properties: {} },
      }),
    }));
  }

  /** Puts into a rendered text what people wrote. */
  restore(rendered: string): string {
    return rendered.replace(/\uE000(\d+)\uE001/g, (_, index) => this.#texts[Number(index)] ?? '');
  }

  #keep(text: string): string {
    return `${OPEN}${this.#texts.push(text.replace(/[\uE000\uE001]/g, '')) - 1}${CLOSE}`;
  }

  #protect(text: string): string {
    const clean = text.replace(/[\uE000\uE001]/g, '');
    return this.#special ? clean.replace(this.#special, (found) => this.#keep(found)) : clean;
  }

  #inside(value: unknown): unknown {
    if (typeof value === 'string') return this.#protect(value);
    if (Array.isArray(value)) return value.map((item) => this.#inside(item));
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).map(([key, item]) => [this.#protect(key), this.#inside(item)]);
    return Object.fromEntries(entries);
  }
}

/** Templates write arguments as JSON themselves; what is none stays text. */
function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
}
