import { join } from 'node:path';
import { AppError } from '../../../contract/errors';
import type { GenerationRequest } from '../../../contract/generation';
import type { Session } from '../../ort/backend';
import { CachedDecoder } from '../cached-decoder';
import type { Family, FamilyInput, FamilyModel, Prompt, Sequence, TranscribeOptions } from '../family';
import { cacheBytes, createCache } from '../kv-cache';
import { MediaFeatures } from './features';
import { LongPrompts } from './long-prompt';
import { MediaIndex } from './media';
import { buildPrompt } from './prompt';
import { AutoglmPhoneSequence, type Growth, type SequenceContext } from './sequence';
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
      new AppError('model-unsupported', `The package ${manifest.id} ${lack}.`, {
        kind: 'model-incomplete',
        id: manifest.id,
      });
    if (!graphs) throw unsupported(`has no graphs for ${kind}`);
    let settings = readSettings(manifest, graphs, contextLength);
    const fileOf = {
      encoder: graphs.files.encoder,
      ...(settings.picture && { vision: graphs.files.vision_pixels ?? graphs.files.vision }),
      ...(settings.sound && { speech: graphs.files.speech }),
      decoder: graphs.files.decoder,
    };
    const roles = Object.keys(fileOf) as (keyof typeof fileOf)[];
    const missing = roles.find((role) => !fileOf[role]);
    if (missing) throw unsupported(`has no ${missing} for ${kind}`);
    const sessions: Partial<Record<string, Session>> = {};
    try {
      const files = roles.map((role) => join(folder, fileOf[role]!));
      const cached = roles.flatMap((role, i) =>
        role === 'encoder' || role === 'decoder' ? [files[i]!] : [],
      );
      // Sparse attention reads the cache by operators of ORT's.
      if (!graphs.files['decoder.sparse'] && (await backend.quantizeCache?.(cached)))
        settings = { ...settings, cacheType: 'int8' };
      const share = (fraction: number) => input.onProgress?.(0.8 * fraction);
      // The encoder's graph has both ways; a provider for which the package names no such decoder attends densely when it decodes.
      const long = settings.sparse && graphs.files['decoder.sparse'];
      const later = long ? [join(folder, long)] : [];
      const before = (await backend.shareWeights?.([...files, ...later], share)) ? 0.8 : 0;
      for (const [i, role] of roles.entries()) {
        const sparse = role === 'encoder' ? settings.sparse : undefined;
        sessions[role] = await backend.open(files[i]!, role === 'decoder', sparse);
        input.onProgress?.(before + ((1 - before) * (i + 1)) / roles.length);
      }
      const { encoder, decoder, ...senses } = sessions;
      const longPrompts =
        long && settings.sparse
          ? new LongPrompts(backend, settings, join(folder, long), settings.sparse)
          : null;
      const takesPixels = graphs.files.vision_pixels !== undefined;
      const features =
        settings.picture || settings.sound ? new MediaFeatures(backend, senses, settings, takesPixels) : null;
      const growth = backend.provider === 'cuda' ? GROWTH : null;
      const context = { backend, encoder: encoder!, decoder: decoder!, features, longPrompts, growth };
      return new AutoglmPhoneModel(input, settings, context);
    } catch (error) {
      for (const session of Object.values(sessions)) session?.dispose();
      if (!settings.cacheType || !backend.keepCache || !isOfGraph(error)) throw error;
      backend.keepCache(String(error));
      return autoglmPhone.open(input);
    }
  },
};

/** More memory, or the same again, helps against no other error. */
const isOfGraph = (error: unknown): boolean => !(error instanceof AppError) || error.code === 'engine-failed';

/** A row of the 9 B's cache is 288 KiB, all 8,192 are 2.3 GB. Steps are few since CUDA graphs are recorded again after each. */
const GROWTH: Growth = { first: 1024, step: 512, reserve: 512 };

class AutoglmPhoneModel implements FamilyModel {
  readonly sequenceBytes: number;
  readonly transcribe?: FamilyModel['transcribe'];
  readonly #input: FamilyInput;
  readonly #settings: Settings;
  readonly #context: SequenceContext;
  readonly #index: MediaIndex;
  #transcriber: Transcriber | null = null;
  #caches = 0;

  constructor(input: FamilyInput, settings: Settings, context: SequenceContext) {
    this.#input = input;
    this.#settings = settings;
    this.#context = context;
    this.#index = new MediaIndex(settings);
    this.sequenceBytes = cacheBytes(settings);
    if (settings.sound) {
      this.transcribe = async (samples: Float32Array, options: TranscribeOptions, signal) => ({
        text: await this.#hearing().write(samples, options, signal),
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
    const { features, longPrompts, encoder, decoder } = this.#context;
    this.#transcriber?.dispose();
    features?.dispose();
    longPrompts?.dispose();
    encoder.dispose();
    decoder.dispose();
  }

  #sequence(settings: Settings): AutoglmPhoneSequence {
    const { backend, decoder: session } = this.#context;
    const { vocabulary, activation, draftRows } = settings;
    return new AutoglmPhoneSequence(this.#context, settings, (rows) => {
      const cache = createCache(backend, { ...settings, rows });
      const sizes = { rows, vocabulary, activation, draftRows };
      // A CUDA graph is tied to the addresses it was recorded with, so each cache has graphs of its own.
      return new CachedDecoder({ backend, session, cache, ...sizes, number: ++this.#caches });
    });
  }

  /** Made when it is first needed: most conversations are typed. */
  #hearing(): Transcriber {
    const { tokenizer, manifest } = this.#input;
    this.#transcriber ??= new Transcriber({
      tokenizer,
      settings: this.#settings,
      eos: new Set(manifest.tokens.eos),
      features: this.#context.features!,
      createSequence: (settings) => this.#sequence(settings),
    });
    return this.#transcriber;
  }
}
