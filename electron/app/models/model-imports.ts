import { existsSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { AppError } from '../../contract/errors';
import type { ConvertRequest, FoundModel, ModelTask } from '../../contract/models';
import { type ModelTasks, type NewTask, silent } from './model-tasks';
import type { ModelLibrary } from './models';

export interface ModelImportsOptions {
  readonly library: ModelLibrary;
  readonly tasks: ModelTasks;
  /** Where the user's own models lie. */
  readonly folder: string;
  /** Whether a download has the id, under which there is no model yet. */
  readonly isTaken: (id: string) => boolean;
  /** Whether that download is to be gone on with: what was begun under its id is its own. */
  readonly isUnfinished: (id: string) => boolean;
}

export interface FreeId {
  readonly id: string;
  /** 1, or what stands behind the id as it was taken without. */
  readonly number: number;
}

/** What imports and conversions add to the name of a folder that is not whole (models.ts). */
const UNFINISHED_ENDINGS = /(\.(part|convert|download))+$/;

/** Models from folders of this machine: packages and ONNX exports are copied, checkpoints converted. */
export class ModelImports {
  readonly #options: ModelImportsOptions;

  constructor(options: ModelImportsOptions) {
    this.#options = options;
  }

  /** What an earlier run of the app left: half copies go, conversions wait to be resumed. */
  async begin(): Promise<void> {
    const { folder, tasks, isUnfinished } = this.#options;
    for (const name of await readdir(folder).catch(() => [])) {
      const at = join(folder, name);
      if (name.endsWith('.part')) await rm(at, { recursive: true, force: true }).catch(() => {});
      if (!name.endsWith('.convert')) continue;
      const id = name.slice(0, -'.convert'.length);
      const request = isUnfinished(id) ? null : await readRequest(at);
      if (request) tasks.remember(this.#conversion(request, id));
    }
  }

  async inspect(path: string): Promise<FoundModel> {
    const { found } = await this.#options.tasks.ask({ type: 'inspect', path });
    if (!found) throw silent(path);
    return found;
  }

  async import(path: string): Promise<ModelTask> {
    const found = await this.inspect(path);
    if (found.kind === 'checkpoint') {
      throw new AppError('invalid-request', `${path} is a checkpoint: it is converted, not imported.`, {
        kind: 'checkpoint-not-imported',
        path,
      });
    }
    const { id, number } = await this.#free(found.kind === 'package' ? found.id : idFrom(found.name));
    const name = number === 1 ? (found.kind === 'onnx' ? found.name : null) : `${found.name} (${number})`;
    const out = join(this.#options.folder, id);
    return this.#options.tasks.start({
      kind: 'import',
      name: name ?? found.name,
      modelId: id,
      command: { type: 'import', path, out, id, name },
      discard: () => rm(`${out}.part`, { recursive: true, force: true }),
    });
  }

  async convert(request: ConvertRequest): Promise<ModelTask> {
    const { id } = await this.freeId(request.name);
    return this.#options.tasks.start(this.#conversion({ ...request, path: resolve(request.path) }, id));
  }

  /** An id that nothing has yet, made from a name. */
  freeId(name: string): Promise<FreeId> {
    return this.#free(idFrom(name));
  }

  /** The id, or where it is taken one with a number behind it; never one that would be taken for unfinished work. */
  async #free(id: string): Promise<FreeId> {
    const { library, tasks, folder, isTaken } = this.#options;
    const wanted = id.replace(UNFINISHED_ENDINGS, '');
    const { models } = await library.scan();
    const taken = new Set(models.map(({ manifest }) => manifest.id));
    for (const task of tasks.list()) if (task.modelId && task.state !== 'done') taken.add(task.modelId);
    for (let number = 1; ; number++) {
      const id = number === 1 ? wanted : `${wanted}-${number}`;
      if (!taken.has(id) && !isTaken(id) && !existsSync(join(folder, id))) return { id, number };
    }
  }

  #conversion({ path, name, precision, block, headInt8 }: ConvertRequest, id: string): NewTask {
    const out = join(this.#options.folder, id);
    return {
      kind: 'convert',
      name,
      modelId: id,
      command: { type: 'convert', path, out, id, name, precision, block, headInt8 },
      discard: () => rm(`${out}.convert`, { recursive: true, force: true }),
    };
  }
}

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
