import { type ChildProcess, execFile } from 'node:child_process';
import { homedir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { getDefaultEnvironment } from '@modelcontextprotocol/sdk/client/stdio.js';
import { deserializeMessage, serializeMessage } from '@modelcontextprotocol/sdk/shared/stdio.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import spawn from 'cross-spawn';
import type { AppError } from '../contract/errors';
import type { ToolTransport } from '../contract/tool-servers';
import { ended, garbage, MAX_MESSAGE_BYTES, notFound, tooMuch } from './failures';

/** A server that is asked to leave, then told. Two waits and what they end must fit into the app's own closing. */
const LEAVE_MS = 400;

interface StdioOptions {
  readonly name: string;
  readonly transport: Extract<ToolTransport, { type: 'stdio' }>;
  /** What it writes beside the protocol. */
  readonly output: (text: string) => void;
}

/**
 * A server as a child of this process. The SDK's own transport leaves behind what the child started (`npx` starts the server as a
 * grandchild); this one leads a group of processes, which ends as one.
 */
export class StdioTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  readonly #options: StdioOptions;
  #child: ChildProcess | null = null;
  #exited: Promise<void> = Promise.resolve();
  #chunks: Buffer[] = [];
  #bytes = 0;
  #failure: AppError | null = null;

  constructor(options: StdioOptions) {
    this.#options = options;
  }

  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  /** Why it is no longer there; null while it is, and where it was ended by `close`. */
  get failure(): AppError | null {
    return this.#failure;
  }

  async start(): Promise<void> {
    const { transport, name, output } = this.#options;
    const child = spawn(transport.command, transport.args, {
      // Not our whole environment: it may hold keys that are none of the server's business.
      env: { ...getDefaultEnvironment(), ...transport.env },
      cwd: homedir(),
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    this.#child = child;
    child.stdin?.on('error', () => {});
    child.stdout?.on('data', (chunk: Buffer) => this.#read(chunk));
    child.stderr?.on('data', (chunk: Buffer) => output(chunk.toString('utf8')));
    this.#exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.#failure ??= ended(name, signal ? `was ended by ${signal}` : `ended with code ${code}`);
        // What it had started and left behind.
        this.#signal('SIGKILL');
        resolve();
        this.onclose?.();
      });
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (error: NodeJS.ErrnoException) => {
        const missing = error.code === 'ENOENT' || error.code === 'EACCES';
        this.#failure = missing
          ? notFound(transport.command)
          : ended(name, `could not be started: ${error.message}`);
        reject(this.#failure);
      });
    });
  }

  async send(message: JSONRPCMessage): Promise<void> {
    const { stdin } = this.#child ?? {};
    if (!stdin || this.#failure) throw this.#failure ?? ended(this.#options.name, 'is not running');
    stdin.write(serializeMessage(message));
  }

  async close(): Promise<void> {
    const child = this.#child;
    if (!child || child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.stdin?.end();
    await Promise.race([this.#exited, sleep(LEAVE_MS)]);
    if (child.exitCode === null && child.signalCode === null) {
      this.#signal('SIGTERM');
      await Promise.race([this.#exited, sleep(LEAVE_MS)]);
    }
    if (child.exitCode === null && child.signalCode === null) this.#signal('SIGKILL');
  }

  /** At once. */
  kill(): void {
    this.#signal('SIGKILL');
  }

  #signal(signal: NodeJS.Signals): void {
    const pid = this.#child?.pid;
    if (pid === undefined) return;
    if (process.platform === 'win32') {
      execFile('taskkill', ['/pid', String(pid), '/t', '/f'], () => {});
      return;
    }
    try {
      process.kill(-pid, signal);
    } catch {
      // All of it is gone.
    }
  }

  /** Messages are lines. Chunks are joined once a line is whole, as joining at each would copy a long one again and again. */
  #read(chunk: Buffer): void {
    if (this.#failure) return;
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      this.#chunks.push(chunk.subarray(from, end));
      from = end + 1;
      const line = Buffer.concat(this.#chunks).toString('utf8').trim();
      this.#chunks = [];
      this.#bytes = 0;
      if (line !== '') this.#line(line);
    }
    this.#chunks.push(chunk.subarray(from));
    this.#bytes += chunk.length - from;
    if (this.#bytes > MAX_MESSAGE_BYTES) this.#fail(tooMuch(this.#options.name));
  }

  #line(line: string): void {
    // Many servers greet or log there, which the protocol forbids: it is kept with what they write to their standard error.
    if (!line.startsWith('{') && !line.startsWith('[')) {
      this.#options.output(`${line.slice(0, 2_000)}\n`);
      return;
    }
    try {
      this.onmessage?.(deserializeMessage(line));
    } catch {
      this.#options.output(`${line.slice(0, 2_000)}\n`);
      this.#fail(garbage(this.#options.name));
    }
  }

  #fail(error: AppError): void {
    if (this.#failure) return;
    this.#failure = error;
    this.#chunks = [];
    this.#signal('SIGKILL');
  }
}
