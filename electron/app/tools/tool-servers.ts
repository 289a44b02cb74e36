import type { Attachment } from '../../contract/conversations';
import { AppError, assertNever, type ErrorInfo, toErrorInfo } from '../../contract/errors';
import type { ToolProcess } from '../../contract/model-tool';
import type { Settings } from '../../contract/settings';
import type { ToolServer } from '../../contract/tool-servers';
import type {
  McpCommand,
  McpMessage,
  ResourceFile,
  ReturnedImage,
  ServerOffer,
  ToolResult,
  ToolServerState,
  ToolServerStatus,
} from '../../contract/tools';
import { ServerCalls } from './server-calls';
import { ServerLogs } from './server-log';
import { endOfSignIn, type SignIns } from './sign-ins';

export type McpProcess = ToolProcess<McpCommand, McpMessage>;
export type SpawnMcpProcess = () => McpProcess;

export interface ToolServersOptions {
  /** A host without it has no tools. */
  readonly spawn: SpawnMcpProcess | null;
  /** What servers gave when the user signed in. */
  readonly signIns: SignIns;
  /** Keeps a picture that a tool returned; null where it is none. */
  readonly keepImage: (image: ReturnedImage) => Promise<Attachment | null>;
  readonly changed: (statuses: readonly ToolServerStatus[]) => void;
  readonly log: (line: string) => void;
  /** For its start; the first start of a package may download it. */
  readonly startMs?: number;
  /** For a call. */
  readonly callMs?: number;
  /** Wait before the first, second, … start in a row; after the last one it stays down until it is asked for. */
  readonly restartDelaysMs?: readonly number[];
  /** A server that ran so long did not die of its start. */
  readonly steadyMs?: number;
}

const START_MS = 90_000;
const CALL_MS = 60_000;
const RESTART_DELAYS_MS = [1_000, 5_000, 30_000] as const;
const STEADY_MS = 60_000;
/** Servers are given 0.8 s to leave; what hosts wait for all of the app is 1.8 s. */
const CLOSE_MS = 1_200;

interface Entry {
  server: ToolServer;
  state: ToolServerState;
  pid: number | null;
  /** In a row. */
  failures: number;
  readyAt: number;
  restart: ReturnType<typeof setTimeout> | null;
}

/** Keeps the servers running that are switched on in the settings, all in one process of their own, and calls their tools. */
export class ToolServers {
  readonly #options: ToolServersOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #logs = new ServerLogs();
  readonly #calls = new ServerCalls();
  #process: McpProcess | null = null;
  #closed = false;

  constructor(options: ToolServersOptions) {
    this.#options = options;
  }

