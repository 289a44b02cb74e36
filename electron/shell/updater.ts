import type { AppUpdater } from 'electron-updater';
import type { Settings } from '../contract/settings';
import type { UpdateStatus } from '../contract/shell';

/** What of electron-updater is used. */
export type UpdateSource = Pick<
  AppUpdater,
  | 'autoDownload'
  | 'autoInstallOnAppQuit'
  | 'logger'
  | 'on'
  | 'checkForUpdates'
  | 'downloadUpdate'
  | 'quitAndInstall'
>;

interface UpdaterOptions {
  /** Null where there is no feed: nothing is then ever looked for. Loaded late, as it reads the feed's file. */
  readonly source: (() => Promise<UpdateSource>) | null;
  readonly changed: (status: UpdateStatus) => void;
  readonly log: (line: string) => void;
  readonly now?: () => number;
}

/** The start is for the model. */
const FIRST_CHECK_MS = 10_000;
const DAY_MS = 86_400_000;

/** Looks only if the user allowed it, downloads only when told to, and installs only when told to. */
export class Updater {
  readonly #options: UpdaterOptions;
  #status: UpdateStatus;
  #source: Promise<UpdateSource> | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(options: UpdaterOptions) {
    this.#options = options;
    this.#status = { state: options.source ? 'idle' : 'unavailable' };
  }

  status(): UpdateStatus {
    return this.#status;
  }

  follow({ updateCheck }: Pick<Settings, 'updateCheck'>): void {
    const wanted = updateCheck === 'on' && this.#options.source !== null;
    if (!wanted) this.close();
    else if (this.#timer === null) this.#checkIn(FIRST_CHECK_MS);
  }

  close(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  async check(): Promise<void> {
    const { state } = this.#status;
    if (state === 'unavailable' || state === 'checking' || state === 'downloading' || state === 'downloaded')
      return;
    this.#become({ state: 'checking' });
    await this.#try(async (source) => {
      const result = await source.checkForUpdates();
      if (result?.isUpdateAvailable) {
        this.#become({ state: 'available', version: result.updateInfo.version });
      } else this.#become({ state: 'current', checkedAt: (this.#options.now ?? Date.now)() });
    });
  }

  async download(): Promise<void> {
    if (this.#status.state !== 'available') return;
    const { version } = this.#status;
    this.#become({ state: 'downloading', version, fraction: 0 });
    await this.#try(async (source) => {
      await source.downloadUpdate();
      this.#become({ state: 'downloaded', version });
    });
  }

  /** `closeApp` first: what is being written is saved, and nothing holds up the end of the program. */
  async install(closeApp: () => Promise<void>): Promise<void> {
    if (this.#status.state !== 'downloaded') return;
    await this.#try(async (source) => {
      await closeApp();
      source.quitAndInstall(false, true);
    });
  }

  #checkIn(delay: number): void {
    this.#timer = setTimeout(() => {
      this.#checkIn(DAY_MS);
      void this.check();
    }, delay);
    this.#timer.unref();
  }

  async #try(work: (source: UpdateSource) => Promise<void>): Promise<void> {
    try {
      this.#source ??= this.#load();
      await work(await this.#source);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#options.log(`The update failed: ${message}`);
      // Servers answer with pages; the first line is what happened.
      this.#become({ state: 'failed', message: message.split('\n')[0]?.slice(0, 300) ?? '' });
    }
  }

  async #load(): Promise<UpdateSource> {
    const { source: open, log } = this.#options;
    if (!open) throw new Error('This build has no update feed.');
    const source = await open();
    source.autoDownload = false;
    source.autoInstallOnAppQuit = false;
    source.logger = null;
    source.on('download-progress', ({ percent }) => {
      if (this.#status.state !== 'downloading') return;
      this.#become({ ...this.#status, fraction: Math.min(1, Math.max(0, percent / 100)) });
    });
    // Each failure also rejects the call it belongs to; an 'error' nobody hears would end the program.
    source.on('error', (error) => log(`The updater: ${error.message}`));
    return source;
  }

  #become(status: UpdateStatus): void {
    this.#status = status;
    this.#options.changed(status);
  }
}
