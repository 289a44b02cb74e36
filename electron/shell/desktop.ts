import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type BrowserWindow, dialog, app as electron, nativeTheme, shell } from 'electron';
import type { App } from '../app/app';
import type { HostHandlers } from '../contract/api';
import { AppError } from '../contract/errors';
import type { Settings } from '../contract/settings';
import type { DeepLink, ShellStatus } from '../contract/shell';
import type { ActionName } from '../contract/shortcuts';
import type { Locations } from '../host/locations';
import { ApiServer } from './api-server';
import { offerContextMenu } from './context-menu';
import { offerTasks } from './dock';
import { GlobalShortcut } from './global-shortcut';
import { IpcHost } from './ipc';
import { type Labels, type Language, labelsIn, menuLanguage } from './labels';
import { canLaunchAtLogin, setLaunchAtLogin } from './login-item';
import { setMenu } from './menu';
import { openMicrophoneSettings } from './microphone-settings';
import { takeImages } from './opened-images';
import { keepHealthy } from './page-health';
import type { PageOrigin } from './page-origin';
import { watchPower } from './power';
import { QuickWindow } from './quick-window';
import { AppTray } from './tray';
import { Updater, type UpdateSource } from './updater';
import { createWindow } from './window';

export interface DesktopOptions {
  readonly places: Locations;
  readonly home: string;
  readonly origin: PageOrigin;
  readonly log: (line: string) => void;
  readonly openApp: (hostHandlers: HostHandlers) => App;
  readonly loadUpdater: () => Promise<UpdateSource>;
}

/** The app on a desktop: its windows, and all that lies around them. Follows the settings. */
export class Desktop {
  readonly #options: DesktopOptions;
  readonly app: App;
  readonly #ipc: IpcHost;
  readonly #server: ApiServer;
  readonly #updater: Updater;
  readonly #quick: QuickWindow;
  readonly #quickKeys: GlobalShortcut;
  readonly #talkKeys: GlobalShortcut;
  readonly #tray: AppTray;
  readonly #stopWatchingPower: () => void;
  #window: BrowserWindow | null = null;
  #language: Language = 'en';
  #launchAtLogin: boolean;
  #closing: Promise<void> | null = null;
  #closed = false;

