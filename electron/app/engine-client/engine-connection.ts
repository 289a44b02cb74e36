import type { DrawingOutcome, DrawingRequest } from '../../contract/drawing';
import type { EngineCommand, EngineMessage } from '../../contract/engine';
import { AppError, type ErrorInfo, toErrorInfo } from '../../contract/errors';
import type { GenerationEvent, GenerationRequest } from '../../contract/generation';
import { AsyncQueue } from './async-queue';
import type { EngineProcess, SpawnEngine } from './engine-process';

/** What comes of a command: what the engine says under its id, or that there will be nothing more. */
export type EngineReply = EngineMessage | { readonly type: 'exited'; readonly error: ErrorInfo };

/** Receives what comes of a command; true once that is all. */
export type ReplyHandler = (reply: EngineReply) => boolean;

/** Never rejects: what went wrong is an outcome as well. */
export type DrawForEngine = (what: 'size' | 'pixels', request: DrawingRequest) => Promise<DrawingOutcome>;

export interface ConnectionOptions {
  readonly spawn: SpawnEngine;
  readonly log: (line: string) => void;
  readonly draw: DrawForEngine;
  /** The process is gone without having been told to leave. What was asked of it still waits, for `failAll`. */
  readonly exited: (reason: string) => void;
  /** An engine that does not answer an abort in this time hangs in native code, where only a kill reaches it. */
  readonly abortTimeoutMs: number;
}

const CLOSING: ErrorInfo = {
  code: 'unavailable',
  message: 'The app is closing. Start it again to go on.',
  details: { kind: 'app-closing' },
};

/** One engine process at a time, and which of the commands sent to it each of its messages answers. */
export class EngineConnection {
  readonly #options: ConnectionOptions;
  readonly #waiting = new Map<number, ReplyHandler>();
  #process: EngineProcess | null = null;
  #nextId = 1;
  #closed = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /** Starts the process unless it runs. @returns whether it had to. @throws AppError `engine-crashed`, `unavailable` */
  start(): boolean {
    if (this.#closed) throw AppError.of(CLOSING);
    if (this.#process) return false;
    let engine: EngineProcess;
    try {
      engine = this.#options.spawn();
    } catch (error) {
      throw new AppError(
        'engine-crashed',
        `The engine could not be started (${toErrorInfo(error).message}). Install the app again if this stays.`,
        { kind: 'engine-unstartable' },
      );
    }
    this.#process = engine;
    engine.onMessage((message) => {
      if (message.type === 'ready') {
        this.#options.log(`The engine runs as process ${message.pid} on ${message.runtime}`);
      } else if (message.type === 'draw') {
        const { drawing, what, request } = message;
        void this.#options
          .draw(what, request)
          .then((outcome) => engine.send({ type: 'drawn', drawing, outcome }));
      } else this.#settle(message.id, message);
    });
    engine.onExit((reason) => {
      if (this.#process !== engine) return;
      this.#process = null;
      this.#options.exited(reason);
    });
    return true;
  }

  /** Of a process that hears nothing any more; `exited` follows. */
  kill(why: string): void {
    this.#options.log(why);
    this.#process?.kill();
  }

  /** To a process that does not run nothing is said. */
  send(command: EngineCommand): void {
    this.#process?.send(command);
  }

  /** Sends a command. A process that does not run answers nothing, not even that: `start` it first. */
  request(command: (id: number) => EngineCommand, handler: ReplyHandler): number {
    const id = this.#nextId++;
    this.#waiting.set(id, handler);
    this.send(command(id));
    return id;
  }

  /**
   * One command and its one answer; starts the process if it must.
   *
   * @param accept the answer, or undefined for what is none yet.
   * @throws AppError what the engine says, `engine-crashed`, `unavailable`
   */
  ask<T>(
    command: (id: number) => EngineCommand,
    accept: (message: EngineMessage) => T | undefined,
    signal?: AbortSignal,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      this.start();
      const abort = () => this.send({ type: 'abort', id });
      const id = this.request(command, (reply) => {
        if (reply.type === 'failed' || reply.type === 'exited') reject(AppError.of(reply.error));
        else {
          const result = accept(reply);
          if (result === undefined) return false;
          resolve(result);
        }
        signal?.removeEventListener('abort', abort);
        return true;
      });
      if (signal?.aborted) abort();
      else signal?.addEventListener('abort', abort, { once: true });
    });
  }

  /** An answer as it is written; ends with `finished` or `failed`. Leaving the loop early aborts it. */
  async *generate(request: GenerationRequest, signal: AbortSignal): AsyncGenerator<GenerationEvent> {
    const queue = new AsyncQueue<GenerationEvent>();
    const id = this.request(
      (id) => ({ type: 'generate', id, request }),
      (reply) => {
        if (reply.type === 'generation') {
          queue.push(reply.event);
          if (reply.event.type !== 'finished' && reply.event.type !== 'failed') return false;
        } else if (reply.type === 'failed' || reply.type === 'exited') {
          queue.push({ type: 'failed', error: reply.error });
        } else return false;
        queue.end();
        return true;
      },
    );
    let hangTimer: ReturnType<typeof setTimeout> | undefined;
    const abort = () => {
      if (!this.#waiting.has(id)) return;
      this.send({ type: 'abort', id });
      const engine = this.#process;
      hangTimer = setTimeout(() => {
        this.#options.log('The engine did not stop when asked to and was ended.');
        engine?.kill();
      }, this.#options.abortTimeoutMs);
    };
    signal.addEventListener('abort', abort, { once: true });
    try {
      yield* queue;
    } finally {
      signal.removeEventListener('abort', abort);
      clearTimeout(hangTimer);
      // The caller left early: the engine need not go on for nobody.
      if (this.#waiting.delete(id)) this.send({ type: 'abort', id });
    }
  }

  /** Tells everybody who waits that nothing will come. */
  failAll(error: ErrorInfo): void {
    const handlers = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const handler of handlers) handler({ type: 'exited', error });
  }

  /**
   * Tells the process to leave; the next command starts another. Resolves when it is gone, killed after `graceMs` if it must be; what it
   * had not answered fails then.
   */
  async end(graceMs: number): Promise<void> {
    const engine = this.#process;
    if (!engine) return;
    this.#process = null;
    const asked = [...this.#waiting.keys()];
    const gone = new Promise<void>((resolve) => engine.onExit(() => resolve()));
    engine.send({ type: 'shutdown' });
    const timer = setTimeout(() => engine.kill(), graceMs);
    await gone;
    clearTimeout(timer);
    const error = {
      code: 'engine-crashed',
      message: 'The engine has ended. Try again in a moment.',
      details: { kind: 'engine-ended' },
    } as const;
    for (const id of asked) this.#settle(id, { type: 'exited', error });
  }

  /** Ends the process for good. */
  async close(graceMs: number): Promise<void> {
    this.#closed = true;
    this.failAll(CLOSING);
    await this.end(graceMs);
  }

  #settle(id: number, reply: EngineReply): void {
    if (this.#waiting.get(id)?.(reply)) this.#waiting.delete(id);
  }
}
