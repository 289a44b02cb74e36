/** A server at an address, as the protocol's streamable HTTP; it asks for a key where it is given one. */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { testServer } from './tools.mjs';

/**
 * @param {{ key?: string, json?: boolean }} [options]
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
export async function startHttpServer({ key, json = false } = {}) {
  /** @type {Map<string, StreamableHTTPServerTransport>} */
  const sessions = new Map();
  const server = createServer(async (request, response) => {
    if (key && request.headers.authorization !== `Bearer ${key}`) {
      response.writeHead(401).end();
      return;
    }
    const id = String(request.headers['mcp-session-id'] ?? '');
    let transport = sessions.get(id);
    if (!transport) {
      transport = new StreamableHTTPServerTransport({
        sessionIdGenerator: randomUUID,
        enableJsonResponse: json,
        onsessioninitialized: (session) => {
          if (transport) sessions.set(session, transport);
        },
      });
      await testServer().connect(transport);
    }
    await transport.handleRequest(request, response);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('The server has no address.');
  return {
    url: `http://127.0.0.1:${address.port}/mcp`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
