import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AppError } from '../../contract/errors';
import type { InstalledModel } from './models';

/** What was removed can be brought back for so long, and until the app ends. */
const KEEP_REMOVED_MS = 10 * 60_000;

const REMOVED = '.removed';

interface Removed {
  readonly from: string;
  readonly to: string;
  readonly timer: NodeJS.Timeout;
}

/** Models that the user removed, while that can be undone. */
export class RemovedModels {
  readonly #bin: string;
  readonly #log: (line: string) => void;
  readonly #removed = new Map<string, Removed>();

  /** @param models the folder of the user's own models, which lies on the same disk. */
  constructor(models: string, log: (line: string) => void) {
    this.#bin = join(models, REMOVED);
    this.#log = log;
  }

  /** What an earlier run of the app left goes for good. */
  async empty(): Promise<void> {
    await rm(this.#bin, { recursive: true, force: true }).catch(() => {});
  }

  async remove({ folder, manifest: { id } }: InstalledModel): Promise<void> {
    await mkdir(this.#bin, { recursive: true, mode: 0o700 });
    const to = join(this.#bin, `${basename(folder)}-${Date.now()}`);
    await rename(folder, to);
    const timer = setTimeout(() => {
      this.#removed.delete(id);
      rm(to, { recursive: true, force: true }).catch((error: unknown) => this.#log(String(error)));
    }, KEEP_REMOVED_MS);
    timer.unref();
    this.#removed.set(id, { from: folder, to, timer });
  }

  /** @throws AppError `not-found` when it is too late */
  async restore(id: string): Promise<void> {
    const removed = this.#removed.get(id);
    if (!removed)
      throw new AppError('not-found', 'This model has been deleted for good.', { kind: 'model-deleted' });
    clearTimeout(removed.timer);
    await rename(removed.to, removed.from);
    this.#removed.delete(id);
  }

  close(): void {
    for (const { timer } of this.#removed.values()) clearTimeout(timer);
  }
}
