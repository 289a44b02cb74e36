import type { RequestHandlers } from '../../electron/contract/api';
import { AppError } from '../../electron/contract/errors';

type SpeechRequests = Pick<RequestHandlers, Extract<keyof RequestHandlers, `speech.${string}`>>;

/** No recogniser is installed in the scripted app. */
export function mockSpeech(): SpeechRequests {
  return {
    'speech.prepare': () => {},
    'speech.transcribe': () => {
      throw new AppError('no-recognizer', 'Nothing that is installed can write down speech.');
    },
    'speech.cancel': () => {},
    'speech.listen': () => [],
    'speech.stopListening': () => {},
  };
}
