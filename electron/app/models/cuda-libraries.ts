import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ErrorKind } from '../../contract/error-kinds';
import { AppError, type ErrorInfo } from '../../contract/errors';
import type { CudaLibraries, Graphics, ModelTask } from '../../contract/models';
import type { ModelTasks } from './model-tasks';

interface Options {
  readonly folder: string;
  readonly tasks: ModelTasks;
  readonly graphics: () => Promise<Graphics | null>;
  readonly changed: () => void;
}

type Wanted =
  | { readonly cuda: 12 | 13; readonly reason: null }
  | { readonly cuda: null; readonly reason: ErrorInfo };

function useless(message: string, kind: ErrorKind): Wanted {
  return { cuda: null, reason: { code: 'provider-unavailable', message, details: { kind } } };
}

/** CUDA 12.0 and 13.0: what a driver must be able to run (docs.nvidia.com/cuda/cuda-toolkit-release-notes). */
const OLDEST_CUDA = 12;
const NEWEST_CUDA = 13;

/** The GPU libraries that the user may have fetched; the engine finds them in the same folder (engine/ort/library.ts). */
export class CudaLibrarySet {
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
  }

  /** @param ask the registries for sizes, which uses the network. */
  async status(ask: boolean): Promise<CudaLibraries> {
    const installed = await this.#installed();
    const { cuda, reason } = await this.#wanted();
    if (installed) {
      const packages = installed.packages.map((own) => ({ ...own, bytes: null, host: '' }));
      return { state: 'installed', reason, cuda: installed.cuda, packages };
    }
    if (cuda === null) return { state: 'unsupported', reason, cuda, packages: [] };
    if (!ask) return { state: 'absent', reason: null, cuda, packages: [] };
    const { libraries = [] } = await this.#options.tasks.ask({ type: 'find-libraries', cuda });
    return { state: 'absent', reason: null, cuda, packages: libraries };
  }

  async install(): Promise<ModelTask> {
    const { cuda, reason } = await this.#wanted();
    if (cuda === null) throw AppError.of(reason);
    const { folder, tasks } = this.#options;
    return tasks.start({
      kind: 'libraries',
      name: `CUDA ${cuda}`,
      modelId: null,
      command: { type: 'install-libraries', cuda, into: folder },
      discard: () => rm(folder, { recursive: true, force: true }),
    });
  }

  async remove(): Promise<void> {
    await rm(this.#options.folder, { recursive: true, force: true });
    this.#options.changed();
  }

  async #installed(): Promise<{ cuda: number; packages: { name: string; version: string }[] } | null> {
    try {
      return JSON.parse(await readFile(join(this.#options.folder, 'installed.json'), 'utf8'));
    } catch {
      return null;
    }
  }

  /** By the driver that is there. */
  async #wanted(): Promise<Wanted> {
    if (process.arch !== 'x64' || (process.platform !== 'linux' && process.platform !== 'win32')) {
      return useless('CUDA libraries are published for Linux and Windows on x64 alone.', 'cuda-platform');
    }
    const graphics = await this.#options.graphics();
    if (!graphics) return useless('The engine has not said what graphics cards there are.', 'gpu-unknown');
    if (!graphics.driver || graphics.gpus.length === 0) {
      return graphics.reason
        ? { cuda: null, reason: graphics.reason }
        : useless('There is no NVIDIA GPU on this machine.', 'gpu-none');
    }
    const major = Number(graphics.driver.cuda.split('.')[0]);
    if (major < OLDEST_CUDA) {
      return useless(
        `The NVIDIA driver is too old: it runs CUDA ${graphics.driver.cuda}, and CUDA 12 needs driver 525 or newer. Update the driver.`,
        'gpu-driver-old',
      );
    }
    return { cuda: major >= NEWEST_CUDA ? 13 : 12, reason: null };
  }
}
