import type { Attachment } from './conversations';
import type { DocumentUse } from './documents';
import type { ChatMessage, ContentPart, GenerationRequest } from './generation';

/** A request whose documents are named and not yet read: how much of them fits is known by the engine alone. */
export interface RequestDraft extends Omit<GenerationRequest, 'messages'> {
  readonly messages: readonly DraftMessage[];
}

export interface DraftMessage extends Omit<ChatMessage, 'content'> {
  readonly content: readonly DraftPart[];
}

export type DraftPart = ContentPart | { readonly type: 'document'; readonly document: Attachment };

export interface CompletedRequest {
  readonly request: GenerationRequest;
  /** Empty where all of every document is in the request. */
  readonly documents: readonly DocumentUse[];
}

/** Puts the documents' texts in: whole where they fit the model's context, else their best passages. */
export type CompleteRequest = (
  draft: RequestDraft,
  signal?: AbortSignal,
  /** Whose context it is; absent: the model's that is in use. */
  modelId?: string,
) => Promise<CompletedRequest>;
