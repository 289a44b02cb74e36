import { BrowserWindow, nativeTheme, screen } from 'electron';
import type { PageOrigin } from './page-origin';
import { confineNavigation } from './security';
import { PAGE_PREFERENCES } from './window';

const WIDTH = 680;
/** The message field alone; the page asks for more when there is an answer. */
const FIRST_HEIGHT = 190;
const MAX_HEIGHT = 620;

interface QuickWindowOptions {
  readonly origin: PageOrigin;
  readonly preload: string;
  /** Before its page is loaded, so that its messages have somewhere to go. */
  readonly made: (window: BrowserWindow) => void;
}

/** Made when it is first asked for, and kept: the second time it is there at once, with what it showed. */
export class QuickWindow {
  readonly #options: QuickWindowOptions;
  #window: BrowserWindow | null = null;

  constructor(options: QuickWindowOptions) {
    this.#options = options;
  }

  toggle(): void {
    if (this.#window?.isVisible() && this.#window.isFocused()) this.hide();
    else this.show();
  }

  show(): void {
    const window = this.#window;
    if (!window) {
      this.#make();
      return;
    }
    this.#place(window);
    window.show();
    window.focus();
  }

  hide(): void {
    this.#window?.hide();
  }

  /** Grows downwards from where it stands, as far as its screen goes. */
  size(height: number): void {
    const window = this.#window;
    if (!window) return;
    const bounds = window.getBounds();
    const { workArea } = screen.getDisplayMatching(bounds);
    const room = workArea.y + workArea.height - bounds.y;
    window.setBounds({ ...bounds, height: Math.round(Math.min(height, MAX_HEIGHT, room)) });
  }

  close(): void {
    this.#window?.destroy();
    this.#window = null;
  }

  #make(): void {
    const { origin, preload, made } = this.#options;
    const window = new BrowserWindow({
      width: WIDTH,
      height: FIRST_HEIGHT,
      show: false,
      frame: false,
      resizable: false,
      maximizable: false,
      fullscreenable: false,
      skipTaskbar: true,
      alwaysOnTop: true,
      backgroundColor: nativeTheme.shouldUseDarkColors ? '#16181d' : '#ffffff',
      webPreferences: { ...PAGE_PREFERENCES, preload },
    });
    this.#window = window;
    window.setVisibleOnAllWorkspaces(true, { visibleOnFullScreen: true });
    this.#place(window);
    window.on('closed', () => {
      this.#window = null;
    });
    window.once('ready-to-show', () => {
      window.show();
      window.focus();
    });
    confineNavigation(window.webContents, origin);
    made(window);
    // A page that could not be loaded is shown as that by Chromium; the next call makes no second window.
    window.loadURL(`${origin.url}#/quick`).catch(() => {});
  }

  /** On the screen the user is at, in the middle of its upper half. */
  #place(window: BrowserWindow): void {
    const { workArea } = screen.getDisplayNearestPoint(screen.getCursorScreenPoint());
    const { width, height } = window.getBounds();
    window.setBounds({
      x: Math.round(workArea.x + (workArea.width - width) / 2),
      y: Math.round(workArea.y + workArea.height * 0.18),
      width,
      height,
    });
  }
}
