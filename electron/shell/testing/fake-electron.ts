import { EventEmitter } from 'node:events';
import type {
  BrowserWindow,
  Display,
  GlobalShortcut,
  IpcMainEvent,
  MenuItemConstructorOptions,
  Rectangle,
  Screen,
  Session,
  Tray,
  WebContents,
  WebFrameMain,
} from 'electron';

/**
 * Stand-ins for the parts of Electron that the shell touches. Their members are checked against Electron's own types where they are
 * made; the one cast each says that a test needs no more of the object.
 */

type Handler = (...args: readonly unknown[]) => unknown;

export class FakeWebContents extends EventEmitter {
  readonly mainFrame: WebFrameMain;
  readonly sent: unknown[][] = [];
  openHandler: Parameters<WebContents['setWindowOpenHandler']>[0] = () => ({ action: 'allow' });

  constructor(url: string) {
    super();
    this.mainFrame = fakeFrame(url);
  }

  /** A gesture of the user's is noted with what is sent, as the order matters. */
  async executeJavaScript(
    ...[code, userGesture]: Parameters<WebContents['executeJavaScript']>
  ): Promise<void> {
    this.sent.push(['gesture', userGesture, code]);
  }

  send(...args: Parameters<WebContents['send']>): void {
    this.sent.push(args);
  }

  setWindowOpenHandler(...[handler]: Parameters<WebContents['setWindowOpenHandler']>): void {
    this.openHandler = handler;
  }

  /** Fires a cancellable event; true if a listener prevented it. */
  tries(event: string, details: Record<string, unknown>): boolean {
    let prevented = false;
    this.emit(event, {
      ...details,
      preventDefault: () => {
        prevented = true;
      },
    });
    return prevented;
  }

  get real(): WebContents {
    return this as unknown as WebContents;
  }
}

export function fakeFrame(url: string): WebFrameMain {
  const frame: Pick<WebFrameMain, 'url'> = { url };
  return frame as WebFrameMain;
}

export class FakeWindow extends EventEmitter {
  readonly webContents: FakeWebContents;

  constructor(url: string) {
    super();
    this.webContents = new FakeWebContents(url);
  }

  get real(): BrowserWindow {
    return this as unknown as BrowserWindow;
  }
}

/** `ipcMain`, and the other end of it. */
export class FakeIpcMain {
  readonly #handlers = new Map<string, Handler>();
  readonly #listeners = new Map<string, Handler>();

  handle = (channel: string, handler: Handler): void => {
    this.#handlers.set(channel, handler);
  };
  on = (channel: string, listener: Handler): void => {
    this.#listeners.set(channel, listener);
  };

  invoke(channel: string, sender: FakeWebContents, frame: WebFrameMain | null, ...args: unknown[]): unknown {
    return this.#handlers.get(channel)?.(ipcEvent(sender, frame), ...args);
  }

  send(channel: string, sender: FakeWebContents, frame: WebFrameMain | null): void {
    this.#listeners.get(channel)?.(ipcEvent(sender, frame));
  }
}

function ipcEvent(sender: FakeWebContents, senderFrame: WebFrameMain | null) {
  const event: Pick<IpcMainEvent, 'sender' | 'senderFrame'> = { sender: sender.real, senderFrame };
  return event;
}

export class FakeSession {
  check: Parameters<Session['setPermissionCheckHandler']>[0] = null;
  request: Parameters<Session['setPermissionRequestHandler']>[0] = null;
  device: Parameters<Session['setDevicePermissionHandler']>[0] = null;
  display: Parameters<Session['setDisplayMediaRequestHandler']>[0] = null;

  setPermissionCheckHandler: Session['setPermissionCheckHandler'] = (handler) => {
    this.check = handler;
  };
  setPermissionRequestHandler: Session['setPermissionRequestHandler'] = (handler) => {
    this.request = handler;
  };
  setDevicePermissionHandler: Session['setDevicePermissionHandler'] = (handler) => {
    this.device = handler;
  };
  setDisplayMediaRequestHandler: Session['setDisplayMediaRequestHandler'] = (handler) => {
    this.display = handler;
  };

  get real(): Session {
    return this as unknown as Session;
  }
}

