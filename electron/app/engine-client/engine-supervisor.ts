import type {
  EngineCommand,
  EngineMessage,
  EngineService,
  EngineStatus,
  LoadedModel,
  LoadOptions,
  SpeechRecognizer,
} from '../../contract/engine';
import { AppError, type ErrorInfo, toErrorInfo } from '../../contract/errors';
import type { GenerationEvent, GenerationRequest } from '../../contract/generation';
import type { Graphics } from '../../contract/models';
import type { SpeechEvent } from '../../contract/speech';
import { type DrawForEngine, EngineConnection, type EngineReply } from './engine-connection';
import type { SpawnEngine } from './engine-process';
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
  /** Default: SVG is refused. */
  readonly draw?: DrawForEngine;
  /** How long the model stays loaded when nobody asks for anything; null, the default: for good. */
  readonly unloadAfterMs?: () => number | null;
  /** Wait before the first, second, … restart in a row; after the last one the engine stays down until it is asked for. */
  readonly restartDelaysMs?: readonly number[];
  /** An engine that does not answer an abort in this time hangs in native code, where only a kill reaches it. */
  readonly abortTimeoutMs?: number;
  /** For the tokens of a prompt. */
  readonly countTimeoutMs?: number;
}

const ABORT_TIMEOUT_MS = 10_000;

/** A megabyte takes a second; a model's own template and expressions may take for ever. */
const COUNT_TIMEOUT_MS = 60_000;

/** For a process that is told to leave. */
const END_TIMEOUT_MS = 3_000;

/** Keeps the engine process running with the chosen model, and lets many callers share it. */
export class EngineSupervisor implements EngineService {
  readonly #engine: EngineConnection;
  readonly #log: (line: string) => void;
  readonly #restartDelaysMs: readonly number[];
  readonly #abortTimeoutMs: number;
  readonly #countTimeoutMs: number;
  readonly use: EngineUse;
  readonly #listeners = new Set<(status: EngineStatus) => void>();
  #status: EngineStatus = { state: 'stopped' };
  #model: ModelToLoad | null = null;
  #loads = 0;
  /** In a row, without a finished answer between. */
  #crashes = 0;
  #restart: ReturnType<typeof setTimeout> | null = null;
  #closed = false;

  constructor({ spawn, log, draw, unloadAfterMs, restartDelaysMs, ...timeouts }: SupervisorOptions) {
    this.use = new EngineUse(unloadAfterMs ?? (() => null), () => this.#rest());
    this.#log = log ?? (() => {});
    this.#restartDelaysMs = restartDelaysMs ?? [0, 500, 2_000];
    this.#abortTimeoutMs = timeouts.abortTimeoutMs ?? ABORT_TIMEOUT_MS;
    this.#countTimeoutMs = timeouts.countTimeoutMs ?? COUNT_TIMEOUT_MS;
    this.#engine = new EngineConnection({
      spawn,
      log: this.#log,
      draw: draw ?? (async () => ({ refused: 'unsupported' })),
      exited: (reason) => this.#exited(reason),
      abortTimeoutMs: this.#abortTimeoutMs,
    });
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

  /** Gives the model's memory back until it is asked for again, if nobody is being answered by it. */
  rest(): void {
    if (this.use.free) this.#rest();
  }

  /** There is no model to load, and this is why. */
  fail(modelId: string | null, error: ErrorInfo): void {
    this.#model = null;
    this.#setStatus({ state: 'failed', modelId, error });
  }

  async *generate(request: GenerationRequest, signal: AbortSignal): AsyncGenerator<GenerationEvent> {
    const release = this.use.hold();
    try {
      const problem = await this.#untilReady(signal);
      if (problem) {
        yield { type: 'failed', error: problem };
        return;
      }
      for await (const event of this.#engine.generate(request, signal)) {
        if (event.type === 'finished') this.#crashes = 0;
        yield event;
      }
    } finally {
      release();
    }
  }

  async countTokens(request: GenerationRequest): Promise<number> {
    return this.#using(async () => {
      const problem = await this.#untilReady(new AbortController().signal);
      if (problem) throw AppError.of(problem);
      const late = setInterval(() => {
        // While it loads another model it may hear of nothing else for minutes.
        if (this.#status.state === 'ready')
          this.#engine.kill('The engine did not come to an end with a prompt and was ended.');
      }, this.#countTimeoutMs);
      return this.#engine
        .ask(
          (id) => ({ type: 'count-tokens', id, request }),
          (message) => (message.type === 'token-count' ? message.promptTokens : undefined),
        )
        .finally(() => clearInterval(late));
    });
  }

