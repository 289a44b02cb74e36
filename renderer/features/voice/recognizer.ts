import { type Recognizer, recognizerOf } from '../../../electron/contract/speech';
import { currentManifest, useEngine } from '../../stores/engine';
import { useSettings } from '../../stores/settings';

/** What would write down a recording now. */
export function recognizerNow(): Recognizer | null {
  const state = useEngine.getState();
  return recognizerOf(currentManifest(state), state.models);
}

/** Its name; undefined where there is none. */
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