/** A window that notes what is asked of it. */
export class NotingWindow extends FakeWindow {
  readonly calls: string[];
  visible = false;
  bounds: Rectangle = { x: 0, y: 0, width: 680, height: 190 };
  destroyed = false;

  constructor(url: string, calls: string[] = []) {
    super(url);
    this.calls = calls;
    calls.push('window');
  }

  loadURL: BrowserWindow['loadURL'] = async (url) => void this.calls.push(`load ${url}`);
  show: BrowserWindow['show'] = () => {
    this.visible = true;
    this.calls.push('show');
  };
  hide: BrowserWindow['hide'] = () => {
    this.visible = false;
    this.calls.push('hide');
  };
  focus: BrowserWindow['focus'] = () => void this.calls.push('focus');
  isVisible: BrowserWindow['isVisible'] = () => this.visible;
  isFocused: BrowserWindow['isFocused'] = () => this.visible;
  isMinimized: BrowserWindow['isMinimized'] = () => true;
  isMaximized: BrowserWindow['isMaximized'] = () => false;
  isDestroyed: BrowserWindow['isDestroyed'] = () => this.destroyed;
  restore: BrowserWindow['restore'] = () => void this.calls.push('restore');
  getBounds: BrowserWindow['getBounds'] = () => this.bounds;
  getNormalBounds: BrowserWindow['getNormalBounds'] = () => this.bounds;
  setBounds: BrowserWindow['setBounds'] = (bounds) => {
    this.bounds = { ...this.bounds, ...bounds };
  };
  setProgressBar: BrowserWindow['setProgressBar'] = (fraction) =>
    void this.calls.push(`progress ${fraction}`);
  setVisibleOnAllWorkspaces: BrowserWindow['setVisibleOnAllWorkspaces'] = () => {};
  /** Fires a cancellable event of the window itself; true if a listener prevented it. */
  tries(event: 'close'): boolean {
    let prevented = false;
    const preventDefault = () => {
      prevented = true;
    };
    this.emit(event, { preventDefault });
    return prevented;
  }

  destroy: BrowserWindow['destroy'] = () => {
    this.destroyed = true;
    this.calls.push('destroy');
    this.emit('closed');
  };
}

export class FakeTray extends EventEmitter {
  static all: FakeTray[] = [];
  readonly icon: string;
  menu: MenuItemConstructorOptions[] = [];
  destroyed = false;

  constructor(icon: string) {
    super();
    this.icon = icon;
    FakeTray.all.push(this);
  }

  setToolTip: Tray['setToolTip'] = () => {};
  /** The stand-in of `Menu.buildFromTemplate` hands the template back. */
  setContextMenu(menu: MenuItemConstructorOptions[]): void {
    this.menu = menu;
  }
  destroy: Tray['destroy'] = () => {
    this.destroyed = true;
  };

  choose(label: string): void {
    const item = this.menu.find((candidate) => candidate.label === label);
    item?.click?.({} as never, undefined, {} as never);
  }
}

export class FakeGlobalShortcut {
  /** Combinations that another program has. */
  readonly taken = new Set<string>();
  readonly registered = new Map<string, () => void>();

  register: GlobalShortcut['register'] = (accelerator, callback) => {
    if (accelerator === 'Nonsense') throw new TypeError('no such key');
    if (this.taken.has(accelerator)) return false;
    this.registered.set(accelerator, callback);
    return true;
  };
  unregister: GlobalShortcut['unregister'] = (accelerator) => void this.registered.delete(accelerator);
  unregisterAll: GlobalShortcut['unregisterAll'] = () => this.registered.clear();
}

export const oneScreen: Pick<
  Screen,
  'getAllDisplays' | 'getDisplayMatching' | 'getDisplayNearestPoint' | 'getCursorScreenPoint'
> = (() => {
  const display = { workArea: { x: 0, y: 0, width: 1920, height: 1080 } } as Display;
  return {
    getAllDisplays: () => [display],
    getDisplayMatching: () => display,
    getDisplayNearestPoint: () => display,
    getCursorScreenPoint: () => ({ x: 0, y: 0 }),
  };
})();
