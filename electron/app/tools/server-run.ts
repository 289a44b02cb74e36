import type { ErrorInfo } from '../../contract/errors';
import type { ToolServer } from '../../contract/tool-servers';
import type { ServerOffer, ToolServerState } from '../../contract/tools';

export interface RestartPolicy {
  /** Wait before the first, second, … start in a row; after the last one it stays down until it is asked for. */
  readonly restartDelaysMs?: readonly number[];
  /** A server that ran so long did not die of its start. */
  readonly steadyMs?: number;
}

const RESTART_DELAYS_MS = [1_000, 5_000, 30_000] as const;
const STEADY_MS = 60_000;

/** What cannot be found, or wants a key, will not be there in a second either. */
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

/** One server: as the settings have it, how it is, and when it is started again. */
export class ServerRun {
  server: ToolServer;
  readonly #policy: RestartPolicy;
  #state: ToolServerState = { state: 'off' };
  #pid: number | null = null;
  /** In a row. */
  #failures = 0;
  #readyAt = 0;
  #restart: ReturnType<typeof setTimeout> | undefined;

  constructor(server: ToolServer, policy: RestartPolicy) {
    this.server = server;
    this.#policy = policy;
  }

  get state(): ToolServerState {
    return this.#state;
  }

  starting(signIn: boolean): void {
    this.cancelRestart();
    this.#state = signIn ? { state: 'signing-in', url: null } : { state: 'starting' };
  }

  signingIn(url: string): void {
    this.#state = { state: 'signing-in', url };
  }

  ready(pid: number | null, { tools, prompts, resources }: ServerOffer): void {
    if (this.#state.state !== 'ready') this.#readyAt = Date.now();
    this.#pid = pid;
    this.#state = { state: 'ready', tools, ...(prompts && { prompts }), ...(resources && { resources }) };
  }

  off(): void {
    this.cancelRestart();
    this.#state = { state: 'off' };
    this.#pid = null;
    this.#failures = 0;
  }

  /** It could not even be begun. */
  refused(error: ErrorInfo): void {
    this.cancelRestart();
    this.#state = { state: 'failed', error, retryAt: null };
  }

  /** It died by itself: it is started again after a while that grows, as one that dies at once would keep the machine busy. */
  failed(error: ErrorInfo, start: () => void): void {
    const { steadyMs = STEADY_MS, restartDelaysMs = RESTART_DELAYS_MS } = this.#policy;
    const wasReady = this.#state.state === 'ready';
    if (wasReady && Date.now() - this.#readyAt >= steadyMs) this.#failures = 0;
    const isHopeless = HOPELESS.has(String(error.details?.kind));
    const delay = isHopeless ? undefined : restartDelaysMs[this.#failures];
    this.#failures++;
    this.#pid = null;
    this.#state = { state: 'failed', error, retryAt: delay === undefined ? null : Date.now() + delay };
    if (delay !== undefined) this.#restart = setTimeout(start, delay).unref();
  }

  cancelRestart(): void {
    clearTimeout(this.#restart);
    this.#restart = undefined;
  }

  /** The process that should have ended it was killed. It leads a group, which has its number. */
  endOrphan(): void {
    const pid = this.#pid;
    this.#pid = null;
    if (pid === null) return;
    try {
      process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
    } catch {
      // It is gone.
    }
  }
}
