import { type BrowserWindow, type IpcMainEvent, type IpcMainInvokeEvent, ipcMain } from 'electron';
import type { App } from '../app/app';
import { dispatch } from '../app/dispatch';
import type { EmittedEvent } from '../app/emitter';
import type { RequestName, RequestResult } from '../contract/api';
import { AppError, type ErrorInfo, toErrorInfo } from '../contract/errors';
import { EVENT_CHANNEL, LISTENING_CHANNEL, REQUEST_CHANNEL } from './channels';
import type { PageOrigin } from './page-origin';

/** An error crosses as data: thrown, it would arrive as a bare message with Electron's own words before it. */
export type IpcAnswer = { readonly result: RequestResult<RequestName> } | { readonly error: ErrorInfo };

/** Enough for the seconds a page takes to load; it asks for the state of things when it has. */
const MAX_QUEUED_EVENTS = 1_000;

export type WindowRole = 'main' | 'quick';

interface Page {
  window: BrowserWindow | null;
  listening: boolean;
  queue: EmittedEvent[];
}

const emptyPage = (): Page => ({ window: null, listening: false, queue: [] });

/** Carries requests and events between the app and its windows. The only place that touches `ipcMain`. */
export class IpcHost {
  readonly #app: Pick<App, 'handlers' | 'onEvent'>;
  readonly #origin: PageOrigin;
  readonly #pages: Readonly<Record<WindowRole, Page>> = { main: emptyPage(), quick: emptyPage() };

  constructor(app: Pick<App, 'handlers' | 'onEvent'>, origin: PageOrigin) {
    this.#app = app;
    this.#origin = origin;
    app.onEvent((event) => this.broadcast(event));
    ipcMain.handle(REQUEST_CHANNEL, (event, name: unknown, args: unknown) => this.#answer(event, name, args));
    ipcMain.on(LISTENING_CHANNEL, (event) => {
      const page = this.#pageOf(event);
      if (page) deliverQueue(page);
    });
  }

  /** Events wait until this window's page listens. */
  attach(window: BrowserWindow, role: WindowRole = 'main'): void {
    const page = this.#pages[role];
    page.window = window;
    page.listening = false;
    // A reload takes the page's listeners away, and so does a crash.
    window.webContents.on('did-start-navigation', (details) => {
      if (details.isMainFrame && !details.isSameDocument) page.listening = false;
    });
    window.webContents.on('render-process-gone', () => {
      page.listening = false;
    });
    window.on('closed', () => {
      if (page.window !== window) return;
      page.window = null;
      page.listening = false;
    });
  }

  /** To the main window alone, and to the next one where there is none. */
  send(event: EmittedEvent): void {
    deliver(this.#pages.main, event);
  }

  broadcast(event: EmittedEvent): void {
    deliver(this.#pages.main, event);
    // One that is opened later asks for the state of things itself.
    if (this.#pages.quick.window) deliver(this.#pages.quick, event);
  }

  async #answer(event: IpcMainInvokeEvent, name: unknown, args: unknown): Promise<IpcAnswer> {
    try {
      if (!this.#pageOf(event)) {
        throw new AppError('invalid-request', 'Only the app’s own window may use the app.', {
          kind: 'stranger-window',
        });
      }
      return { result: await dispatch(this.#app.handlers, name, args) };
    } catch (error) {
      return { error: toErrorInfo(error) };
    }
  }

  /** Our window, its main frame, and still on our page: a frame inside it or a page it was led to is a stranger. */
  #pageOf({ sender, senderFrame }: IpcMainEvent | IpcMainInvokeEvent): Page | undefined {
    return Object.values(this.#pages).find(
      ({ window }) =>
        window !== null &&
        sender === window.webContents &&
        senderFrame !== null &&
        senderFrame === window.webContents.mainFrame &&
        this.#origin.owns(senderFrame.url),
    );
  }
}

function deliver(page: Page, event: EmittedEvent): void {
  if (page.window && page.listening) {
    page.window.webContents.send(EVENT_CHANNEL, event.name, event.payload);
    return;
  }
  page.queue.push(event);
  if (page.queue.length > MAX_QUEUED_EVENTS) page.queue.shift();
}

function deliverQueue(page: Page): void {
  page.listening = true;
  const { queue } = page;
  page.queue = [];
  for (const event of queue) deliver(page, event);
}
