import type { ConnectionEvents, ConnectionRequests } from './connections';
import type {
  Attachment,
  Conversation,
  ConversationOptions,
  ConversationSummary,
  Folder,
  SearchHit,
  StartedTurn,
  StartTurn,
  TurnEvent,
  TurnSnapshot,
} from './conversations';
import type { EngineStatus } from './engine';
import type { ErrorInfo } from './errors';
import type { HubRequests } from './hub';
import type { ModelInfo } from './manifest';
import type { ModelEvents, ModelRequests } from './models';
import type { Settings } from './settings';
import type { DeepLink, ServerStatus, ShellStatus } from './shell';
import type { ActionName } from './shortcuts';
import type { SpeechEvent, SpokenLanguage, Transcript } from './speech';
import type { ToolEvents, ToolRequests } from './tools';
import type { ExportedConversation, ImportBatch } from './transfer';

/**
 * What the page asks of the app: a key is the request's name, the value its signature. Electron's preload and the headless
 * host's WebSocket both carry it; arguments are checked by `api-schemas.ts` on arrival.
 */
export interface Requests extends ModelRequests, HubRequests, ToolRequests, ConnectionRequests {
  'app.info': () => AppInfo;
  /** Not deleted ones, last changed first. */
  'conversations.list': () => readonly ConversationSummary[];
  'conversations.get': (id: string) => Conversation;
  'conversations.update': (id: string, change: ConversationChange) => ConversationSummary;
  /** Into the bin; `conversations.restore` undoes it. */
  'conversations.delete': (ids: readonly string[]) => void;
  'conversations.restore': (ids: readonly string[]) => void;
  'conversations.search': (query: string) => readonly SearchHit[];
  /** Shows another branch: the leaf below `messageId` last in view. */
  'conversations.selectBranch': (id: string, messageId: string) => Conversation;
  'conversations.updateMany': (ids: readonly string[], change: ManyConversationsChange) => void;
  /** Last deleted first. What lies there longer than 30 days goes for good. */
  'conversations.bin': () => readonly ConversationSummary[];
  /** Only what lies in the bin. */
  'conversations.deleteForever': (ids: readonly string[]) => void;
  'conversations.duplicate': (id: string, title: string) => ConversationSummary;
  'conversations.export': (ids: readonly string[]) => readonly ExportedConversation[];
  /** All or none: with the last batch they are there. Ids that are taken are made anew; that batch answers those they have here. */
  'conversations.import': (batch: ImportBatch) => readonly string[];
  /** Of an import whose last batch has not come. */
  'conversations.cancelImport': (id: string) => void;
  /** With everything that follows it. Answers what is left and what `messages.restore` brings back. */
  'messages.delete': (conversationId: string, messageId: string) => DeletedMessages;
  'messages.restore': (conversationId: string, messageIds: readonly string[]) => Conversation;
  'folders.list': () => readonly Folder[];
  'folders.create': (name: string) => Folder;
  'folders.rename': (id: string, name: string) => void;
  /** Its conversations stay, outside of it; answers their ids. */
  'folders.delete': (id: string) => readonly string[];
  'turns.start': (turn: StartTurn) => StartedTurn;
  'turns.stop': (turnId: string) => void;
  /** The conversation's turn in progress, if any: for a window that opens or reloads meanwhile. */
  'turns.attach': (conversationId: string) => TurnSnapshot | null;
  'settings.get': () => Settings;
  'settings.update': (change: Partial<Settings>) => Settings;
  /** Of this machine, then of connections. */
  'models.list': () => readonly ModelInfo[];
  /** Model folders that cannot be used, each with its reason. */
  'models.problems': () => readonly ModelProblem[];
  /** At once, and for every conversation without a choice of its own. `force`: even where less memory is free than it needs. */
  'models.load': (id: string, force?: boolean) => void;
  /** Loads a model that a conversation will ask for, unless an answer by another is being written. */
  'models.prepare': (id: string) => void;
  /** The model of conversations without a choice of their own. */
  'models.usual': () => string | null;
  'engine.status': () => EngineStatus;
  /** How much of the context the conversation and this draft would take; null while its model is not loaded. */
  'context.measure': (draft: ContextDraft) => ContextMeasure | null;
  /** Opens what a transcription will need, while the person still speaks. */
  'speech.prepare': () => void;
  /**
   * Writes down a recording that was uploaded (media.ts). Fails with `no-recognizer` where nothing is installed that could, and
   * with `aborted` after `speech.cancel`.
   */
  'speech.transcribe': (sha256: string, language: SpokenLanguage) => Transcript;
  'speech.cancel': (sha256: string) => void;
  /**
   * The next samples of a microphone in hands-free mode: 16 bits, little-endian, mono, 16 kHz, in base64. Answers who began or
   * ended to speak; a stream begins with its first samples.
   */
  'speech.listen': (stream: string, pcm: string) => readonly SpeechEvent[];
  'speech.stopListening': (stream: string) => void;
  /** Conversations, attachments and settings, for good. Models stay. */
  'data.deleteAll': () => void;
  'server.status': () => ServerStatus;
  /** Null in a browser; the requests below are then refused. */
  'shell.status': () => ShellStatus | null;
  'shell.checkForUpdates': () => void;
  'shell.downloadUpdate': () => void;
  /** Ends the app, keeping what is being written, and starts the new version. */
  'shell.installUpdate': () => void;
  'shell.openDataFolder': () => void;
  /** In the system's dialog; null: none was chosen. */
  'shell.chooseFolder': () => string | null;
  /** The page of the system's own settings where programs are let hear; refused where it has none that can be opened. */
  'shell.openMicrophoneSettings': () => void;
  'shell.showQuickAsk': () => void;
  'shell.hideQuickAsk': () => void;
  /** The quick-ask window grows when there is an answer to show. */
  'shell.sizeQuickAsk': (height: number) => void;
  /** Brings the main window to the front, with this conversation. */
  'shell.openConversation': (id: string) => void;
}

