import type { ModelError } from '../errors';

export interface TransferProgress {
  readonly phase: 'download' | 'verify';
  readonly bytes: number;
  /** Null where the hub does not say how long every file is. */
  readonly totalBytes: number | null;
  /** Over the last seconds; null at the beginning and while nothing comes. */
  readonly bytesPerSecond: number | null;
  readonly secondsLeft: number | null;
  /** Why nothing comes just now, and when it is tried again. */
  readonly waiting: { readonly error: ModelError; readonly seconds: number } | null;
}

const WINDOW_MS = 8_000;

/** How fast bytes come, over a sliding window: a mean since the beginning would hide that a connection has become slow. */
export class Speedometer {
  #samples: { readonly at: number; readonly bytes: number }[] = [];

  /** @returns bytes a second; null before there is enough to tell, and when nothing came for the whole window. */
  add(bytes: number, at = performance.now()): number | null {
    this.#samples.push({ at, bytes });
    while (this.#samples.length > 2 && at - this.#samples[0]!.at > WINDOW_MS) this.#samples.shift();
    const first = this.#samples[0]!;
    const seconds = (at - first.at) / 1000;
    // What is fetched anew goes back.
    if (bytes < first.bytes) this.#samples = [{ at, bytes }];
    return seconds < 0.5 || bytes <= first.bytes ? null : (bytes - first.bytes) / seconds;
  }
}
