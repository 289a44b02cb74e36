import { existsSync } from 'node:fs';
import type { HandlersOf } from '../contract/api';
import type { EngineStatus, SpeechRecognizer } from '../contract/engine';
import { AppError } from '../contract/errors';
import {
  type FileTranscript,
  onlyRecognizes,
  type Recognizer,
  recognizerOf,
  type SpeechEvent,
  type SpokenLanguage,
  type Transcript,
} from '../contract/speech';
import { fromInt16 } from '../contract/wav';
import type { EngineSupervisor } from './engine-client/engine-supervisor';
import type { InstalledModel } from './models/models';

export interface SpeechDeskOptions {
  readonly engine: Pick<
    EngineSupervisor,
    'status' | 'prepareSpeech' | 'transcribe' | 'listen' | 'stopListening'
  >;
  readonly models: () => Promise<readonly InstalledModel[]>;
  readonly attachmentPath: (sha256: string) => string;
}

interface Chosen {
  readonly recognizer: Recognizer;
  readonly engine: SpeechRecognizer;
}

/** Decides who writes a recording down, and has it done. */
export class SpeechDesk {
  readonly #options: SpeechDeskOptions;
  readonly #running = new Map<string, AbortController>();

  constructor(options: SpeechDeskOptions) {
    this.#options = options;
  }

  readonly handlers: HandlersOf<'speech'> = {
    'speech.prepare': () => this.prepare(),
    'speech.transcribe': (sha256, language) => this.transcribe(sha256, language),
    'speech.cancel': (sha256) => this.cancel(sha256),
    'speech.listen': (stream, pcm) => this.listen(stream, pcm),
    'speech.stopListening': (stream) => this.#options.engine.stopListening(stream),
  };

  /** Never fails: what is missing is said when there is something to write down. */
  async prepare(): Promise<void> {
    const chosen = await this.#choose();
    this.#options.engine.prepareSpeech(chosen?.engine ?? { kind: 'model' });
  }

  /** @throws AppError `no-recognizer`, `not-found`, `aborted`, and what the engine says */
  async transcribe(sha256: string, language: SpokenLanguage): Promise<Transcript> {
    const path = this.#options.attachmentPath(sha256);
    if (!existsSync(path)) {
      throw new AppError('not-found', 'The recording is no longer there. Record it again.', {
        kind: 'recording-gone',
        sha256,
      });
    }
    const chosen = await this.#require();
    const abort = new AbortController();
    this.cancel(sha256);
    this.#running.set(sha256, abort);
    try {
      const { text, spoken, speechMs, elapsedMs } = await this.#options.engine.transcribe(
        { path, recognizer: chosen.engine, ...(language !== 'auto' && { language }) },
        abort.signal,
      );
      return { text, spoken, speechMs, elapsedMs, recognizer: chosen.recognizer };
    } finally {
      if (this.#running.get(sha256) === abort) this.#running.delete(sha256);
    }
  }

  /**
   * Writes down a file that is no attachment.
   *
   * @param path a WAV as contract/wav.ts has it.
   * @param wanted an installed recogniser's id; absent: the one that the app uses.
   * @throws AppError `no-recognizer`, `aborted`, and what the engine says
   */
  async transcribeFile(
    path: string,
    { language, wanted }: { readonly language?: string; readonly wanted?: string },
    signal: AbortSignal,
  ): Promise<FileTranscript> {
    const { recognizer, engine } = await this.#require(wanted);
    const { text, spoken, speechMs, elapsedMs, segments } = await this.#options.engine.transcribe(
      { path, recognizer: engine, ...(language !== undefined && { language }) },
      signal,
    );
    return { text, spoken, speechMs, elapsedMs, segments, recognizer };
  }

  /** Who would write down speech now; null where nothing can. */
  async recognizer(): Promise<Recognizer | null> {
    return (await this.#choose())?.recognizer ?? null;
  }

  cancel(sha256: string): void {
    this.#running.get(sha256)?.abort();
  }

  /** @param pcm 16 bits, little-endian, mono, 16 kHz, in base64. */
  listen(stream: string, pcm: string): Promise<readonly SpeechEvent[]> {
    return this.#options.engine.listen(stream, fromInt16(Buffer.from(pcm, 'base64')));
  }

  async #require(wanted?: string): Promise<Chosen> {
    const chosen = await this.#choose(wanted);
    if (chosen) return chosen;
    throw new AppError(
      'no-recognizer',
      'Nothing that is installed can write down speech. Use a model that takes audio, or add a speech recogniser (a Whisper package).',
    );
  }

  async #choose(wanted?: string): Promise<Chosen | null> {
    const models = await this.#options.models();
    const manifests = models.map(({ manifest }) => manifest);
    const currentId = modelInUse(this.#options.engine.status());
    const current = manifests.find(({ id }) => id === currentId);
    // A package that was named goes before the model in use.
    const named = manifests.find((found) => found.id === wanted && onlyRecognizes(found));
    const recognizer = named ? recognizerOf(undefined, [named]) : recognizerOf(current, manifests);
    if (!recognizer) return null;
    if (recognizer.kind === 'model') return { recognizer, engine: { kind: 'model' } };
    const { folder } = models.find(({ manifest }) => manifest.id === recognizer.id) ?? {};
    return folder === undefined ? null : { recognizer, engine: { kind: 'package', folder } };
  }
}

/** One that is being loaded counts: it will be there by the time the recording is read. */
function modelInUse(status: EngineStatus): string | null {
  if (status.state === 'ready' || status.state === 'unloaded') return status.model.manifest.id;
  return status.state === 'loading' ? status.modelId : null;
}
