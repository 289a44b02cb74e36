import { describeDevice } from '../contract/device';
import type { DocumentUse } from '../contract/documents';
import type { LoadedModel } from '../contract/engine';
import { assertNever } from '../contract/errors';
import type { Channel, FinishReason, GenerationEvent, GenerationStats } from '../contract/generation';
import { HttpError } from './errors';
import type { ChatCompletionBody } from './request';

type ToolCallEvent = Extract<GenerationEvent, { readonly type: 'tool-call' }>;

/** The shapes of OpenAI's answers, and where in them the reasoning goes. */

/** `inline`: between the model's tags, before the answer. `hidden`: nowhere, though its tokens still count. */
export type ReasoningMode = 'separate' | 'inline' | 'hidden';

export interface CompletionHead {
  readonly id: string;
  readonly created: number;
  readonly model: string;
  /** The same for the same weights on the same kind of device. */
  readonly system_fingerprint: string;
}

export interface Delta {
  readonly role?: 'assistant';
  readonly content?: string;
  readonly reasoning_content?: string;
  readonly tool_calls?: readonly [ToolCallDelta];
}

/** The first of a call has all but its arguments, the others more of those. */
export interface ToolCallDelta {
  readonly index: number;
  readonly id?: string;
  readonly type?: 'function';
  readonly function: { readonly name?: string; readonly arguments: string };
}

type ApiFinishReason = 'stop' | 'length' | 'tool_calls';

export interface ReasoningTags {
  readonly open: string;
  readonly close: string;
}

export function newHead({ manifest, provider }: LoadedModel): CompletionHead {
  return {
    id: `chatcmpl-${crypto.randomUUID().replaceAll('-', '')}`,
    created: Math.floor(Date.now() / 1000),
    model: manifest.id,
    system_fingerprint: [`fp_${manifest.id}`, manifest.precision, provider].filter(Boolean).join('-'),
  };
}

export function reasoningMode(body: ChatCompletionBody): ReasoningMode {
  if (body.return_reasoning === false) return 'hidden';
  return body.reasoning_format ?? 'separate';
}

/**
 * Turns the engine's two channels into OpenAI's deltas. Inline, each tag is a delta of its own: clients that look for tags
 * stumble over ones that arrive together with text.
 */
export class DeltaWriter {
  readonly #mode: ReasoningMode;
  readonly #tags: ReasoningTags;
  #isInsideTags = false;
  #hasCalled = false;

  constructor(mode: ReasoningMode, tags: ReasoningTags = { open: '<think>', close: '</think>' }) {
    this.#mode = mode;
    this.#tags = tags;
  }

  write(channel: Channel, text: string): readonly Delta[] {
    if (text === '') return [];
    switch (channel) {
      case 'reasoning':
        return this.#reasoning(text);
      case 'answer':
        return [...this.end(), { content: text }];
      default:
        return assertNever(channel);
    }
  }

  /** What was written so far, as reasoning; of what was streamed nothing can be taken back. */
  asReasoning(deltas: readonly Delta[]): readonly Delta[] {
    return deltas.flatMap(({ content }) => (content ? this.write('reasoning', content) : []));
  }

  writeCall({ index, id, name, arguments: text }: ToolCallEvent): readonly Delta[] {
    this.#hasCalled = true;
    const head = id === undefined ? {} : { id, type: 'function' as const };
    const call = { index, ...head, function: { ...(name !== undefined && { name }), arguments: text } };
    return [...this.end(), { tool_calls: [call] }];
  }

  /** Why the answer ended, in the API's words; throws 503 for one that was stopped. */
  finishReason(reason: FinishReason): ApiFinishReason {
    const ended = toFinishReason(reason);
    return ended === 'stop' && this.#hasCalled ? 'tool_calls' : ended;
  }

