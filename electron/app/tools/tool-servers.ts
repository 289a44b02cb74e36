import { AppError, assertNever, type ErrorInfo, toErrorInfo } from '../../contract/errors';
import type { ToolProcess } from '../../contract/model-tool';
import type { Settings } from '../../contract/settings';
import type { ToolServer } from '../../contract/tool-servers';
import type { McpCommand, McpMessage, ToolServerStatus } from '../../contract/tools';
import { ServerCalls, type ServerCallsOptions } from './server-calls';
import { ServerLogs } from './server-log';
import { type RestartPolicy, ServerRun } from './server-run';
import { endOfSignIn, type SignIns } from './sign-ins';

export type McpProcess = ToolProcess<McpCommand, McpMessage>;
export type SpawnMcpProcess = () => McpProcess;

export interface ToolServersOptions extends RestartPolicy {
  /** A host without it has no tools. */
  readonly spawn: SpawnMcpProcess | null;
  /** What servers gave when the user signed in. */
  readonly signIns: SignIns;
  readonly keepImage: ServerCallsOptions['keepImage'];
  readonly changed: (statuses: readonly ToolServerStatus[]) => void;
  readonly log: (line: string) => void;
  /** For its start; the first start of a package may download it. */
  readonly startMs?: number;
  /** For a call. */
  readonly callMs?: number;
}

const START_MS = 90_000;
const CALL_MS = 60_000;
/** Servers are given 0.8 s to leave; what hosts wait for all of the app is 1.8 s. */
const CLOSE_MS = 1_200;

/** Keeps the servers running that are switched on in the settings, all in one process of their own. */
export class ToolServers {
  readonly calls: ServerCalls;
  readonly #options: ToolServersOptions;
  readonly #runs = new Map<string, ServerRun>();
  readonly #logs = new ServerLogs();
  #process: McpProcess | null = null;
  #closed = false;

  constructor(options: ToolServersOptions) {
    this.#options = options;
    this.calls = new ServerCalls({
      processOf: (server) => this.#processOf(server),
      keepImage: options.keepImage,
      limitMs: options.callMs ?? CALL_MS,
    });
  }

  /** Starts, ends and renews servers so that they are as the settings have them. */
  follow({ toolServers }: Pick<Settings, 'toolServers'>): void {
    if (this.#closed) return;
    const wanted = new Set(toolServers.map(({ id }) => id));
    for (const id of [...this.#runs.keys()]) if (!wanted.has(id)) this.#forget(id);
    for (const server of toolServers) {
      const run = this.#runs.get(server.id);
      if (!run) {
        this.#runs.set(server.id, new ServerRun(server, this.#options));
        if (server.enabled) this.#start(server.id);
        continue;
      }
      const { server: before } = run;
      run.server = server;
      const isSame = sameProgram(before, server);
      if (before.enabled && (!server.enabled || !isSame)) this.#stop(run);
      if (server.enabled && (!before.enabled || !isSame)) this.#start(server.id);
    }
    this.#announce();
    this.#endIdleProcess();
  }

  /** In the settings' order. */
  statuses(): readonly ToolServerStatus[] {
    return [...this.#runs].map(([id, { server, state }]) => {
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
    const url = endOfSignIn(this.#runs.get(id)?.state, address);
    this.#process?.send({ type: 'redirected', server: id, address: url });
  }

  /** Forgets what it gave, and has it taken back where it can be. */
  signOut(id: string): void {
    const run = this.#runs.get(id);
    if (!run) return;
    const { server } = run;
    const kept = this.#options.signIns.of(server);
    this.#options.signIns.set(server, null);
    if (kept !== null) this.#process?.send({ type: 'revoke', server, kept });
    if (server.enabled) this.#startAnew(id, false);
    else this.#announce();
  }

  /** What servers gave that there are no more. */
  forgetRemoved(): void {
    this.#options.signIns.keepOnly(new Set(this.#runs.keys()));
  }

  #startAnew(id: string, signIn: boolean): void {
    const run = this.#runs.get(id);
    if (!run?.server.enabled || this.#closed) return;
    this.#stop(run);
    this.#start(id, signIn);
    this.#announce();
  }

  #processOf(server: string): McpProcess {
    if (this.#process && this.#runs.get(server)?.state.state === 'ready') return this.#process;
    throw new AppError('tool-failed', 'The tool’s server is not running. Start it in the settings.', {
      kind: 'tool-server-off',
    });
  }

  /** Ends every server; resolves when they are gone. */
  async close(): Promise<void> {
    this.#closed = true;
    const process = this.#process;
    this.forgetRemoved();
    for (const run of this.#runs.values()) run.cancelRestart();
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
    const run = this.#runs.get(id);
    if (!run) return;
    try {
      this.#process ??= this.#spawn();
    } catch (error) {
      run.refused(toErrorInfo(error));
      return;
    }
    this.#logs.forget(id);
    run.starting(signIn);
    this.#process.send({
      type: 'start',
      server: run.server,
      startMs: this.#options.startMs ?? START_MS,
      kept: this.#options.signIns.of(run.server),
      signIn,
    });
  }

  #stop(run: ServerRun): void {
    const { id } = run.server;
    run.off();
    this.#process?.send({ type: 'stop', server: id });
    this.calls.failAll(id, {
      code: 'tool-failed',
      message: 'The tool’s server was switched off.',
      details: { kind: 'tool-server-off' },
    });
  }

  #forget(id: string): void {
    const run = this.#runs.get(id);
    if (run) this.#stop(run);
    this.#runs.delete(id);
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
        const run = this.#runs.get(message.server);
        if (!run || run.state.state === 'off') return;
        run.ready(message.pid, message);
        this.#announce();
        return;
      }
      case 'sign-in': {
        const run = this.#runs.get(message.server);
        if (run?.state.state !== 'signing-in') return;
        run.signingIn(message.url);
        this.#announce();
        return;
      }
      case 'kept': {
        const run = this.#runs.get(message.server);
        if (run) this.#options.signIns.set(run.server, message.kept);
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
        this.calls.answered(message);
        return;
      case 'failed':
        this.calls.failed(message.id, message.error);
        return;
      case 'closed':
        return;
      default:
        assertNever(message);
    }
  }

  #failed(id: string, error: ErrorInfo): void {
    const run = this.#runs.get(id);
    if (!run || run.state.state === 'off') return;
    this.#options.log(`Tool server ${run.server.name}: ${error.message}`);
    run.failed(error, () => {
      this.#start(id);
      this.#announce();
    });
    this.calls.failAll(id, error);
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
    for (const [id, { server }] of this.#runs) if (server.enabled) this.#failed(id, error);
    this.#announce();
  }

  /** The process that should have ended its children was killed. */
  #endOrphans(): void {
    for (const run of this.#runs.values()) run.endOrphan();
  }

  /** No server is switched on any more. */
  #endIdleProcess(): void {
    const process = this.#process;
    if (!process || [...this.#runs.values()].some(({ server }) => server.enabled)) return;
    this.#process = null;
    process.onMessage((message) => message.type === 'closed' && process.kill());
    process.send({ type: 'shutdown' });
  }

  #announce(): void {
    if (!this.#closed) this.#options.changed(this.statuses());
  }
}

/** What it is called and what was allowed of it needs no new start. */
function sameProgram(a: ToolServer, b: ToolServer): boolean {
  return a.name === b.name && JSON.stringify(a.transport) === JSON.stringify(b.transport);
}
