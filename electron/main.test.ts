import { EventEmitter } from 'node:events';
import { setImmediate as tick } from 'node:timers/promises';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { AppOptions } from './app/app';
import { Emitter } from './app/emitter';
import type { HostHandlers } from './contract/api';
import { AppError } from './contract/errors';
import { defaultSettings, type Settings } from './contract/settings';
import { EVENT_CHANNEL, LISTENING_CHANNEL } from './shell/channels';
import {
  FakeGlobalShortcut,
  FakeIpcMain,
  FakeSession,
  FakeTray,
  type FakeWebContents,
  NotingWindow,
  oneScreen,
} from './shell/testing/fake-electron';

const PAGE = 'app://autoglm/index.html';
const calls: string[] = [];

class Window extends NotingWindow {
  static all: Window[] = [];
  constructor() {
    super(PAGE, calls);
    Window.all.push(this);
  }
  static get last(): Window | undefined {
    return Window.all.at(-1);
  }
}

interface RunOptions {
  readonly lock?: boolean;
  readonly failure?: Error;
  readonly settings?: Partial<Settings>;
  readonly argv?: readonly string[];
  readonly taken?: string;
}

/** Runs `main.ts` against an Electron that only takes notes. */
async function run({ lock = true, failure, settings: changed, argv = [], taken }: RunOptions = {}) {
  calls.length = 0;
  Window.all = [];
  FakeTray.all = [];
  const { argv: before } = process;
  process.argv = ['node', 'main.js', ...argv];
  // Electron's own; there is no app-update.yml in it, so no update is looked for.
  Object.assign(process, { resourcesPath: '/nowhere' });
  onTestFinished(() => {
    process.argv = before;
  });
  const application = Object.assign(new EventEmitter(), {
    isPackaged: true,
    name: 'AutoGLM Desktop',
    setPath: (name: string) => void calls.push(`path ${name}`),
    setAppUserModelId: (id: string) => void calls.push(`id ${id}`),
    setAsDefaultProtocolClient: (scheme: string) => calls.push(`links ${scheme}`) > 0,
    getLoginItemSettings: () => ({ wasOpenedAtLogin: false }),
    setLoginItemSettings: () => {},
    setUserTasks: () => true,
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
  const globalShortcut = new FakeGlobalShortcut();
  if (taken) globalShortcut.taken.add(taken);
  const emitter = new Emitter();
  const errors: string[] = [];
  const settings = { ...defaultSettings, ...changed };
  let close = () => {};
  let host: HostHandlers | undefined;
  vi.resetModules();
  vi.doMock('electron', () => ({
    app: application,
    BrowserWindow: Window,
    dialog: { showErrorBox: (_title: string, message: string) => errors.push(message) },
    globalShortcut,
    ipcMain,
    Menu: {
      buildFromTemplate: (template: unknown[]) => template,
      setApplicationMenu: (menu: unknown[]) => menus.push(menu),
    },
    nativeTheme,
    powerMonitor: new EventEmitter(),
    protocol: {
      registerSchemesAsPrivileged: () => calls.push('scheme'),
      handle: () => calls.push('protocol'),
    },
    screen: oneScreen,
    session: { defaultSession: new FakeSession().real },
    shell: { openPath: async () => '' },
    systemPreferences: {},
    Tray: FakeTray,
    utilityProcess: {},
  }));
  vi.doMock('./app/app', () => ({
    createApp: ({ hostHandlers }: AppOptions) => {
      if (failure) throw failure;
      host = hostHandlers;
      calls.push('app');
      return {
        handlers: {},
        settings: () => settings,
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
  const listen = (contents: FakeWebContents) => ipcMain.send(LISTENING_CHANNEL, contents, contents.mainFrame);
  return {
    application,
    ipcMain,
    menus,
    nativeTheme,
    globalShortcut,
    emitter,
    errors,
    host: host!,
    listen,
    finishClosing: () => close(),
  };
}

beforeEach(() => {
  vi.stubEnv('AUTOGLM_HOME', '/nowhere');
  vi.spyOn(console, 'log').mockImplementation(() => {});
  onTestFinished(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });
});

describe('main', () => {
  it('sandboxes everything before it opens our page in one window', async () => {
    await run();
    expect(calls).toEqual([
      'path userData',
      'id org.autoglm.desktop',
      'sandbox',
      'scheme',
      'links autoglm',
      'app',
      'protocol',
      'window',
      `load ${PAGE}`,
    ]);
  });

  it('comes to the front instead of starting twice', async () => {
    await run({ lock: false });
    expect(calls).toEqual(['path userData', 'id org.autoglm.desktop', 'sandbox', 'scheme', 'quit']);
    const { application } = await run();
    calls.length = 0;
    application.emit('second-instance', {}, ['autoglm-desktop']);
    expect(calls).toEqual(['restore', 'show', 'focus']);
  });

  it('says why it cannot start', async () => {
    const { errors } = await run({ failure: new AppError('database', 'The database is in use.') });
    expect(errors).toEqual(['The database is in use.']);
    expect(calls.at(-1)).toBe('exit 1');
    expect(Window.all).toEqual([]);
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
    await tick();
    expect(calls).toEqual(['close']);
    finishClosing();
    await tick();
    await tick();
    expect(calls).toEqual(['close', 'quit']);
    expect(quit()).toBe(false);
  });

  it('follows the settings, and sends menu commands to a page that listens', async () => {
    const { menus, nativeTheme, emitter, listen } = await run();
    expect(JSON.stringify(menus.at(-1))).toContain('新建对话');
    emitter.emit({
      name: 'settings.changed',
      payload: { ...defaultSettings, language: 'en', theme: 'dark', shortcuts: { newChat: 'f4' } },
    });
    expect(nativeTheme.themeSource).toBe('dark');
    expect(JSON.stringify(menus.at(-1))).toContain('"label":"New chat","accelerator":"F4"');
    const menu = menus.at(-1) as { label: string; submenu: { label: string; click?: () => void }[] }[];
    const file = menu.find(({ label }) => label === 'File');
    file?.submenu.find(({ label }) => label === 'New chat')?.click?.();
    const { webContents } = Window.last!;
    expect(webContents.sent).toEqual([]);
    listen(webContents);
    expect(webContents.sent.at(-1)).toEqual([EVENT_CHANNEL, 'app.command', 'newChat']);
    // The system's choice of files opens only after a gesture in the page, which a menu is not.
    for (const label of ['Import conversations…', 'Add images or files…', 'Capture a screen or window…']) {
      webContents.sent.length = 0;
      menu
        .flatMap(({ submenu }) => submenu)
        .find((item) => item.label === label)
        ?.click?.();
      await tick();
      expect(webContents.sent).toEqual([
        ['gesture', true, 'undefined'],
        [EVENT_CHANNEL, 'app.command', expect.any(String)],
      ]);
    }
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

describe('links', () => {
  const link = { kind: 'new', text: '384 + 729' };
  const sent = (contents: FakeWebContents) => contents.sent.filter(([, name]) => name === 'app.link');

  it('wait for the page, from the command line, a second start and the system alike', async () => {
    const { application, listen } = await run({ argv: ['autoglm://new?text=384%20%2B%20729'] });
    const { webContents } = Window.last!;
    expect(sent(webContents)).toEqual([]);
    listen(webContents);
    expect(sent(webContents)).toEqual([[EVENT_CHANNEL, 'app.link', link]]);
    application.emit('second-instance', {}, ['x', '--flag', 'autoglm://settings/server']);
    let prevented = false;
    application.emit('open-url', { preventDefault: () => (prevented = true) }, 'autoglm://conversation/abc');
    expect(prevented).toBe(true);
    expect(sent(webContents).slice(1)).toEqual([
      [EVENT_CHANNEL, 'app.link', { kind: 'settings', section: 'server' }],
      [EVENT_CHANNEL, 'app.link', { kind: 'conversation', id: 'abc' }],
    ]);
  });

  it('that are not ours say nothing to the page', async () => {
    const { application, listen } = await run({ argv: ['autoglm://run?text=x'] });
    const { webContents } = Window.last!;
    listen(webContents);
    application.emit('second-instance', {}, ['x', 'autoglm://new?text=a&send=1', 'https://evil.example']);
    application.emit('open-url', { preventDefault: () => {} }, 'autoglm://../../etc');
    expect(sent(webContents)).toEqual([]);
  });
});

describe('the tray', () => {
  const tray = () => FakeTray.all[0]!;

  it('opens, asks, begins and quits', async () => {
    const { listen } = await run({ settings: { language: 'en' } });
    listen(Window.last!.webContents);
    calls.length = 0;
    tray().choose('Open AutoGLM');
    expect(calls).toEqual(['restore', 'show', 'focus']);
    tray().choose('New chat');
    expect(Window.all[0]?.webContents.sent.at(-1)).toEqual([EVENT_CHANNEL, 'app.command', 'newChat']);
    tray().choose('Quick ask');
    expect(calls.at(-1)).toBe(`load ${PAGE}#/quick`);
    tray().choose('Quit');
    expect(calls.at(-1)).toBe('quit');
  });

  it('takes the closed window in if so set, and gives it back', async () => {
    await run({ settings: { closeToTray: true } });
    const window = Window.last!;
    expect(window.tries('close')).toBe(true);
    expect(window.visible).toBe(false);
    FakeTray.all[0]?.emit('click');
    if (process.platform !== 'darwin') expect(window.visible).toBe(true);
  });

  it('takes nothing in by default, nor while the app quits', async () => {
    await run();
    expect(Window.last!.tries('close')).toBe(false);
    const { application } = await run({ settings: { closeToTray: true } });
    application.emit('before-quit', { preventDefault: () => {} });
    expect(Window.last!.tries('close')).toBe(false);
  });

  it('is all there is after a start at login', async () => {
    await run({ argv: ['--hidden'] });
    if (process.platform !== 'darwin') expect(Window.all).toEqual([]);
  });
});

describe('quick ask', () => {
  it('comes and goes with its shortcut, and is left to its own page', async () => {
    const { globalShortcut, listen, host, emitter } = await run();
    const press = globalShortcut.registered.get('CmdOrCtrl+Shift+Space')!;
    press();
    const [main, quick] = Window.all as [Window, Window];
    expect(Window.all).toHaveLength(2);
    quick.emit('ready-to-show');
    expect(quick.visible).toBe(true);
    press();
    expect(quick.visible).toBe(false);
    press();
    expect([quick.visible, Window.all.length]).toEqual([true, 2]);

    listen(main.webContents);
    listen(quick.webContents);
    emitter.emit({ name: 'conversation.removed', payload: { id: 'a' } });
    expect(quick.webContents.sent).toContainEqual([EVENT_CHANNEL, 'conversation.removed', { id: 'a' }]);
    await host['shell.openConversation']('abc');
    expect(quick.visible).toBe(false);
    const link = [EVENT_CHANNEL, 'app.link', { kind: 'conversation', id: 'abc' }];
    expect(main.webContents.sent).toContainEqual(link);
    expect(quick.webContents.sent).not.toContainEqual(link);
  });

  it('grows no further than its screen', async () => {
    const { host } = await run();
    await host['shell.sizeQuickAsk'](500);
    await host['shell.showQuickAsk']();
    const quick = Window.last!;
    await host['shell.sizeQuickAsk'](500);
    expect(quick.bounds.height).toBe(500);
    quick.bounds = { ...quick.bounds, y: 900 };
    await host['shell.sizeQuickAsk'](500);
    expect(quick.bounds.height).toBe(180);
  });

  it('says when another program has its shortcut, and follows a new one', async () => {
    const { host, emitter, listen, globalShortcut } = await run({ taken: 'CmdOrCtrl+Shift+Space' });
    expect(await host['shell.status']()).toMatchObject({
      quickAsk: 'taken',
      update: { state: 'unavailable' },
    });
    const { webContents } = Window.last!;
    listen(webContents);
    emitter.emit({
      name: 'settings.changed',
      payload: { ...defaultSettings, shortcuts: { quickAsk: 'alt+space' } },
    });
    expect([...globalShortcut.registered.keys()]).toContain('Alt+Space');
    expect(webContents.sent).toContainEqual([
      EVENT_CHANNEL,
      'shell.status',
      expect.objectContaining({ quickAsk: 'registered' }),
    ]);
    emitter.emit({ name: 'settings.changed', payload: { ...defaultSettings, shortcuts: { quickAsk: '' } } });
    expect([...globalShortcut.registered.keys()]).not.toContain('Alt+Space');
    expect(await host['shell.status']()).toMatchObject({ quickAsk: 'off' });
  });

  it('leaves talking to the page in front, and does not come forward for it', async () => {
    const { globalShortcut, listen, host } = await run();
    const keys = 'CmdOrCtrl+Shift+D';
    const main = Window.last!;
    listen(main.webContents);
    main.emit('focus');
    // Only a page hears when a key is let go.
    expect(globalShortcut.registered.has(keys)).toBe(false);
    expect(await host['shell.status']()).toMatchObject({ talk: 'registered' });
    main.emit('blur');
    calls.length = 0;
    globalShortcut.registered.get(keys)!();
    expect(main.webContents.sent).toContainEqual([EVENT_CHANNEL, 'app.command', 'talk']);
    expect(calls).toEqual([]);
    main.emit('focus');
    globalShortcut.taken.add(keys);
    main.emit('blur');
    expect(await host['shell.status']()).toMatchObject({ talk: 'taken', quickAsk: 'registered' });
  });

  it('opens a window to talk to where there is none', async () => {
    const { globalShortcut } = await run();
    Window.last!.emit('closed');
    const before = Window.all.length;
    globalShortcut.registered.get('CmdOrCtrl+Shift+D')!();
    expect(Window.all).toHaveLength(before + 1);
  });

  it('ends with the main window', async () => {
    const { host } = await run();
    const main = Window.last!;
    await host['shell.showQuickAsk']();
    main.emit('closed');
    if (process.platform !== 'darwin') expect(Window.last?.destroyed).toBe(true);
  });
});
