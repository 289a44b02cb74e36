import { join } from 'node:path';
import { type BrowserWindow, dialog, app as electron, nativeTheme, session } from 'electron';
import { type App, createApp } from './app/app';
import { dataFolder } from './app/paths';
import { toErrorInfo } from './contract/errors';
import type { Settings } from './contract/settings';
import { locate } from './host/locations';
import { ApiServer } from './shell/api-server';
import { IpcHost } from './shell/ipc';
import { setMenu } from './shell/menu';
import { PageOrigin } from './shell/page-origin';
import { registerPageScheme, servePage } from './shell/page-protocol';
import { confinePermissions } from './shell/security';
import { forkUtilityEngine } from './shell/utility-engine';
import { createWindow } from './shell/window';

/** The app in a window of its own. */

const places = locate(import.meta.url);
const home = dataFolder();
const log = (line: string) => console.log(line);
const origin = new PageOrigin(electron.isPackaged ? undefined : process.env.ELECTRON_RENDERER_URL);
let window: BrowserWindow | null = null;

// Chromium's own files (cache, cookies) beside ours, so that AUTOGLM_HOME moves everything.
electron.setPath('userData', join(home, 'electron'));
electron.enableSandbox();
registerPageScheme();

if (electron.requestSingleInstanceLock()) {
  electron.on('second-instance', showWindow);
  electron.whenReady().then(start, fail);
} else {
  // The first one comes to the front instead.
  electron.quit();
}

function start(): void {
  let app: App;
  try {
    app = createApp({
      version: places.version,
      host: 'electron',
      home,
      builtInModels: places.builtInModels,
      spawnEngine: () => forkUtilityEngine(places.engine),
      log,
    });
  } catch (error) {
    fail(error);
    return;
  }
  servePage(places.page, app.attachments);
  confinePermissions(session.defaultSession, origin);
  const ipc = new IpcHost(app, origin);
  const server = new ApiServer(app, log);
  const follow = (settings: Settings) => {
    nativeTheme.themeSource = settings.theme;
    setMenu({
      platform: process.platform,
      language: menuLanguage(settings.language),
      appName: electron.name,
      command: (payload) => {
        openWindow(ipc);
        ipc.send({ name: 'app.command', payload });
      },
    });
    void server.follow(settings);
  };
  app.onEvent((event) => {
    if (event.name === 'settings.changed') follow(event.payload);
  });
  follow(app.settings());
  openWindow(ipc);

  electron.on('activate', () => openWindow(ipc));
  electron.on('window-all-closed', () => {
    if (process.platform !== 'darwin') electron.quit();
  });
  closeBeforeQuit(app, server);
}

function openWindow(ipc: IpcHost): void {
  if (window) {
    showWindow();
    return;
  }
  const opened = createWindow({ origin, preload: places.preload, stateFile: join(home, 'window.json') });
  window = opened;
  ipc.attach(opened);
  opened.on('closed', () => {
    window = null;
  });
  opened.loadURL(origin.url).catch((error: unknown) => {
    // A page that navigates while it loads rejects too, and that is no failure.
    if (!opened.isDestroyed()) log(`The page could not be loaded: ${String(error)}`);
  });
}

function showWindow(): void {
  if (!window) return;
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}

/** Answers in progress are kept and the engine ended before the process goes. */
function closeBeforeQuit(app: App, server: ApiServer): void {
  let closed = false;
  electron.on('before-quit', (event) => {
    if (closed) return;
    event.preventDefault();
    const ended = Promise.allSettled([app.close(), server.close()]);
    void ended.then(() => {
      closed = true;
      electron.quit();
    });
  });
}

function menuLanguage(language: Settings['language']): 'en' | 'zh-CN' {
  if (language !== 'system') return language;
  return electron.getLocale().toLowerCase().startsWith('zh') ? 'zh-CN' : 'en';
}

function fail(error: unknown): void {
  dialog.showErrorBox('AutoGLM Desktop', toErrorInfo(error).message);
  electron.exit(1);
}
