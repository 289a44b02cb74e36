import { BrowserWindow, nativeTheme, screen } from 'electron';
import type { PageOrigin } from './page-origin';
import { confineNavigation } from './security';
import { MIN_HEIGHT, MIN_WIDTH, placeWindow, readWindowState, writeWindowState } from './window-state';

export interface WindowOptions {
  readonly origin: PageOrigin;
  readonly preload: string;
  readonly stateFile: string;
  /** For the window and its task, on Linux; the others take the program's. */
  readonly icon?: string;
}

const SAVE_AFTER_MS = 500;

/** Of every window: the page in it gets nothing but what preload.ts hands it. */
export const PAGE_PREFERENCES = {
  contextIsolation: true,
  sandbox: true,
  nodeIntegration: false,
  webviewTag: false,
  // A Mac checks spelling itself; elsewhere Chromium would fetch dictionaries from the network without asking.
  spellcheck: process.platform === 'darwin',
} as const;

/** Makes the window; the caller loads the page once its messages have somewhere to go. */
export function createWindow({ origin, preload, stateFile, icon }: WindowOptions): BrowserWindow {
  const state = readWindowState(stateFile);
  const window = new BrowserWindow({
    ...placeWindow(
      state,
      screen.getAllDisplays().map((display) => display.workArea),
    ),
    minWidth: MIN_WIDTH,
    minHeight: MIN_HEIGHT,
    // Shown with its first frame, on its own colour: no white flash.
    show: false,
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#16181d' : '#ffffff',
    ...(icon && { icon }),
    webPreferences: { ...PAGE_PREFERENCES, preload },
  });
  if (state?.maximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  confineNavigation(window.webContents, origin);
  keepState(window, stateFile);
  return window;
}

function keepState(window: BrowserWindow, file: string): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const save = () => {
    clearTimeout(timer);
    if (window.isDestroyed() || window.isMinimized()) return;
    // Of a maximized window too, so that it has a size to go back to.
    writeWindowState(file, { bounds: window.getNormalBounds(), maximized: window.isMaximized() });
  };
  const saveSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(save, SAVE_AFTER_MS);
  };
  window.on('resize', saveSoon);
  window.on('move', saveSoon);
  window.on('maximize', saveSoon);
  window.on('unmaximize', saveSoon);
  window.on('close', save);
}
