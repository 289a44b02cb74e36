import type { OrtApi, Pointer } from './api';

/** `OrtRunOptions` of one binding: the CUDA graph it belongs to, and the flag that ends a run from outside. */
export class RunOptions {
  readonly handle: Pointer;
  readonly #api: OrtApi;
  #disposed = false;

  constructor(api: OrtApi, config: Readonly<Record<string, string>> = {}) {
    this.#api = api;
    this.handle = api.createRunOptions();
    for (const [key, value] of Object.entries(config)) api.addRunConfig(this.handle, key, value);
  }

  /** Ends the run that uses these options before its next node; safe from another thread than the run's. */
  terminate(): void {
    this.#api.setTerminate(this.handle);
  }

  /** Takes `terminate` back, for the next run. */
  reset(): void {
    this.#api.unsetTerminate(this.handle);
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#api.releaseRunOptions(this.handle);
  }
}
