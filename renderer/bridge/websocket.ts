import type {
  AppBridge,
  EventName,
  Events,
  RequestArguments,
  RequestName,
  RequestResult,
} from '../../electron/contract/api';
import { AppError } from '../../electron/contract/errors';
import {
  HEARTBEAT_MS,
  MAX_FRAME_BYTES,
  SESSION_PATH,
  SOCKET_PATH,
  type WireMessage,
  type WireRequest,
} from '../../electron/contract/wire';

interface Waiting {
  readonly resolve: (result: never) => void;
  readonly reject: (error: AppError) => void;
}

/** Milliseconds to the next attempt: quick at first, for a host that only restarts, then every five seconds. */
export function reconnectDelay(attempt: number): number {
  return Math.min(5000, 150 * 2 ** attempt);
}

/**
 * The bridge over the headless host's WebSocket (contract/wire.ts). It reconnects by itself. Requests in flight when the
 * connection breaks fail as `unavailable`, because nobody can know whether the host carried them out; requests made while it is
 * being restored wait for it.
 */
class WebSocketBridge implements AppBridge {
  #socket: WebSocket | null = null;
  #state: 'open' | 'lost' | 'connecting' = 'connecting';
  #attempt = 0;
  #nextId = 1;
  #silence: ReturnType<typeof setTimeout> | undefined;
  readonly #waiting = new Map<number, Waiting>();
  /** Frames of requests made while there was no socket. */
  #queued: { readonly id: number; readonly frame: string }[] = [];
  readonly #listeners = new Map<EventName, Set<(payload: never) => void>>();
  readonly #connectionListeners = new Set<(state: 'open' | 'lost') => void>();

  constructor() {
    void this.#open();
    // A laptop that wakes up or a tab that returns should not wait for the timer.
    addEventListener('online', () => this.#hurry());
    document.addEventListener('visibilitychange', () => !document.hidden && this.#hurry());
  }

  request<K extends RequestName>(name: K, ...args: RequestArguments<K>): Promise<RequestResult<K>> {
    const id = this.#nextId++;
    const frame = JSON.stringify({ id, name, args } as WireRequest);
    // Three bytes a UTF-16 unit is the most UTF-8 takes; the exact size is only counted where it matters.
    if (frame.length * 3 > MAX_FRAME_BYTES && new Blob([frame]).size > MAX_FRAME_BYTES) {
      return Promise.reject(
        new AppError('invalid-request', 'This is larger than the app accepts at once (32 MB).', {
          kind: 'request-too-large',
          megabytes: MAX_FRAME_BYTES / 1024 / 1024,
        }),
      );
    }
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      if (this.#state === 'open') this.#socket?.send(frame);
      else this.#queued.push({ id, frame });
    });
  }

  on<K extends EventName>(name: K, listener: (payload: Events[K]) => void): () => void {
    let listeners = this.#listeners.get(name);
    if (!listeners) {
      listeners = new Set();
      this.#listeners.set(name, listeners);
    }
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  onConnection(listener: (state: 'open' | 'lost') => void): () => void {
    this.#connectionListeners.add(listener);
    if (this.#state !== 'connecting') listener(this.#state);
    return () => this.#connectionListeners.delete(listener);
  }

  #retry: ReturnType<typeof setTimeout> | undefined;

  async #open(): Promise<void> {
    clearTimeout(this.#retry);
    try {
      // The host forgets cookies when it restarts, so every attempt asks for its own.
      const answer = await fetch(SESSION_PATH, { method: 'POST', credentials: 'same-origin' });
      if (!answer.ok) throw new Error(`session refused: ${answer.status}`);
    } catch {
      this.#lose();
      return;
    }
    const url = new URL(SOCKET_PATH, location.href);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = new WebSocket(url);
    this.#socket = socket;
    socket.onopen = () => {
      this.#attempt = 0;
      this.#state = 'open';
      this.#heard();
      const queued = this.#queued;
      this.#queued = [];
      for (const { frame } of queued) socket.send(frame);
      for (const listener of this.#connectionListeners) listener('open');
    };
    socket.onmessage = (event: MessageEvent<string>) => {
      this.#heard();
      this.#receive(JSON.parse(event.data) as WireMessage);
    };
    socket.onclose = () => {
      if (this.#socket === socket) this.#lose();
    };
  }

  #receive(message: WireMessage): void {
    if ('beat' in message) return;
    if ('event' in message) {
      for (const listener of this.#listeners.get(message.event) ?? []) listener(message.payload as never);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    if (!waiting) return;
    this.#waiting.delete(message.id);
    if ('error' in message) {
      waiting.reject(AppError.of(message.error));
    } else waiting.resolve(message.result as never);
  }

  /** A host that is gone without closing (sleep, a pulled plug) is noticed by its silence. */
  #heard(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#socket?.close(), 2 * HEARTBEAT_MS);
  }

  #lose(): void {
    clearTimeout(this.#silence);
    this.#socket = null;
    const queued = new Set(this.#queued.map(({ id }) => id));
    for (const [id, { reject }] of this.#waiting) {
      if (queued.has(id)) continue;
      this.#waiting.delete(id);
      reject(new AppError('unavailable', 'The connection to AutoGLM was lost.', { kind: 'connection-lost' }));
    }
    if (this.#state !== 'lost') {
      this.#state = 'lost';
      for (const listener of this.#connectionListeners) listener('lost');
    }
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.#open(), reconnectDelay(this.#attempt++));
  }

  #hurry(): void {
    if (this.#state !== 'lost' || this.#socket) return;
    this.#attempt = 0;
    void this.#open();
  }
}

export function connectWebSocket(): AppBridge {
  return new WebSocketBridge();
}
