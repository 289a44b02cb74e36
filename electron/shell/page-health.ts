import { type BrowserWindow, dialog } from 'electron';
import type { Labels } from './labels';

/** More reloads than this within a minute do not help; the user is asked. */
const MAX_RELOADS = 3;
const WITHIN_MS = 60_000;

interface HealthOptions {
  readonly labels: () => Labels;
  readonly log: (line: string) => void;
  readonly now?: () => number;
}

/** The page's process may crash or hang. Turns belong to the app, so a page that is loaded again goes on where it was. */
export function keepHealthy(window: BrowserWindow, { labels, log, now = Date.now }: HealthOptions): void {
  const contents = window.webContents;
  let reloads: number[] = [];
  let asking: AbortController | null = null;

  contents.on('render-process-gone', (_event, { reason, exitCode }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return;
    log(`The page's process ended (${reason}, ${exitCode}).`);
    asking?.abort();
    reloads = [...reloads.filter((time) => now() - time < WITHIN_MS), now()];
    if (reloads.length <= MAX_RELOADS) contents.reload();
    else void askToReload();
  });

  window.on('unresponsive', () => void askToWait());
  window.on('responsive', () => asking?.abort());

  async function askToReload(): Promise<void> {
    const { crashed, crashedDetail, reload, close } = labels();
    const { response } = await dialog.showMessageBox(window, {
      type: 'warning',
      message: crashed,
      detail: crashedDetail,
      buttons: [reload, close],
      defaultId: 0,
      cancelId: 1,
    });
    reloads = [];
    if (window.isDestroyed()) return;
    if (response === 0) contents.reload();
    else window.destroy();
  }

  async function askToWait(): Promise<void> {
    if (asking) return;
    asking = new AbortController();
    const { unresponsive, unresponsiveDetail, wait, reload } = labels();
    const { signal } = asking;
    const { response } = await dialog.showMessageBox(window, {
      type: 'warning',
      message: unresponsive,
      detail: unresponsiveDetail,
      buttons: [wait, reload],
      defaultId: 0,
      cancelId: 0,
      signal,
    });
    asking = null;
    if (response !== 1 || signal.aborted || window.isDestroyed()) return;
    // A page that hangs cannot be told to reload; its end above loads it again.
    contents.forcefullyCrashRenderer();
  }
}
