import type { SoundIntakeOptions } from '../sound/intake';

/** The thread from source. */
export const testSounds: SoundIntakeOptions = { entry: new URL('../sound/worker.ts', import.meta.url) };
