import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect as connectRaw } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import WebSocket from 'ws';
import { Emitter } from '../app/emitter';
import type { RequestHandlers } from '../contract/api';
import { defaultSettings } from '../contract/settings';
import { Session } from './session';
import { SocketHost } from './socket';

async function setup(options: { heartbeatMs?: number; maxBacklogBytes?: number }) {
  const emitter = new Emitter();
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const session = new Session('127.0.0.1', port);
  const app = { handlers: {} as RequestHandlers, onEvent: emitter.on.bind(emitter) };
  const sockets = new SocketHost({ app, session, ...options });
  sockets.listen(server);
  onTestFinished(() => {
    sockets.close();
    sockets.terminate();
    server.close();
  });
  const cookie = session.cookie().split(';')[0] ?? '';
  const headers = { origin: `http://127.0.0.1:${port}`, cookie };
  return { emitter, port, headers };
}

describe('SocketHost', () => {
  it('keeps saying that it is there', async () => {
    const { port, headers } = await setup({ heartbeatMs: 20 });
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, { headers });
    const [data] = (await once(socket, 'message')) as [Buffer];
    expect(JSON.parse(data.toString())).toEqual({ beat: expect.any(Number) });
    await sleep(100);
    expect(socket.readyState).toBe(WebSocket.OPEN);
    socket.terminate();
  });

  it('lets a page go that no longer answers', async () => {
    const { port, headers } = await setup({ heartbeatMs: 30 });
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, { headers, autoPong: false });
    const [code] = (await once(socket, 'close')) as [number];
    expect(code).toBe(1006);
  });

  it('does not hoard events for a page that stopped reading', async () => {
    const { emitter, port, headers } = await setup({ maxBacklogBytes: 200_000 });
    const raw = connectRaw(port, '127.0.0.1');
    raw.on('error', () => {});
    raw.write(
      `GET /ws HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nOrigin: ${headers.origin}\r\nCookie: ${headers.cookie}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n`,
    );
    await once(raw, 'data');
    raw.pause();
    const payload = { ...defaultSettings, systemPrompt: 'x'.repeat(20_000) };
    const before = process.memoryUsage().rss;
    for (let index = 0; index < 5_000; index++) {
      emitter.emit({ name: 'settings.changed', payload });
      if (index % 100 === 0) await sleep(0);
    }
    // 100 MB were sent into the void; kept would show.
    expect(process.memoryUsage().rss - before).toBeLessThan(80_000_000);
    raw.destroy();
  });
});
