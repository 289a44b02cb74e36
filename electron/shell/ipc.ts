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

/** Carries requests and events between the app and its window. The only place that touches `ipcMain`. */
export class IpcHost {
  readonly #app: Pick<App, 'handlers' | 'onEvent'>;
  readonly #origin: PageOrigin;
  #window: BrowserWindow | null = null;
  #listening = false;
  #queue: EmittedEvent[] = [];

  constructor(app: Pick<App, 'handlers' | 'onEvent'>, origin: PageOrigin) {
    this.#app = app;
    this.#origin = origin;
    app.onEvent((event) => this.send(event));
    ipcMain.handle(REQUEST_CHANNEL, (event, name: unknown, args: unknown) => this.#answer(event, name, args));
    ipcMain.on(LISTENING_CHANNEL, (event) => {
      if (this.#isOwnPage(event)) this.#deliverQueue();
    });
  }

  /** Events wait until this window's page listens. */
  attach(window: BrowserWindow): void {
    this.#window = window;
    this.#listening = false;
    // A reload takes the page's listeners away.
    window.webContents.on('did-start-navigation', (details) => {
      if (details.isMainFrame && !details.isSameDocument) this.#listening = false;
    });
    window.on('closed', () => {
      if (this.#window !== window) return;
      this.#window = null;
      this.#listening = false;
    });
  }

  send(event: EmittedEvent): void {
    if (this.#window && this.#listening) {
      this.#window.webContents.send(EVENT_CHANNEL, event.name, event.payload);
      return;
    }
    this.#queue.push(event);
    if (this.#queue.length > MAX_QUEUED_EVENTS) this.#queue.shift();
  }

  async #answer(event: IpcMainInvokeEvent, name: unknown, args: unknown): Promise<IpcAnswer> {
    try {
      if (!this.#isOwnPage(event)) {
        throw new AppError('invalid-request', 'Only the app’s own window may use the app.');
      }
      return { result: await dispatch(this.#app.handlers, name, args) };
    } catch (error) {
      return { error: toErrorInfo(error) };
    }
  }

  #deliverQueue(): void {
    this.#listening = true;
    const queue = this.#queue;
    this.#queue = [];
    for (const event of queue) this.send(event);
  }

  /** Our window, its main frame, and still on our page: a frame inside it or a page it was led to is a stranger. */
  #isOwnPage({ sender, senderFrame }: IpcMainEvent | IpcMainInvokeEvent): boolean {
    return (
      this.#window !== null &&
      sender === this.#window.webContents &&
      senderFrame !== null &&
      senderFrame === this.#window.webContents.mainFrame &&
      this.#origin.owns(senderFrame.url)
    );
  }
}
