import { existsSync } from 'node:fs';
import type { EngineStatus, SpeechRecognizer } from '../contract/engine';
import { AppError } from '../contract/errors';
import {
  type Recognizer,
  recognizerOf,
  type SpeechEvent,
  type SpokenLanguage,
  type Transcript,
} from '../contract/speech';
import { fromInt16 } from '../contract/wav';
import type { EngineSupervisor } from './engine-supervisor';
import type { InstalledModel } from './models';

export interface SpeechDeskOptions {
  readonly engine: Pick<EngineSupervisor, 'status' | 'prepareSpeech' | 'transcribe' | 'listen'>;
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
    const chosen = await this.#choose();
    if (!chosen) {
      throw new AppError(
        'no-recognizer',
        'Nothing that is installed can write down speech. Use a model that takes audio, or add a speech recogniser (a Whisper package).',
      );
    }
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

  cancel(sha256: string): void {
    this.#running.get(sha256)?.abort();
  }

  /** @param pcm 16 bits, little-endian, mono, 16 kHz, in base64. */
  listen(stream: string, pcm: string): Promise<readonly SpeechEvent[]> {
    return this.#options.engine.listen(stream, fromInt16(Buffer.from(pcm, 'base64')));
  }

  async #choose(): Promise<Chosen | null> {
    const models = await this.#options.models();
    const manifests = models.map(({ manifest }) => manifest);
    const currentId = modelInUse(this.#options.engine.status());
    const recognizer = recognizerOf(
      manifests.find(({ id }) => id === currentId),
      manifests,
    );
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
