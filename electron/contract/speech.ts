import type { ModelInfo } from './manifest';

/** Languages that a person may say they speak; `auto` leaves it to the recogniser. */
export const SPOKEN_LANGUAGES = ['auto', 'en', 'zh'] as const;
export type SpokenLanguage = (typeof SPOKEN_LANGUAGES)[number];

/** Longer recordings end by themselves: nobody dictates for so long on purpose. */
export const MAX_SPEECH_SECONDS = 300;

/** What turns speech into text. */
export interface Recognizer {
  /** `model`: the one that answers hears too. `package`: one that only writes down. */
  readonly kind: 'model' | 'package';
  readonly id: string;
  readonly name: string;
}

export interface Transcript {
  /** Empty where nobody spoke, or nothing was understood. */
  readonly text: string;
  readonly recognizer: Recognizer;
  /** Whether there was a voice at all. */
  readonly spoken: boolean;
  /** Of the voice, without the silence around it. */
  readonly speechMs: number;
  /** From the request to the text, in the engine. */
  readonly elapsedMs: number;
}

/** What was said in a file, for those who want to know when. */
export interface FileTranscript extends Transcript {
  readonly segments: readonly SpokenSegment[];
}

/** A piece of what was said, as the recogniser cut it. */
export interface SpokenSegment {
  readonly text: string;
  /** Seconds from the beginning of the recording. */
  readonly start: number;
  readonly end: number;
  /** ISO 639-1, where the recogniser says it. */
  readonly language?: string;
}

/** Somebody begins or ends to speak; positions in samples since the stream began, with some room around the voice. */
export type SpeechEvent =
  | { readonly type: 'start'; readonly at: number }
  | { readonly type: 'end'; readonly start: number; readonly end: number };

/** Packages of this family write down speech and nothing else; they are never the model that answers. */
const RECOGNIZER_FAMILY = 'whisper';

export function onlyRecognizes(manifest: Pick<ModelInfo, 'family'>): boolean {
  return manifest.family === RECOGNIZER_FAMILY;
}

/** The model in use where it hears and is on this machine, else an installed recogniser; null where there is neither. */
export function recognizerOf(
  current: ModelInfo | undefined,
  installed: readonly ModelInfo[],
): Recognizer | null {
  // A recording goes to another machine only with the message that it belongs to.
  if (current && !current.remote && current.modalities.includes('audio'))
    return { kind: 'model', id: current.id, name: current.name };
  const found = installed.find(onlyRecognizes);
  return found ? { kind: 'package', id: found.id, name: found.name } : null;
}