  /** Closes the tags where the reasoning was cut off. */
  end(): readonly Delta[] {
    if (!this.#isInsideTags) return [];
    this.#isInsideTags = false;
    return [{ content: this.#tags.close }];
  }

  #reasoning(text: string): readonly Delta[] {
    switch (this.#mode) {
      case 'hidden':
        return [];
      case 'separate':
        return [{ reasoning_content: text }];
      case 'inline': {
        const open = this.#isInsideTags ? [] : [{ content: this.#tags.open }];
        this.#isInsideTags = true;
        return [...open, { content: text }];
      }
      default:
        return assertNever(this.#mode);
    }
  }
}

export function toChunk(head: CompletionHead, delta: Delta, finishReason: ApiFinishReason | null) {
  return {
    ...head,
    object: 'chat.completion.chunk' as const,
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
  };
}

export function toUsageChunk(head: CompletionHead, stats: GenerationStats) {
  return { ...head, object: 'chat.completion.chunk' as const, choices: [], usage: toUsage(stats) };
}

export function toCompletion(
  head: CompletionHead,
  deltas: readonly Delta[],
  reason: ApiFinishReason,
  stats: GenerationStats,
  documents: readonly DocumentUse[] = [],
) {
  const content = deltas.map((delta) => delta.content ?? '').join('');
  const reasoning = deltas.map((delta) => delta.reasoning_content ?? '').join('');
  const calls = joinCalls(deltas);
  const message = {
    role: 'assistant' as const,
    content: content === '' && calls.length > 0 ? null : content,
    refusal: null,
    ...(reasoning && { reasoning_content: reasoning }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
  return {
    ...head,
    object: 'chat.completion' as const,
    choices: [{ index: 0, message, logprobs: null, finish_reason: reason }],
    usage: toUsage(stats),
    x_autoglm: toStatistics(stats, documents),
  };
}

function joinCalls(deltas: readonly Delta[]) {
  const calls: { id: string; type: 'function'; function: { name: string; arguments: string } }[] = [];
  for (const { tool_calls: [delta] = [] } of deltas) {
    if (!delta) continue;
    const { index, id = '', function: part } = delta;
    calls[index] ??= { id, type: 'function', function: { name: part.name ?? '', arguments: '' } };
    calls[index].function.arguments += part.arguments;
  }
  return calls;
}

/** The API knows no aborted answer: where the client is still there, somebody else has stopped it, and that is an error. */
function toFinishReason(reason: FinishReason): 'stop' | 'length' {
  switch (reason) {
    case 'stop':
    case 'length':
      return reason;
    case 'aborted':
      throw new HttpError(503, { message: 'The answer was stopped before its end.', code: 'aborted' });
    default:
      return assertNever(reason);
  }
}

/** What OpenAI's API has no field for. */
export function toStatistics(stats: GenerationStats, documents: readonly DocumentUse[] = []) {
  return {
    provider: stats.provider,
    ...(stats.device && { device: describeDevice(stats.device) }),
    ...(stats.precision && { precision: stats.precision }),
    queued_ms: stats.queuedMs,
    first_token_ms: stats.firstTokenMs,
    reasoning_ms: stats.reasoningMs,
    total_ms: stats.totalMs,
    tokens_per_second: stats.tokensPerSecond,
    ...(stats.draftTokens && { draft_tokens: stats.draftTokens, accepted_tokens: stats.acceptedTokens }),
    ...(stats.peakMemoryBytes !== undefined && { peak_memory_bytes: stats.peakMemoryBytes }),
    ...(stats.seed !== undefined && { seed: stats.seed }),
    ...(documents.length > 0 && {
      documents: documents.map(({ name, used, passages }) => ({
        filename: name,
        passages_used: used.length,
        passages,
      })),
    }),
  };
}

function toUsage(stats: GenerationStats) {
  return {
    prompt_tokens: stats.promptTokens,
    completion_tokens: stats.outputTokens,
    total_tokens: stats.promptTokens + stats.outputTokens,
    completion_tokens_details: { reasoning_tokens: stats.reasoningTokens },
  };
}
