import type {
  EngineCommand,
  EngineMessage,
  EngineService,
  EngineStatus,
  LoadOptions,
  SpeechRecognizer,
} from '../contract/engine';
import { AppError, type ErrorInfo, toErrorInfo } from '../contract/errors';
import type { GenerationEvent, GenerationRequest } from '../contract/generation';
import type { Graphics } from '../contract/models';
import type { SpeechEvent } from '../contract/speech';
import { AsyncQueue } from './async-queue';
import type { EngineProcess, SpawnEngine } from './engine-process';
import { EngineUse } from './engine-use';

export interface ModelToLoad {
  readonly id: string;
  readonly folder: string;
  readonly options: LoadOptions;
}

export type TranscriptionRequest = Pick<
  Extract<EngineCommand, { type: 'transcribe' }>,
  'path' | 'recognizer' | 'language'
>;
export type TranscriptMessage = Extract<EngineMessage, { type: 'transcript' }>;

export interface SupervisorOptions {
  readonly spawn: SpawnEngine;
  readonly log?: (line: string) => void;
  /** How long the model stays loaded when nobody asks for anything; null, the default: for good. */
  readonly unloadAfterMs?: () => number | null;
  /** Wait before the first, second, … restart in a row; after the last one the engine stays down until it is asked for. */
  readonly restartDelaysMs?: readonly number[];
  /** An engine that does not answer an abort in this time hangs in native code, where only a kill reaches it. */
  readonly abortTimeoutMs?: number;
}

/** For a process that is told to leave. */
const END_TIMEOUT_MS = 3_000;

type Handler = (message: EngineMessage | { readonly type: 'exited'; readonly error: ErrorInfo }) => void;

/** Keeps the engine process running with the chosen model, and lets many callers share it. */
export class EngineSupervisor implements EngineService {
  readonly #spawn: SpawnEngine;
  readonly #log: (line: string) => void;
  readonly #restartDelaysMs: readonly number[];
  readonly #abortTimeoutMs: number;
  readonly use: EngineUse;
  readonly #listeners = new Set<(status: EngineStatus) => void>();
  readonly #requests = new Map<number, Handler>();
  #status: EngineStatus = { state: 'stopped' };
  #process: EngineProcess | null = null;
  #model: ModelToLoad | null = null;
  #loadId = 0;
  #nextId = 1;
  /** In a row, without a finished answer between. */
  #crashes = 0;
  #restart: ReturnType<typeof setTimeout> | null = null;
  #closed = false;

