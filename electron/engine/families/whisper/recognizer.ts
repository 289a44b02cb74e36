import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../../contract/errors';
import { ManifestSchema } from '../../../contract/manifest';
import type { Backend, Session } from '../../ort/backend';
import { Tokenizer } from '../../tokenizer/tokenizer';
import { LogMel, SAMPLE_RATE } from './log-mel';
import { splitSegments } from './segments';
import { readSettings, type WhisperSettings } from './settings';
import { WhisperWindow, type WindowOptions, type WindowText } from './window';

export interface RecognizeOptions {
  /** Code such as "en" or "zh"; absent: detected in the first window. */
  readonly language?: string;
  readonly task?: 'transcribe' | 'translate';
  readonly signal?: AbortSignal;
}

/** A piece of what was said. */
export interface Utterance {
  readonly text: string;
  /** Seconds from the beginning of the sound. */
  readonly start: number;
  readonly end: number;
  readonly language: string | undefined;
}

/** Nobody speaks in a window when the model thinks so and is unsure of what it wrote (openai/whisper, transcribe.py). */
const NO_SPEECH = 0.6;
const UNSURE = -1;
/** Seconds that one row of the encoder stands for. */
const ROW_SECONDS = 0.02;

/**
 * Speech to text for models that do not hear.
 *
 *     const recognizer = await WhisperRecognizer.open(folder, backend);
 *     for await (const { text } of recognizer.recognize(samples)) …
 *     recognizer.dispose();
 */
export class WhisperRecognizer {
  readonly #sessions: readonly Session[];
  readonly #tokenizer: Tokenizer;
  readonly #settings: WhisperSettings;
  readonly #window: WhisperWindow;
  readonly #logMel: LogMel;

  private constructor(
    backend: Backend,
    sessions: [Session, Session],
    tokenizer: Tokenizer,
    settings: WhisperSettings,
  ) {
    this.#sessions = sessions;
    this.#tokenizer = tokenizer;
    this.#settings = settings;
    this.#window = new WhisperWindow(backend, ...sessions, settings);
    this.#logMel = new LogMel(settings.num_mel_bins, settings.max_source_positions * ROW_SECONDS);
  }

  /** @throws AppError `model-not-found`, `model-unsupported`, `model-damaged`, `engine-failed`, `out-of-memory` */
  static async open(folder: string, backend: Backend): Promise<WhisperRecognizer> {
    const text = await readFile(join(folder, 'autoglm.json'), 'utf8').catch(() => {
      throw new AppError('model-not-found', `There is no model in ${folder}: autoglm.json is missing.`, {
        kind: 'model-folder-empty',
        folder,
      });
    });
    const manifest = ManifestSchema.parse(JSON.parse(text));
    const graphs = manifest.graphs[backend.provider === 'cuda' ? 'cuda' : 'cpu'];
    const { encoder: encoderFile, decoder: decoderFile } = graphs?.files ?? {};
    if (manifest.family !== 'whisper' || !graphs || !encoderFile || !decoderFile) {
      throw new AppError(
        'model-unsupported',
        `The package ${manifest.id} is no speech recogniser for ${backend.provider}.`,
        {
          kind: 'recognizer-unusable',
          id: manifest.id,
        },
      );
    }
    const settings = readSettings(manifest, graphs.activation);
    const tokenizer = await Tokenizer.read(join(folder, manifest.tokenizer));
    const encoder = await backend.open(join(folder, encoderFile));
    try {
      const decoder = await backend.open(join(folder, decoderFile));
      return new WhisperRecognizer(backend, [encoder, decoder], tokenizer, settings);
    } catch (error) {
      encoder.dispose();
      throw error;
    }
  }

  /** Codes of the languages that the model knows; none where it knows only one. */
  get languages(): readonly string[] {
    return [...this.#settings.languages.keys()];
  }

  /**
   * Writes down sound of any length, window after window; the next one begins where the last whole segment ended.
   *
   * @param sound mono, 16 kHz, -1 … 1.
   * @throws AppError `invalid-request` for a language the model does not know, `aborted`, `engine-failed`
   */
  async *recognize(
    sound: Float32Array,
    options: RecognizeOptions = {},
  ): AsyncGenerator<Utterance, void, void> {
    const { task = 'transcribe', signal } = options;
    let { language } = options;
    if (language !== undefined && !this.#settings.languages.has(language)) {
      throw new AppError('invalid-request', `The recogniser does not know the language "${language}".`, {
        kind: 'language-unknown',
        language,
      });
    }
    const windowRows = this.#settings.max_source_positions;
    const rowSamples = SAMPLE_RATE * ROW_SECONDS;
    let prompt: readonly number[] = [];
    for (let row = 0; row * rowSamples < sound.length; ) {
      const piece = sound.subarray(row * rowSamples);
      const heard = await this.writeWindow(piece, { language, task, timestamps: true, prompt }, signal);
      language ??= heard.language;
      const rows = Math.min(windowRows, Math.ceil(piece.length / rowSamples));
      if (heard.noSpeech > NO_SPEECH && heard.logProbability < UNSURE) {
        row += rows;
        continue;
      }
      const { segments, rowsDone } = splitSegments(heard.tokens, this.#settings.timestampBegin, rows);
      for (const segment of segments) {
        const text = this.#tokenizer.decode(segment.tokens);
        if (text.trim() === '') continue;
        const at = (offset: number) => (row + offset) * ROW_SECONDS;
        yield { text, start: at(segment.start), end: at(segment.end), language: heard.language };
      }
      prompt = segments.flatMap((segment) => segment.tokens);
      row += Math.max(rowsDone, 1);
    }
  }

  /** One window, up to 30 seconds, as tokens. */
  async writeWindow(sound: Float32Array, options: WindowOptions, signal?: AbortSignal): Promise<WindowText> {
    await this.#window.hear(this.#logMel.compute(sound), signal);
    return this.#window.write(options, signal);
  }

  dispose(): void {
    this.#window.dispose();
    for (const session of this.#sessions) session.dispose();
  }
}
