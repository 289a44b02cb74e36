import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect as connectRaw } from 'node:net';
import { setImmediate as tick } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import WebSocket from 'ws';
import { Emitter } from '../app/emitter';
import type { RequestHandlers } from '../contract/api';
import { defaultSettings } from '../contract/settings';
import { HEARTBEAT_MS } from '../contract/wire';
import { Session } from './session';
import { SocketHost } from './socket';

async function setup(options: { maxBacklogBytes?: number } = {}) {
  // The test is the clock: how long a busy machine takes to answer a ping, or to read what was sent, is not what is tested.
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
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
  return { emitter, port, headers, beat: () => vi.advanceTimersByTime(HEARTBEAT_MS) };
}

describe('SocketHost', () => {
  it('keeps saying that it is there, and keeps a page that answers', async () => {
    const { port, headers, beat } = await setup();
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, { headers });
    await once(socket, 'open');
    for (let count = 0; count < 5; count++) {
      const said = once(socket, 'message');
      beat();
      const [data] = (await said) as [Buffer];
      expect(JSON.parse(data.toString())).toEqual({ beat: expect.any(Number) });
      // The ping came before the message, so the host reads its pong before the answer to this.
      const answered = once(socket, 'message');
      socket.send(JSON.stringify({ id: count, name: 'none', args: [] }));
      await answered;
    }
    expect(socket.readyState).toBe(WebSocket.OPEN);
    socket.terminate();
  });

  it('lets a page go that no longer answers', async () => {
    const { port, headers, beat } = await setup();
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, { headers, autoPong: false });
    await once(socket, 'open');
    const closed = once(socket, 'close');
    beat();
    await once(socket, 'ping');
    expect(socket.readyState).toBe(WebSocket.OPEN);
    beat();
    const [code] = (await closed) as [number];
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
    const sent = 5_000 * 20_000;
    for (let index = 0; index < 5_000; index++) {
      emitter.emit({ name: 'settings.changed', payload });
      if (index % 100 === 0) await tick();
    }
    // What was kept comes now: the system's own buffers, a backlog as large as is allowed, and why it ends.
    let bytes = 0;
    let end = '';
    for await (const data of raw as AsyncIterable<Buffer>) {
      bytes += data.length;
      end = (end + data.toString('latin1')).slice(-'Too slow'.length);
      if (end === 'Too slow') break;
    }
    expect(end).toBe('Too slow');
    expect(bytes).toBeGreaterThan(200_000);
    expect(bytes).toBeLessThan(sent / 4);
    raw.destroy();
  });
});
