import type { Attachment } from './attachment';
import type { ErrorInfo } from './errors';
import type { ToolServer } from './tool-servers';

/** Tools that other programs offer the model: servers of the Model Context Protocol (MCP), each set up by the user. */

/** Rounds of calls in one answer; after the last the model answers with what it has. */
export const MAX_TOOL_ROUNDS = 8;
/** Calls of one round; more are answered with a refusal. */
export const MAX_CALLS_A_ROUND = 8;
/** Kept of what a tool returns, in UTF-16 units; what is cut is said. */
export const MAX_RESULT_CHARACTERS = 20_000;
/** Of one result; more are named only. */
export const MAX_RESULT_IMAGES = 8;
/** Of a server's prompt, in UTF-16 units. */
export const MAX_PROMPT_CHARACTERS = 100_000;
/** From here on small models confuse them, whatever their context. */
export const MANY_TOOLS = 40;

export interface ToolInfo {
  readonly name: string;
  /** What people read; the name where it has none. */
  readonly title: string;
  readonly description: string;
  /** A JSON schema of an object; absent where it was too large to be shown to a model. */
  readonly parameters?: unknown;
  /** By the server's own word that it changes nothing. */
  readonly readOnly: boolean;
  /** Of all the above: consent is for what was read then, not for what the server makes of it later. */
  readonly fingerprint: string;
}

/** A text that a server has ready: the user chooses it, fills it in and sees it before it is sent. */
export interface PromptInfo {
  readonly name: string;
  /** What people read; the name where it has none. */
  readonly title: string;
  readonly description: string;
  readonly arguments: readonly {
    readonly name: string;
    readonly description: string;
    readonly required: boolean;
  }[];
}

/** A file or record that a server gives: the user adds it to a message. */
export interface ResourceInfo {
  readonly uri: string;
  readonly title: string;
  readonly description: string;
}

export interface ResourceFile {
  readonly name: string;
  readonly base64: string;
}

/** What a server offers. Prompts and resources are absent where it has none. */
export interface ServerOffer {
  readonly tools: readonly ToolInfo[];
  readonly prompts?: readonly PromptInfo[];
  readonly resources?: readonly ResourceInfo[];
}

export type ToolServerState =
  | { readonly state: 'off' }
  | { readonly state: 'starting' }
  /** The user signs in, in a browser. `url`: the page to do that at, once it is known. */
  | { readonly state: 'signing-in'; readonly url: string | null }
  | ({ readonly state: 'ready' } & ServerOffer)
  /** `retryAt`: it is started again by itself then, in milliseconds since 1970; null: when it is asked for. */
  | { readonly state: 'failed'; readonly error: ErrorInfo; readonly retryAt: number | null };

/** `signedIn`: it gave tokens when the user signed in, which are kept. */
export type ToolServerStatus = ToolServerState & { readonly id: string; readonly signedIn?: boolean };

export interface ToolResult {
  /** Plain text without control characters, cut at `MAX_RESULT_CHARACTERS`. */
  readonly text: string;
  /** Of the whole, in UTF-16 units. */
  readonly length: number;
  /** The tool says itself that it failed; the model is told its words. */
  readonly isError: boolean;
  /** Pictures that the user is shown, kept as those of messages are. The model is told their kind and size. */
  readonly images?: readonly Attachment[];
}

/** A picture as a tool returned it. */
export interface ReturnedImage {
  readonly name: string;
  readonly base64: string;
}

/**
 * `writing`: the model still writes its arguments. `asking`: the user's consent is awaited. `stopped`: the answer was, before the tool
 * had returned.
 */
export type CallState = 'writing' | 'asking' | 'running' | 'done' | 'failed' | 'denied' | 'stopped';

/** A call as an answer keeps it. */
export interface CalledTool {
  readonly id: string;
  /** Calls of one round were made at once. */
  readonly round: number;
  /** Where it stands in the answer: the lengths of the text and the reasoning written before it. */
  readonly textBefore: number;
  readonly reasoningBefore: number;
  /** Empty where the model named a tool that there is not. */
  readonly serverId: string;
  readonly server: string;
  /** As the server calls it. */
  readonly tool: string;
  readonly title: string;
  /** As the model was told. */
  readonly name: string;
  /** JSON text. */
  readonly arguments: string;
  readonly state: CallState;
  /** While it is asked for: whether the server says that it changes nothing. */
  readonly readOnly?: boolean;
  readonly result?: ToolResult;
  readonly error?: ErrorInfo;
  /** The call itself, without the wait for consent. */
  readonly durationMs?: number;
}

