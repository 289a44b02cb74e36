import { once } from 'node:events';
import WebSocket from 'ws';
import type { RequestArguments, RequestName, RequestResult } from '../../electron/contract/api';
import { SESSION_PATH, SOCKET_PATH, type WireMessage } from '../../electron/contract/wire';
import type { Host } from './host';

/** Asks the app what a page of its own could ask, for what a test needs before it begins. */
export async function askHost<K extends RequestName>(
  { url }: Host,
  name: K,
  ...args: RequestArguments<K>
): Promise<RequestResult<K>> {
  const { headers } = await fetch(new URL(SESSION_PATH, url), { method: 'POST', headers: { origin: url } });
  const socket = new WebSocket(new URL(SOCKET_PATH, url), {
    headers: {
      origin: url,
      cookie: headers
        .getSetCookie()
        .map((cookie) => cookie.split(';', 1)[0])
        .join('; '),
    },
  });
  await once(socket, 'open');
  try {
    return await new Promise((resolve, reject) => {
      socket.on('close', () => reject(new Error(`The host hung up on ${name}.`)));
      socket.on('message', (data) => {
        const message = JSON.parse(String(data)) as WireMessage;
        // Events and the heartbeat come as well.
        if (!('id' in message)) return;
        if ('error' in message) reject(new Error(message.error.message));
        else resolve(message.result as RequestResult<K>);
      });
      socket.send(JSON.stringify({ id: 1, name, args }));
    });
  } finally {
    socket.close();
  }
}
