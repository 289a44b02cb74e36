import type { EventName, Events, RequestArguments, RequestName, RequestResult } from './api';
import type { ErrorInfo } from './errors';

/**
 * The headless host's WebSocket: one JSON text message a frame.
 *
 * A page first sends `POST /session` (no body) to its own origin: the answer, 204, sets the cookie that opens the socket. The
 * host makes a new secret at each start, so a page that reconnects posts again.
 * It then opens `/ws` on its own origin. Only the host's own page can do either: Host, Origin and cookie are checked, and
 * a refusal is an HTTP 403 before the socket opens.
 */
export const SESSION_PATH = '/session';
export const SOCKET_PATH = '/ws';

/** The host says something at least this often; a page that hears nothing for twice as long takes the host for lost. */
export const HEARTBEAT_MS = 10_000;

/** Frames larger than this close the socket (code 1009). 5 MB of text fit however JSON escapes it. */
export const MAX_FRAME_BYTES = 32 * 1024 * 1024;

/** `id` is the page's, unique on its socket; the answer carries it back. */
export type WireRequest = {
  readonly [K in RequestName]: {
    readonly id: number;
    readonly name: K;
    readonly args: RequestArguments<K>;
  };
}[RequestName];

/** Requests are answered in any order. A request without a result is answered `null`. */
export type WireAnswer =
  | { readonly id: number; readonly result: RequestResult<RequestName> | null }
  | { readonly id: number; readonly error: ErrorInfo };

export type WireEvent = {
  readonly [K in EventName]: { readonly event: K; readonly payload: Events[K] };
}[EventName];

/** Keeps an idle socket known to be alive. */
export interface WireHeartbeat {
  readonly beat: number;
}

/** What the host sends. A page that reads too slowly is closed with 4008; it reconnects and attaches again. */
export type WireMessage = WireAnswer | WireEvent | WireHeartbeat;
