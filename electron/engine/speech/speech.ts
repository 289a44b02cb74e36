import { AppError } from '../../contract/errors';
import type { SpeechEvent, SpokenSegment } from '../../contract/speech';
import { SPEECH_RATE } from '../../contract/wav';
import type { TranscribeOptions } from '../families/family';
import { readSpeech } from '../media/speech-file';
import { CpuBackend } from '../ort/cpu-backend';
import { defaultThreads } from '../runtime/threads';
import { joinPieces } from './join-pieces';
import { findVoices, SpeechListener, toStretches } from './listener';
import { type OpenRecognizer, openWhisper, type PackageRecognizer } from './recognizers';
import { SileroVad } from './silero';

/** Microphones that are followed at the same time: one a window, and some that went without saying so. */
const MAX_STREAMS = 8;

/** Writes down speech with the model that is loaded. */
export type ModelTranscribe = (
  samples: Float32Array,
  options: TranscribeOptions,
  signal: AbortSignal,
) => Promise<string>;

export interface HeardSpeech {
  readonly text: string;
  readonly spoken: boolean;
  readonly speechMs: number;
  /** Empty where the recogniser tells no times. */
  readonly segments: readonly SpokenSegment[];
}

/** Everything of the engine that concerns voices. Networks are opened when they are first needed and kept. */
export class Speech {
  readonly #openRecognizer: OpenRecognizer;
  readonly #streams = new Map<string, SpeechListener>();
  #vadBackend: CpuBackend | null = null;
  #vad: Promise<SileroVad> | null = null;
  #recognizerBackend: CpuBackend | null = null;
  #recognizer: { readonly folder: string; readonly opened: Promise<PackageRecognizer> } | null = null;
  /** One stretch of speech after the other: a recogniser's runs must not overlap. */
  #work: Promise<unknown> = Promise.resolve();

  constructor(openRecognizer: OpenRecognizer = openWhisper) {
    this.#openRecognizer = openRecognizer;
  }

  /** Opens what a transcription will need, while the person still speaks. */
  async prepare(folder: string | null): Promise<void> {
    await Promise.all([this.#openVad(), folder === null ? undefined : this.#open(folder)]);
  }

  /**
   * @param path a WAV as contract/wav.ts has it.
   * @param recognizer a package's folder, or the model that is loaded.
   * @throws AppError `invalid-request`, `aborted`, and what the recogniser throws
   */
  transcribe(
    path: string,
    recognizer: string | ModelTranscribe,
    options: TranscribeOptions,
    signal: AbortSignal,
  ): Promise<HeardSpeech> {
    return this.#transcribe(path, recognizer, options, signal);
  }

  /** Follows a microphone. A stream begins with its first samples. */
  async listen(stream: string, samples: Float32Array): Promise<readonly SpeechEvent[]> {
    const vad = await this.#openVad();
    let listener = this.#streams.get(stream);
    if (!listener) {
      const [oldest] = this.#streams.keys();
      if (oldest !== undefined && this.#streams.size >= MAX_STREAMS) this.#streams.delete(oldest);
      listener = new SpeechListener(vad);
      this.#streams.set(stream, listener);
    }
    return listener.push(samples);
  }

  stopListening(stream: string): void {
    this.#streams.delete(stream);
  }

  async dispose(): Promise<void> {
    await this.#work;
    this.#streams.clear();
    const [vad, recognizer] = await Promise.allSettled([this.#vad, this.#recognizer?.opened]);
    if (recognizer.status === 'fulfilled') recognizer.value?.dispose();
    if (vad.status === 'fulfilled') vad.value?.dispose();
    this.#recognizerBackend?.dispose();
    this.#vadBackend?.dispose();
  }

  async #transcribe(
    path: string,
    recognizer: string | ModelTranscribe,
    options: TranscribeOptions,
    signal: AbortSignal,
  ): Promise<HeardSpeech> {
    requireWanted(signal);
    const samples = await readSpeech(path);
    if (!samples) {
      throw new AppError(
        'invalid-request',
        'This sound cannot be read: it must be WAV, 16 bits, mono, 16 kHz.',
        { kind: 'sound-unreadable' },
      );
    }
    const stretches = toStretches(await findVoices(await this.#openVad(), samples));
    const segments: SpokenSegment[] = [];
    const texts: string[] = [];
    let voiced = 0;
    for (const { start, end } of stretches) {
      const before = start / SPEECH_RATE;
      const onSegment = (segment: SpokenSegment) =>
        segments.push({ ...segment, start: before + segment.start, end: before + segment.end });
      const asked = { ...options, onSegment };
      const voice = samples.subarray(start, end);
      texts.push(await this.#inTurn(() => this.#write(voice, recognizer, asked, signal)));
      voiced += end - start;
    }
    const speechMs = Math.round((voiced / SPEECH_RATE) * 1000);
    return { text: joinPieces(texts), spoken: stretches.length > 0, speechMs, segments };
  }

  async #write(
    voice: Float32Array,
    recognizer: string | ModelTranscribe,
    options: TranscribeOptions,
    signal: AbortSignal,
  ): Promise<string> {
    requireWanted(signal);
    if (typeof recognizer !== 'string') return recognizer(voice, options, signal);
    return (await this.#open(recognizer)).transcribe(voice, options, signal);
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#work.then(work);
    this.#work = result.catch(() => {});
    return result;
  }

  #openVad(): Promise<SileroVad> {
    // A network this small is slower on more threads.
    this.#vadBackend ??= new CpuBackend(1);
    this.#vad ??= SileroVad.open(this.#vadBackend).catch((error: unknown) => {
      this.#vad = null;
      throw error;
    });
    return this.#vad;
  }

  #open(folder: string): Promise<PackageRecognizer> {
    if (this.#recognizer?.folder === folder) return this.#recognizer.opened;
    const before = this.#recognizer?.opened;
    this.#recognizerBackend ??= new CpuBackend(defaultThreads());
    const opened = this.#openRecognizer(folder, this.#recognizerBackend);
    this.#recognizer = { folder, opened };
    // One that could not be opened is tried again the next time; the one before is not needed any more.
    opened.catch(() => {
      if (this.#recognizer?.opened === opened) this.#recognizer = null;
    });
    void before?.then((recognizer) => this.#work.then(() => recognizer.dispose())).catch(() => {});
    return opened;
  }
}

function requireWanted(signal: AbortSignal): void {
  if (signal.aborted) throw new AppError('aborted', 'The transcription was stopped.');
}
