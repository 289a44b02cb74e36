import { type EngineService, type LoadedModel, type ModelEngine, modelIdOf } from '../contract/engine';
import { assertNever } from '../contract/errors';
import type { ModelInfo } from '../contract/manifest';
import { HttpError, toApiCode, unavailable } from './errors';

/** A name clients may use, and the model family it stands for. */
export type Aliases = Readonly<Record<string, string>>;

/** `own`: those of this machine, which is all that another app is offered: two could be connected to each other. */
export type Scope = 'all' | 'own';

/** The name that published scripts use for this family. */
const DEFAULT_ALIASES: Aliases = { 'autoglm-phone-9b': 'autoglm-phone' };

/** A model that can be asked now, and what to ask. */
export interface FoundModel {
  readonly model: LoadedModel;
  readonly engine: Pick<ModelEngine, 'generate'>;
}

/** Which models there are, and which of them the engine has. */
export class ModelRegistry {
  readonly #engine: EngineService;
  readonly #models: () => readonly ModelInfo[];
  readonly #aliases: Aliases;
  readonly #created = Math.floor(Date.now() / 1000);

  constructor(engine: EngineService, models: () => readonly ModelInfo[], aliases: Aliases = DEFAULT_ALIASES) {
    this.#engine = engine;
    this.#models = models;
    this.#aliases = aliases;
  }

  /** The model a name stands for; with no name the one in use. A real model's id goes before an alias. Throws 404 and 503. */
  find(name: string | undefined, scope: Scope = 'all'): ModelInfo {
    const models = this.#all(scope);
    const activeId = modelIdOf(this.#engine.status());
    const active = models.find((model) => model.id === activeId);
    if (!name) {
      const fallback = active ?? models[0];
      if (fallback) return fallback;
      throw unavailable('No model is installed.', 'model_not_loaded', false);
    }
    const exact = models.find((model) => model.id === name);
    if (exact) return exact;
    const byAlias = this.#byAlias(name, models, active);
    if (byAlias) return byAlias;
    const known = models.map((model) => `'${model.id}'`).join(', ') || 'none';
    throw new HttpError(404, {
      message: `The model '${shorten(name)}' does not exist. Installed: ${known}.`,
      param: 'model',
      code: 'model_not_found',
    });
  }

  /** The model for a request, loaded. Throws where the engine has another one, or none yet; models elsewhere can always be asked. */
  findLoaded(name: string | undefined, scope: Scope = 'all'): FoundModel {
    const manifest = this.find(name, scope);
    const elsewhere = this.#engine.of?.(manifest.id);
    if (elsewhere) return { model: elsewhere.model, engine: elsewhere };
    const status = this.#engine.status();
    switch (status.state) {
      // One at rest is loaded by the request itself.
      case 'unloaded':
      case 'ready': {
        const loaded = status.model.manifest.id;
        if (loaded === manifest.id) return { model: status.model, engine: this.#engine };
        throw new HttpError(404, {
          message: `The model '${manifest.id}' is installed but not loaded; '${loaded}' is. Choose it in the app, or name '${loaded}'.`,
          param: 'model',
          code: 'model_not_found',
        });
      }
      case 'loading':
        throw unavailable(
          `The model '${status.modelId}' is still loading (${status.phase}, ${Math.round(status.fraction * 100)} %).`,
          'model_loading',
          true,
        );
      case 'stopped':
        throw unavailable('The engine is not running yet.', 'model_not_loaded', true);
      case 'failed':
        throw unavailable(
          status.error.message,
          toApiCode(status.error.code),
          status.error.code === 'engine-crashed',
        );
      default:
        return assertNever(status);
    }
  }

  /** `GET /v1/models`: the loaded one first. */
  list(scope: Scope = 'all') {
    const activeId = modelIdOf(this.#engine.status());
    const models = this.#all(scope).toSorted((a, b) => Number(b.id === activeId) - Number(a.id === activeId));
    return { object: 'list', data: models.map((model) => this.describe(model)) };
  }

  /** OpenAI's four fields, then what a person choosing a model wants to know. */
  describe(model: ModelInfo) {
    return {
      id: model.id,
      object: 'model' as const,
      created: this.#created,
      owned_by: 'autoglm-desktop',
      name: model.name,
      family: model.family,
      ...(model.remote && { served_by: model.remote.host }),
      license: model.license,
      ...(model.parameters !== undefined && { parameters: model.parameters }),
      ...(model.precision !== undefined && { precision: model.precision }),
      modalities: model.modalities,
      context_length: this.#contextLength(model),
      max_output_tokens: model.maxOutputTokens,
      reasoning: model.reasoning !== undefined,
      tools: this.#takesTools(model),
      state: this.#state(model),
    };
  }

  /** `GET /health`: always 200 while the server runs; `status` says whether it can answer. */
  health() {
    const status = this.#engine.status();
    switch (status.state) {
      case 'unloaded':
      case 'ready': {
        const { manifest, provider, device, contextLength } = status.model;
        const { state } = status;
        const model = { id: manifest.id, state, provider, device, context_length: contextLength };
        return { status: 'ok', model } as const;
      }
      case 'loading': {
        const { modelId: id, phase, fraction } = status;
        return { status: 'loading', model: { id, state: 'loading', phase, progress: fraction } } as const;
      }
      case 'stopped':
        return { status: 'unavailable', model: { id: null, state: 'stopped' } } as const;
      case 'failed': {
        const error = { code: toApiCode(status.error.code), message: status.error.message };
        return { status: 'unavailable', model: { id: status.modelId, state: 'failed', error } } as const;
      }
      default:
        return assertNever(status);
    }
  }

  #all(scope: Scope): readonly ModelInfo[] {
    const models = this.#models().filter((model) => scope === 'all' || !model.remote);
    const status = this.#engine.status();
    if (status.state !== 'ready') return models;
    const loaded = status.model.manifest;
    if (scope === 'own' && loaded.remote) return models;
    return models.some((model) => model.id === loaded.id) ? models : [loaded, ...models];
  }

  /** Of the family the alias names, the model in use, else the first. */
  #byAlias(name: string, models: readonly ModelInfo[], active: ModelInfo | undefined): ModelInfo | undefined {
    const family = Object.hasOwn(this.#aliases, name) ? this.#aliases[name] : undefined;
    if (family === undefined) return undefined;
    return active?.family === family ? active : models.find((model) => model.family === family);
  }

  /** Known of a model that is loaded; left out of others. */
  #takesTools(model: ModelInfo): boolean | undefined {
    const elsewhere = this.#engine.of?.(model.id);
    if (elsewhere) return elsewhere.model.takesTools === true;
    const status = this.#engine.status();
    if (status.state !== 'ready' && status.state !== 'unloaded') return undefined;
    return status.model.manifest.id === model.id ? status.model.takesTools === true : undefined;
  }

  #state(model: ModelInfo): 'loaded' | 'loading' | 'not-loaded' {
    if (model.remote) return 'loaded';
    const status = this.#engine.status();
    if (modelIdOf(status) !== model.id) return 'not-loaded';
    if (status.state === 'ready') return 'loaded';
    return status.state === 'loading' ? 'loading' : 'not-loaded';
  }

  #contextLength(model: ModelInfo): number {
    const status = this.#engine.status();
    const isLoaded = status.state === 'ready' && status.model.manifest.id === model.id;
    return isLoaded ? status.model.contextLength : model.contextLength;
  }
}

function shorten(name: string): string {
  return name.length > 100 ? `${name.slice(0, 100)}…` : name;
}