/** What the host answers rather than the app behind it. */
export type HostHandlers = HandlersOf<'shell' | 'server'>;

/** What the app tells every window without being asked. */
export interface Events extends ModelEvents, ToolEvents, ConnectionEvents {
  'turn.event': TurnEvent;
  'conversation.changed': ConversationSummary;
  'conversation.removed': { readonly id: string };
  /** Many at once: the list is to be asked for again. */
  'conversations.changed': null;
  'folders.changed': readonly Folder[];
  'engine.status': EngineStatus;
  'settings.changed': Settings;
  /** Chosen in a menu, which is outside the page. To the main window only. */
  'app.command': ActionName;
  /** An `autoglm://` link was opened. To the main window only. */
  'app.link': DeepLink;
  /** Images were opened with the app. To the main window only; they join the message being written. */
  'app.images': OpenedImages;
  'server.status': ServerStatus;
  'shell.status': ShellStatus;
  /** Everything a page holds is gone; it begins again. */
  'data.deleted': null;
}

export interface OpenedImages {
  readonly images: readonly Attachment[];
  readonly problems: readonly ErrorInfo[];
}

export interface ConversationChange {
  readonly title?: string;
  readonly pinned?: boolean;
  readonly archived?: boolean;
  readonly folderId?: string | null;
  readonly options?: ConversationOptions;
}

export type ManyConversationsChange = Pick<ConversationChange, 'pinned' | 'archived' | 'folderId'>;

export interface DeletedMessages {
  readonly conversation: Conversation;
  readonly messageIds: readonly string[];
}

export interface ContextDraft {
  readonly conversationId: string | null;
  readonly leafId: string | null;
  readonly text: string;
  readonly attachments: readonly Attachment[];
  /** Of a conversation that has not begun. */
  readonly options?: ConversationOptions;
}

export interface ContextMeasure {
  /** Of the whole prompt. */
  readonly tokens: number;
  /** Prompt and answer together. */
  readonly limit: number;
  /** The model runs elsewhere, and what is not sent yet is not sent to be counted. */
  readonly estimated?: boolean;
  /**
   * Where it is too long: the first message from which on it fits, with room for an answer. Null where it fits whole, and where
   * nothing is short enough.
   */
  readonly fitsFrom: string | null;
  /** The tools that the model is told of, and the tokens of what it is told; absent where there are none. */
  readonly tools?: { readonly count: number; readonly tokens: number };
  /** Those of the draft and of the messages before it; absent where there are none. */
  readonly documents?: readonly DocumentMeasure[];
}

export interface DocumentMeasure {
  readonly sha256: string;
  /** Of its whole text. */
  readonly tokens: number;
  /** Set where it is too long: it is cut into so many, */
  readonly passages?: number;
  /** and so many of them would be read. */
  readonly used?: number;
}

export interface ModelProblem {
  readonly folder: string;
  /** The manifest's name where it could be read, else the folder's. */
  readonly name: string;
  readonly error: ErrorInfo;
}

export interface AppInfo {
  readonly version: string;
  readonly host: 'electron' | 'browser';
  readonly platform: string;
  /** Of what the app runs on: Node, Electron, Chromium, the system. */
  readonly versions: Readonly<Record<string, string>>;
  /** Where everything is kept. */
  readonly dataFolder: string;
  /** Set once when something was put right at the start, for example a damaged database set aside. */
  readonly notices: readonly ErrorInfo[];
}

export type RequestName = keyof Requests;
export type RequestArguments<K extends RequestName> = Parameters<Requests[K]>;
export type RequestResult<K extends RequestName> = ReturnType<Requests[K]>;
export type EventName = keyof Events;

/** The one object the page talks to: `window.autoglm` in Electron, a WebSocket client in a browser. */
export interface AppBridge {
  /**
   * Rejects with what `toErrorInfo` understands: an AppError, or in Electron a plain ErrorInfo (a context bridge takes an Error's
   * own fields away).
   */
  request<K extends RequestName>(name: K, ...args: RequestArguments<K>): Promise<RequestResult<K>>;
  /** Returns the function that ends the subscription. */
  on<K extends EventName>(name: K, listener: (payload: Events[K]) => void): () => void;
  /** Where a dropped file or folder lies; browsers do not say. */
  pathOf?(file: File): string;
  /** `lost` while the host cannot be reached; a caller re-attaches when it is `open` again. */
  onConnection(listener: (state: 'open' | 'lost') => void): () => void;
}

/** Implemented by `app/`, called by both hosts. */
export type RequestHandlers = {
  readonly [K in RequestName]: (...args: RequestArguments<K>) => Promise<RequestResult<K>> | RequestResult<K>;
};

/** Of the requests whose names begin so: `HandlersOf<'turns'>` answers `turns.start` and its like. */
export type HandlersOf<Group extends string> = Pick<
  RequestHandlers,
  Extract<RequestName, `${Group}.${string}`>
>;