  constructor(options: DesktopOptions) {
    this.#options = options;
    const { places, origin, log } = options;
    this.app = options.openApp(this.#handlers());
    this.#ipc = new IpcHost(this.app, origin);
    this.#server = new ApiServer(this.app, (payload) =>
      this.#ipc.broadcast({ name: 'server.status', payload }),
    );
    this.#updater = new Updater({
      source: hasFeed() ? options.loadUpdater : null,
      changed: () => this.#announce(),
      log,
    });
    this.#quick = new QuickWindow({
      origin,
      preload: places.preload,
      made: (window) => {
        this.#ipc.attach(window, 'quick');
        this.#lookAfter(window);
      },
    });
    this.#quickKeys = new GlobalShortcut(
      'quickAsk',
      () => this.#quick.toggle(),
      () => this.#announce(),
    );
    this.#talkKeys = new GlobalShortcut(
      'talk',
      () => this.#talk(),
      () => this.#announce(),
    );
    this.#tray = new AppTray({
      icons: join(places.root, 'build', 'icons'),
      platform: process.platform,
      open: () => this.open(),
      quickAsk: () => this.#quick.show(),
      newChat: () => this.#command('newChat'),
      quit: () => electron.quit(),
    });
    this.#launchAtLogin = this.app.settings().launchAtLogin;
    this.#stopWatchingPower = watchPower(this.app, log);
    this.app.onEvent((event) => {
      if (event.name === 'settings.changed') this.#follow(event.payload);
    });
    this.#follow(this.app.settings());
  }

  /** Opens the main window, or brings it to the front. */
  open(): void {
    if (this.#window) {
      if (this.#window.isMinimized()) this.#window.restore();
      this.#window.show();
      this.#window.focus();
      return;
    }
    const { origin, places, home, log } = this.#options;
    const opened = createWindow({
      origin,
      preload: places.preload,
      stateFile: join(home, 'window.json'),
      ...(process.platform === 'linux' && { icon: join(places.root, 'build', 'icons', 'icon.png') }),
    });
    this.#window = opened;
    this.#ipc.attach(opened);
    this.#lookAfter(opened);
    opened.on('focus', () => this.#talkKeys.pause());
    opened.on('blur', () => this.#talkKeys.resume());
    opened.on('close', (event) => {
      const stays = this.#closing === null && this.app.settings().closeToTray && this.#tray.exists();
      if (!stays) return;
      event.preventDefault();
      opened.hide();
    });
    opened.on('closed', () => {
      this.#window = null;
      this.#talkKeys.resume();
      // Hidden, it would keep the program alive with nothing to be seen of it.
      if (process.platform !== 'darwin') this.#quick.close();
    });
    opened.loadURL(origin.url).catch((error: unknown) => {
      // A page that navigates while it loads rejects too, and that is no failure.
      if (!opened.isDestroyed()) log(`The page could not be loaded: ${String(error)}`);
    });
  }

  follow(link: DeepLink): void {
    this.open();
    this.#ipc.send({ name: 'app.link', payload: link });
  }

  async openImages(paths: readonly string[]): Promise<void> {
    if (paths.length === 0) return;
    this.open();
    this.#ipc.send({ name: 'app.images', payload: await takeImages(this.app.attachments, paths) });
  }

  hasTray(): boolean {
    return this.#tray.exists();
  }

  isClosed(): boolean {
    return this.#closed;
  }

  /** Answers in progress are kept and the engine ended before the process goes. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#updater.close();
    this.#stopWatchingPower();
    this.#quickKeys.close();
    this.#talkKeys.close();
    this.#quick.close();
    this.#tray.close();
    await Promise.allSettled([this.app.close(), this.#server.close()]);
    this.#closed = true;
  }

  #handlers(): HostHandlers {
    return {
      'server.status': () => this.#server.status(),
      'shell.status': () => this.#status(),
      'shell.checkForUpdates': () => this.#updater.check(),
      'shell.downloadUpdate': () => this.#updater.download(),
      'shell.installUpdate': () => this.#updater.install(() => this.close()),
      'shell.openDataFolder': () => openFolder(this.#options.home),
      'shell.chooseFolder': async () => {
        const { filePaths } = await dialog.showOpenDialog({ properties: ['openDirectory'] });
        return filePaths[0] ?? null;
      },
      'shell.openMicrophoneSettings': openMicrophoneSettings,
      'shell.showQuickAsk': () => this.#quick.show(),
      'shell.hideQuickAsk': () => this.#quick.hide(),
      'shell.sizeQuickAsk': (height) => this.#quick.size(height),
      'shell.openConversation': (id) => {
        this.#quick.hide();
        this.follow({ kind: 'conversation', id });
      },
    };
  }

  #status(): ShellStatus {
    return {
      quickAsk: this.#quickKeys.state(),
      talk: this.#talkKeys.state(),
      update: this.#updater.status(),
      canLaunchAtLogin: canLaunchAtLogin({ platform: process.platform, packaged: electron.isPackaged }),
      tray: this.#tray.exists(),
    };
  }

  #announce(): void {
    this.#ipc.broadcast({ name: 'shell.status', payload: this.#status() });
    const update = this.#updater.status();
    // Anything below zero takes the bar away.
    this.#window?.setProgressBar(update.state === 'downloading' ? update.fraction : -1);
  }

  #follow(settings: Settings): void {
    nativeTheme.themeSource = settings.theme;
    this.#language = menuLanguage(settings.language, electron.getLocale());
    setMenu({
      platform: process.platform,
      language: this.#language,
      shortcuts: settings.shortcuts,
      command: (name) => this.#command(name),
      quickAsk: () => this.#quick.show(),
    });
    offerTasks(process.platform, this.#labels(), {
      newChat: () => this.#command('newChat'),
      quickAsk: () => this.#quick.show(),
    });
    this.#tray.follow(this.#language);
    this.#quickKeys.follow(settings.shortcuts);
    this.#talkKeys.follow(settings.shortcuts);
    this.#updater.follow(settings);
    void this.#server.follow(settings);
    // Only when it changes here: the user may have switched it off in the system's own settings.
    if (settings.launchAtLogin !== this.#launchAtLogin) {
      this.#launchAtLogin = settings.launchAtLogin;
      setLaunchAtLogin(settings.launchAtLogin, {
        platform: process.platform,
        packaged: electron.isPackaged,
        env: process.env,
        log: this.#options.log,
      });
    }
  }

  #command(name: ActionName): void {
    this.open();
    const send = () => this.#ipc.send({ name: 'app.command', payload: name });
    // Chromium opens a choice of files or screens for a page only after a gesture in it, and the system's menu is none.
    if (OPENS_A_CHOICE.has(name) && this.#window)
      this.#window.webContents.executeJavaScript('undefined', true).then(send, send);
    else send();
  }

  /** The window stays where it is: whoever dictates from another program wants to see that program. */
  #talk(): void {
    if (!this.#window) this.open();
    this.#ipc.send({ name: 'app.command', payload: 'talk' });
  }

  #lookAfter(window: BrowserWindow): void {
    const labels = () => this.#labels();
    keepHealthy(window, { labels, log: this.#options.log });
    offerContextMenu(window, labels);
  }

  #labels(): Labels {
    return labelsIn(this.#language);
  }
}

/** What of the menu shows a choice of the system's. */
const OPENS_A_CHOICE: ReadonlySet<ActionName> = new Set(['importConversations', 'pickFiles', 'capture']);

/** The packager writes the feed's address beside the archive, if there is one. */
function hasFeed(): boolean {
  return electron.isPackaged && existsSync(join(process.resourcesPath, 'app-update.yml'));
}

async function openFolder(folder: string): Promise<void> {
  const problem = await shell.openPath(folder);
  if (problem)
    throw new AppError('internal', `The folder ${folder} could not be opened: ${problem}`, {
      kind: 'folder-unopened',
      folder,
    });
}
