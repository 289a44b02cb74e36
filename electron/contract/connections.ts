import type { Connection, RemoteModel, Server, ThinkingSwitch } from './connection-schema';
import type { ErrorInfo } from './errors';

/** Engines of other machines, or of other programs on this one, that speak OpenAI's API (electron/remote). */

export type { Connection, RemoteModel, Server, ThinkingSwitch };

/** A model as a server lists it, with what is known or guessed of it. */
export interface FoundRemoteModel extends RemoteModel {
  /** It does something else than chat: embeddings, speech, pictures. */
  readonly other: boolean;
}

/** A connection as it is typed; what is absent is taken from the one with `id`, if its address has the same origin. */
export interface ConnectionDraft {
  readonly id: string | null;
  /** As typed: with or without `/v1`, with or without `http://`. */
  readonly address: string;
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface FoundServer {
  /** Found out from what was typed. */
  readonly url: string;
  readonly server: Server;
  readonly models: readonly FoundRemoteModel[];
  /** What is sent there can be read on its way. */
  readonly unencrypted: boolean;
}

/** What to keep of a connection's secrets; absent: as they are. An empty key is none. */
export interface ConnectionSecrets {
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** How a connection is; what it is stands in the settings. */
export interface ConnectionStatus {
  readonly id: string;
  /** `unknown`: nobody has asked it anything yet. */
  readonly state: 'unknown' | 'reachable' | 'failed';
  readonly error: ErrorInfo | null;
  readonly hasKey: boolean;
  /** Of its own headers, the names. */
  readonly headers: readonly string[];
}

export interface ConnectionRequests {
  'connections.statuses': () => readonly ConnectionStatus[];
  /** Looks who answers there and what models there are; fails with one sentence that says what is wrong. */
  'connections.test': (draft: ConnectionDraft) => FoundServer;
  /** Looks whether it answers; its status then says. */
  'connections.check': (id: string) => void;
  /** Adds it, or changes the one with its id. An id that begins with what is asked for is chosen where it is new (null). */
  'connections.save': (
    connection: Omit<Connection, 'id'> & { readonly id: string | null },
    secrets: ConnectionSecrets,
  ) => Connection;
  /** Its key is forgotten with it; `connections.restore` brings both back until the app ends. */
  'connections.remove': (id: string) => void;
  'connections.restore': (id: string) => void;
}

export interface ConnectionEvents {
  'connections.changed': readonly ConnectionStatus[];
}

/** The name by which the app and the clients of its server know a model of a connection. Names of this machine's have no slash. */
export function remoteModelId(connectionId: string, model: string): string {
  return `${connectionId}/${model}`;
}

/** Of an address, as people read it. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

/** Whether an address stays on this machine. */
export function isOwnAddress(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { hostname } = new URL(url);
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127\.\d+\.\d+\.\d+$/.test(hostname)
  );
}

/** Whether what is sent to an address can be read on its way. */
export function isUnencrypted(url: string): boolean {
  return url.startsWith('http:') && !isOwnAddress(url);
}