  constructor({ spawn, log, unloadAfterMs, restartDelaysMs, abortTimeoutMs }: SupervisorOptions) {
    this.#spawn = spawn;
    this.use = new EngineUse(unloadAfterMs ?? (() => null), () => this.#rest());
    this.#log = log ?? (() => {});
    this.#restartDelaysMs = restartDelaysMs ?? [0, 500, 2_000];
    this.#abortTimeoutMs = abortTimeoutMs ?? 10_000;
  }

  status(): EngineStatus {
    return this.#status;
  }

  onStatus(listener: (status: EngineStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A `load` or `fail` follows: who asks for an answer meanwhile waits for it. */
  prepare(modelId: string): void {
    this.#setStatus({ state: 'loading', modelId, phase: 'verify', fraction: 0 });
  }

  /** Loads the model in place of the one before. Progress and outcome show in the status. */
  load(model: ModelToLoad): void {
    if (this.#closed) return;
    this.#model = model;
    this.#crashes = 0;
    this.#startLoading();
  }

  /** There is no model to load, and this is why. */
  fail(modelId: string | null, error: ErrorInfo): void {
    this.#model = null;
    this.#setStatus({ state: 'failed', modelId, error });
  }

  async *generate(request: GenerationRequest, signal: AbortSignal): AsyncGenerator<GenerationEvent> {
    const release = this.use.hold();
    try {
      yield* this.#generate(request, signal);
    } finally {
      release();
    }
  }

  async *#generate(request: GenerationRequest, signal: AbortSignal): AsyncGenerator<GenerationEvent> {
    const problem = await this.#untilReady(signal);
    if (problem) {
      yield { type: 'failed', error: problem };
      return;
    }
    const queue = new AsyncQueue<GenerationEvent>();
    const id = this.#request((message) => {
      if (message.type === 'generation') {
        queue.push(message.event);
        if (message.event.type !== 'finished' && message.event.type !== 'failed') return;
        this.#crashes = 0;
      } else if (message.type === 'failed' || message.type === 'exited') {
        queue.push({ type: 'failed', error: message.error });
      } else return;
      this.#requests.delete(id);
      queue.end();
    });
    let hangTimer: ReturnType<typeof setTimeout> | undefined;
    const abort = () => {
      if (!this.#requests.has(id)) return;
      this.#process?.send({ type: 'abort', id });
      const engine = this.#process;
      hangTimer = setTimeout(() => {
        this.#log('The engine did not stop when asked to and was ended.');
        engine?.kill();
      }, this.#abortTimeoutMs);
    };
    signal.addEventListener('abort', abort, { once: true });
    this.#process?.send({ type: 'generate', id, request });
    try {
      yield* queue;
    } finally {
      signal.removeEventListener('abort', abort);
      clearTimeout(hangTimer);
      // The caller left early: the engine need not go on for nobody.
      if (this.#requests.delete(id)) this.#process?.send({ type: 'abort', id });
    }
  }

  async countTokens(request: GenerationRequest): Promise<number> {
    return this.#using(async () => {
      const problem = await this.#untilReady(new AbortController().signal);
      if (problem) throw toAppError(problem);
      return this.#ask(
        (id) => ({ type: 'count-tokens', id, request }),
        (message) => (message.type === 'token-count' ? message.promptTokens : undefined),
      );
    });
  }

  /** Opens what a transcription will need. Where that fails the transcription says so. */
  prepareSpeech(recognizer: SpeechRecognizer): void {
    if (recognizer.kind === 'model' && this.#status.state === 'unloaded') this.#startLoading();
    this.#running()?.send({ type: 'prepare-speech', recognizer });
  }

  /** @throws AppError `aborted`, `engine-crashed`, what the model's status says, what the recogniser throws */
  async transcribe(request: TranscriptionRequest, signal: AbortSignal): Promise<TranscriptMessage> {
    return this.#using(async () => {
      if (request.recognizer.kind === 'model') {
        const problem = await this.#untilReady(signal);
        if (problem) throw toAppError(problem);
      }
      return this.#ask(
        (id) => ({ type: 'transcribe', id, ...request }),
        (message) => (message.type === 'transcript' ? message : undefined),
        signal,
      );
    });
  }

  /** The next samples of a microphone, mono, 16 kHz, -1 … 1. */
  listen(stream: string, samples: Float32Array): Promise<readonly SpeechEvent[]> {
    // Somebody who listens is about to say something.
    this.use.touch();
    return this.#ask(
      (id) => ({ type: 'listen', id, stream, samples }),
      (message) => (message.type === 'heard' ? message.events : undefined),
    );
  }

  /** What there is of GPUs. */
  graphics(): Promise<Graphics> {
    return this.#ask(
      (id) => ({ type: 'graphics', id }),
      (message) => (message.type === 'graphics' ? message.graphics : undefined),
    );
  }

  stopListening(stream: string): void {
    this.#process?.send({ type: 'stop-listening', stream });
  }

  /** Ends the engine; resolves when it is gone. */
  async close(graceMs = 1_000): Promise<void> {
    this.#closed = true;
    this.use.close();
    if (this.#restart) clearTimeout(this.#restart);
    this.#failRequests({ code: 'unavailable', message: 'The app is closing. Start it again to go on.' });
    const engine = this.#process;
    if (!engine) return;
    const gone = new Promise<void>((resolve) => engine.onExit(() => resolve()));
    engine.send({ type: 'shutdown' });
    const timer = setTimeout(() => engine.kill(), graceMs);
    await gone;
    clearTimeout(timer);
    this.#setStatus({ state: 'stopped' });
  }

  async #using<T>(work: () => Promise<T>): Promise<T> {
    const release = this.use.hold();
    try {
      return await work();
    } finally {
      release();
    }
  }

  /**
   * Gives the memory back by ending the process. Unloading the model inside of it returns almost nothing to the system: of Nano's
   * 210 MB 193 stayed, and each load after that took 25 to 60 more.
   */
  #rest(): void {
    const status = this.#status;
    const engine = this.#process;
    if (status.state !== 'ready' || !engine) return;
    this.#process = null;
    engine.send({ type: 'shutdown' });
    const timer = setTimeout(() => engine.kill(), END_TIMEOUT_MS);
    engine.onExit(() => clearTimeout(timer));
    this.#log(`Model ${status.model.manifest.id} was unloaded, as nobody used it`);
    this.#setStatus({ state: 'unloaded', model: status.model });
  }

  /** One command and its one answer. Speech needs the process alone, whatever became of the model. */
  #ask<T>(
    command: (id: number) => EngineCommand,
    accept: (message: EngineMessage) => T | undefined,
    signal?: AbortSignal,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const engine = this.#running();
      if (!engine) {
        reject(new AppError('engine-crashed', 'The engine is not running. Try again in a moment.'));
        return;
      }
      const id = this.#request((message) => {
        if (message.type === 'failed' || message.type === 'exited') reject(toAppError(message.error));
        else {
          const result = accept(message);
          if (result === undefined) return;
          resolve(result);
        }
        this.#requests.delete(id);
        signal?.removeEventListener('abort', abort);
      });
      const abort = () => engine.send({ type: 'abort', id });
      engine.send(command(id));
      if (signal?.aborted) abort();
      else signal?.addEventListener('abort', abort, { once: true });
    });
  }

  #running(): EngineProcess | null {
    if (this.#closed) return null;
    try {
      this.#process ??= this.#start();
    } catch (error) {
      this.#log(startFailure(error).message);
    }
    return this.#process;
  }

  /** Waits while a model loads; a reason if there will be none. */
  async #untilReady(signal: AbortSignal): Promise<ErrorInfo | null> {
    // After too many crashes the engine stays down; somebody who asks is a reason to try once more.
    if (this.#status.state === 'failed' && this.#status.error.code === 'engine-crashed' && this.#model) {
      this.#startLoading();
    }
    if (this.#status.state === 'unloaded') this.#startLoading();
    while (this.#status.state === 'loading') {
      if (signal.aborted) break;
      await new Promise<void>((resolve) => {
        const wake = () => {
          stop();
          signal.removeEventListener('abort', wake);
          resolve();
        };
        const stop = this.onStatus(wake);
        signal.addEventListener('abort', wake, { once: true });
      });
    }
    if (signal.aborted) return { code: 'aborted', message: 'The answer was stopped before it began.' };
    const status = this.#status;
    if (status.state === 'ready') return null;
    if (status.state === 'failed') return status.error;
    return { code: 'model-not-loaded', message: 'No model is loaded. Choose a model first.' };
  }

  #startLoading(): void {
    const model = this.#model;
    if (!model || this.#closed) return;
    if (this.#restart) clearTimeout(this.#restart);
    this.#restart = null;
    this.#setStatus({ state: 'loading', modelId: model.id, phase: 'verify', fraction: 0 });
    try {
      this.#process ??= this.#start();
    } catch (error) {
      this.#setStatus({ state: 'failed', modelId: model.id, error: startFailure(error) });
      return;
    }
    // A model asked for later takes over: what comes of this one is then nobody's concern.
    const id = this.#request((message) => {
      if (id !== this.#loadId) {
        if (message.type !== 'load-progress') this.#requests.delete(id);
        return;
      }
      switch (message.type) {
        case 'load-progress':
          this.#setStatus({
            state: 'loading',
            modelId: model.id,
            phase: message.phase,
            fraction: message.fraction,
          });
          return;
        case 'loaded':
          this.#log(`Model ${model.id} is ready for inference`);
          this.#setStatus({ state: 'ready', model: message.model });
          this.use.touch();
          break;
        case 'failed':
          this.#log(`Model ${model.id} could not be loaded: ${message.error.message}`);
          this.#setStatus({ state: 'failed', modelId: model.id, error: message.error });
          break;
        // The exit itself decides about a restart.
        case 'exited':
          break;
        default:
          return;
      }
      this.#requests.delete(id);
    });
    this.#loadId = id;
    this.#process.send({ type: 'load', id, folder: model.folder, options: model.options });
  }

  #start(): EngineProcess {
    const engine = this.#spawn();
    engine.onMessage((message) => {
      if (message.type === 'ready')
        this.#log(`The engine runs as process ${message.pid} on ${message.runtime}`);
      else this.#requests.get(message.id)?.(message);
    });
    engine.onExit((reason) => {
      if (this.#process === engine) this.#exited(reason);
    });
    return engine;
  }

  #exited(reason: string): void {
    this.#process = null;
    if (this.#closed) return;
    this.#log(`The engine ${reason}.`);
    // A model at rest is loaded when it is asked for, in another process; this one was there for speech.
    const resting = this.#status.state === 'unloaded';
    const error: ErrorInfo = {
      code: 'engine-crashed',
      message: `The engine ended unexpectedly (it ${reason}). What had been written was kept; try again.`,
      details: { reason },
    };
    const delay = this.#restartDelaysMs[this.#crashes];
    if (!resting) this.#crashes++;
    if (resting) {
      // Nothing was lost that would have to be said.
    } else if (this.#model && delay !== undefined) {
      // Before the callers hear of it, so that one who tries again at once waits for the restart.
      this.#setStatus({ state: 'loading', modelId: this.#model.id, phase: 'verify', fraction: 0 });
      this.#restart = setTimeout(() => this.#startLoading(), delay);
    } else {
      this.#setStatus({ state: 'failed', modelId: this.#model?.id ?? null, error });
    }
    this.#failRequests(error);
  }

  #failRequests(error: ErrorInfo): void {
    const handlers = [...this.#requests.values()];
    this.#requests.clear();
    for (const handler of handlers) handler({ type: 'exited', error });
  }

  #request(handler: Handler): number {
    const id = this.#nextId++;
    this.#requests.set(id, handler);
    return id;
  }

  #setStatus(status: EngineStatus): void {
    this.#status = status;
    for (const listener of [...this.#listeners]) listener(status);
  }
}

function startFailure(error: unknown): ErrorInfo {
  return {
    code: 'engine-crashed',
    message: `The engine could not be started (${toErrorInfo(error).message}). Install the app again if this stays.`,
  };
}

function toAppError({ code, message, details }: ErrorInfo): AppError {
  return new AppError(code, message, details);
}
