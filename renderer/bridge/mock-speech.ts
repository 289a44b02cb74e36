import type { RequestHandlers } from '../../electron/contract/api';
import { loaded } from './mock-data';

type SpeechRequests = Pick<RequestHandlers, Extract<keyof RequestHandlers, `speech.${string}`>>;

/** Whatever is said to the scripted app, it hears the same question; hands-free, it hears nobody begin. */
export function mockSpeech(language: 'en' | 'zh'): SpeechRequests {
  const { id, name } = loaded.manifest;
  return {
    'speech.prepare': () => {},
    'speech.transcribe': () => ({
      text: language === 'zh' ? '384 加 729 等于多少？' : 'What is 384 + 729?',
      recognizer: { kind: 'model', id, name },
      spoken: true,
      speechMs: 2_100,
      elapsedMs: 180,
    }),
    'speech.cancel': () => {},
    'speech.listen': () => [],
    'speech.stopListening': () => {},
  };
}
