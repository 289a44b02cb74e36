import { cpus, freemem, totalmem } from 'node:os';
import { resolve } from 'node:path';
import type { HandlersOf } from '../../contract/api';
import { type EngineStatus, type LoadOptions, modelIdOf } from '../../contract/engine';
import { AppError } from '../../contract/errors';
import type { Manifest } from '../../contract/manifest';
import { memoryNeeded } from '../../contract/memory';
import type { SpawnTool } from '../../contract/model-tool';
import type {
  Graphics,
  Hardware,
  ModelEntry,
  ModelOptions,
  ModelRequests,
  ModelsPage,
  ModelTask,
} from '../../contract/models';
import type { Settings } from '../../contract/settings';
import type { AppDatabase } from '../database/database';
import type { ConnectionKeys } from '../remote/keys';
import { CudaLibrarySet } from './cuda-libraries';
import { HubDesk, type HubDeskOptions } from './hub-desk';
import { ModelImports } from './model-imports';
import { loadOptions, optionsOf } from './model-options';
import { ModelTasks } from './model-tasks';
import type { InstalledModel, ModelLibrary } from './models';
import { listFolders } from './models-folders';
import { modelSpeeds } from './models-speed';
import { RemovedModels } from './removed-models';
import { readVerified, verifiedAt } from './verified-files';

export interface ModelsDeskOptions {
  readonly library: ModelLibrary;
  readonly database: AppDatabase;
  readonly builtIn: readonly string[];
  /** Where the user's own models lie. */
  readonly folder: string;
  /** Where models lie while they are fetched. */
  readonly downloads: string;
  readonly hubKeys: ConnectionKeys;
  readonly proxyFor?: HubDeskOptions['proxyFor'];
  /** Where the GPU libraries go that the user has fetched. */
  readonly cudaFolder: string;
  /** Remembers which files were found whole; the engine reads and writes it too. */
  readonly verifiedFiles: string;
  readonly settings: () => Settings;
  readonly updateSettings: (change: Partial<Settings>) => void;
  readonly status: () => EngineStatus;
  readonly graphics: () => Promise<Graphics>;
  readonly load: (id: string) => Promise<void>;
  readonly spawnTool: SpawnTool | null;
  readonly tasksChanged: (tasks: readonly ModelTask[]) => void;
  readonly changed: () => void;
  readonly log: (line: string) => void;
}

/** What `ModelLoader` answers is the same on every page. */
type PageRequest = Exclude<keyof ModelRequests, 'models.setDefault'>;

/** A driver that hangs must not keep the page empty. */
const GRAPHICS_TIMEOUT_MS = 5_000;

/** The models page's part of the app. */
export class ModelsDesk {
  readonly tasks: ModelTasks;
  readonly hub: HubDesk;
  readonly #options: ModelsDeskOptions;
  readonly #imports: ModelImports;
  readonly #removed: RemovedModels;
  readonly #cuda: CudaLibrarySet;
  #graphics: Graphics | null = null;

