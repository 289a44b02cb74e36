import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { cpus, freemem, totalmem } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { type EngineStatus, type LoadOptions, modelIdOf } from '../../contract/engine';
import { AppError } from '../../contract/errors';
import type { Manifest } from '../../contract/manifest';
import { memoryNeeded } from '../../contract/memory';
import type { SpawnTool } from '../../contract/model-tool';
import type {
  ConvertRequest,
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
import { ModelTasks } from './model-tasks';
import type { InstalledModel, ModelLibrary } from './models';
import { listFolders } from './models-folders';
import { modelSpeeds } from './models-speed';

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

type Handlers = {
  readonly [K in keyof ModelRequests]: (
    ...args: Parameters<ModelRequests[K]>
  ) => ReturnType<ModelRequests[K]> | Promise<ReturnType<ModelRequests[K]>>;
};

/** A driver that hangs must not keep the page empty. */
const GRAPHICS_TIMEOUT_MS = 5_000;

/** What was removed can be brought back for so long, and until the app ends. */
const KEEP_REMOVED_MS = 10 * 60_000;

const REMOVED = '.removed';

/** What imports and conversions add to the name of a folder that is not whole (models.ts). */
const UNFINISHED_ENDINGS = /(\.(part|convert|download))+$/;

/** The models page's part of the app. */
export class ModelsDesk {
  readonly tasks: ModelTasks;
  readonly hub: HubDesk;
  readonly #options: ModelsDeskOptions;
  readonly #removed = new Map<
    string,
    { readonly from: string; readonly to: string; readonly timer: NodeJS.Timeout }
  >();
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
    this.hub = new HubDesk({
      tasks: this.tasks,
      models: options.folder,
      downloads: options.downloads,
      keys: options.hubKeys,
      settings: options.settings,
      updateSettings: options.updateSettings,
      ...(options.proxyFor && { proxyFor: options.proxyFor }),
      freeId: (name) => this.#freeId(idFrom(name)),
      hasGpu: async () => hasGpu(await this.#hardware()),
    });
    void this.#begin();
  }

  readonly handlers: Handlers = {
    'models.page': () => this.#page(),
    'models.setDefault': async (id) => {
      await this.#options.library.find(id);
      this.#options.updateSettings({ modelId: id });
    },
    'models.setOptions': (id, options) => this.#setOptions(id, options),
    'models.inspect': async (path) => {
      const { found } = await this.tasks.ask({ type: 'inspect', path: resolve(path) });
      if (!found) throw silent(path);
      return found;
    },
    'models.import': (path) => this.#import(resolve(path)),
    'models.convert': (request) => this.#convert(request),
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
  loadOptions(manifest: Manifest): LoadOptions {
    return loadOptions(this.#options.settings(), manifest, this.#options.verifiedFiles);
  }

  close(): void {
    this.tasks.close();
    for (const { timer } of this.#removed.values()) clearTimeout(timer);
  }

  /** What an earlier run left: removed models go for good, unfinished conversions wait to be resumed. */
  async #begin(): Promise<void> {
    const { folder } = this.#options;
    await rm(join(folder, REMOVED), { recursive: true, force: true }).catch(() => {});
    await this.hub.begin();
    for (const name of await readdir(folder).catch(() => [])) {
      const at = join(folder, name);
      if (name.endsWith('.part')) await rm(at, { recursive: true, force: true }).catch(() => {});
      if (!name.endsWith('.convert')) continue;
      // One of a model that is being fetched goes on with that.
      if (this.hub.isUnfinished(name.slice(0, -'.convert'.length))) continue;
      const request = await readRequest(at);
      if (request) this.tasks.remember(this.#conversion(request, name.slice(0, -'.convert'.length)));
    }
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
      const { provider, contextLength = manifest.contextLength, cacheType } = this.loadOptions(manifest);
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
    const { cacheType } = this.loadOptions(local);
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

  async #import(path: string): Promise<ModelTask> {
    const { found } = await this.tasks.ask({ type: 'inspect', path });
    if (!found) throw silent(path);
    if (found.kind === 'checkpoint') {
      throw new AppError('invalid-request', `${path} is a checkpoint: it is converted, not imported.`, {
        kind: 'checkpoint-not-imported',
        path,
      });
    }
    const wanted = found.kind === 'package' ? found.id : idFrom(found.name);
    const { id, number } = await this.#freeId(wanted);
    const name = number === 1 ? (found.kind === 'onnx' ? found.name : null) : `${found.name} (${number})`;
    const out = join(this.#options.folder, id);
    return this.tasks.start({
      kind: 'import',
      name: name ?? found.name,
      modelId: id,
      command: { type: 'import', path, out, id, name },
      discard: () => rm(`${out}.part`, { recursive: true, force: true }),
    });
  }

  async #convert(request: ConvertRequest): Promise<ModelTask> {
    const { id } = await this.#freeId(idFrom(request.name));
    return this.tasks.start(this.#conversion({ ...request, path: resolve(request.path) }, id));
  }

  #conversion(request: ConvertRequest, id: string) {
    const out = join(this.#options.folder, id);
    const { path, name, precision, block, headInt8 } = request;
    return {
      kind: 'convert',
      name,
      modelId: id,
      command: { type: 'convert', path, out, id, name, precision, block, headInt8 },
      discard: () => rm(`${out}.convert`, { recursive: true, force: true }),
    } as const;
  }

  /** The id, or where it is taken one with a number behind it; never one that would be taken for unfinished work. */
  async #freeId(name: string): Promise<{ id: string; number: number }> {
    const wanted = name.replace(UNFINISHED_ENDINGS, '');
    const { models } = await this.#options.library.scan();
    const taken = new Set(models.map(({ manifest }) => manifest.id));
    for (const task of this.tasks.list()) if (task.modelId && task.state !== 'done') taken.add(task.modelId);
    for (let number = 1; ; number++) {
      const id = number === 1 ? wanted : `${wanted}-${number}`;
      if (!taken.has(id) && !this.hub.isTaken(id) && !existsSync(join(this.#options.folder, id)))
        return { id, number };
    }
  }

  async #remove(id: string): Promise<void> {
    const { folder } = await this.#find(id);
    const { settings, status, library } = this.#options;
    if (modelIdOf(status()) === id) {
      // Its files are open: something else has to take its place first.
      const { models } = await library.scan();
      const next = models.find(({ manifest }) => manifest.id !== id && manifest.modalities.includes('text'));
      if (next) await this.#options.load(next.manifest.id);
    }
    const bin = join(this.#options.folder, REMOVED);
    await mkdir(bin, { recursive: true, mode: 0o700 });
    const to = join(bin, `${basename(folder)}-${Date.now()}`);
    await rename(folder, to);
    const timer = setTimeout(() => {
      this.#removed.delete(id);
      rm(to, { recursive: true, force: true }).catch((error: unknown) => this.#options.log(String(error)));
    }, KEEP_REMOVED_MS);
    timer.unref();
    this.#removed.set(id, { from: folder, to, timer });
    if (settings().modelId === id) this.#options.updateSettings({ modelId: null });
    this.#options.changed();
  }

  async #restore(id: string): Promise<void> {
    const removed = this.#removed.get(id);
    if (!removed)
      throw new AppError('not-found', 'This model has been deleted for good.', { kind: 'model-deleted' });
    clearTimeout(removed.timer);
    await rename(removed.to, removed.from);
    this.#removed.delete(id);
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

const silent = (folder: string) =>
  new AppError('internal', `Nothing was said of ${folder}.`, { kind: 'work-silent', folder });

/** A model may be named `constructor`. */
function optionsOf({ modelOptions }: Settings, id: string): ModelOptions {
  return Object.hasOwn(modelOptions, id) ? (modelOptions[id] ?? {}) : {};
}

/** How a model is loaded: as its own options say, and the settings where it has none. */
export function loadOptions(settings: Settings, manifest: Manifest, verifiedFiles: string): LoadOptions {
  const own = optionsOf(settings, manifest.id);
  const contextLength = own.contextLength ?? settings.contextLength;
  return {
    provider: own.provider ?? settings.provider,
    ...(own.deviceId !== undefined && { deviceId: own.deviceId }),
    ...(contextLength !== null && { contextLength: Math.min(contextLength, manifest.contextLength) }),
    ...(own.speculation !== undefined && { speculation: own.speculation }),
    ...(own.float8 !== undefined && { float8: own.float8 }),
    ...(own.cacheType !== undefined && { cacheType: own.cacheType }),
    verifiedFiles,
  };
}

const hasGpu = ({ graphics }: Hardware): boolean =>
  graphics !== null && graphics.gpus.length > 0 && graphics.runtime.cudaProvider;

function idFrom(name: string): string {
  const id = name
    .toLowerCase()
    .replace(/[^a-z0-9.-]+/g, '-')
    .replace(/^[^a-z0-9]+|-+$/g, '');
  return id || 'model';
}

/** What a conversion that was begun is to become, as the converter wrote it down. */
async function readRequest(folder: string): Promise<ConvertRequest | null> {
  try {
    const { checkpoint, options, names } = JSON.parse(await readFile(join(folder, 'request.json'), 'utf8'));
    return {
      path: checkpoint.folder,
      name: names.name,
      precision: options.precision,
      block: options.blockSize,
      headInt8: options.precision !== 'int8' && options.headPrecision === 'int8',
    };
  } catch {
    return null;
  }
}

type VerifiedFiles = Readonly<Record<string, { readonly sha256: string; readonly at: number }>>;

async function readVerified(file: string): Promise<VerifiedFiles> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as VerifiedFiles;
  } catch {
    return {};
  }
}

/** The oldest of its files' dates; null when one has changed since or was never read. */
async function verifiedAt(folder: string, { files }: Manifest, known: VerifiedFiles): Promise<number | null> {
  let oldest: number | null = null;
  for (const file of files) {
    const at = resolve(folder, file.path);
    const info = await stat(at).catch(() => null);
    const entry = info && known[`${at}\n${info.size}\n${info.mtimeMs}`];
    if (!entry || entry.sha256 !== file.sha256) return null;
    oldest = Math.min(oldest ?? entry.at, entry.at);
  }
  return oldest;
}
