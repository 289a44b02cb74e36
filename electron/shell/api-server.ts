import type { App } from '../app/app';
import { toErrorInfo } from '../contract/errors';
import type { Settings } from '../contract/settings';
import type { ServerStatus } from '../contract/shell';
import { type HttpHost, startHttpHost } from '../host/http-host';

type Wanted = Pick<Settings, 'serverEnabled' | 'serverPort'>;

/** OpenAI's API beside the window, switched on and off by the settings. Its port is loopback's alone. */
export class ApiServer {
  readonly #app: App;
  readonly #changed: (status: ServerStatus) => void;
  #status: ServerStatus = { state: 'off' };
  #running: HttpHost | null = null;
  #tried: Wanted = { serverEnabled: false, serverPort: 0 };
  /** One change after the other: a port is free only once its server has closed. */
  #changes: Promise<void> = Promise.resolve();

  constructor(app: App, changed: (status: ServerStatus) => void) {
    this.#app = app;
    this.#changed = changed;
  }

  status(): ServerStatus {
    return this.#status;
  }

  follow({ serverEnabled, serverPort }: Wanted): Promise<void> {
    this.#changes = this.#changes.then(() => this.#apply({ serverEnabled, serverPort }));
    return this.#changes;
  }

  close(): Promise<void> {
    this.#changes = this.#changes.then(() => this.#stop());
    return this.#changes;
  }

  async #apply(wanted: Wanted): Promise<void> {
    // A port that was taken is tried again when the switch or the port is touched, not with every other setting.
    const same =
      wanted.serverEnabled === this.#tried.serverEnabled && wanted.serverPort === this.#tried.serverPort;
    if (same) return;
    this.#tried = wanted;
    await this.#stop();
    if (!wanted.serverEnabled) {
      this.#become({ state: 'off' });
      return;
    }
    const port = wanted.serverPort;
    try {
      const host = await startHttpHost({ port, host: '127.0.0.1', page: null, app: () => this.#app });
      this.#running = host;
      this.#become({ state: 'running', url: host.url });
    } catch (error) {
      // The page says it where the port is chosen; a dialog would interrupt whoever does not use the server just now.
      this.#become({ state: 'failed', port, error: toErrorInfo(error) });
    }
  }

  #become(status: ServerStatus): void {
    this.#status = status;
    this.#changed(status);
  }

  async #stop(): Promise<void> {
    const running = this.#running;
    this.#running = null;
    await running?.close();
  }
}
