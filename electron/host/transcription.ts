import type { App } from '../app/app';
import type { TranscriptionService } from '../server/transcription';

/** What the API hears with: the recogniser of the app's own microphone. */
export function transcription({ sounds, speech }: Pick<App, 'sounds' | 'speech'>): TranscriptionService {
  return {
    recognizer: () => speech.recognizer(),
    borrow: (body, name, options, use) => sounds.borrow(body, name, options, use),
    transcribe: (path, options, signal) => speech.transcribeFile(path, options, signal),
  };
}
