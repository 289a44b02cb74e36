import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import type { App } from '../app/app';
import { dispatch } from '../app/dispatch';
import type { EmittedEvent } from '../app/emitter';
import { toErrorInfo } from '../contract/errors';
import {
  HEARTBEAT_MS,
  MAX_FRAME_BYTES,
  SOCKET_PATH,
  type WireAnswer,
  type WireEvent,
  type WireMessage,
} from '../contract/wire';
import type { Session } from './session';

/** A page this far behind has stopped reading; the events it misses are replayed when it attaches again. */
const MAX_BACKLOG_BYTES = 16 * 1024 * 1024;
const TOO_SLOW = 4008;
const CLOSE_GRACE_MS = 5_000;

const RequestFrame = z.object({ id: z.int(), name: z.unknown(), args: z.unknown() });

interface SocketOptions {
  readonly app: Pick<App, 'handlers' | 'onEvent'>;
  readonly session: Session;
  readonly heartbeatMs?: number;
  readonly maxBacklogBytes?: number;
}

/** Carries requests and events between the app and its pages (contract/wire.ts). */
export class SocketHost {
  readonly #app: SocketOptions['app'];
  readonly #session: Session;
  readonly #maxBacklogBytes: number;
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_FRAME_BYTES,
    clientTracking: true,
  });
  readonly #silent = new WeakSet<WebSocket>();
  readonly #heartbeat: ReturnType<typeof setInterval>;
  readonly #unsubscribe: () => void;

  constructor({
    app,
    session,
    heartbeatMs = HEARTBEAT_MS,
    maxBacklogBytes = MAX_BACKLOG_BYTES,
  }: SocketOptions) {
    this.#app = app;
    this.#session = session;
    this.#maxBacklogBytes = maxBacklogBytes;
    this.#unsubscribe = app.onEvent((event) => this.#broadcast(event));
    this.#heartbeat = setInterval(() => this.#beat(), heartbeatMs);
  }

  listen(server: Server): void {
    server.on('upgrade', (request, socket, head) => {
      // A browser may vanish while it is refused.
      socket.on('error', () => socket.destroy());
      const path = request.url?.split('?')[0];
      if (path !== SOCKET_PATH) refuse(socket, '404 Not Found');
      else if (!this.#session.mayConnect(request.headers)) refuse(socket, '403 Forbidden');
      else this.#accept(request, socket, head);
    });
  }

  /** Pages reconnect by themselves when the host is back. */
  close(): void {
    this.#unsubscribe();
    clearInterval(this.#heartbeat);
    for (const client of this.#server.clients) client.close(1001, 'The app is closing');
    this.#server.close();
  }

  terminate(): void {
    for (const client of this.#server.clients) client.terminate();
  }

  #accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#server.handleUpgrade(request, socket, head, (client) => {
      client.on('message', (data, isBinary) => {
        if (isBinary) client.close(1003, 'Text only');
        else void this.#answer(client, data);
      });
      client.on('pong', () => this.#silent.delete(client));
      // Too large a frame, bytes that are no UTF-8, a broken line: `ws` closes the socket, and nothing else is to be done.
      client.on('error', () => {});
    });
  }

  async #answer(client: WebSocket, data: RawData): Promise<void> {
    const frame = parseFrame(data);
    if (!frame) {
      client.close(1008, 'Not a request');
      return;
    }
    const { id, name, args } = frame;
    let answer: WireAnswer;
    try {
      answer = { id, result: (await dispatch(this.#app.handlers, name, args)) ?? null };
    } catch (error) {
      answer = { id, error: toErrorInfo(error) };
    }
    send(client, JSON.stringify(answer));
  }

  #broadcast({ name, payload }: EmittedEvent): void {
    if (this.#server.clients.size === 0) return;
    const frame = JSON.stringify({ event: name, payload } as WireEvent);
    for (const client of this.#server.clients) {
      if (client.bufferedAmount <= this.#maxBacklogBytes) send(client, frame);
      else if (client.readyState === client.OPEN) {
        client.close(TOO_SLOW, 'Too slow');
        setTimeout(() => client.terminate(), CLOSE_GRACE_MS).unref();
      }
    }
  }

  #beat(): void {
    const frame = JSON.stringify({ beat: Date.now() } satisfies WireMessage);
    for (const client of this.#server.clients) {
      // It has not answered the ping before this one: its machine sleeps, or is gone.
      if (this.#silent.has(client)) {
        client.terminate();
        continue;
      }
      this.#silent.add(client);
      client.ping();
      send(client, frame);
    }
  }
}

function send(client: WebSocket, frame: string): void {
  if (client.readyState === client.OPEN) client.send(frame);
}

function parseFrame(data: RawData): z.infer<typeof RequestFrame> | null {
  try {
    const frame = RequestFrame.safeParse(JSON.parse(data.toString()));
    return frame.success ? frame.data : null;
  } catch {
    return null;
  }
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
