import { setTimeout } from 'node:timers/promises';
import type { TryLater } from './piece';
import type { TransferProgress } from './transfer-progress';

/** A wait that a server asks for is granted up to here. */
const LONGEST_WAIT_MS = 15 * 60_000;

/** The pauses between tries, of all connections of a download. */
export class Retry {
  readonly #backoffMs: (attempt: number) => number;
  #notBefore = 0;
  #pause: { readonly reason: TryLater['reason']; readonly until: number } | null = null;

  constructor(backoffMs: (attempt: number) => number) {
    this.#backoffMs = backoffMs;
  }

  /** @throws what `signal` was aborted with; the reason of the failure where it would take too long. */
  async pause({ reason, afterMs }: TryLater, attempt: number, signal: AbortSignal): Promise<void> {
    if (afterMs > LONGEST_WAIT_MS) throw reason;
    const now = performance.now();
    // A server that asks to wait asks all connections.
    if (afterMs > 0) this.#notBefore = Math.max(this.#notBefore, now + afterMs);
    const until = Math.max(this.#notBefore, now + this.#backoffMs(attempt));
    this.#pause = { reason, until };
    await setTimeout(until - now, undefined, { signal }).catch(() => {});
    signal.throwIfAborted();
  }

  /** Bytes come again. */
  end(): void {
    this.#pause = null;
  }

  progress(): TransferProgress['waiting'] {
    if (!this.#pause) return null;
    const { reason, until } = this.#pause;
    return { error: reason, seconds: Math.max(0, Math.ceil((until - performance.now()) / 1000)) };
  }
}
