import type { EngineCommand } from '../contract/engine';
import { AppError, assertNever, toErrorInfo } from '../contract/errors';
import type { GenerationRequest } from '../contract/generation';
import type { Port } from './port';
import { LoadedModel } from './runtime/loaded-model';

type Command<T extends EngineCommand['type']> = Extract<EngineCommand, { type: T }>;

/** Progress is reported at most so often, and always when a phase ends. */
const PROGRESS_INTERVAL_MS = 50;

/** Carries out the commands of contract/engine.ts. One model at a time; loading another one unloads it first. */
export class Engine {
  readonly #port: Port;
  readonly #aborts = new Map<number, AbortController>();
  #model: LoadedModel | null = null;
  /** Loads and unloads, one after the other. */
  #changes: Promise<void> = Promise.resolve();

  constructor(port: Port) {
    this.#port = port;
  }

  handle(command: EngineCommand): void {
    switch (command.type) {
      case 'load':
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

  #loaded(): LoadedModel {
    if (this.#model) return this.#model;
    throw new AppError('model-not-loaded', 'No model is loaded.');
  }
}