  constructor(options: ModelsDeskOptions) {
    this.#options = options;
    this.tasks = new ModelTasks({
      spawn: options.spawnTool,
      changed: options.tasksChanged,
      finished: () => options.changed(),
      log: options.log,
    });
    this.#cuda = new CudaLibrarySet({
      folder: options.cudaFolder,
      tasks: this.tasks,
      graphics: async () => (await this.#hardware()).graphics,
      changed: options.changed,
    });
    this.#removed = new RemovedModels(options.folder, options.log);
    this.#imports = new ModelImports({
      library: options.library,
      tasks: this.tasks,
      folder: options.folder,
      isTaken: (id) => this.hub.isTaken(id),
      isUnfinished: (id) => this.hub.isUnfinished(id),
    });
    this.hub = new HubDesk({
      tasks: this.tasks,
      models: options.folder,
      downloads: options.downloads,
      keys: options.hubKeys,
      settings: options.settings,
      updateSettings: options.updateSettings,
      ...(options.proxyFor && { proxyFor: options.proxyFor }),
      freeId: (name) => this.#imports.freeId(name),
      hasGpu: async () => hasGpu(await this.#hardware()),
    });
    void this.#begin();
  }

  readonly handlers: Pick<HandlersOf<'models'>, PageRequest> = {
    'models.page': () => this.#page(),
    'models.setOptions': (id, options) => this.#setOptions(id, options),
    'models.inspect': (path) => this.#imports.inspect(resolve(path)),
    'models.import': (path) => this.#imports.import(resolve(path)),
    'models.convert': (request) => this.#imports.convert(request),
    'models.verify': async (id) => {
      const { folder, manifest } = await this.#options.library.find(id);
      const command = { type: 'verify', folder, verifiedFiles: this.#options.verifiedFiles } as const;
      return this.tasks.start({ kind: 'verify', name: manifest.name, modelId: id, command });
    },
    'models.tasks': () => this.tasks.list(),
    'models.stopTask': (id) => this.tasks.stop(id),
    'models.resumeTask': (id) => this.tasks.resume(id),
    'models.dismissTask': (id) => this.tasks.dismiss(id),
    'models.remove': (id) => this.#remove(id),
    'models.restore': (id) => this.#restore(id),
    'models.browse': listFolders,
    'models.cudaLibraries': (ask) => this.#cuda.status(ask),
    'models.installCudaLibraries': () => this.#cuda.install(),
    'models.removeCudaLibraries': () => this.#cuda.remove(),
  };

  /** Its own choice for a model, and what the settings say where it has none. */
  #loadOptions(manifest: Manifest): LoadOptions {
    return loadOptions(this.#options.settings(), manifest, this.#options.verifiedFiles);
  }

  close(): void {
    this.tasks.close();
    this.#removed.close();
  }

  /** What earlier runs of the app left. */
  async #begin(): Promise<void> {
    await this.#removed.empty();
    await this.hub.begin();
    await this.#imports.begin();
  }

  async #page(): Promise<ModelsPage> {
    const { library, database, builtIn } = this.#options;
    const [{ models }, verified, hardware] = await Promise.all([
      library.scan(),
      readVerified(this.#options.verifiedFiles),
      this.#hardware(),
    ]);
    const speeds = modelSpeeds(database);
    const entries = models.map(async ({ folder, manifest }): Promise<ModelEntry> => {
      const { provider, contextLength = manifest.contextLength, cacheType } = this.#loadOptions(manifest);
      const likely =
        provider === 'auto' ? (hasGpu(hardware) && manifest.graphs.cuda ? 'cuda' : 'cpu') : provider;
      return {
        manifest,
        folder,
        builtIn: builtIn.some((own) => resolve(own) === resolve(folder)),
        bytes: manifest.files.reduce((sum, { bytes }) => sum + bytes, 0),
        speeds: speeds.get(manifest.id) ?? [],
        options: optionsOf(this.#options.settings(), manifest.id),
        verifiedAt: await verifiedAt(folder, manifest, verified),
        memoryNeeded: memoryNeeded(manifest, likely, contextLength, cacheType),
      };
    });
    return { models: await Promise.all(entries), hardware };
  }

  /** What the model in use would give back; nothing where it runs elsewhere. */
  #reclaimable(): Hardware['reclaimable'] {
    const status = this.#options.status();
    if (status.state !== 'ready' || status.model.provider === 'remote') return null;
    const { manifest, provider, contextLength } = status.model;
    const local = this.#options.library.known().find(({ id }) => id === manifest.id);
    if (!local) return null;
    const { cacheType } = this.#loadOptions(local);
    return { provider, bytes: memoryNeeded(local, provider, contextLength, cacheType) };
  }

  async #hardware(): Promise<Hardware> {
    const timeout = new Promise<null>((give) => setTimeout(() => give(null), GRAPHICS_TIMEOUT_MS).unref());
    const asked = await Promise.race([this.#options.graphics().catch(() => null), timeout]);
    this.#graphics = asked ?? this.#graphics;
    const [first] = cpus();
    return {
      memory: { totalBytes: totalmem(), freeBytes: freemem() },
      processor: { name: first?.model.trim() ?? '', threads: cpus().length },
      graphics: this.#graphics,
      reclaimable: this.#reclaimable(),
    };
  }

  async #setOptions(id: string, options: ModelOptions): Promise<void> {
    const { manifest } = await this.#options.library.find(id);
    const { contextLength } = options;
    const fitting =
      contextLength === undefined
        ? options
        : { ...options, contextLength: Math.min(contextLength, manifest.contextLength) };
    const { [id]: _, ...others } = this.#options.settings().modelOptions;
    const plain = Object.keys(fitting).length === 0;
    this.#options.updateSettings({ modelOptions: plain ? others : { ...others, [id]: fitting } });
    // The page shows what was chosen, also while the model is loaded again and when it cannot be.
    this.#options.changed();
    if (modelIdOf(this.#options.status()) !== id) return;
    try {
      await this.#options.load(id);
    } finally {
      this.#options.changed(); // what it holds in memory
    }
  }

  async #remove(id: string): Promise<void> {
    const model = await this.#find(id);
    const { settings, status, library } = this.#options;
    if (modelIdOf(status()) === id) {
      // Its files are open: something else has to take its place first.
      const { models } = await library.scan();
      const next = models.find(({ manifest }) => manifest.id !== id && manifest.modalities.includes('text'));
      if (next) await this.#options.load(next.manifest.id);
    }
    await this.#removed.remove(model);
    if (settings().modelId === id) this.#options.updateSettings({ modelId: null });
    this.#options.changed();
  }

  async #restore(id: string): Promise<void> {
    await this.#removed.restore(id);
    this.#options.changed();
  }

  async #find(id: string): Promise<InstalledModel> {
    const model = await this.#options.library.find(id);
    if (this.#options.builtIn.some((own) => resolve(own) === resolve(model.folder))) {
      throw new AppError('invalid-request', `${model.manifest.name} came with the app and stays.`, {
        kind: 'model-built-in',
        name: model.manifest.name,
        id,
      });
    }
    return model;
  }
}

const hasGpu = ({ graphics }: Hardware): boolean =>
  graphics !== null && graphics.gpus.length > 0 && graphics.runtime.cudaProvider;
