import type { ContextDraft, ContextMeasure } from '../contract/api';
import type { ConversationOptions, Message, UserMessage } from '../contract/conversations';
import { type EngineService, modelIdOf } from '../contract/engine';
import { toErrorInfo } from '../contract/errors';
import type { Settings } from '../contract/settings';
import type { Conversations } from './conversations';
import { inContext, toGenerationRequest } from './generation-request';
import { storable } from './text';
import { pathTo } from './tree';

export interface ContextMeterOptions {
  readonly conversations: Pick<Conversations, 'get'>;
  readonly engine: Pick<EngineService, 'status' | 'countTokens'>;
  readonly modelFor: (options: ConversationOptions) => string | null;
  readonly settings: () => Settings;
  readonly attachmentPath: (sha256: string) => string;
}

/** How much of the context a conversation and its draft take, and from where on it would fit. */
export class ContextMeter {
  readonly #options: ContextMeterOptions;

  constructor(options: ContextMeterOptions) {
    this.#options = options;
  }

  /** Null where the conversation's model is not loaded. A draft wakes one that was put to rest, as it will be sent. */
  async measure(draft: ContextDraft): Promise<ContextMeasure | null> {
    const { conversations, engine, modelFor } = this.#options;
    const conversation = draft.conversationId === null ? null : conversations.get(draft.conversationId);
    const options = conversation?.options ?? draft.options ?? {};
    const status = engine.status();
    if (status.state !== 'ready' && status.state !== 'unloaded') return null;
    if (modelIdOf(status) !== modelFor(options)) return null;
    const written = draft.text !== '' || draft.attachments.length > 0;
    if (status.state === 'unloaded' && !written) return null;

    const path = inContext(pathTo(conversation?.messages ?? [], draft.leafId), options);
    const unsent = written ? [this.#unsent(draft)] : [];
    const count = (messages: readonly Message[]) => this.#count([...messages, ...unsent], options);
    const limit = status.model.contextLength;
    const tokens = await count(path);
    // One token at least is left for the answer.
    if (tokens + 1 <= limit) return { tokens, limit, fitsFrom: null };
    const reserve = Math.min(status.model.manifest.maxOutputTokens, Math.floor(limit / 4));
    return { tokens, limit, fitsFrom: await firstThatFits(path, count, limit - reserve) };
  }

  #unsent({ conversationId, leafId, text, attachments }: ContextDraft): UserMessage {
    return {
      id: 'draft',
      conversationId: conversationId ?? '',
      parentId: leafId,
      createdAt: 0,
      role: 'user',
      text: storable(text),
      attachments,
    };
  }

  async #count(path: readonly Message[], options: ConversationOptions): Promise<number> {
    const { settings, engine, attachmentPath } = this.#options;
    const request = toGenerationRequest({
      path,
      // What is left out was left out before.
      options: { ...options, contextFrom: undefined },
      settings: settings(),
      thinking: options.thinking ?? settings().thinking,
      attachmentPath,
    });
    if (request.messages.length === 0) return 0;
    try {
      return await engine.countTokens(request);
    } catch (error) {
      // Too long is a count as well.
      const { code, details } = toErrorInfo(error);
      if (code === 'context-exceeded' && typeof details?.tokens === 'number') return details.tokens;
      throw error;
    }
  }
}

/** The question from which on the rest fits, the earliest there is; null where not even the last exchange does. */
async function firstThatFits(
  path: readonly Message[],
  count: (path: readonly Message[]) => Promise<number>,
  room: number,
): Promise<string | null> {
  const starts = path.flatMap(({ role }, index) => (role === 'user' && index > 0 ? [index] : []));
  // What is shorter fits where something longer did, so halving finds it.
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((await count(path.slice(starts[middle]))) <= room) high = middle;
    else low = middle + 1;
  }
  return path[starts[low] ?? path.length]?.id ?? null;
}
