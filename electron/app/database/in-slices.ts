import { setImmediate } from 'node:timers/promises';
import type { AppDatabase } from './database';

/** Shorter than two frames: what a window or another request waits for meanwhile is not noticed. */
const SLICE_MS = 20;

/**
 * Does steps of work, each some writes, for 20 ms at a time with room for everything else between. Each slice is a transaction of
 * its own: what is half done must be invisible, and found again after a crash.
 */
export async function inSlices(database: AppDatabase, steps: Iterator<unknown>): Promise<void> {
  for (;;) {
    const over = database.transaction(() => {
      const end = performance.now() + SLICE_MS;
      do {
        if (steps.next().done) return true;
      } while (performance.now() < end);
      return false;
    });
    if (over) return;
    await setImmediate();
  }
}
