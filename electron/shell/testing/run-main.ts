import { EventEmitter } from 'node:events';
import { setImmediate as tick } from 'node:timers/promises';
import { beforeEach, onTestFinished, vi } from 'vitest';
import type { AppOptions } from '../../app/core';
import { Emitter } from '../../app/emitter';
import type { HostHandlers } from '../../contract/api';
import { defaultSettings, type Settings } from '../../contract/settings';
import { LISTENING_CHANNEL } from '../channels';
import {
  FakeGlobalShortcut,
  FakeIpcMain,
  FakeSession,
  FakeTray,
  type FakeWebContents,
  NotingWindow,
  oneScreen,
} from './fake-electron';

/** What is loaded into windows. */
export const PAGE = 'app://autoglm/index.html';
/** What Electron was asked for, in order. */
export const calls: string[] = [];

export class Window extends NotingWindow {
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

/** Runs `electron/main.ts` against an Electron that only takes notes. */
export async function run({ lock = true, failure, settings: changed, argv = [], taken }: RunOptions = {}) {
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
    net: {},
    powerMonitor: new EventEmitter(),
    protocol: {
      registerSchemesAsPrivileged: () => calls.push('scheme'),
      handle: () => calls.push('protocol'),
    },
    safeStorage: {},
    screen: oneScreen,
    session: { defaultSession: new FakeSession().real },
    shell: { openPath: async () => '' },
    systemPreferences: {},
    Tray: FakeTray,
    utilityProcess: {},
  }));
  vi.doMock('../../app/app', () => ({
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
    vi.doUnmock('../../app/app');
  });
  await import('../../main');
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
