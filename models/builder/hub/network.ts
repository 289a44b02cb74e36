import type { Dispatcher, RequestInit, Response } from 'undici';
import { ModelError } from '../errors';

export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

/** A proxy as `http://`, `https://` or `socks5://`; null: what the environment says (`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`). */
export type Proxy = string | null;

/** Before a server has answered at all. */
const ANSWER_TIMEOUT_MS = 30_000;
const CONNECT_TIMEOUT_MS = 20_000;

/** Requests to this machine go past every proxy, as in browsers. */
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/i;

/**
 * `fetch` by way of a proxy, which Node's own knows nothing of. It follows no redirects: who follows them decides what the next host
 * gets to see.
 */
export async function openNetwork(proxy: Proxy): Promise<Fetch> {
  // Not before it is needed: it is large, and most commands of this process use no network.
  const { Agent, EnvHttpProxyAgent, ProxyAgent, Socks5ProxyAgent, fetch } = await import('undici');
  const timeouts = {
    connect: { timeout: CONNECT_TIMEOUT_MS },
    headersTimeout: ANSWER_TIMEOUT_MS,
    // Who reads a body watches it (download.ts).
    bodyTimeout: 0,
  };
  const direct = new Agent(timeouts);
  const make = (): Dispatcher => {
    if (proxy === null) return new EnvHttpProxyAgent(timeouts);
    if (/^socks/i.test(proxy)) return new Socks5ProxyAgent(proxy.replace(/^socks\w*:/i, 'socks5:'));
    return new ProxyAgent({ ...timeouts, uri: proxy });
  };
  let through: Dispatcher;
  try {
    through = make();
  } catch {
    throw new ModelError(
      'The proxy that is set is no address: HTTPS_PROXY must be like http://host:port, or empty.',
      { kind: 'proxy-address' },
    );
  }
  return (url, init) => {
    const dispatcher = LOOPBACK.test(new URL(url).hostname) ? direct : through;
    return fetch(url, { redirect: 'manual', ...init, dispatcher });
  };
}

/** What a failed request is about, where it is no answer of the server's. */
export function networkError(error: unknown, host: string): ModelError {
  if (error instanceof ModelError) return error;
  const reason = reasonOf(error);
  if (/Proxy response \(?407/.test(reason)) {
    return new ModelError(
      'The proxy wants you to sign in: put user and password into its address (http://user:password@host:port).',
      { kind: 'proxy-sign-in' },
    );
  }
  if (/Proxy response|SOCKS/i.test(reason)) {
    return new ModelError(
      `The proxy did not let the request through to ${host} (${reason}). Check its address.`,
      {
        kind: 'proxy-refused',
        host,
      },
    );
  }
  if (/certificate|CERT_|SSL|ERR_TLS/i.test(reason)) {
    return new ModelError(
      `${host} could not prove who it is (${reason}). Something between it and this machine changes the connection; ask whoever runs the network.`,
      { kind: 'host-certificate', host },
    );
  }
  return new ModelError(
    `${host} cannot be reached (${reason}). Check the connection and try again; what was fetched is kept.`,
    { kind: 'host-unreachable', host },
  );
}

/** The innermost cause: fetch wraps what happened once or twice in words that say nothing. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return reasonOf(error.cause);
  return error.message || ('code' in error ? String(error.code) : error.name);
}
