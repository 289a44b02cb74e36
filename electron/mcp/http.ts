import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { AppError } from '../contract/errors';
import type { ToolTransport } from '../contract/tool-servers';
import { MAX_MESSAGE_BYTES, tooMuch } from './failures';

/** A server at an address; its headers go to that address' host alone, as a redirect to another is not followed. */
export function httpTransport(
  name: string,
  { url, headers }: Extract<ToolTransport, { type: 'http' }>,
  /** The SDK itself would wait on for what was cut off. */
  failed: (error: AppError) => void,
): StreamableHTTPClientTransport {
  return new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers },
    // The stream it opens for the server's own messages only.
    reconnectionOptions: {
      initialReconnectionDelay: 1_000,
      maxReconnectionDelay: 30_000,
      reconnectionDelayGrowFactor: 2,
      maxRetries: 5,
    },
    fetch: async (address, init) => bounded(name, await fetch(address, init), failed),
  });
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
