import type { Backend, Binding, HostTensor, Session, Tensor, Tensors } from '../../ort/backend';
import { castFloats } from '../../ort/float16';
import { argMax } from '../../runtime/arg-max';
import { createCache, prefixed } from '../kv-cache';
import { disposeAll, idTensor, Lengths, Logits, writeIds } from '../run-tensors';
import { applyRules } from './rules';
import type { WhisperSettings } from './settings';

export interface WindowOptions {
  /** Code as in the model's list; absent: detected. */
  readonly language?: string;
  readonly task: 'transcribe' | 'translate';
  readonly timestamps: boolean;
  /** Tokens of what was said before. */
  readonly prompt?: readonly number[];
  readonly maxTokens?: number;
}

export interface WindowText {
  /** Without the start tokens and the end token. */
  readonly tokens: readonly number[];
  readonly language: string | undefined;
  /** Mean log probability of the tokens under the rules. */
  readonly logProbability: number;
  /** Probability that nobody speaks; 0 where the model cannot say. */
  readonly noSpeech: number;
}

/** One window of sound at a time: its encoder output's keys and values, the decoder's KV cache, and greedy decoding. */
export class WhisperWindow {
  readonly #backend: Backend;
  readonly #encoder: Session;
  readonly #decoder: Session;
  readonly #settings: WhisperSettings;
  readonly #features: HostTensor<'float32' | 'float16'>;
  /** Keys and values of the sound and of the text. */
  readonly #cross: ReadonlyMap<string, Tensor>;
  readonly #cache: ReadonlyMap<string, Tensor>;
  readonly #lengths: Lengths;
  readonly #token: HostTensor<'int64'>;
  readonly #position: HostTensor<'int64'>;
  readonly #logits: Logits;
  readonly #encode: Binding;
  readonly #step: Binding;
  #rows = 0;

  constructor(backend: Backend, encoder: Session, decoder: Session, settings: WhisperSettings) {
    this.#backend = backend;
    this.#encoder = encoder;
    this.#decoder = decoder;
    this.#settings = settings;
    const {
      activation,
      num_mel_bins: mels,
      max_source_positions: sources,
      vocab_size: vocabulary,
    } = settings;
    this.#features = backend.buffer(activation, [1, mels, 2 * sources]);
    const { decoder_layers: layers, decoder_attention_heads: heads, d_model: hidden } = settings;
    const sizes = { layers, heads, headSize: hidden / heads, activation };
    this.#cross = createCache(backend, { ...sizes, rows: sources });
    this.#cache = createCache(backend, { ...sizes, rows: settings.max_target_positions });
    this.#lengths = new Lengths(backend);
    this.#token = backend.buffer('int64', [1, 1]);
    this.#position = backend.buffer('int64', [1, 1]);
    this.#logits = new Logits(backend, activation, [1, vocabulary]);
    this.#encode = this.#encoder.bind({ input_features: this.#features }, prefixed('cross.', this.#cross));
    this.#step = this.#bind(this.#token, this.#position);
  }

  /** Hears a window. @param features log-mel, [mel bins, frames]. */
  async hear(features: Float32Array, signal?: AbortSignal): Promise<void> {
    this.#features.data.set(castFloats(this.#settings.activation, features));
    this.#features.upload();
    await this.#encode.runAsync(signal);
  }

  /** Logits of the next token, [vocabulary]; overwritten by the next call. Rows from `start` on are forgotten. */
  async feed(tokens: readonly number[], start = this.#rows, signal?: AbortSignal): Promise<Float32Array> {
    this.#rows = start;
    const end = start + tokens.length;
    this.#lengths.set(end);
    if (tokens.length === 1) {
      writeIds(this.#token, tokens);
      writeIds(this.#position, [start]);
      const running = this.#step.run();
      if (running) await running;
    } else {
      const ids = idTensor(this.#backend, tokens);
      const positions = idTensor(
        this.#backend,
        tokens.map((_, i) => start + i),
      );
      const binding = this.#bind(ids, positions);
      try {
        await binding.runAsync(signal);
      } finally {
        disposeAll([binding, ids, positions]);
      }
    }
    this.#rows = end;
    return this.#logits.read();
  }

  /** Writes down what was heard. @throws AppError `aborted`, `engine-failed` */
  async write(options: WindowOptions, signal?: AbortSignal): Promise<WindowText> {
    const s = this.#settings;
    const earlier = this.#earlier(options.prompt ?? []);
    // The start token's own logits tell the language, and whether anybody speaks.
    const start = await this.feed([...earlier, s.startToken], 0, signal);
    const noSpeech = probability(start, s.no_timestamps_token_id - 1);
    const language = this.#language(start, options.language);
    const init: number[] = [];
    if (s.is_multilingual) {
      if (language !== undefined) init.push(s.languages.get(language)!);
      const task = options.task === 'translate' ? s.translate_token_id : s.transcribe_token_id;
      if (task !== undefined) init.push(task);
    }
    if (!options.timestamps) init.push(s.no_timestamps_token_id);
    let logits = init.length > 0 ? await this.feed(init, this.#rows, signal) : start;

    const tokens: number[] = [];
    let sum = 0;
    const limit = Math.min(options.maxTokens ?? s.max_target_positions, s.max_target_positions - this.#rows);
    for (;;) {
      applyRules(logits, tokens, options.timestamps, s);
      const token = argMax(logits);
      sum += Math.log(probability(logits, token));
      if (token === s.endToken) break;
      tokens.push(token);
      if (tokens.length >= limit) break;
      logits = await this.feed([token], this.#rows, signal);
      signal?.throwIfAborted();
    }
    return { tokens, language, noSpeech, logProbability: sum / (tokens.length + 1) };
  }

  dispose(): void {
    this.#encode.dispose();
    this.#step.dispose();
    disposeAll([this.#features, this.#lengths, this.#token, this.#position, this.#logits]);
    disposeAll([...this.#cross.values(), ...this.#cache.values()]);
  }

  /** Earlier text takes at most half of the cache, its end being what matters. */
  #earlier(prompt: readonly number[]): number[] {
    const { prev_sot_token_id: mark, max_target_positions: rows } = this.#settings;
    return prompt.length === 0 || mark === undefined ? [] : [mark, ...prompt.slice(-(rows / 2 - 1))];
  }

  #language(logits: Float32Array, wanted: string | undefined): string | undefined {
    const { languages, is_multilingual } = this.#settings;
    if (!is_multilingual) return undefined;
    if (wanted !== undefined && languages.has(wanted)) return wanted;
    let best: string | undefined;
    for (const [code, id] of languages) {
      if (best === undefined || logits[id]! > logits[languages.get(best)!]!) best = code;
    }
    return best;
  }

  #bind(ids: Tensor, positions: Tensor): Binding {
    const inputs: Tensors = {
      input_ids: ids,
      position_ids: positions,
      ...this.#lengths.inputs,
      ...prefixed('cross.', this.#cross),
      ...prefixed('past_key_values.', this.#cache),
    };
    const outputs = { logits: this.#logits.tensor, ...prefixed('present.', this.#cache) };
    return this.#decoder.bind(inputs, outputs);
  }
}

/** Softmax of one value. */
function probability(logits: Float32Array, token: number): number {
  const most = logits[argMax(logits)]!;
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - most);
  return Math.exp(logits[token]! - most) / sum;
}
