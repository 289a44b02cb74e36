import { EventEmitter } from 'node:events';
import { setImmediate as tick } from 'node:timers/promises';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { Emitter } from './app/emitter';
import { AppError } from './contract/errors';
import { defaultSettings } from './contract/settings';
import { EVENT_CHANNEL, LISTENING_CHANNEL } from './shell/channels';
import { FakeIpcMain, FakeSession, FakeWebContents } from './shell/testing/fake-electron';

const PAGE = 'app://autoglm/index.html';
const calls: string[] = [];

class Window extends EventEmitter {
  static last: Window | null = null;
  readonly webContents = new FakeWebContents(PAGE);
  constructor() {
    super();
    Window.last = this;
    calls.push('window');
  }
  loadURL = async (url: string) => void calls.push(`load ${url}`);
  show = () => void calls.push('show');
  focus = () => void calls.push('focus');
  isMinimized = () => true;
  restore = () => void calls.push('restore');
  isDestroyed = () => false;
}

/** Runs `main.ts` against an Electron that only takes notes. */
async function run({ lock = true, failure }: { lock?: boolean; failure?: Error } = {}) {
  calls.length = 0;
  Window.last = null;
  const application = Object.assign(new EventEmitter(), {
    isPackaged: true,
    name: 'AutoGLM Desktop',
    setPath: (name: string) => void calls.push(`path ${name}`),
    enableSandbox: () => void calls.push('sandbox'),
    requestSingleInstanceLock: () => lock,
    whenReady: async () => {},
    getLocale: () => 'zh-CN',
    quit: () => void calls.push('quit'),
    exit: (code: number) => void calls.push(`exit ${code}`),
  });
  const ipcMain = new FakeIpcMain();
  const menus: unknown[][] = [];
  const nativeTheme = { themeSource: 'system', shouldUseDarkColors: false };
  const emitter = new Emitter();
  const errors: string[] = [];
  let close = () => {};
  vi.resetModules();
  vi.doMock('electron', () => ({
    app: application,
    BrowserWindow: Window,
    dialog: { showErrorBox: (_title: string, message: string) => errors.push(message) },
    ipcMain,
    Menu: {
      buildFromTemplate: (template: unknown[]) => template,
      setApplicationMenu: (menu: unknown[]) => menus.push(menu),
    },
    nativeTheme,
    protocol: {
      registerSchemesAsPrivileged: () => calls.push('scheme'),
      handle: () => calls.push('protocol'),
    },
    screen: { getAllDisplays: () => [] },
    session: { defaultSession: new FakeSession().real },
    shell: {},
    systemPreferences: {},
    utilityProcess: {},
  }));
  vi.doMock('./app/app', () => ({
    createApp: () => {
      if (failure) throw failure;
      calls.push('app');
      return {
        handlers: {},
        settings: () => defaultSettings,
        onEvent: emitter.on.bind(emitter),
        close: () => {
          calls.push('close');
          return new Promise<void>((resolve) => {
            close = resolve;
          });
        },
      };
    },
  }));
  onTestFinished(() => {
    vi.doUnmock('electron');
    vi.doUnmock('./app/app');
  });
  await import('./main');
  await tick();
  return { application, ipcMain, menus, nativeTheme, emitter, errors, finishClosing: () => close() };
}

describe('main', () => {
  beforeEach(() => {
    vi.stubEnv('AUTOGLM_HOME', '/nowhere');
    vi.spyOn(console, 'log').mockImplementation(() => {});
    onTestFinished(() => {
      vi.unstubAllEnvs();
      vi.restoreAllMocks();
    });
  });

  it('sandboxes everything before it opens our page in one window', async () => {
    await run();
    expect(calls).toEqual([
      'path userData',
      'sandbox',
      'scheme',
      'app',
      'protocol',
      'window',
      `load ${PAGE}`,
    ]);
  });

  it('comes to the front instead of starting twice', async () => {
    await run({ lock: false });
    expect(calls).toEqual(['path userData', 'sandbox', 'scheme', 'quit']);
    const { application } = await run();
    calls.length = 0;
    application.emit('second-instance');
    expect(calls).toEqual(['restore', 'show', 'focus']);
  });

  it('says why it cannot start', async () => {
    const { errors } = await run({ failure: new AppError('database', 'The database is in use.') });
    expect(errors).toEqual(['The database is in use.']);
    expect(calls.at(-1)).toBe('exit 1');
    expect(Window.last).toBeNull();
  });

  it('keeps what is being written before it quits', async () => {
    const { application, finishClosing } = await run();
    const quit = () => {
      let prevented = false;
      application.emit('before-quit', {
        preventDefault: () => {
          prevented = true;
        },
      });
      return prevented;
    };
    calls.length = 0;
    expect(quit()).toBe(true);
    expect(calls).toEqual(['close']);
    finishClosing();
    await tick();
    await tick();
    expect(calls).toEqual(['close', 'quit']);
    expect(quit()).toBe(false);
  });

  it('follows the settings, and sends menu commands to a page that listens', async () => {
    const { menus, nativeTheme, emitter, ipcMain } = await run();
    expect(JSON.stringify(menus.at(-1))).toContain('新建对话');
    emitter.emit({
      name: 'settings.changed',
      payload: { ...defaultSettings, language: 'en', theme: 'dark' },
    });
    expect(nativeTheme.themeSource).toBe('dark');
    expect(JSON.stringify(menus.at(-1))).toContain('New chat');
    const [file] = menus.at(-1) as { submenu: { click?: () => void }[] }[];
    file?.submenu.find(({ click }) => click)?.click?.();
    const contents = Window.last!.webContents;
    expect(contents.sent).toEqual([]);
    ipcMain.send(LISTENING_CHANNEL, contents, contents.mainFrame);
    expect(contents.sent.at(-1)).toEqual([EVENT_CHANNEL, 'app.command', 'new-conversation']);
  });

  it('quits with its last window, except on macOS, where it opens one again', async () => {
    const { application } = await run();
    Window.last?.emit('closed');
    calls.length = 0;
    application.emit('window-all-closed');
    expect(calls).toEqual(process.platform === 'darwin' ? [] : ['quit']);
    application.emit('activate');
    expect(calls).toContain('window');
  });
});
