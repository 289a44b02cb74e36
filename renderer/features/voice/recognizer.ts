import { type Recognizer, recognizerOf } from '../../../electron/contract/speech';
import { currentManifest, loadEngine, useEngine } from '../../stores/engine';
import { useSettings } from '../../stores/settings';

/** What would write down a recording now. */
function recognizerNow(): Recognizer | null {
  const state = useEngine.getState();
  return recognizerOf(currentManifest(state), state.models);
}

/** Whether there is one. Where none is known the app is asked again: a package may just have been added, or the page just opened. */
export async function findRecognizer(): Promise<boolean> {
  // What fails here fails again where the recording is written down.
  if (recognizerNow() === null) await loadEngine().catch(() => {});
  return recognizerNow() !== null;
}

export function useRecognizer(): Recognizer | null {
  const current = useEngine(currentManifest);
  const models = useEngine((state) => state.models);
  return recognizerOf(current, models);
}

/** Whether a recording goes to the model as it is. Where the model is deaf it is written down after all. */
export function letsModelHear(): boolean {
  return (
    useSettings.getState().voiceInput === 'hear' &&
    currentManifest(useEngine.getState())?.modalities.includes('audio') === true
  );
}
