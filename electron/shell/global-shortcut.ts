import { globalShortcut } from 'electron';
import type { GlobalShortcutState } from '../contract/shell';
import { type ChosenKeys, keysFor } from '../contract/shortcuts';
import { toAccelerator } from './accelerator';

/** The shortcut that asks from anywhere. It follows the settings; a refusal of the system is a state, not an error. */
export class QuickAskShortcut {
  readonly #run: () => void;
  readonly #changed: () => void;
  #accelerator: string | null = null;
  #state: GlobalShortcutState = 'off';

  constructor(run: () => void, changed: () => void) {
    this.#run = run;
    this.#changed = changed;
  }

  state(): GlobalShortcutState {
    return this.#state;
  }

  follow(shortcuts: ChosenKeys): void {
    const [keys] = keysFor('quickAsk', shortcuts);
    const accelerator = keys === undefined ? null : toAccelerator(keys);
    // A refused one is tried again with the next change of the settings: the other program may have gone.
    if (accelerator === this.#accelerator && this.#state !== 'taken') return;
    if (this.#accelerator !== null && this.#state === 'registered') {
      globalShortcut.unregister(this.#accelerator);
    }
    this.#accelerator = accelerator;
    const before = this.#state;
    this.#state = accelerator === null ? 'off' : this.#register(accelerator) ? 'registered' : 'taken';
    if (this.#state !== before) this.#changed();
  }

  close(): void {
    globalShortcut.unregisterAll();
    this.#state = 'off';
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
