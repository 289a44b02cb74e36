import { EventEmitter } from 'node:events';
import type { BrowserWindow, IpcMainEvent, Session, WebContents, WebFrameMain } from 'electron';

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

  setPermissionCheckHandler: Session['setPermissionCheckHandler'] = (handler) => {
    this.check = handler;
  };
  setPermissionRequestHandler: Session['setPermissionRequestHandler'] = (handler) => {
    this.request = handler;
  };
  setDevicePermissionHandler: Session['setDevicePermissionHandler'] = (handler) => {
    this.device = handler;
  };

  get real(): Session {
    return this as unknown as Session;
  }
}