  /** The model as soon as it is there; null where there will be none: who asks it for an answer is told why. */
  async loaded(signal: AbortSignal): Promise<LoadedModel | null> {
    return this.#using(async () => {
      await this.#untilReady(signal);
      return this.#status.state === 'ready' ? this.#status.model : null;
    });
  }

  /** Opens what a transcription will need. Where that fails the transcription says so. */
  prepareSpeech(recognizer: SpeechRecognizer): void {
    if (recognizer.kind === 'model' && this.#status.state === 'unloaded') this.#startLoading();
    try {
      this.#engine.start();
      this.#engine.send({ type: 'prepare-speech', recognizer });
    } catch (error) {
      this.#log(toErrorInfo(error).message);
    }
  }

  /** @throws AppError `aborted`, `engine-crashed`, what the model's status says, what the recogniser throws */
  async transcribe(request: TranscriptionRequest, signal: AbortSignal): Promise<TranscriptMessage> {
    return this.#using(async () => {
      if (request.recognizer.kind === 'model') {
        const problem = await this.#untilReady(signal);
        if (problem) throw AppError.of(problem);
      }
      return this.#engine.ask(
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
    return this.#engine.ask(
      (id) => ({ type: 'listen', id, stream, samples }),
      (message) => (message.type === 'heard' ? message.events : undefined),
    );
  }

  /** What there is of GPUs. */
  graphics(): Promise<Graphics> {
    return this.#engine.ask(
      (id) => ({ type: 'graphics', id }),
      (message) => (message.type === 'graphics' ? message.graphics : undefined),
    );
  }

  stopListening(stream: string): void {
    this.#engine.send({ type: 'stop-listening', stream });
  }

  /** Ends the engine; resolves when it is gone. */
  async close(graceMs = 1_000): Promise<void> {
    this.#closed = true;
    this.use.close();
    if (this.#restart) clearTimeout(this.#restart);
    await this.#engine.close(graceMs);
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
   * Gives the memory back by ending the process. Where the model is only unloaded, 127 to 180 of Nano's 170 to 230 MB stay: the process
   * itself, and pages on which something small still lies.
   */
  #rest(): void {
    const status = this.#status;
    if (status.state !== 'ready') return;
    void this.#engine.end(END_TIMEOUT_MS);
    this.#log(`Model ${status.model.manifest.id} was unloaded, as nobody used it`);
    this.#setStatus({ state: 'unloaded', model: status.model });
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
    return {
      code: 'model-not-loaded',
      message: 'No model is loaded. Choose a model first.',
      details: { kind: 'no-model-loaded' },
    };
  }

  #startLoading(): void {
    const model = this.#model;
    if (!model || this.#closed) return;
    if (this.#restart) clearTimeout(this.#restart);
    this.#restart = null;
    this.#setStatus({ state: 'loading', modelId: model.id, phase: 'verify', fraction: 0 });
    let isNew: boolean;
    try {
      isNew = this.#engine.start();
    } catch (error) {
      this.#setStatus({ state: 'failed', modelId: model.id, error: toErrorInfo(error) });
      return;
    }
    // Where it ran already and does not even hear of this, it hangs in the model before.
    const unheard = isNew
      ? undefined
      : setTimeout(
          () => this.#engine.kill('The engine did not hear of a model to load and was ended.'),
          this.#abortTimeoutMs,
        );
    const load = ++this.#loads;
    this.#engine.request(
      (id) => ({ type: 'load', id, folder: model.folder, options: model.options }),
      (reply) => {
        clearTimeout(unheard);
        // A model asked for later takes over: what comes of this one is then nobody's concern.
        if (load === this.#loads) this.#loadingSays(model, reply);
        return reply.type !== 'load-progress';
      },
    );
  }

  #loadingSays({ id: modelId }: ModelToLoad, reply: EngineReply): void {
    switch (reply.type) {
      case 'load-progress':
        this.#setStatus({ state: 'loading', modelId, phase: reply.phase, fraction: reply.fraction });
        return;
      case 'loaded':
        this.#log(`Model ${modelId} is ready for inference`);
        this.#setStatus({ state: 'ready', model: reply.model });
        this.use.touch();
        return;
      case 'failed':
        this.#log(`Model ${modelId} could not be loaded: ${reply.error.message}`);
        this.#setStatus({ state: 'failed', modelId, error: reply.error });
        return;
      default:
      // An exit itself decides about a restart.
    }
  }

  #exited(reason: string): void {
    if (this.#closed) return;
    this.#log(`The engine ${reason}.`);
    // A model at rest is loaded when it is asked for, in another process; this one was there for speech.
    const resting = this.#status.state === 'unloaded';
    const error: ErrorInfo = {
      code: 'engine-crashed',
      message: `The engine ended unexpectedly (it ${reason}). What had been written was kept; try again.`,
      details: { kind: 'engine-died', reason },
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
    this.#engine.failAll(error);
  }

  #setStatus(status: EngineStatus): void {
    this.#status = status;
    for (const listener of [...this.#listeners]) listener(status);
  }
}
