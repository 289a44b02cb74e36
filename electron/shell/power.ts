import { powerMonitor } from 'electron';
import type { App } from '../app/app';

/** Reading a long prompt on a slow machine takes this long without a word; an engine whose GPU did not wake says nothing ever. */
const SILENCE_MS = 120_000;

/**
 * The machine sleeps while an answer is written: engine and turn sleep with it and go on. What does not go on is stopped, with its
 * text kept, rather than left to look as if it were still being written.
 */
export function watchPower(app: Pick<App, 'handlers' | 'onEvent'>, log: (line: string) => void): () => void {
  const running = new Set<string>();
  let waiting = new Map<string, ReturnType<typeof setTimeout>>();
  const forget = (turnId: string) => {
    clearTimeout(waiting.get(turnId));
    waiting.delete(turnId);
  };
  const stopListening = app.onEvent((event) => {
    if (event.name !== 'turn.event') return;
    const { turnId, type } = event.payload;
    forget(turnId);
    if (type === 'finished') running.delete(turnId);
    else running.add(turnId);
  });
  const onResume = () => {
    for (const turnId of running) {
      forget(turnId);
      const timer = setTimeout(() => {
        waiting.delete(turnId);
        log(`The answer ${turnId} did not go on after the machine woke; it is stopped.`);
        void app.handlers['turns.stop'](turnId);
      }, SILENCE_MS);
      waiting.set(turnId, timer);
    }
  };
  powerMonitor.on('resume', onResume);
  return () => {
    stopListening();
    powerMonitor.off('resume', onResume);
    for (const timer of waiting.values()) clearTimeout(timer);
    waiting = new Map();
  };
}
