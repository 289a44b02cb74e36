// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectWebSocket, reconnectDelay } from './websocket';

class FakeSocket {
  static all: FakeSocket[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  sent: string[] = [];
  constructor() {
    FakeSocket.all.push(this);
  }
  send(frame: string) {
    this.sent.push(frame);
  }
  close() {
    this.onclose?.();
  }
  say(message: unknown) {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
}

const session = vi.fn(async () => ({ ok: true }));

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.all = [];
  vi.stubGlobal('WebSocket', FakeSocket);
  vi.stubGlobal('fetch', session);
  session.mockReset().mockResolvedValue({ ok: true });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function opened() {
  const bridge = connectWebSocket();
  const states: string[] = [];
  bridge.onConnection((state) => states.push(state));
  await vi.advanceTimersByTimeAsync(0);
  const socket = FakeSocket.all.at(-1);
  if (!socket) throw new Error('no socket');
  return { bridge, socket, states };
}

describe('WebSocket bridge', () => {
  it('holds requests until the socket is open, and matches answers by id', async () => {
    const { bridge, socket } = await opened();
    const info = bridge.request('app.info');
    const list = bridge.request('conversations.list');
    expect(socket.sent).toEqual([]);
    socket.onopen?.();
    expect(socket.sent).toHaveLength(2);
    socket.say({ id: 2, result: [] });
    socket.say({ id: 1, result: { version: '1' } });
    await expect(list).resolves.toEqual([]);
    await expect(info).resolves.toEqual({ version: '1' });
  });

  it('rejects with the error’s code', async () => {
    const { bridge, socket } = await opened();
    socket.onopen?.();
    const got = bridge.request('conversations.get', 'x');
    socket.say({ id: 1, error: { code: 'not-found', message: 'gone' } });
    await expect(got).rejects.toMatchObject({ code: 'not-found', message: 'gone' });
  });

  it('fails what was under way when the connection breaks, and connects again', async () => {
    const { bridge, socket, states } = await opened();
    socket.onopen?.();
    const lost = bridge.request('app.info');
    const rejected = expect(lost).rejects.toMatchObject({ code: 'unavailable' });
    socket.close();
    await rejected;
    const waiting = bridge.request('app.info');
    await vi.advanceTimersByTimeAsync(1000);
    expect(session).toHaveBeenCalledTimes(2);
    const next = FakeSocket.all.at(-1);
    next?.onopen?.();
    next?.say({ id: 2, result: { version: '1' } });
    await expect(waiting).resolves.toEqual({ version: '1' });
    expect(states).toEqual(['open', 'lost', 'open']);
  });

  it('takes a host that falls silent for lost', async () => {
    const { socket, states } = await opened();
    socket.onopen?.();
    await vi.advanceTimersByTimeAsync(15_000);
    socket.say({ beat: 1 });
    await vi.advanceTimersByTimeAsync(15_000);
    expect(states).toEqual(['open']);
    await vi.advanceTimersByTimeAsync(6_000);
    expect(states).toEqual(['open', 'lost']);
  });

  it('goes on trying while the host cannot be reached', async () => {
    session.mockRejectedValue(new Error('refused'));
    const bridge = connectWebSocket();
    const states: string[] = [];
    bridge.onConnection((state) => states.push(state));
    await vi.advanceTimersByTimeAsync(20_000);
    expect(states).toEqual(['lost']);
    expect(session.mock.calls.length).toBeGreaterThan(5);
    expect([0, 1, 20].map(reconnectDelay)).toEqual([150, 300, 5000]);
  });
});
