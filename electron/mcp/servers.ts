import { randomBytes } from 'node:crypto';
import { AppError, assertNever, toErrorInfo } from '../contract/errors';
import type { McpCommand, McpMessage } from '../contract/tools';
import { boundedFetch } from './http';
import { listenForRedirect } from './loopback';
import { revoke } from './oauth';
import { ServerConnection, type ServerEvents } from './server';

/** The app does not wait longer for it when it closes. */
const REVOKE_MS = 1_000;

/** All servers of this process, by the commands of contract/tools.ts. */
export class Servers {
  readonly #send: (message: McpMessage) => void;
  readonly #connections = new Map<string, ServerConnection>();
  readonly #calls = new Map<number, AbortController>();
  /** The start of each that counts. */
  readonly #begun = new Map<string, symbol>();
  /** Of servers that are being ended. */
  readonly #ending = new Set<Promise<void>>();

  constructor(send: (message: McpMessage) => void) {
    this.#send = send;
  }

  handle(command: McpCommand): void {
    switch (command.type) {
      case 'start':
        void this.#start(command);
        return;
      case 'stop':
        this.#end(command.server);
        return;
      case 'redirected':
        this.#connections.get(command.server)?.redirected(command.address);
        return;
      case 'revoke':
        this.#revoke(command);
        return;
      case 'call':
        void this.#call(command);
        return;
      case 'prompt':
      case 'resource':
        void this.#ask(command);
        return;
      case 'cancel':
        this.#calls.get(command.id)?.abort();
        return;
      case 'shutdown':
        void this.close().then(() => this.#send({ type: 'closed' }));
        return;
      default:
        assertNever(command);
    }
  }

  async close(): Promise<void> {
    for (const id of [...this.#connections.keys()]) this.#end(id);
    await Promise.all(this.#ending);
  }

  async #start({
    server,
    startMs,
    kept: before,
    signIn,
  }: Extract<McpCommand, { type: 'start' }>): Promise<void> {
    const { id } = server;
    this.#end(id);
    const begun = Symbol();
    this.#begun.set(id, begun);
    const loopback = signIn ? await listenForRedirect(randomBytes(24).toString('base64url')) : null;
    // Another start, or an end, while the port was opened.
    if (this.#begun.get(id) !== begun) {
      loopback?.close();
      return;
    }
    let kept = before;
    const current = () => this.#connections.get(id) === connection;
    const events: ServerEvents = {
      ready: (offer, pid) => current() && this.#send({ type: 'ready', server: id, pid, ...offer }),
      ended: (error) => {
        if (!current()) return;
        this.#connections.delete(id);
        this.#send({ type: 'ended', server: id, error });
      },
      output: (text) => current() && this.#send({ type: 'stderr', server: id, text }),
      signIn: (url) => current() && this.#send({ type: 'sign-in', server: id, url }),
      signedIn: () => current() && void this.#start({ type: 'start', server, startMs, kept, signIn: false }),
      kept: (next) => {
        kept = next;
        if (current()) this.#send({ type: 'kept', server: id, kept });
      },
    };
    const connection: ServerConnection = new ServerConnection({ server, startMs, kept, events }, loopback);
    this.#connections.set(id, connection);
    void connection.start();
  }

  #revoke({ server, kept }: Extract<McpCommand, { type: 'revoke' }>): void {
    const { name, transport } = server;
    if (transport.type !== 'http') return;
    const done = revoke(kept, boundedFetch({ name, transport, failed: () => {} }), REVOKE_MS).finally(() =>
      this.#ending.delete(done),
    );
    this.#ending.add(done);
  }

  #end(id: string): void {
    this.#begun.delete(id);
    const connection = this.#connections.get(id);
    if (!connection) return;
    this.#connections.delete(id);
    const ended = connection.close().finally(() => this.#ending.delete(ended));
    this.#ending.add(ended);
  }

  #connection(server: string): ServerConnection {
    const connection = this.#connections.get(server);
    if (connection) return connection;
    throw new AppError('tool-failed', 'The tool’s server is not running. Start it in the settings.', {
      kind: 'tool-server-off',
    });
  }

  async #ask(command: Extract<McpCommand, { type: 'prompt' | 'resource' }>): Promise<void> {
    const { id, server, limitMs } = command;
    try {
      const connection = this.#connection(server);
      if (command.type === 'prompt') {
        const text = await connection.prompt(command.name, command.arguments, limitMs);
        this.#send({ type: 'prompt-text', id, text });
      } else {
        const files = await connection.resource(command.uri, limitMs);
        this.#send({ type: 'resource-files', id, files });
      }
    } catch (error) {
      this.#send({ type: 'failed', id, error: toErrorInfo(error) });
    }
  }

  async #call(command: Extract<McpCommand, { type: 'call' }>): Promise<void> {
    const { id, server, tool, limitMs } = command;
    const abort = new AbortController();
    this.#calls.set(id, abort);
    try {
      const connection = this.#connection(server);
      const { result, images } = await connection.call(tool, command.arguments, limitMs, abort.signal);
      this.#send({ type: 'result', id, result, images });
    } catch (error) {
      this.#send({ type: 'failed', id, error: toErrorInfo(error) });
    } finally {
      this.#calls.delete(id);
    }
  }
}
