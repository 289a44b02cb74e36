import { setTimeout as sleep } from 'node:timers/promises';
import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPError } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import {
  CallToolResultSchema,
  ErrorCode,
  McpError,
  PromptListChangedNotificationSchema,
  ResourceListChangedNotificationSchema,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { AppError, type ErrorInfo } from '../contract/errors';
import type { ToolServer } from '../contract/tool-servers';
import type { ResourceFile, ServerOffer } from '../contract/tools';
import { refusedIt, serverFailure, signInFailure, signInLate, signInRefused } from './failures';
import { hasKey, httpTransport } from './http';
import type { Loopback } from './loopback';
import { allowAddress, isSignInWanted, OAuthSession } from './oauth';
import { plainText } from './plain-text';
import { listPrompts, listResources, promptText, resourceFiles } from './prompts';
import { type Returned, toErrorResult, toResult } from './result';
import { secretsCover } from './secrets';
import { StdioTransport } from './stdio';
import { listTools } from './tool-list';

export interface ServerEvents {
  readonly ready: (offer: ServerOffer, pid: number | null) => void;
  /** Once, and only where it was not asked to end. */
  readonly ended: (error: ErrorInfo) => void;
  readonly output: (text: string) => void;
  /** The page at which the user signs in. */
  readonly signIn: (url: string) => void;
  /** The user has; it is to be started again, which it does with what was kept. */
  readonly signedIn: () => void;
  readonly kept: (kept: string | null) => void;
}

export interface ConnectionOptions {
  readonly server: ToolServer;
  readonly startMs: number;
  /** Of its last sign-in. */
  readonly kept: string | null;
  readonly events: ServerEvents;
}

/** For somebody who has to find a password first. */
const SIGN_IN_MS = 10 * 60_000;
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
  /** Where the browser comes back to, while the user signs in. */
  readonly #loopback: Loopback | null;
  #closing = false;
  /** Why it ended. */
  #error: ErrorInfo | null = null;

  /** `loopback`: the user signs in first. It is closed with the connection. */
  constructor({ server, startMs, kept, events }: ConnectionOptions, loopback: Loopback | null = null) {
    this.#server = server;
    this.#events = events;
    this.#startMs = startMs;
    this.#loopback = loopback;
    const { transport, name } = server;
    const session =
      transport.type === 'http' && !hasKey(transport)
        ? new OAuthSession({
            name,
            kept,
            save: events.kept,
            ...(loopback && {
              interactive: {
                redirectUrl: loopback.url,
                state: loopback.state,
                open: (url) => this.#open(url),
              },
            }),
          })
        : undefined;
    this.#cover = secretsCover(transport, () => session?.secrets ?? []);
    const output = (text: string) => events.output(this.#cover(plainText(text)));
    this.#transport =
      transport.type === 'stdio'
        ? new StdioTransport({ name, transport, output })
        : httpTransport({ name, transport, session, failed: (error) => this.#fail(error) });
  }

  /** Never throws: what happens is an event. */
  async start(): Promise<void> {
    const client = this.#client;
    for (const changed of [
      ToolListChangedNotificationSchema,
      PromptListChangedNotificationSchema,
      ResourceListChangedNotificationSchema,
    ])
      client.setNotificationHandler(changed, () => this.#list());
    try {
      await client.connect(this.#transport, { timeout: this.#startMs });
      // Not before: a connection that fails to begin is closed by the SDK before it says why.
      client.onclose = () => this.#fail(new McpError(ErrorCode.ConnectionClosed, 'closed'));
      await this.#list();
      this.#loopback?.close();
    } catch (error) {
      if (this.#loopback && error instanceof UnauthorizedError) await this.#signIn(this.#loopback);
      else this.#fail(this.#loopback ? this.#signInProblem(error) : error);
    }
  }

  /** Where a browser elsewhere ended. */
  redirected(address: string): void {
    this.#loopback?.take(address);
  }

  /** @throws AppError `tool-failed`, `aborted` */
  async call(
    tool: string,
    args: Readonly<Record<string, unknown>>,
    limitMs: number,
    signal: AbortSignal,
  ): Promise<Returned> {
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
      // Its tokens are spent: nothing works until the user has signed in again.
      if (isSignInWanted(error)) this.#fail(error);
      throw AppError.of(this.#error ?? this.#failure(error, limitMs));
    }
  }

  /** @throws AppError `tool-failed` */
  prompt(name: string, args: Readonly<Record<string, string>>, limitMs: number): Promise<string> {
    return this.#asked((client) => promptText(client, name, args, limitMs), limitMs);
  }

  /** @throws AppError `tool-failed` */
  resource(uri: string, limitMs: number): Promise<readonly ResourceFile[]> {
    return this.#asked((client) => resourceFiles(client, uri, limitMs), limitMs);
  }

  async close(): Promise<void> {
    this.#closing = true;
    this.#loopback?.close();
    if (!(this.#transport instanceof StdioTransport)) {
      const ended = this.#transport.terminateSession().catch(() => {});
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 300).unref())]);
    }
    await this.#transport.close().catch(() => {});
  }

  async #list(): Promise<void> {
    try {
      const tools = await listTools(this.#client, this.#startMs);
      const prompts = await this.#orNone(listPrompts(this.#client, this.#startMs));
      const resources = await this.#orNone(listResources(this.#client, this.#startMs));
      const pid = this.#transport instanceof StdioTransport ? this.#transport.pid : null;
      const offer = {
        tools,
        ...(prompts.length > 0 && { prompts }),
        ...(resources.length > 0 && { resources }),
      };
      if (!this.#closing && !this.#error) this.#events.ready(offer, pid);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** A server that says it has them and then fails to list them has its tools all the same. */
  async #orNone<Item>(list: Promise<readonly Item[]>): Promise<readonly Item[]> {
    try {
      return await list;
    } catch (error) {
      if (error instanceof McpError && !OURS.has(error.code)) return [];
      throw error;
    }
  }

  /** @throws AppError `tool-failed` */
  async #asked<Result>(work: (client: Client) => Promise<Result>, limitMs: number): Promise<Result> {
    try {
      return await work(this.#client);
    } catch (error) {
      if (error instanceof McpError && !OURS.has(error.code)) {
        const reason = error.message.replace(/^MCP error -?\d+: /, '').slice(0, 500);
        throw refusedIt(this.#server.name, this.#cover(plainText(reason)));
      }
      if (isSignInWanted(error)) this.#fail(error);
      throw AppError.of(this.#error ?? this.#failure(error, limitMs));
    }
  }

  #open(url: URL): void {
    if (this.#server.transport.type === 'http')
      allowAddress(this.#server.name, new URL(this.#server.transport.url), url);
    this.#events.signIn(url.href);
  }

  /** Waits for the browser, and has what it brings exchanged for tokens. */
  async #signIn(loopback: Loopback): Promise<void> {
    const { name } = this.#server;
    if (this.#transport instanceof StdioTransport) return;
    const late = new AbortController();
    try {
      const redirected = await Promise.race([
        loopback.redirected,
        sleep(SIGN_IN_MS, null, { signal: late.signal, ref: false }),
      ]);
      if (redirected === null) throw signInLate(name, SIGN_IN_MS / 60_000);
      if ('refused' in redirected) throw signInRefused(name, plainText(redirected.refused));
      await this.#transport.finishAuth(redirected.code);
      if (!this.#closing) this.#events.signedIn();
    } catch (error) {
      this.#fail(this.#signInProblem(error));
    } finally {
      late.abort();
      loopback.close();
    }
  }

  /** A server that is not there, or needs no sign-in, has problems of its own. */
  #signInProblem(error: unknown): unknown {
    const isOwn =
      error instanceof McpError || error instanceof StreamableHTTPError || error instanceof TypeError;
    return isOwn ? error : signInFailure(error, this.#server.name);
  }

  #fail(error: unknown): void {
    if (this.#closing || this.#error) return;
    this.#loopback?.close();
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
