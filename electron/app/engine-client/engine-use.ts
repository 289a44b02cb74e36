/** Who works with the engine at the moment, and since when nobody does. */
export class EngineUse {
  readonly #idleMs: () => number | null;
  readonly #idle: () => void;
  readonly #waiting = new Set<() => void>();
  #users = 0;
  #freeSince = Date.now();
  #timer: ReturnType<typeof setTimeout> | null = null;

  /** `idle` is called once nobody has used the engine for `idleMs`; null: never. */
  constructor(idleMs: () => number | null, idle: () => void) {
    this.#idleMs = idleMs;
    this.#idle = idle;
  }

  get free(): boolean {
    return this.#users === 0;
  }

  /** Returns the function that ends this use. */
  hold(): () => void {
    this.#users++;
    this.#stopTimer();
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#users--;
      if (this.#users > 0) return;
      this.#freeSince = Date.now();
      this.restart();
      for (const wake of [...this.#waiting]) wake();
    };
  }

  /** Resolves when nobody uses the engine, or when the signal aborts. */
  async untilFree(signal: AbortSignal): Promise<void> {
    while (!this.free && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const wake = () => {
          this.#waiting.delete(wake);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        this.#waiting.add(wake);
        signal.addEventListener('abort', wake, { once: true });
      });
    }
  }

  /** After a model was loaded, or the time was chosen anew: what has passed already counts. */
  restart(): void {
    this.#stopTimer();
    const idleMs = this.#idleMs();
    if (idleMs === null || !this.free) return;
    const left = Math.max(0, this.#freeSince + idleMs - Date.now());
    this.#timer = setTimeout(() => this.#idle(), left);
    this.#timer.unref();
  }

  /** A model that has just been loaded was asked for just now. */
  touch(): void {
    this.#freeSince = Date.now();
    this.restart();
  }

  close(): void {
    this.#stopTimer();
  }

  #stopTimer(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