  /** Starts, ends and renews servers so that they are as the settings have them. */
  follow({ toolServers }: Pick<Settings, 'toolServers'>): void {
    if (this.#closed) return;
    const wanted = new Set(toolServers.map(({ id }) => id));
    for (const id of [...this.#entries.keys()]) if (!wanted.has(id)) this.#forget(id);
    for (const server of toolServers) {
      const entry = this.#entries.get(server.id);
      if (!entry) {
        this.#entries.set(server.id, newEntry(server));
        if (server.enabled) this.#start(server.id);
        continue;
      }
      const { server: before } = entry;
      entry.server = server;
      const isSame = sameProgram(before, server);
      if (before.enabled && (!server.enabled || !isSame)) this.#stop(entry);
      if (server.enabled && (!before.enabled || !isSame)) this.#start(server.id);
    }
    this.#announce();
    this.#endIdleProcess();
  }

  /** In the settings' order. */
  statuses(): readonly ToolServerStatus[] {
    return [...this.#entries].map(([id, { server, state }]) => {
      const signedIn = this.#options.signIns.of(server) !== null;
      return { id, ...state, ...(signedIn && { signedIn }) };
    });
  }

  log(id: string): string {
    return this.#logs.get(id);
  }

  restart(id: string): void {
    this.#startAnew(id, false);
  }

  /** With the user: the state says at which page. */
  signIn(id: string): void {
    this.#startAnew(id, true);
  }

  /** @throws AppError `invalid-request` where the address is none of the sign-in under way */
  finishSignIn(id: string, address: string): void {
    const url = endOfSignIn(this.#entries.get(id)?.state, address);
    this.#process?.send({ type: 'redirected', server: id, address: url });
  }

  /** Forgets what it gave, and has it taken back where it can be. */
  signOut(id: string): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    const { server } = entry;
    const kept = this.#options.signIns.of(server);
    this.#options.signIns.set(server, null);
    if (kept !== null) this.#process?.send({ type: 'revoke', server, kept });
    if (server.enabled) this.#startAnew(id, false);
    else this.#announce();
  }

  /** What servers gave that there are no more. */
  forgetRemoved(): void {
    this.#options.signIns.keepOnly(new Set(this.#entries.keys()));
  }

  #startAnew(id: string, signIn: boolean): void {
    const entry = this.#entries.get(id);
    if (!entry?.server.enabled || this.#closed) return;
    entry.failures = 0;
    this.#stop(entry);
    this.#start(id, signIn);
    this.#announce();
  }

  /** @throws AppError `tool-failed`, `aborted` */
  async call(
    server: string,
    tool: string,
    args: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ): Promise<ToolResult> {
    const asked = { type: 'call', server, tool, arguments: args, limitMs: this.#callMs } as const;
    const { result, images } = await this.#calls.ask<'call'>(this.#processOf(server), asked, signal);
    if (images.length === 0) return result;
    const kept = (await Promise.all(images.map((image) => this.#options.keepImage(image)))).filter(
      (image) => image !== null,
    );
    return kept.length > 0 ? { ...result, images: kept } : result;
  }

  /** @throws AppError `tool-failed` */
  async prompt(server: string, name: string, args: Readonly<Record<string, string>>): Promise<string> {
    const asked = { type: 'prompt', server, name, arguments: args, limitMs: this.#callMs } as const;
    return (await this.#calls.ask<'prompt'>(this.#processOf(server), asked)).text;
  }

  /** @throws AppError `tool-failed` */
  async resource(server: string, uri: string): Promise<readonly ResourceFile[]> {
    const asked = { type: 'resource', server, uri, limitMs: this.#callMs } as const;
    return (await this.#calls.ask<'resource'>(this.#processOf(server), asked)).files;
  }

  get #callMs(): number {
    return this.#options.callMs ?? CALL_MS;
  }

  #processOf(server: string): McpProcess {
    if (this.#process && this.#entries.get(server)?.state.state === 'ready') return this.#process;
    throw new AppError('tool-failed', 'The tool’s server is not running. Start it in the settings.', {
      kind: 'tool-server-off',
    });
  }

  /** Ends every server; resolves when they are gone. */
  async close(): Promise<void> {
    this.#closed = true;
    const process = this.#process;
    this.forgetRemoved();
    for (const entry of this.#entries.values()) if (entry.restart) clearTimeout(entry.restart);
    if (!process) return;
    this.#process = null;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, CLOSE_MS);
      const done = () => {
        clearTimeout(timer);
        resolve();
      };
      process.onMessage((message) => message.type === 'closed' && done());
      process.onExit(done);
      process.send({ type: 'shutdown' });
    });
    this.#endOrphans();
    process.kill();
  }

  #start(id: string, signIn = false): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    if (entry.restart) clearTimeout(entry.restart);
    entry.restart = null;
    try {
      this.#process ??= this.#spawn();
    } catch (error) {
      entry.state = { state: 'failed', error: toErrorInfo(error), retryAt: null };
      return;
    }
    this.#logs.forget(id);
    entry.state = signIn ? { state: 'signing-in', url: null } : { state: 'starting' };
    this.#process.send({
      type: 'start',
      server: entry.server,
      startMs: this.#options.startMs ?? START_MS,
      kept: this.#options.signIns.of(entry.server),
      signIn,
    });
  }

  #stop(entry: Entry): void {
    const { id } = entry.server;
    if (entry.restart) clearTimeout(entry.restart);
    entry.restart = null;
    entry.state = { state: 'off' };
    entry.pid = null;
    entry.failures = 0;
    this.#process?.send({ type: 'stop', server: id });
    this.#calls.failAll(id, {
      code: 'tool-failed',
      message: 'The tool’s server was switched off.',
      details: { kind: 'tool-server-off' },
    });
  }

  #forget(id: string): void {
    const entry = this.#entries.get(id);
    if (entry) this.#stop(entry);
    this.#entries.delete(id);
    this.#logs.forget(id);
  }

