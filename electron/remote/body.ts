import { hostOf, type RemoteModel, type Server } from '../contract/connections';
import { AppError } from '../contract/errors';
import type { ChatMessage, GenerationRequest, SamplingParams } from '../contract/generation';
import type { AnswerFormat, ToolUse } from '../contract/structured';
import type { Media } from './media';

/** A request as OpenAI's API has it, and what each server takes beside it. */

export interface BodyParts {
  readonly server: Server;
  readonly url: string;
  readonly model: RemoteModel;
  readonly media: Pick<Media, 'part'>;
}

export interface Body {
  readonly body: Readonly<Record<string, unknown>>;
  /** Fields that can be left out where a server refuses them. */
  readonly optional: readonly string[];
}

/** For servers that cannot be given the beginning of an answer. */
const GO_ON =
  'Your last message was cut off. Continue it exactly where it ends; repeat nothing of it, and say nothing else.';

/** @throws AppError where a file is gone, or the server cannot keep to the form that is asked for */
export async function toBody(request: GenerationRequest, parts: BodyParts): Promise<Body> {
  const { server, model } = parts;
  const messages: object[] = [];
  for (const message of request.messages) messages.push(await toMessage(message, parts.media));
  const required = {
    model: model.id,
    messages: [...messages, ...begun(request, server)],
    stream: true,
    ...(request.format && formatFields(request.format, parts)),
  };
  const optional = withoutRefused(
    {
      stream_options: { include_usage: true },
      ...samplingFields(request.sampling, server),
      ...thinkingFields(model, server, request.enableThinking && !isPrefilled(request, server)),
      ...(request.toolUse && model.tools && toolFields(request.toolUse)),
      ...(request.prefix?.answer && CONTINUES[server] === 'asked'
        ? { continue_final_message: true, add_generation_prompt: false }
        : {}),
    },
    model.learned.refuses,
  );
  return { body: { ...required, ...optional }, optional: Object.keys(optional) };
}

async function toMessage(message: ChatMessage, media: BodyParts['media']): Promise<object> {
  const { role, content, toolCalls, toolCallId } = message;
  const text = content.flatMap((part) => (part.type === 'text' ? part.text : [])).join('\n');
  const calls = toolCalls?.length
    ? {
        tool_calls: toolCalls.map((call) => ({
          id: call.id,
          type: 'function',
          function: { name: call.name, arguments: call.arguments },
        })),
      }
    : {};
  if (content.every(({ type }) => type === 'text')) {
    const isSilent = text === '' && toolCalls?.length;
    return {
      role,
      content: isSilent ? null : text,
      ...calls,
      ...(toolCallId !== undefined && { tool_call_id: toolCallId }),
    };
  }
  const sent: object[] = [];
  for (const part of content) sent.push(part.type === 'text' ? part : await media.part(part));
  return { role, content: sent };
}

/**
 * Who goes on with an answer whose beginning stands as the last message: `itself`, `asked` with a field for it; of the others some begin
 * a new one, so these are told.
 */
const CONTINUES: Readonly<Record<Server, 'itself' | 'asked' | 'told'>> = {
  vllm: 'asked',
  sglang: 'asked',
  autoglm: 'asked',
  'llama-server': 'itself',
  'lm-studio': 'itself',
  ollama: 'itself',
  openai: 'told',
  openrouter: 'told',
  other: 'told',
};

/** What was reasoned before is not sent: most templates would drop it. */
function begun({ prefix }: GenerationRequest, server: Server): readonly object[] {
  if (!prefix?.answer) return [];
  const answer = { role: 'assistant', content: prefix.answer };
  return CONTINUES[server] === 'told' ? [answer, { role: 'user', content: GO_ON }] : [answer];
}

/** An answer that has begun thinks no more; llama-server refuses to be asked for both. */
const isPrefilled = ({ prefix }: GenerationRequest, server: Server): boolean =>
  Boolean(prefix?.answer) && CONTINUES[server] !== 'told';

/** Top-k and what follows are not OpenAI's; each server has its own names for them, or none. */
const OWN_SAMPLING: Readonly<Record<Server, Partial<Record<'topK' | 'minP' | 'repetitionPenalty', string>>>> =
  {
    vllm: { topK: 'top_k', minP: 'min_p', repetitionPenalty: 'repetition_penalty' },
    sglang: { topK: 'top_k', minP: 'min_p', repetitionPenalty: 'repetition_penalty' },
    autoglm: { topK: 'top_k', minP: 'min_p', repetitionPenalty: 'repetition_penalty' },
    openrouter: { topK: 'top_k', minP: 'min_p', repetitionPenalty: 'repetition_penalty' },
    'llama-server': { topK: 'top_k', minP: 'min_p', repetitionPenalty: 'repeat_penalty' },
    'lm-studio': { topK: 'top_k', repetitionPenalty: 'repeat_penalty' },
    ollama: {},
    openai: {},
    other: {},
  };

