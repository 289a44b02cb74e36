import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { AppError } from '../contract/errors';
import type { ToolTransport } from '../contract/tool-servers';
import { MAX_MESSAGE_BYTES, tooMuch } from './failures';
import { allowAddress, type OAuthSession } from './oauth';

interface HttpOptions {
  readonly name: string;
  readonly transport: Extract<ToolTransport, { type: 'http' }>;
  /** Absent where the user gave a key. */
  readonly session?: OAuthSession | undefined;
  /** The SDK itself would wait on for what was cut off. */
  readonly failed: (error: AppError) => void;
}

/** Whether the user gave a key; a sign-in would take its place. */
export function hasKey({ headers }: Extract<ToolTransport, { type: 'http' }>): boolean {
  return Object.keys(headers).some((name) => name.toLowerCase() === 'authorization');
}

/** A server at an address. */
export function httpTransport({
  name,
  transport,
  session,
  failed,
}: HttpOptions): StreamableHTTPClientTransport {
  return new StreamableHTTPClientTransport(new URL(transport.url), {
    ...(session && { authProvider: session }),
    // The stream it opens for the server's own messages only.
    reconnectionOptions: {
      initialReconnectionDelay: 1_000,
      maxReconnectionDelay: 30_000,
      reconnectionDelayGrowFactor: 2,
      maxRetries: 5,
    },
    fetch: boundedFetch({ name, transport, failed }),
  });
}

/**
 * Its headers go to the server's own host alone, as a redirect to another is not followed and a sign-in may be at another; what comes
 * back is bounded.
 */
export function boundedFetch({ name, transport, failed }: Omit<HttpOptions, 'session'>): typeof fetch {
  const server = new URL(transport.url);
  /** Of the same request at the same time: two that renew a token with the same old one, which is taken once. */
  const renewals = new Map<string, Promise<Response>>();
  const ask = async (address: URL, init: RequestInit | undefined): Promise<Response> => {
    const headers = new Headers(init?.headers);
    const isOwn = address.origin === server.origin;
    if (isOwn) for (const [header, value] of Object.entries(transport.headers)) headers.set(header, value);
    // Where tokens are given no redirect is meant.
    const response = await fetch(address, { redirect: 'manual', ...init, headers });
    return bounded(name, response, failed);
  };
  return async (input, init) => {
    const address = new URL(input instanceof Request ? input.url : input);
    allowAddress(name, server, address);
    const body = init?.body instanceof URLSearchParams ? init.body.toString() : '';
    if (!body.includes('grant_type=refresh_token')) return ask(address, init);
    const key = `${address} ${body}`;
    const renewal = renewals.get(key) ?? ask(address, init).finally(() => renewals.delete(key));
    renewals.set(key, renewal);
    return (await renewal).clone();
  };
}

/** Ends a body that is longer than a message may be; in a stream of events, one event. */
function bounded(name: string, response: Response, failed: (error: AppError) => void): Response {
  if (!response.body) return response;
  const isStream = response.headers.get('content-type')?.includes('text/event-stream') === true;
  let bytes = 0;
  let last = 0;
  const guard = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      for (const byte of isStream ? chunk : []) {
        // An empty line ends an event.
        bytes = byte === 10 && last === 10 ? 0 : bytes + 1;
        if (byte !== 13) last = byte;
      }
      if (!isStream) bytes += chunk.length;
      if (bytes <= MAX_MESSAGE_BYTES) {
        controller.enqueue(chunk);
        return;
      }
      const error = tooMuch(name);
      controller.error(error);
      failed(error);
    },
  });
  const { status, statusText, headers } = response;
  return new Response(response.body.pipeThrough(guard), { status, statusText, headers });
}
