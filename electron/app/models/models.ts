import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ModelProblem } from '../../contract/api';
import { AppError, toErrorInfo } from '../../contract/errors';
import { type Manifest, ManifestSchema } from '../../contract/manifest';

export interface InstalledModel {
  readonly folder: string;
  readonly manifest: Manifest;
}

export interface ModelScan {
  readonly models: readonly InstalledModel[];
  readonly problems: readonly ModelProblem[];
}

const MANIFEST = 'autoglm.json';

/** Hidden folders, and what imports and conversions have not finished. */
const UNFINISHED = /^\.|\.(part|convert|download)$/;

/** The model folders of this machine: the ones that ship with the app, and those the user added. */
export class ModelLibrary {
  readonly #builtIn: readonly string[];
  readonly #userFolder: string;
  #known: readonly Manifest[] = [];

  constructor(builtIn: readonly string[], userFolder: string) {
    this.#builtIn = builtIn;
    this.#userFolder = userFolder;
  }

  /** As the last scan found them. */
  known(): readonly Manifest[] {
    return this.#known;
  }

  /** Reads the folders anew, as the user may add one at any time. Where two share an id the first counts. */
  async scan(): Promise<ModelScan> {
    const models = new Map<string, InstalledModel>();
    const problems: ModelProblem[] = [];
    for (const folder of [...this.#builtIn, ...(await subfolders(this.#userFolder))]) {
      const model = await readModel(folder);
      if ('error' in model) {
        problems.push(model);
        continue;
      }
      const { id } = model.manifest;
      const first = models.get(id);
      if (first) {
        problems.push({
          folder,
          name: model.manifest.name,
          error: {
            code: 'model-unsupported',
            message: `The model in ${folder} has the same id, ${id}, as the one in ${first.folder}. Remove one of them, or give one another id in its ${MANIFEST}.`,
            details: { kind: 'model-same-id', folder, id },
          },
        });
      } else models.set(id, model);
    }
    const found = [...models.values()];
    this.#known = found.map(({ manifest }) => manifest);
    return { models: found, problems };
  }

  /** Throws a sentence that names the models there are. */
  async find(id: string): Promise<InstalledModel> {
    const { models, problems } = await this.scan();
    const model = models.find(({ manifest }) => manifest.id === id);
    if (model) return model;
    const damaged = problems.find(({ folder }) => basename(folder) === id);
    if (damaged) throw AppError.of(damaged.error);
    const known = models.map(({ manifest }) => manifest.id).join(', ') || 'none';
    throw new AppError(
      'model-not-found',
      `There is no model '${id}' on this machine (installed: ${known}). Put its folder into ${this.#userFolder}, or choose another.`,
      { kind: 'model-absent', id, known },
    );
  }
}

async function readModel(folder: string): Promise<InstalledModel | ModelProblem> {
  const file = join(folder, MANIFEST);
  let name = basename(folder);
  try {
    const json = parse(await read(file), file);
    if (typeof json.name === 'string') name = json.name;
    if (json.format !== 1) {
      throw new AppError(
        'model-unsupported',
        `${file} has format ${JSON.stringify(json.format)}; this version of the app reads format 1. Update the app, or build the model again.`,
        { kind: 'model-format-newer', file },
      );
    }
    const manifest = ManifestSchema.safeParse(json);
    if (manifest.success) return { folder, manifest: manifest.data };
    const [issue] = manifest.error.issues;
    throw new AppError(
      'model-damaged',
      `${file} is not a valid model description: ${issue?.path.join('.') || 'the document'}: ${issue?.message}. Download or build the model again.`,
      { kind: 'model-description-invalid', file },
    );
  } catch (error) {
    return { folder, name, error: toErrorInfo(error) };
  }
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new AppError(
      'model-damaged',
      `${file} could not be read (${code}). Download or build the model again.`,
      { kind: 'model-description-unread', file },
    );
  }
}

function parse(text: string, file: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return { ...value };
  } catch {
    // Said below.
  }
  throw new AppError('model-damaged', `${file} is not valid JSON. Download or build the model again.`, {
    kind: 'model-description-invalid',
    file,
  });
}

/** Anything put there that is not a folder is not a model; a missing parent holds none. */
async function subfolders(parent: string): Promise<readonly string[]> {
  const entries = await readdir(parent, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => (entry.isDirectory() || entry.isSymbolicLink()) && !UNFINISHED.test(entry.name))
    .map((entry) => join(parent, entry.name))
    .sort();
}
