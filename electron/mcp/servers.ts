import { AppError, assertNever, toErrorInfo } from '../contract/errors';
import type { McpCommand, McpMessage } from '../contract/tools';
import { ServerConnection } from './server';

/** All servers of this process, by the commands of contract/tools.ts. */
export class Servers {
  readonly #send: (message: McpMessage) => void;
  readonly #connections = new Map<string, ServerConnection>();
  readonly #calls = new Map<number, AbortController>();
  /** Of servers that are being ended. */
  readonly #ending = new Set<Promise<void>>();

  constructor(send: (message: McpMessage) => void) {
    this.#send = send;
  }

  handle(command: McpCommand): void {
    switch (command.type) {
      case 'start':
        this.#start(command);
        return;
      case 'stop':
        this.#end(command.server);
        return;
      case 'call':
        void this.#call(command);
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

  #start({ server, startMs }: Extract<McpCommand, { type: 'start' }>): void {
    const { id } = server;
    this.#end(id);
    const current = () => this.#connections.get(id) === connection;
    const connection: ServerConnection = new ServerConnection(server, startMs, {
      ready: (tools, pid) => current() && this.#send({ type: 'ready', server: id, tools, pid }),
      ended: (error) => {
        if (!current()) return;
        this.#connections.delete(id);
        this.#send({ type: 'ended', server: id, error });
      },
      output: (text) => current() && this.#send({ type: 'stderr', server: id, text }),
    });
    this.#connections.set(id, connection);
    void connection.start();
  }

  #end(id: string): void {
    const connection = this.#connections.get(id);
    if (!connection) return;
    this.#connections.delete(id);
    const ended = connection.close().finally(() => this.#ending.delete(ended));
    this.#ending.add(ended);
  }

  async #call(command: Extract<McpCommand, { type: 'call' }>): Promise<void> {
    const { id, server, tool, limitMs } = command;
    const abort = new AbortController();
    this.#calls.set(id, abort);
    try {
      const connection = this.#connections.get(server);
      if (!connection)
        throw new AppError('tool-failed', 'The tool’s server is not running. Start it in the settings.', {
          kind: 'tool-server-off',
        });
      const result = await connection.call(tool, command.arguments, limitMs, abort.signal);
      this.#send({ type: 'result', id, result });
    } catch (error) {
      this.#send({ type: 'failed', id, error: toErrorInfo(error) });
    } finally {
      this.#calls.delete(id);
    }
  }
}
