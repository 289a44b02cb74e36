import type { Attachment } from './attachment';
import type { DocumentUse } from './documents';
import type { ErrorInfo } from './errors';
import type { Channel, GenerationStats, SamplingParams } from './generation';
import type { CalledTool } from './tools';

export type { Attachment };

/** Milliseconds since 1970. */
export type Timestamp = number;

export interface ConversationSummary {
  readonly id: string;
  readonly title: string;
  /** False until the user names it: an automatic title may still change. */
  readonly titleIsManual: boolean;
  readonly createdAt: Timestamp;
  readonly updatedAt: Timestamp;
  readonly pinned: boolean;
  readonly archived: boolean;
  readonly folderId: string | null;
  /** Set while it lies in the bin. */
  readonly deletedAt: Timestamp | null;
}

export interface Folder {
  readonly id: string;
  readonly name: string;
}

/** What a conversation sets for itself; absent fields follow the settings. */
export interface ConversationOptions {
  readonly systemPrompt?: string;
  readonly thinking?: boolean;
  /** Answered by the usual model where this one is not installed. */
  readonly modelId?: string;
  /** The first message the model is shown, in branches that hold it: the user chose to leave out what stands before. */
  readonly contextFrom?: string;
  readonly sampling?: Partial<SamplingParams>;
  /** Ids of the tool servers that it uses; absent: all that are switched on. */
  readonly tools?: readonly string[];
}

export interface Conversation extends ConversationSummary {
  readonly options: ConversationOptions;
  /** The last message of the branch in view. */
  readonly leafId: string | null;
  /** The whole tree, oldest first. */
  readonly messages: readonly Message[];
}

interface MessageBase {
  readonly id: string;
  readonly conversationId: string;
  /** Messages form a tree: siblings are branches. Null for the first. */
  readonly parentId: string | null;
  readonly createdAt: Timestamp;
  readonly text: string;
}

export interface UserMessage extends MessageBase {
  readonly role: 'user';
  readonly attachments: readonly Attachment[];
}

export type TurnState = 'pending' | 'streaming' | 'done' | 'stopped' | 'failed';

export interface AssistantMessage extends MessageBase {
  readonly role: 'assistant';
  readonly state: TurnState;
  readonly reasoning: string;
  readonly modelId: string | null;
  readonly thinking: boolean;
  readonly finishReason: 'stop' | 'length' | 'aborted' | null;
  readonly stats: GenerationStats | null;
  readonly error: ErrorInfo | null;
  /** Documents that were too long for the model, and what of them it was shown; absent where it saw all of everything. */
  readonly documents?: readonly DocumentUse[];
  /** In the order they were made; absent where there were none. */
  readonly toolCalls?: readonly CalledTool[];
}

export type Message = UserMessage | AssistantMessage;

/** What starts an answer. `conversationId: null` begins a conversation. */
export type StartTurn =
  | {
      readonly kind: 'send';
      readonly conversationId: string | null;
      /** The message this one follows; null begins at the root. An edited message is sent with its original's parent. */
      readonly parentId: string | null;
      readonly text: string;
      readonly attachments: readonly Attachment[];
      readonly thinking: boolean;
      /** What a conversation that begins sets for itself. */
      readonly options?: ConversationOptions;
    }
  /** A new answer beside `messageId`, or to it where it is a user's. */
  | {
      readonly kind: 'regenerate';
      readonly conversationId: string;
      readonly messageId: string;
      readonly thinking: boolean;
    }
  /** Goes on writing a stopped, failed or cut answer in place. */
  | { readonly kind: 'continue'; readonly conversationId: string; readonly messageId: string };

export interface StartedTurn {
  readonly turnId: string;
  readonly conversationId: string;
  /** The messages the turn made or took up, as they are at its start. */
  readonly messages: readonly Message[];
}

/** A turn in progress as it stands; later events have a larger `seq`. */
export interface TurnSnapshot {
  readonly turnId: string;
  readonly conversationId: string;
  readonly message: AssistantMessage;
  readonly seq: number;
  readonly startedAt: Timestamp;
  readonly reasoningTokens: number;
  readonly outputTokens: number;
  /** Milliseconds of reasoning so far; null while it has not begun. */
  readonly reasoningMs: number | null;
}

/** Sent to every window; `seq` counts up from 1 in each turn, so a replay never repeats or loses anything. */
export type TurnEvent = {
  readonly turnId: string;
  readonly conversationId: string;
  readonly messageId: string;
  readonly seq: number;
} & (
  | {
      readonly type: 'started';
      readonly promptTokens: number;
      readonly documents?: readonly DocumentUse[];
    }
  | { readonly type: 'delta'; readonly channel: Channel; readonly text: string; readonly tokens: number }
  /** All of the answer's text so far is reasoning. */
  | { readonly type: 'was-reasoning' }
  /** New, or as it is now. */
  | { readonly type: 'tool'; readonly call: CalledTool }
  | { readonly type: 'finished'; readonly message: AssistantMessage }
);

export interface SearchHit {
  readonly conversationId: string;
  readonly messageId: string | null;
  readonly title: string;
  /** A piece of the text; the hits lie between U+E000 and U+E001. */
  readonly snippet: string;
}
