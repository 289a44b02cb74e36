import type { ContextDraft, ContextMeasure, DocumentMeasure } from '../../contract/api';
import type { Attachment, ConversationOptions, Message, UserMessage } from '../../contract/conversations';
import type { DocumentUse } from '../../contract/documents';
import { type EngineService, modelIdOf } from '../../contract/engine';
import type { GenerationRequest } from '../../contract/generation';
import type { RequestDraft } from '../../contract/request-draft';
import type { Settings } from '../../contract/settings';
import { type DocumentPrompts, documentsIn } from '../attachments/document-prompt';
import type { Conversations } from '../conversations/conversations';
import { storable } from '../conversations/text';
import { pathTo } from '../conversations/tree';
import type { ToolDesk } from '../tools/tool-desk';
import { forModel } from '../tools/tool-messages';
import { inContext, toGenerationRequest } from './generation-request';

export interface ContextMeterOptions {
  readonly conversations: Pick<Conversations, 'get'>;
  readonly engine: Pick<EngineService, 'status' | 'of'>;
  readonly documents: Pick<DocumentPrompts, 'complete' | 'least' | 'count' | 'size'>;
  /** Absent: there are none. */
  readonly tools?: Pick<ToolDesk, 'withTools'>;
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
    const id = modelFor(options);
    const elsewhere = id === null ? null : engine.of?.(id);
    const status = elsewhere?.status() ?? engine.status();
    if (status.state !== 'ready' && status.state !== 'unloaded') return null;
    if (modelIdOf(status) !== id) return null;
    const modelId = elsewhere ? (id ?? undefined) : undefined;
    const written = draft.text !== '' || draft.attachments.length > 0;
    if (status.state === 'unloaded' && !written) return null;

    const path = inContext(pathTo(conversation?.messages ?? [], draft.leafId), options);
    const unsent = written ? [this.#unsent(draft)] : [];
    const { documents, tools } = this.#options;
    const { model } = status;
    const draftOf = (messages: readonly Message[]) => {
      const draft = this.#draft([...messages, ...unsent], options);
      return forModel(tools?.withTools(draft, options) ?? draft, model);
    };
    const limit = model.contextLength;
    const whole = draftOf(path);
    const { request, documents: uses } = await documents.complete(whole, undefined, modelId);
    const tokens = await documents.count(request, modelId);
    const sizes = {
      ...(await this.#sizes(documentsIn(whole), uses, modelId)),
      ...(await this.#toolsIn(request, tokens, modelId)),
      ...(elsewhere && { estimated: true }),
    };
    // One token at least is left for the answer.
    if (tokens + 1 <= limit) return { tokens, limit, fitsFrom: null, ...sizes };
    const count = (messages: readonly Message[]) =>
      documents.count(documents.least(draftOf(messages)), modelId);
    const reserve = Math.min(model.manifest.maxOutputTokens, Math.floor(limit / 4));
    return { tokens, limit, fitsFrom: await firstThatFits(path, count, limit - reserve), ...sizes };
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

  async #sizes(
    documents: readonly Attachment[],
    uses: readonly DocumentUse[],
    modelId: string | undefined,
  ): Promise<Pick<ContextMeasure, 'documents'>> {
    if (documents.length === 0) return {};
    const sizes: DocumentMeasure[] = [];
    for (const document of documents) {
      const use = uses.find(({ sha256 }) => sha256 === document.sha256);
      sizes.push({
        sha256: document.sha256,
        tokens: await this.#options.documents.size(document, modelId),
        ...(use && { passages: use.passages, used: use.used.length }),
      });
    }
    return { documents: sizes };
  }

  /** What their descriptions take: the difference that they make. */
  async #toolsIn(
    request: GenerationRequest,
    tokens: number,
    modelId: string | undefined,
  ): Promise<Pick<ContextMeasure, 'tools'>> {
    const { toolUse, ...without } = request;
    if (!toolUse) return {};
    const rest = await this.#options.documents.count(without, modelId);
    return { tools: { count: toolUse.tools.length, tokens: Math.max(0, tokens - rest) } };
  }

  #draft(path: readonly Message[], options: ConversationOptions): RequestDraft {
    const { settings, attachmentPath } = this.#options;
    return toGenerationRequest({
      path,
      // What is left out was left out before.
      options: { ...options, contextFrom: undefined },
      settings: settings(),
      thinking: options.thinking ?? settings().thinking,
      attachmentPath,
    });
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
