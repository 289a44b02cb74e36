import { join } from 'node:path';
import { AppError } from '../../../contract/errors';
import type { GenerationRequest } from '../../../contract/generation';
import { ELEMENT, type Session } from '../../ort/backend';
import type { Family, FamilyInput, FamilyModel, Prompt, Sequence, TranscribeOptions } from '../family';
import { createCache } from '../kv-cache';
import { MediaFeatures, type SenseSessions } from './features';
import { LongPrompts } from './long-prompt';
import { MediaIndex } from './media';
import { buildPrompt } from './prompt';
import { AutoglmPhoneSequence } from './sequence';
import { readSettings, type Settings } from './settings';
import { Transcriber } from './transcriber';

/**
 * An encoder reads the conversation in both directions and writes its keys and values into the first rows of the decoder's KV
 * cache; the decoder then goes on from there like any causal language model. Pictures and clips are encoded by graphs of their own,
 * whose rows stand among the encoder's embedded tokens.
 */
export const autoglmPhone: Family = {
  id: 'autoglm-phone',

  async open(input: FamilyInput): Promise<FamilyModel> {
    const { manifest, backend, folder, contextLength } = input;
    const kind = backend.provider === 'cuda' ? 'cuda' : 'cpu';
    const graphs = manifest.graphs[kind];
    const unsupported = (lack: string) =>
      new AppError('model-unsupported', `The package ${manifest.id} ${lack}.`, { id: manifest.id });
    if (!graphs) throw unsupported(`has no graphs for ${kind}`);
    const settings = readSettings(manifest, graphs.activation, contextLength);
    const roles = [
      'encoder',
      ...(settings.picture ? ['vision'] : []),
      ...(settings.sound ? ['speech'] : []),
      'decoder',
    ] as const;
    const missing = roles.find((role) => !graphs.files[role]);
    if (missing) throw unsupported(`has no ${missing} for ${kind}`);
    const sessions: Partial<Record<string, Session>> = {};
    try {
      for (const [i, role] of roles.entries()) {
        sessions[role] = await backend.open(join(folder, graphs.files[role]!), role === 'decoder');
        input.onProgress?.((i + 1) / roles.length);
      }
      const { encoder, decoder, ...senses } = sessions;
      // The encoder's graph has both ways; a provider for which the package names no such decoder attends densely when it decodes.
      const long = graphs.files['decoder.sparse'];
      const longPrompts =
        long && settings.sparse
          ? new LongPrompts(backend, settings, join(folder, long), settings.sparse)
          : null;
      return new AutoglmPhoneModel(input, settings, encoder!, decoder!, longPrompts, senses);
    } catch (error) {
      for (const session of Object.values(sessions)) session?.dispose();
      throw error;
    }
  },
};

class AutoglmPhoneModel implements FamilyModel {
  readonly sequenceBytes: number;
  readonly transcribe?: FamilyModel['transcribe'];
  readonly #input: FamilyInput;
  readonly #settings: Settings;
  readonly #encoder: Session;
  readonly #decoder: Session;
  readonly #longPrompts: LongPrompts | null;
  readonly #index: MediaIndex;
  readonly #features: MediaFeatures | null;
  #transcriber: Transcriber | null = null;
  #sequences = 0;

  constructor(
    input: FamilyInput,
    settings: Settings,
    encoder: Session,
    decoder: Session,
    longPrompts: LongPrompts | null,
    senses: SenseSessions,
  ) {
    this.#input = input;
    this.#settings = settings;
    this.#encoder = encoder;
    this.#decoder = decoder;
    this.#longPrompts = longPrompts;
    this.#index = new MediaIndex(settings);
    const { layers, heads, rows, headSize, activation, picture, sound } = settings;
    this.#features = picture || sound ? new MediaFeatures(input.backend, senses, settings) : null;
    this.sequenceBytes = 2 * layers * heads * rows * headSize * ELEMENT[activation].bytes;
    if (sound) {
      this.transcribe = async (samples: Float32Array, _: TranscribeOptions, signal?: AbortSignal) => ({
        text: await this.#hearing().write(samples, signal),
      });
    }
  }

  prompt(request: GenerationRequest): Promise<Prompt> {
    return buildPrompt(request, this.#input.tokenizer, this.#settings.rows, this.#index);
  }

  createSequence(): Sequence {
    return this.#sequence(this.#settings);
  }

  dispose(): void {
    this.#transcriber?.dispose();
    this.#features?.dispose();
    this.#longPrompts?.dispose();
    this.#encoder.dispose();
    this.#decoder.dispose();
  }

  #sequence(settings: Settings): AutoglmPhoneSequence {
    const { backend } = this.#input;
    const cache = createCache(backend, settings);
    // A CUDA graph is tied to the addresses it was recorded with, so each sequence has one of its own.
    const graph = ++this.#sequences;
    return new AutoglmPhoneSequence(
      backend,
      this.#encoder,
      this.#decoder,
      settings,
      this.#features,
      this.#longPrompts,
      cache,
      graph,
    );
  }

  /** Made when it is first needed: most conversations are typed. */
  #hearing(): Transcriber {
    const { tokenizer, manifest } = this.#input;
    this.#transcriber ??= new Transcriber({
      tokenizer,
      settings: this.#settings,
      eos: new Set(manifest.tokens.eos),
      features: this.#features!,
      createSequence: (settings) => this.#sequence(settings),
    });
    return this.#transcriber;
  }
}
