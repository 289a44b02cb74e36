/** Where the page comes from: `app://autoglm`, or electron-vite's server while developing. */
export class PageOrigin {
  /** What the window opens. */
  readonly url: string;
  readonly isDevelopment: boolean;
  readonly #base: URL;

  constructor(developmentUrl?: string) {
    this.isDevelopment = developmentUrl !== undefined;
    this.url = developmentUrl ?? `${PAGE_SCHEME}://${PAGE_HOST}/index.html`;
    this.#base = new URL(this.url);
  }

  /** Not `URL.origin`, which Node knows only for the web's own schemes. */
  owns(url: string): boolean {
    if (!URL.canParse(url)) return false;
    const { protocol, host } = new URL(url);
    return protocol === this.#base.protocol && host === this.#base.host;
  }
}

export const PAGE_SCHEME = 'app';
export const PAGE_HOST = 'autoglm';
