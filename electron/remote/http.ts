import { hostOf } from '../contract/connections';
import { rootOf } from './address';
import { late, notOpenAI, redirected, tooMuch, unreached } from './failures';

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** A server, and what it needs to be told at every request. */
export interface Access {
  /** Base address, without a slash at its end. */
  readonly url: string;
  /** The key among them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly fetch: Fetch;
}

/** By which our own server knows us: it offers no models of other engines to another app, as two could be connected to each other. */
const USER_AGENT = 'AutoGLM-Desktop';

export interface Ask {
  /** Sent as JSON, by POST; absent: GET. */
  readonly body?: object;
  readonly signal: AbortSignal;
  /** Until the server's first word. */
  readonly timeoutMs: number;
}

/**
 * One request. Redirects are not followed, so that neither key nor conversation goes where the user has not sent it.
 *
 * @param url below `access.url` or beside it, on the same origin.
 * @returns the answer, whatever its status.
 * @throws AppError `remote-failed`; the signal's own error where it was aborted
 */
export async function ask(access: Access, url: string, { body, signal, timeoutMs }: Ask): Promise<Response> {
  const host = hostOf(access.url);
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), timeoutMs);
  try {
    const response = await access.fetch(url, {
      method: body ? 'POST' : 'GET',
      headers: {
        accept: body ? 'text/event-stream, application/json' : 'application/json',
        'user-agent': USER_AGENT,
        ...(body && { 'content-type': 'application/json' }),
        ...access.headers,
      },
      ...(body && { body: JSON.stringify(body) }),
      redirect: 'manual',
      // Cookies and caches of a browser's network are no part of this.
      credentials: 'omit',
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
      signal: AbortSignal.any([signal, timeout.signal]),
    });
    if (response.status >= 300 && response.status < 400) {
      void response.body?.cancel().catch(() => {});
      throw redirected(host, response.headers.get('location'), url);
    }
    return response;
  } catch (error) {
    signal.throwIfAborted();
    if (timeout.signal.aborted) throw late(host, Math.round(timeoutMs / 1_000));
    if (/redirect/i.test(String(error)) && !(error instanceof Error && 'code' in error))
      throw redirected(host, null, url);
    throw unreached(error, host);
  } finally {
    clearTimeout(timer);
  }
}

/** All of an answer's text, up to a bound; `signal` ends the wait for it. */
export async function readText(response: Response, host: string, maxBytes: number): Promise<string> {
  const reader = response.body?.getReader();
  if (!reader) return '';
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read().catch((error: unknown) => {
      throw unreached(error, host);
    });
    if (done) return text + decoder.decode();
    bytes += value.byteLength;
    if (bytes > maxBytes) {
      void reader.cancel().catch(() => {});
      throw tooMuch(host, maxBytes);
    }
    text += decoder.decode(value, { stream: true });
  }
}

/** JSON, or the text itself where it is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The JSON of a successful answer. @throws AppError `remote-failed` where it is none */
export async function readJson(response: Response, host: string, maxBytes: number): Promise<unknown> {
  const value = parsed(await readText(response, host, maxBytes));
  if (typeof value !== 'object' || value === null) throw notOpenAI(host);
  return value;
}

/** Seconds, from either form of the header; null where there is none. */
export function retryAfter(response: Response, now = Date.now()): number | null {
  const value = response.headers.get('retry-after');
  if (value === null) return null;
  if (/^\d+(\.\d+)?$/.test(value.trim())) return Number(value);
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : Math.max(0, (at - now) / 1_000);
}

const BESIDE_MS = 7_500;
const MAX_BESIDE_BYTES = 16 * 2 ** 20;

/** What a server tells beside OpenAI's interface; null where it has no such. */
export async function askBeside(
  access: Access,
  path: string,
  signal: AbortSignal,
  body?: object,
): Promise<unknown> {
  const url = rootOf(access.url) + path;
  try {
    const response = await ask(access, url, { signal, timeoutMs: BESIDE_MS, ...(body && { body }) });
    if (!response.ok) {
      void response.body?.cancel().catch(() => {});
      return null;
    }
    return await readJson(response, hostOf(access.url), MAX_BESIDE_BYTES);
  } catch (error) {
    if (signal.aborted) throw error;
    return null;
  }
}