  #spawn(): McpProcess {
    const { spawn } = this.#options;
    if (!spawn)
      throw new AppError('unavailable', 'Tools cannot be used here.', { kind: 'tools-unavailable' });
    const process = spawn();
    process.onMessage((message) => {
      if (this.#process === process) this.#hear(message);
    });
    process.onExit((reason) => {
      if (this.#process === process) this.#exited(reason);
    });
    return process;
  }

  #hear(message: McpMessage): void {
    switch (message.type) {
      case 'ready': {
        const entry = this.#entries.get(message.server);
        if (!entry || entry.state.state === 'off') return;
        if (entry.state.state !== 'ready') entry.readyAt = Date.now();
        entry.pid = message.pid;
        entry.state = { state: 'ready', ...offerOf(message) };
        this.#announce();
        return;
      }
      case 'sign-in': {
        const entry = this.#entries.get(message.server);
        if (entry?.state.state !== 'signing-in') return;
        entry.state = { state: 'signing-in', url: message.url };
        this.#announce();
        return;
      }
      case 'kept': {
        const entry = this.#entries.get(message.server);
        if (entry) this.#options.signIns.set(entry.server, message.kept);
        return;
      }
      case 'ended':
        this.#failed(message.server, message.error);
        this.#announce();
        return;
      case 'stderr':
        this.#logs.add(message.server, message.text);
        return;
      case 'result':
      case 'prompt-text':
      case 'resource-files':
        this.#calls.answered(message);
        return;
      case 'failed':
        this.#calls.failed(message.id, message.error);
        return;
      case 'closed':
        return;
      default:
        assertNever(message);
    }
  }

  /** It died by itself: it is started again after a while that grows, as one that dies at once would keep the machine busy. */
  #failed(id: string, error: ErrorInfo): void {
    const entry = this.#entries.get(id);
    if (!entry || entry.state.state === 'off') return;
    this.#options.log(`Tool server ${entry.server.name}: ${error.message}`);
    const { steadyMs = STEADY_MS, restartDelaysMs = RESTART_DELAYS_MS } = this.#options;
    const wasReady = entry.state.state === 'ready';
    if (wasReady && Date.now() - entry.readyAt >= steadyMs) entry.failures = 0;
    // What cannot be found, or wants a key, will not be there in a second either.
    const isHopeless = HOPELESS.has(String(error.details?.kind));
    const delay = isHopeless ? undefined : restartDelaysMs[entry.failures];
    entry.failures++;
    entry.pid = null;
    entry.state = { state: 'failed', error, retryAt: delay === undefined ? null : Date.now() + delay };
    this.#calls.failAll(id, error);
    if (delay === undefined) return;
    entry.restart = setTimeout(() => {
      this.#start(id);
      this.#announce();
    }, delay);
    entry.restart.unref();
  }

  #exited(reason: string): void {
    this.#process = null;
    this.#endOrphans();
    this.#options.log(`The process of the tool servers ${reason}.`);
    const error: ErrorInfo = {
      code: 'tool-failed',
      message: `The process of the tool servers ${reason}.`,
      details: { kind: 'tool-process-died' },
    };
    for (const [id, { server }] of this.#entries) if (server.enabled) this.#failed(id, error);
    this.#announce();
  }

  /** The process that should have ended its children was killed. Each leads a group, which has its number. */
  #endOrphans(): void {
    for (const entry of this.#entries.values()) {
      const { pid } = entry;
      entry.pid = null;
      if (pid === null) continue;
      try {
        process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
      } catch {
        // It is gone.
      }
    }
  }

  /** No server is switched on any more. */
  #endIdleProcess(): void {
    const process = this.#process;
    if (!process || [...this.#entries.values()].some(({ server }) => server.enabled)) return;
    this.#process = null;
    process.onMessage((message) => message.type === 'closed' && process.kill());
    process.send({ type: 'shutdown' });
  }

  #announce(): void {
    if (!this.#closed) this.#options.changed(this.statuses());
  }
}

const HOPELESS: ReadonlySet<string> = new Set([
  'tool-server-command',
  'tool-server-key',
  'tool-server-garbage',
  'tool-sign-in',
  'tool-sign-in-refused',
  'tool-sign-in-late',
  'tool-sign-in-unregistered',
  'tool-sign-in-failed',
  'tool-sign-in-insecure',
  'tools-unavailable',
]);

function offerOf({ tools, prompts, resources }: ServerOffer): ServerOffer {
  return { tools, ...(prompts && { prompts }), ...(resources && { resources }) };
}

function newEntry(server: ToolServer): Entry {
  return { server, state: { state: 'off' }, pid: null, failures: 0, readyAt: 0, restart: null };
}

/** What it is called and what was allowed of it needs no new start. */
function sameProgram(a: ToolServer, b: ToolServer): boolean {
  return a.name === b.name && JSON.stringify(a.transport) === JSON.stringify(b.transport);
}
