import { globalShortcut } from 'electron';
import type { GlobalShortcutState } from '../contract/shell';
import { type ActionName, type ChosenKeys, keysFor } from '../contract/shortcuts';
import { toAccelerator } from './accelerator';

/** A shortcut that is heard everywhere. It follows the settings; a refusal of the system is a state, not an error. */
export class GlobalShortcut {
  readonly #action: ActionName;
  readonly #run: () => void;
  readonly #changed: () => void;
  #accelerator: string | null = null;
  #state: GlobalShortcutState = 'off';
  #paused = false;

  constructor(action: ActionName, run: () => void, changed: () => void) {
    this.#action = action;
    this.#run = run;
    this.#changed = changed;
  }

  state(): GlobalShortcutState {
    return this.#state;
  }

  follow(shortcuts: ChosenKeys): void {
    const [keys] = keysFor(this.#action, shortcuts);
    const accelerator = keys === undefined ? null : toAccelerator(keys);
    // A refused one is tried again with the next change of the settings: the other program may have gone.
    if (accelerator === this.#accelerator && this.#state !== 'taken') return;
    this.#release();
    this.#accelerator = accelerator;
    const before = this.#state;
    this.#state = accelerator === null ? 'off' : this.#register(accelerator) ? 'registered' : 'taken';
    // Whether it could be had is known only by trying.
    if (this.#paused) this.#release();
    if (this.#state !== before) this.#changed();
  }

  /** Leaves the keys to the page while that is in front: only the page hears when a key is let go. */
  pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.#release();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    if (this.#accelerator === null || this.#state !== 'registered') return;
    if (this.#register(this.#accelerator)) return;
    // Another program took it meanwhile.
    this.#state = 'taken';
    this.#changed();
  }

  close(): void {
    globalShortcut.unregisterAll();
    this.#state = 'off';
  }

  #release(): void {
    if (this.#accelerator !== null && this.#state === 'registered') {
      globalShortcut.unregister(this.#accelerator);
    }
  }

  #register(accelerator: string): boolean {
    try {
      return globalShortcut.register(accelerator, this.#run);
    } catch {
      // Electron throws at a combination it cannot name on this system.
      return false;
    }
  }
}
