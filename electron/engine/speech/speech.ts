import { readFile } from 'node:fs/promises';
import { AppError } from '../../contract/errors';
import type { SpeechEvent } from '../../contract/speech';
import { decodeWav, SPEECH_RATE } from '../../contract/wav';
import type { TranscribeOptions } from '../families/family';
import { CpuBackend } from '../ort/cpu-backend';
import { defaultThreads } from '../runtime/threads';
import { SpeechListener, trimSilence } from './listener';
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
}

/** Everything of the engine that concerns voices. Networks are opened when they are first needed and kept. */
export class Speech {
  readonly #openRecognizer: OpenRecognizer;
  readonly #streams = new Map<string, SpeechListener>();
  #vadBackend: CpuBackend | null = null;
  #vad: Promise<SileroVad> | null = null;
  #recognizerBackend: CpuBackend | null = null;
  #recognizer: { readonly folder: string; readonly opened: Promise<PackageRecognizer> } | null = null;
  /** One recording after the other: a recogniser's runs must not overlap. */
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
    const result = this.#work.then(() => this.#transcribe(path, recognizer, options, signal));
    this.#work = result.catch(() => {});
    return result;
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
    if (signal.aborted) throw new AppError('aborted', 'The transcription was stopped.');
    const samples = decodeWav(await readFile(path));
    if (!samples) {
      throw new AppError(
        'invalid-request',
        'This sound cannot be read: it must be WAV, 16 bits, mono, 16 kHz.',
        { kind: 'sound-unreadable' },
      );
    }
    const voice = await trimSilence(await this.#openVad(), samples);
    if (!voice) return { text: '', spoken: false, speechMs: 0 };
    const text =
      typeof recognizer === 'string'
        ? await (await this.#open(recognizer)).transcribe(voice, options, signal)
        : await recognizer(voice, options, signal);
    return { text, spoken: true, speechMs: Math.round((voice.length / SPEECH_RATE) * 1000) };
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
