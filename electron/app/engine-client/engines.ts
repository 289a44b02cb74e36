import type { EngineService, EngineStatus, ModelEngine } from '../../contract/engine';
import type { GenerationEvent, GenerationRequest } from '../../contract/generation';

export interface EnginesOptions {
  readonly local: EngineService;
  /** A model that runs elsewhere; null for those of this machine. */
  readonly elsewhere: (modelId: string) => ModelEngine | null;
}

/**
 * This machine's engine, and those that the user connected to. One model is the one in use, which the page and the clients of the server
 * mean when they name none; models elsewhere can be asked beside it, as nothing has to make room for them.
 */
export class Engines implements EngineService {
  readonly #options: EnginesOptions;
  readonly #listeners = new Set<(status: EngineStatus) => void>();
  /** In use, and not of this machine. */
  #chosen: string | null = null;

  constructor(options: EnginesOptions) {
    this.#options = options;
    options.local.onStatus(() => {
      if (this.#current() === null) this.#announce();
    });
  }

  status(): EngineStatus {
    return (this.#current() ?? this.#options.local).status();
  }

  onStatus(listener: (status: EngineStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  generate(request: GenerationRequest, signal: AbortSignal): AsyncIterable<GenerationEvent> {
    return (this.#current() ?? this.#options.local).generate(request, signal);
  }

  countTokens(request: GenerationRequest): Promise<number> {
    return (this.#current() ?? this.#options.local).countTokens(request);
  }

  of(modelId: string): ModelEngine | null {
    return this.#options.elsewhere(modelId);
  }

  /** In use from now on is a model elsewhere; null: what this machine's engine has. */
  choose(modelId: string | null): void {
    if (this.#chosen === modelId) return;
    this.#chosen = modelId;
    this.#announce();
  }

  /** A connection says something else than before, or went. */
  refresh(): void {
    if (this.#chosen !== null) this.#announce();
  }

  /** A model whose connection is gone is not in use any more. */
  #current(): ModelEngine | null {
    return this.#chosen === null ? null : this.#options.elsewhere(this.#chosen);
  }

  #announce(): void {
    const status = this.status();
    for (const listener of [...this.#listeners]) listener(status);
  }
}