/** Whether nothing more will come of it. */
export function isOver({ state }: Pick<CalledTool, 'state'>): boolean {
  return state !== 'writing' && state !== 'asking' && state !== 'running';
}

/** `always`: for this tool as it is now. */
export type Consent = 'once' | 'always' | 'deny';

/** What a pasted `mcpServers` document holds. */
export interface ReadServers {
  readonly servers: readonly ToolServer[];
  /** Names of entries that are none, each with what is wrong. */
  readonly problems: readonly { readonly name: string; readonly error: ErrorInfo }[];
}

export interface ToolRequests {
  'tools.servers': () => readonly ToolServerStatus[];
  /** What the server wrote to its standard error last, oldest first; secrets of its environment are covered. */
  'tools.log': (serverId: string) => string;
  /** At once, whatever the waiting time. */
  'tools.restart': (serverId: string) => void;
  /** Begins a sign-in: the state says where. Ends one that is under way. */
  'tools.signIn': (serverId: string) => void;
  /** The address at which the browser ended, where it runs on another machine and could not come back by itself. */
  'tools.finishSignIn': (serverId: string, address: string) => void;
  'tools.signOut': (serverId: string) => void;
  /** The text of a server's prompt. */
  'tools.prompt': (serverId: string, name: string, args: Readonly<Record<string, string>>) => string;
  'tools.resource': (serverId: string, uri: string) => readonly ResourceFile[];
  /** Reads the JSON of other assistants; nothing is kept or started. */
  'tools.readServers': (json: string) => ReadServers;
  /** The answer to a call that asks. Late ones, of another window, are ignored. */
  'tools.consent': (turnId: string, callId: string, consent: Consent) => void;
}

export interface ToolEvents {
  'tools.changed': readonly ToolServerStatus[];
}

/** What the app says to the process that speaks with the servers (electron/mcp). */
export type McpCommand =
  | {
      readonly type: 'start';
      readonly server: ToolServer;
      readonly startMs: number;
      /** What is kept of its sign-in, as `kept` said it last. */
      readonly kept: string | null;
      /** With the user, who signs in first. */
      readonly signIn: boolean;
    }
  /** Where a browser elsewhere ended. */
  | { readonly type: 'redirected'; readonly server: string; readonly address: string }
  /** Has tokens taken back that are forgotten here. */
  | { readonly type: 'revoke'; readonly server: ToolServer; readonly kept: string }
  | { readonly type: 'stop'; readonly server: string }
  | {
      readonly type: 'call';
      readonly id: number;
      readonly server: string;
      readonly tool: string;
      readonly arguments: Readonly<Record<string, unknown>>;
      readonly limitMs: number;
    }
  | {
      readonly type: 'prompt';
      readonly id: number;
      readonly server: string;
      readonly name: string;
      readonly arguments: Readonly<Record<string, string>>;
      readonly limitMs: number;
    }
  | {
      readonly type: 'resource';
      readonly id: number;
      readonly server: string;
      readonly uri: string;
      readonly limitMs: number;
    }
  | { readonly type: 'cancel'; readonly id: number }
  /** Ends every server; answered with `closed`. */
  | { readonly type: 'shutdown' };

export type McpMessage =
  /** Also when the server offers something else than before. `pid`: of a process of ours. */
  | ({ readonly type: 'ready'; readonly server: string; readonly pid: number | null } & ServerOffer)
  /** The page at which the user signs in. */
  | { readonly type: 'sign-in'; readonly server: string; readonly url: string }
  /** To be kept for the next start; null: nothing any more. */
  | { readonly type: 'kept'; readonly server: string; readonly kept: string | null }
  | { readonly type: 'ended'; readonly server: string; readonly error: ErrorInfo }
  | { readonly type: 'stderr'; readonly server: string; readonly text: string }
  | {
      readonly type: 'result';
      readonly id: number;
      readonly result: ToolResult;
      /** Not yet kept; by then they are in the result. */
      readonly images: readonly ReturnedImage[];
    }
  | { readonly type: 'prompt-text'; readonly id: number; readonly text: string }
  | { readonly type: 'resource-files'; readonly id: number; readonly files: readonly ResourceFile[] }
  | { readonly type: 'failed'; readonly id: number; readonly error: ErrorInfo }
  | { readonly type: 'closed' };

/** Of a variable, a header or a field: its value is covered where others might look. */
export function isSecretName(name: string): boolean {
  return /key|token|secret|passw|auth|bearer|credential|cookie|private/i.test(name);
}
