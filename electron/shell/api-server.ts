import { dialog } from 'electron';
import type { App } from '../app/app';
import type { Settings } from '../contract/settings';
import { type HttpHost, startHttpHost } from '../host/http-host';

/** OpenAI's API beside the window, switched on and off by the settings. Its port is loopback's alone. */
export class ApiServer {
  readonly #app: App;
  readonly #log: (line: string) => void;
  #running: { readonly port: number; readonly host: HttpHost } | null = null;
  /** One change after the other: a port is free only once its server has closed. */
  #changes: Promise<void> = Promise.resolve();

  constructor(app: App, log: (line: string) => void) {
    this.#app = app;
    this.#log = log;
  }

  follow(settings: Settings): Promise<void> {
    this.#changes = this.#changes.then(() => this.#apply(settings));
    return this.#changes;
  }

  close(): Promise<void> {
    this.#changes = this.#changes.then(() => this.#stop());
    return this.#changes;
  }

  async #apply({ serverEnabled, serverPort }: Settings): Promise<void> {
    if (serverEnabled && this.#running?.port === serverPort) return;
    await this.#stop();
    if (!serverEnabled) return;
    try {
      const host = await startHttpHost({
        port: serverPort,
        host: '127.0.0.1',
        page: null,
        app: () => this.#app,
      });
      this.#running = { port: serverPort, host };
      this.#log(`The API is at ${host.url}/v1`);
    } catch (error) {
      dialog.showErrorBox('AutoGLM Desktop', error instanceof Error ? error.message : String(error));
    }
  }

  async #stop(): Promise<void> {
    const running = this.#running;
    this.#running = null;
    await running?.host.close();
  }
}
