import type { TranscribeOptions } from '../families/family';
import { WhisperRecognizer } from '../families/whisper/recognizer';
import type { Backend } from '../ort/backend';

/** Speech to text apart from the model that answers. */
export interface PackageRecognizer {
  /** @param samples mono, 16 kHz, -1 … 1. @throws AppError `aborted`, `engine-failed`, `out-of-memory` */
  transcribe(samples: Float32Array, options: TranscribeOptions, signal?: AbortSignal): Promise<string>;
  dispose(): void;
}

export type OpenRecognizer = (folder: string, backend: Backend) => Promise<PackageRecognizer>;

/** @throws AppError as `WhisperRecognizer.open` does */
export const openWhisper: OpenRecognizer = async (folder, backend) => {
  const whisper = await WhisperRecognizer.open(folder, backend);
  return {
    async transcribe(samples, { language, onSegment }, signal) {
      // Models for English alone know no languages, and some know fewer than we offer.
      const known = language !== undefined && whisper.languages.includes(language);
      const pieces: string[] = [];
      const options = { ...(known && { language }), ...(signal && { signal }) };
      for await (const { text, start, end, language: spoken } of whisper.recognize(samples, options)) {
        pieces.push(text);
        onSegment?.({ text: text.trim(), start, end, ...(spoken !== undefined && { language: spoken }) });
      }
      return pieces.join('').trim();
    },
    dispose: () => whisper.dispose(),
  };
};
