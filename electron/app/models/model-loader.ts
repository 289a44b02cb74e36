import { basename } from 'node:path';
import type { HandlersOf } from '../../contract/api';
import { modelIdOf } from '../../contract/engine';
import { type ErrorInfo, toErrorInfo } from '../../contract/errors';
import type { ModelInfo } from '../../contract/manifest';
import type { Settings } from '../../contract/settings';
import type { EngineSupervisor } from '../engine-client/engine-supervisor';
import type { Engines } from '../engine-client/engines';
import type { AppPaths } from '../paths';
import type { Connections } from '../remote/connections';
import type { SettingsStore } from '../settings';
import { loadOptions } from './model-options';
import type { InstalledModel, ModelLibrary } from './models';

export interface ModelLoaderOptions {
  readonly library: ModelLibrary;
  readonly connections: Pick<Connections, 'of' | 'check' | 'models'>;
  /** All of them; `local` is this machine's. */
  readonly engine: Engines;
  readonly local: EngineSupervisor;
  readonly settings: SettingsStore;
  readonly paths: Pick<AppPaths, 'models' | 'verifiedFiles'>;
  /** Folders of the models that ship with the app. */
  readonly builtIn: readonly string[];
  /** Named when the app was started: goes before the user's choice until another is chosen. */
  readonly named: string | null;
  /** What answers a conversation without a choice of its own; see `ModelSwitch`. */
  readonly usual: () => string | null;
  readonly log: (line: string) => void;
}

type Handlers = Pick<
  HandlersOf<'models'>,
  'models.list' | 'models.problems' | 'models.load' | 'models.setDefault'
>;

/** Brings models into use: one at the start, those that are chosen, and the same again when an option has changed. */
export class ModelLoader {
  readonly #options: ModelLoaderOptions;
  #named: string | null;

  constructor(options: ModelLoaderOptions) {
    this.#options = options;
    this.#named = options.named;
  }

  readonly handlers: Handlers = {
    'models.list': async () => {
      await this.#options.library.scan();
      return this.all();
    },
    'models.problems': async () => (await this.#options.library.scan()).problems,
    'models.load': async (id, force = false) => {
      const { connections, local, settings } = this.#options;
      await this.#load(id, force);
      this.#named = null;
      // Whoever works elsewhere from now on has other uses for the memory.
      if (connections.of(id)) local.rest();
      settings.update({ modelId: id });
    },
    'models.setDefault': async (id) => {
      const { connections, library, settings } = this.#options;
      if (!connections.of(id)) await library.find(id);
      settings.update({ modelId: id });
    },
  };

  /** Of this machine, as last seen on the disk, then of connections. */
  all(): readonly ModelInfo[] {
    const { library, connections } = this.#options;
    return [...library.known(), ...connections.models()];
  }

  /** For conversations that have no choice of their own. */
  chosen(): string | null {
    return this.#named ?? this.#options.settings.get().modelId;
  }

  /** With the app. Resolves when it is known what is installed. */
  async begin(): Promise<void> {
    const { library, local, builtIn, paths, usual, log } = this.#options;
    const chosen = this.chosen();
    if (chosen !== null && this.#takeElsewhere(chosen)) {
      await library.scan();
      return;
    }
    local.prepare(chosen ?? basename(builtIn[0] ?? ''));
    try {
      const { problems } = await library.scan();
      const id = usual();
      if (id !== null) await this.#load(id);
      else local.fail(null, problems[0]?.error ?? noModel(paths.models));
    } catch (error) {
      log(toErrorInfo(error).message);
      local.fail(chosen, toErrorInfo(error));
    }
  }

  /** In use from now on; what this machine's engine has already is not loaded again. */
  async bring(id: string): Promise<void> {
    const { local, engine } = this.#options;
    if (this.#takeElsewhere(id)) return;
    const status = local.status();
    const has = modelIdOf(status) === id && status.state !== 'failed';
    if (has) engine.choose(null);
    else await this.#load(id);
  }

  /** Into this machine's engine, whichever model is in use. */
  async reload(id: string): Promise<void> {
    this.#loadHere(await this.#options.library.find(id));
  }

  /** The user changed them. */
  settingsChanged(before: Settings, after: Settings): void {
    const { local } = this.#options;
    const loaded = modelIdOf(local.status());
    const concernsEngine = before.provider !== after.provider || before.contextLength !== after.contextLength;
    if (loaded && concernsEngine) this.#orFail(loaded, this.reload(loaded));
    if (before.unloadAfterMinutes !== after.unloadAfterMinutes) local.use.restart();
  }

  /** Models of connections came or went, the one in use perhaps with them. */
  connectionsChanged(): void {
    const { settings, connections, engine, usual } = this.#options;
    engine.refresh();
    const { modelId } = settings.get();
    if (modelId?.includes('/') && !connections.of(modelId)) settings.update({ modelId: null });
    const id = usual();
    if (engine.status().state === 'stopped' && id !== null) this.#orFail(id, this.bring(id));
  }

  async #load(id: string, force = false): Promise<void> {
    if (this.#takeElsewhere(id)) return;
    const model = await this.#options.library.find(id);
    this.#options.engine.choose(null);
    this.#loadHere(model, force);
  }

  /** One elsewhere is in use at once; whether it answers is looked for meanwhile. */
  #takeElsewhere(id: string): boolean {
    const { connections, engine } = this.#options;
    if (!connections.of(id)) return false;
    engine.choose(id);
    void connections.check(id);
    return true;
  }

  #loadHere({ folder, manifest }: InstalledModel, force = false): void {
    const { settings, paths, local } = this.#options;
    const options = { ...loadOptions(settings.get(), manifest, paths.verifiedFiles), force };
    local.load({ id: manifest.id, folder, options });
  }

  #orFail(id: string, loading: Promise<void>): void {
    void loading.catch((error: unknown) => this.#options.local.fail(id, toErrorInfo(error)));
  }
}

function noModel(folder: string): ErrorInfo {
  return {
    code: 'model-not-found',
    message: `No model is installed. Put a model's folder into ${folder}, or install the app again to get the built-in one back.`,
    details: { kind: 'model-none-installed', folder },
  };
}
