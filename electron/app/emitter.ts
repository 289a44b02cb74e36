import type { EventName, Events } from '../contract/api';

export type EmittedEvent = {
  readonly [K in EventName]: { readonly name: K; readonly payload: Events[K] };
}[EventName];

/** What the app tells its hosts: a host passes everything on, so it subscribes to all at once. */
export class Emitter {
  readonly #listeners = new Set<(event: EmittedEvent) => void>();

  emit(event: EmittedEvent): void {
    // A listener may leave while it is called.
    for (const listener of [...this.#listeners]) listener(event);
  }

  on(listener: (event: EmittedEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