/** What nobody set is left to the server, which knows what suits its model. */
function samplingFields(sampling: Partial<SamplingParams>, server: Server): Record<string, unknown> {
  const own = OWN_SAMPLING[server];
  const { topK, minP, repetitionPenalty, stop, logitBias, maxTokens } = sampling;
  const fields: Record<string, unknown> = {
    temperature: sampling.temperature,
    top_p: sampling.topP,
    frequency_penalty: sampling.frequencyPenalty,
    presence_penalty: sampling.presencePenalty,
    seed: sampling.seed,
    [server === 'openai' ? 'max_completion_tokens' : 'max_tokens']: maxTokens,
    ...(stop?.length && { stop }),
    ...(logitBias && Object.keys(logitBias).length > 0 && { logit_bias: logitBias }),
    ...(own.topK && { [own.topK]: topK }),
    ...(own.minP && { [own.minP]: minP }),
    ...(own.repetitionPenalty && { [own.repetitionPenalty]: repetitionPenalty }),
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function thinkingFields(
  { thinking }: RemoteModel,
  server: Server,
  enabled: boolean,
): Record<string, unknown> {
  switch (thinking) {
    case 'none':
    case 'always':
      return {};
    case 'template':
      // Templates have one name for it or the other.
      return { chat_template_kwargs: { enable_thinking: enabled, thinking: enabled } };
    case 'field':
      return { enable_thinking: enabled };
    case 'effort':
      // Thinking, it takes as much as the server finds right.
      return enabled ? {} : { reasoning_effort: server === 'ollama' || server === 'openai' ? 'none' : 'low' };
    case 'type':
      return { thinking: { type: enabled ? 'enabled' : 'disabled' } };
    case 'enabled':
      return { reasoning: { enabled } };
  }
}

function toolFields({ tools, choice, parallel }: ToolUse): Record<string, unknown> {
  return {
    tools: tools.map(({ name, description, parameters, strict }) => ({
      type: 'function',
      function: {
        name,
        ...(description !== undefined && { description }),
        parameters: parameters ?? { type: 'object', properties: {} },
        ...(strict !== undefined && { strict }),
      },
    })),
    ...(choice !== 'auto' && {
      tool_choice: typeof choice === 'object' ? { type: 'function', function: choice } : choice,
    }),
    ...(!parallel && { parallel_tool_calls: false }),
  };
}

function formatFields(format: AnswerFormat, { server, url }: BodyParts): Record<string, unknown> {
  switch (format.type) {
    case 'json-object':
      return { response_format: { type: 'json_object' } };
    case 'json-schema': {
      const json_schema = { name: 'answer', schema: format.schema, strict: true };
      return { response_format: { type: 'json_schema', json_schema } };
    }
    case 'regex':
      if (server === 'vllm') return { structured_outputs: { regex: format.pattern } };
      if (server === 'sglang') return { regex: format.pattern };
      if (server === 'autoglm') return { guided_regex: format.pattern };
      throw cannotKeepTo(url);
    case 'choice':
      if (server === 'vllm') return { structured_outputs: { choice: format.choices } };
      if (server === 'sglang') return { regex: format.choices.map((choice) => escaped(choice)).join('|') };
      if (server === 'autoglm') return { guided_choice: format.choices };
      if (server === 'llama-server')
        return { grammar: `root ::= ${format.choices.map((choice) => JSON.stringify(choice)).join(' | ')}` };
      throw cannotKeepTo(url);
    case 'grammar':
      if (server === 'vllm') return { structured_outputs: { grammar: format.grammar } };
      if (server === 'autoglm' || server === 'llama-server') return { grammar: format.grammar };
      throw cannotKeepTo(url);
  }
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

function cannotKeepTo(url: string): AppError {
  const host = hostOf(url);
  return new AppError(
    'invalid-request',
    `The engine at ${host} cannot keep an answer to this form. Ask for JSON instead.`,
    { kind: 'remote-format', host },
  );
}

/** A length under its newer name where the older one was refused. */
function withoutRefused(
  fields: Readonly<Record<string, unknown>>,
  refuses: readonly string[],
): Record<string, unknown> {
  const entries = Object.entries(fields).flatMap(([name, value]): [string, unknown][] => {
    if (!refuses.includes(name)) return [[name, value]];
    const renamed = name === 'max_tokens' ? 'max_completion_tokens' : null;
    return renamed && !refuses.includes(renamed) ? [[renamed, value]] : [];
  });
  // A choice among no tools is refused as well.
  const kept = Object.fromEntries(entries);
  if (!('tools' in kept)) for (const name of ['tool_choice', 'parallel_tool_calls']) delete kept[name];
  return kept;
}
