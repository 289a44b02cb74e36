import type { EngineCommand, EngineMessage } from '../contract/engine';
import { AppError, assertNever, toErrorInfo } from '../contract/errors';
import type { GenerationRequest } from '../contract/generation';
import type { ParentPort } from '../contract/parent-port';
import { drawWith, RequestedDrawings } from './media/drawings';
import { loadApi } from './ort/api';
import { findGraphics } from './ort/graphics';
import { findRuntimeLibrary } from './ort/library';
import { LoadedModel } from './runtime/loaded-model';
import { Speech } from './speech/speech';

type Command<T extends EngineCommand['type']> = Extract<EngineCommand, { type: T }>;

/** Progress is reported at most so often, and always when a phase ends. */
const PROGRESS_INTERVAL_MS = 50;

/** Carries out the commands of contract/engine.ts. One model at a time; loading another one unloads it first. */
export class Engine {
  readonly #port: ParentPort<EngineCommand, EngineMessage>;
  readonly #speech: Speech;
  readonly #drawings: RequestedDrawings;
  readonly #aborts = new Map<number, AbortController>();
  #model: LoadedModel | null = null;
  /** Loads and unloads, one after the other. */
  #changes: Promise<void> = Promise.resolve();

  constructor(port: ParentPort<EngineCommand, EngineMessage>, speech = new Speech()) {
    this.#port = port;
    this.#speech = speech;
    this.#drawings = new RequestedDrawings((message) => port.send(message));
    drawWith(this.#drawings.draw);
  }

  handle(command: EngineCommand): void {
    switch (command.type) {
      case 'load':
        // It was heard, however long what comes before it takes.
        this.#port.send({ type: 'load-progress', id: command.id, phase: 'verify', fraction: 0 });
        this.#change(command.id, () => this.#load(command));
        return;
      case 'unload':
        this.#change(command.id, async () => {
          await this.#unload();
          this.#port.send({ type: 'unloaded', id: command.id });
        });
        return;
      case 'generate':
        void this.#generate(command);
        return;
      case 'abort':
        this.#aborts.get(command.id)?.abort();
        return;
      case 'count-tokens':
        void this.#countTokens(command.id, command.request);
        return;
      case 'prepare-speech': {
        const { recognizer } = command;
        this.#speech.prepare(recognizer.kind === 'package' ? recognizer.folder : null).catch(() => {});
        return;
      }
      case 'transcribe':
        void this.#transcribe(command);
        return;
      case 'listen':
        void this.#listen(command);
        return;
      case 'stop-listening':
        this.#speech.stopListening(command.stream);
        return;
      case 'graphics':
        void this.#graphics(command.id);
        return;
      case 'drawn':
        this.#drawings.drawn(command.drawing, command.outcome);
        return;
      case 'shutdown':
        void this.shutdown();
        return;
      default:
        assertNever(command);
    }
  }

  /** Ends what runs, frees the memory and leaves. */
  async shutdown(): Promise<void> {
    // Native code that hangs must not keep the process.
    setTimeout(() => process.exit(0), 2000).unref();
    for (const abort of this.#aborts.values()) abort.abort();
    await this.#changes;
    await this.#speech.dispose();
    await this.#unload();
    process.exit(0);
  }

  #change(id: number, change: () => Promise<void>): void {
    this.#changes = this.#changes.then(change).catch((error: unknown) => {
      this.#port.send({ type: 'failed', id, error: toErrorInfo(error) });
    });
  }

  async #load({ id, folder, options }: Command<'load'>): Promise<void> {
    await this.#unload();
    let sent = 0;
    this.#model = await LoadedModel.load(folder, {
      ...options,
      onProgress: (phase, fraction) => {
        const now = performance.now();
        if (fraction < 1 && now - sent < PROGRESS_INTERVAL_MS) return;
        sent = now;
        this.#port.send({ type: 'load-progress', id, phase, fraction });
      },
    });
    this.#port.send({ type: 'loaded', id, model: this.#model.info });
  }

  async #graphics(id: number): Promise<void> {
    try {
      const { version } = loadApi(findRuntimeLibrary());
      this.#port.send({ type: 'graphics', id, graphics: await findGraphics(version) });
    } catch (error) {
      this.#port.send({ type: 'failed', id, error: toErrorInfo(error) });
    }
  }

  async #unload(): Promise<void> {
    const model = this.#model;
    this.#model = null;
    await model?.dispose();
  }

  async #generate({ id, request }: Command<'generate'>): Promise<void> {
    const abort = new AbortController();
    this.#aborts.set(id, abort);
    try {
      for await (const event of this.#loaded().generate(request, abort.signal)) {
        this.#port.send({ type: 'generation', id, event });
      }
    } catch (error) {
      this.#port.send({ type: 'generation', id, event: { type: 'failed', error: toErrorInfo(error) } });
    } finally {
      this.#aborts.delete(id);
    }
  }

  async #countTokens(id: number, request: GenerationRequest): Promise<void> {
    try {
      const promptTokens = await this.#loaded().countTokens(request);
      this.#port.send({ type: 'token-count', id, promptTokens });
    } catch (error) {
      this.#port.send({ type: 'failed', id, error: toErrorInfo(error) });
    }
  }

  async #transcribe({ id, path, recognizer, language }: Command<'transcribe'>): Promise<void> {
    const started = performance.now();
    const abort = new AbortController();
    this.#aborts.set(id, abort);
    try {
      const heard = await this.#speech.transcribe(
        path,
        recognizer.kind === 'package'
          ? recognizer.folder
          : (samples, options, signal) => this.#loaded().transcribe(samples, options, signal),
        language ? { language } : {},
        abort.signal,
      );
      const elapsedMs = Math.round(performance.now() - started);
      this.#port.send({ type: 'transcript', id, ...heard, elapsedMs });
    } catch (error) {
      this.#port.send({ type: 'failed', id, error: toErrorInfo(error) });
    } finally {
      this.#aborts.delete(id);
    }
  }

  async #listen({ id, stream, samples }: Command<'listen'>): Promise<void> {
    try {
      this.#port.send({ type: 'heard', id, events: await this.#speech.listen(stream, samples) });
    } catch (error) {
      this.#port.send({ type: 'failed', id, error: toErrorInfo(error) });
    }
  }

  #loaded(): LoadedModel {
    if (this.#model) return this.#model;
    throw new AppError('model-not-loaded', 'No model is loaded.', { kind: 'no-model-loaded' });
  }
}
