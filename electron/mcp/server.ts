import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import {
  CallToolResultSchema,
  ErrorCode,
  McpError,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { AppError, type ErrorInfo } from '../contract/errors';
import type { ToolServer } from '../contract/tool-servers';
import type { ToolInfo, ToolResult } from '../contract/tools';
import { serverFailure } from './failures';
import { httpTransport } from './http';
import { plainText } from './plain-text';
import { toErrorResult, toResult } from './result';
import { secretsCover } from './secrets';
import { StdioTransport } from './stdio';
import { listTools } from './tool-list';

export interface ServerEvents {
  readonly ready: (tools: readonly ToolInfo[], pid: number | null) => void;
  /** Once, and only where it was not asked to end. */
  readonly ended: (error: ErrorInfo) => void;
  readonly output: (text: string) => void;
}

/** A tool that reports progress is waited for longer, but not for ever. */
const LONGEST_CALLS = 10;

/** The connection to one server, from its start to its end. */
export class ServerConnection {
  readonly #server: ToolServer;
  readonly #events: ServerEvents;
  readonly #startMs: number;
  readonly #client = new Client({ name: 'autoglm-desktop', title: 'AutoGLM Desktop', version: '1' });
  readonly #transport: StdioTransport | ReturnType<typeof httpTransport>;
  readonly #cover: (text: string) => string;
  #closing = false;
  /** Why it ended. */
  #error: ErrorInfo | null = null;

  constructor(server: ToolServer, startMs: number, events: ServerEvents) {
    this.#server = server;
    this.#events = events;
    this.#startMs = startMs;
    const { transport, name } = server;
    this.#cover = secretsCover(transport);
    const output = (text: string) => events.output(this.#cover(plainText(text)));
    this.#transport =
      transport.type === 'stdio'
        ? new StdioTransport({ name, transport, output })
        : httpTransport(name, transport, (error) => this.#fail(error));
  }

  /** Never throws: what happens is an event. */
  async start(): Promise<void> {
    const client = this.#client;
    client.setNotificationHandler(ToolListChangedNotificationSchema, () => this.#list());
    try {
      await client.connect(this.#transport, { timeout: this.#startMs });
      // Not before: a connection that fails to begin is closed by the SDK before it says why.
      client.onclose = () => this.#fail(new McpError(ErrorCode.ConnectionClosed, 'closed'));
      await this.#list();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** @throws AppError `tool-failed`, `aborted` */
  async call(
    tool: string,
    args: Readonly<Record<string, unknown>>,
    limitMs: number,
    signal: AbortSignal,
  ): Promise<ToolResult> {
    try {
      const result = await this.#client.request(
        { method: 'tools/call', params: { name: tool, arguments: { ...args } } },
        CallToolResultSchema,
        {
          signal,
          timeout: limitMs,
          resetTimeoutOnProgress: true,
          maxTotalTimeout: LONGEST_CALLS * limitMs,
          onprogress: () => {},
        },
      );
      return toResult(result);
    } catch (error) {
      if (signal.aborted) throw new AppError('aborted', 'The call was stopped.');
      const isOwn = error instanceof McpError && !OURS.has(error.code);
      if (isOwn) return toErrorResult(error.message);
      throw AppError.of(this.#error ?? this.#failure(error, limitMs));
    }
  }

  async close(): Promise<void> {
    this.#closing = true;
    if (!(this.#transport instanceof StdioTransport)) {
      const ended = this.#transport.terminateSession().catch(() => {});
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 300).unref())]);
    }
    await this.#transport.close().catch(() => {});
  }

  async #list(): Promise<void> {
    try {
      const tools = await listTools(this.#client, this.#startMs);
      const pid = this.#transport instanceof StdioTransport ? this.#transport.pid : null;
      if (!this.#closing && !this.#error) this.#events.ready(tools, pid);
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (this.#closing || this.#error) return;
    this.#error = this.#failure(error, this.#startMs);
    this.#events.ended(this.#error);
    if (this.#transport instanceof StdioTransport) this.#transport.kill();
    else void this.#transport.close().catch(() => {});
  }

  /** The process itself knows best why nothing came of it. */
  #failure(error: unknown, limitMs: number): ErrorInfo {
    const own = this.#transport instanceof StdioTransport ? this.#transport.failure : null;
    const info = own?.toInfo() ?? serverFailure(error, this.#server.name, limitMs);
    return {
      ...info,
      message: this.#cover(info.message),
      ...(info.details && {
        details: Object.fromEntries(
          Object.entries(info.details).map(([key, value]) => [
            key,
            typeof value === 'string' ? this.#cover(plainText(value)) : value,
          ]),
        ),
      }),
    };
  }
}

/** Errors of the connection; all others are the server's answer. */
const OURS: ReadonlySet<number> = new Set([ErrorCode.ConnectionClosed, ErrorCode.RequestTimeout]);
