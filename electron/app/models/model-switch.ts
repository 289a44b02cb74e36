import type { ConversationOptions } from '../../contract/conversations';
import { type EngineStatus, type ModelEngine, modelIdOf } from '../../contract/engine';
import { AppError, toErrorInfo } from '../../contract/errors';
import type { ModelInfo } from '../../contract/manifest';
import type { CompleteRequest, RequestDraft } from '../../contract/request-draft';
import { onlyRecognizes } from '../../contract/speech';
import type { EngineSupervisor } from '../engine-client/engine-supervisor';
import { concernsTools, forModel } from '../tools/tool-messages';
import type { AnswerEvent } from '../turns/running-turn';

export interface ModelSwitchOptions {
  readonly engine: Pick<EngineSupervisor, 'status' | 'generate' | 'use' | 'loaded'>;
  /** Of this machine, then those of connections. */
  readonly installed: () => readonly ModelInfo[];
  /** The engine of a model that runs elsewhere; absent: there are none. */
  readonly elsewhere?: (id: string) => ModelEngine | null;
  /** The user's choice for conversations that have none of their own. */
  readonly chosen: () => string | null;
  /** Resolves when it is known what is installed. */
  readonly known: () => Promise<void>;
  /** Puts the documents in, as the model that is loaded by then has room for them. */
  readonly complete: CompleteRequest;
  /** Begins to load a model; throws where it is not installed. */
  readonly load: (id: string) => Promise<void>;
}

/** Decides which model answers a conversation, and has it loaded when its turn comes: the engine holds one at a time. */
export class ModelSwitch {
  readonly #options: ModelSwitchOptions;
  /** Who asked first is admitted first, whatever model it needs. */
  #queue: Promise<void> = Promise.resolve();

  constructor(options: ModelSwitchOptions) {
    this.#options = options;
  }

  /** Of the model in use, or of the one that these options ask for where it runs elsewhere. */
  status(options?: ConversationOptions): EngineStatus {
    const id = options && this.modelFor(options);
    return (id ? this.#elsewhere(id)?.status() : undefined) ?? this.#options.engine.status();
  }

  /** What answers a conversation without a choice of its own; null where nothing is installed. */
  usual(): string | null {
    const { chosen, installed } = this.#options;
    // Nothing leaves the machine by itself: one elsewhere is only ever chosen.
    return chosen() ?? installed().find((model) => !onlyRecognizes(model) && !model.remote)?.id ?? null;
  }

  /** A conversation's own model while it is installed, else the usual one; the page says so before anything is sent. */
  modelFor({ modelId }: ConversationOptions): string | null {
    const own = this.#options.installed().some(({ id }) => id === modelId);
    return own && modelId !== undefined ? modelId : this.usual();
  }

  /** Loads a model that will be asked for, unless somebody is being answered by another. */
  async prepare(id: string): Promise<void> {
    const { engine, load } = this.#options;
    if ((engine.use.free || this.#elsewhere(id)) && modelIdOf(this.status()) !== id) await load(id);
  }

  /** As the engine's own `generate`, by the conversation's model. It waits for answers by another one to end. */
  async *generate(
    draft: RequestDraft,
    signal: AbortSignal,
    options: ConversationOptions,
  ): AsyncGenerator<AnswerEvent> {
    let release: () => void;
    try {
      await this.#options.known();
      const id = this.modelFor(options);
      const elsewhere = id === null ? null : this.#elsewhere(id);
      if (elsewhere) {
        yield* this.#generateElsewhere(elsewhere, draft, signal);
        return;
      }
      release = await this.#admit(id, signal);
    } catch (error) {
      yield { type: 'failed', error: toErrorInfo(error) };
      return;
    }
    try {
      const { request, documents } = await this.#options.complete(await this.#fitted(draft, signal), signal);
      if (documents.length > 0) yield { type: 'documents', documents };
      yield* this.#options.engine.generate(request, signal);
    } catch (error) {
      yield { type: 'failed', error: toErrorInfo(error) };
    } finally {
      release();
    }
  }

  /** Nothing has to make room for it, so it waits for nobody. */
  async *#generateElsewhere(
    engine: ModelEngine,
    draft: RequestDraft,
    signal: AbortSignal,
  ): AsyncGenerator<AnswerEvent> {
    const { model } = engine;
    const fitted = concernsTools(draft) ? forModel(draft, model) : draft;
    const { request, documents } = await this.#options.complete(fitted, signal, model.manifest.id);
    if (documents.length > 0) yield { type: 'documents', documents };
    yield* engine.generate(request, signal);
  }

  #elsewhere(id: string): ModelEngine | null {
    return this.#options.elsewhere?.(id) ?? null;
  }

  /** What it is told of tools is the model's to take or not, which is known once it is loaded. */
  async #fitted(draft: RequestDraft, signal: AbortSignal): Promise<RequestDraft> {
    if (!concernsTools(draft)) return draft;
    const model = await this.#options.engine.loaded(signal);
    return model ? forModel(draft, model) : draft;
  }

  #admit(id: string | null, signal: AbortSignal): Promise<() => void> {
    const { engine, load } = this.#options;
    const admitted = this.#queue.then(async () => {
      if (id !== null && modelIdOf(engine.status()) !== id) {
        await engine.use.untilFree(signal);
        if (signal.aborted) throw new AppError('aborted', 'The answer was stopped before it began.');
        await load(id);
      }
      return engine.use.hold();
    });
    this.#queue = admitted.then(
      () => {},
      () => {},
    );
    return admitted;
  }
}
