import type { Backend, HostTensor, Session, Tensor, Tensors } from '../../ort/backend';
import { halvesToFloats } from '../../ort/float16';
import type { Prompt, Sequence } from '../family';
import type { DecoderSettings } from './settings';

/** Tokens of a prompt that are read at once: these graphs compute logits for each. */
const CHUNK = 256;

/**
 * One conversation over a graph that returns its keys and values lengthened instead of writing into a buffer, as exports without
 * GroupQueryAttention do: every step gets new tensors, so it is slower the longer the text.
 */
export class GrowingSequence implements Sequence {
  readonly #backend: Backend;
  readonly #decoder: Session;
  readonly #settings: DecoderSettings;
  readonly #logits: HostTensor<'float32' | 'float16'>;
  readonly #floats: Float32Array;
  /** By layer and part, [1, kv heads, tokens so far, D]. */
  #cache: readonly Tensor[];
  #tokens: number[] = [];

  constructor(backend: Backend, decoder: Session, settings: DecoderSettings) {
    this.#backend = backend;
    this.#decoder = decoder;
    this.#settings = settings;
    const { vocab_size: vocabulary, logits_type: logits } = settings;
    this.#logits = backend.buffer(logits, [1, 1, vocabulary]);
    this.#floats =
      this.#logits.data instanceof Float32Array ? this.#logits.data : new Float32Array(vocabulary);
    this.#cache = this.#allocate(0);
  }

  get room(): number {
    return this.#settings.rows - this.#tokens.length;
  }

  /** Rows cannot be taken back, so only a conversation that went on is one this cache holds. */
  holds(prompt: Prompt): boolean {
    const tokens = prompt.parts.tokens ?? [];
    const held = this.#tokens;
    return held.length > 0 && held.length < tokens.length && held.every((token, i) => token === tokens[i]);
  }

  async prefill(prompt: Prompt, signal?: AbortSignal): Promise<void> {
    const tokens = prompt.parts.tokens ?? [];
    if (!this.holds(prompt)) {
      this.#replace(this.#allocate(0));
      this.#tokens = [];
    }
    const last = tokens.length - 1;
    while (this.#tokens.length < last) {
      const start = this.#tokens.length;
      await this.#read(tokens.slice(start, Math.min(start + CHUNK, last)), false, signal);
    }
    await this.#read([tokens[last]!], true, signal);
  }

  step(token: number): Promise<void> {
    return this.#read([token], true);
  }

  greedy(): number {
    const logits = this.logits();
    let best = 0;
    for (let i = 1; i < logits.length; i++) if (logits[i]! > logits[best]!) best = i;
    return best;
  }

  logits(): Float32Array {
    this.#logits.download();
    if (this.#logits.data instanceof Uint16Array) halvesToFloats(this.#logits.data, this.#floats);
    return this.#floats;
  }

  dispose(): void {
    this.#logits.dispose();
    for (const tensor of this.#cache) tensor.dispose();
  }

  async #read(tokens: readonly number[], wanted: boolean, signal?: AbortSignal): Promise<void> {
    const start = this.#tokens.length;
    const end = start + tokens.length;
    const upload = (values: readonly number[]) => {
      const tensor = this.#backend.buffer('int64', [1, values.length]);
      tensor.data.set(values.map(BigInt));
      tensor.upload();
      return tensor;
    };
    const ids = upload(tokens);
    const positions = upload(tokens.map((_, i) => start + i));
    const mask = upload(new Array<number>(end).fill(1));
    const { position_ids: wantsPositions, past_names, present_names } = this.#settings;
    const longer = this.#allocate(end);
    const binding = this.#decoder.bind(
      {
        input_ids: ids,
        attention_mask: mask,
        ...(wantsPositions ? { position_ids: positions } : {}),
        ...this.#named(past_names, this.#cache),
      },
      { ...(wanted ? { logits: this.#logits } : {}), ...this.#named(present_names, longer) },
    );
    try {
      if (tokens.length > 1) await binding.runAsync(signal);
      else await binding.run();
      this.#replace(longer);
      for (const token of tokens) this.#tokens.push(token);
    } catch (error) {
      for (const tensor of longer) tensor.dispose();
      throw error;
    } finally {
      for (const used of [binding, ids, positions, mask]) used.dispose();
    }
  }

  #replace(cache: readonly Tensor[]): void {
    for (const tensor of this.#cache) tensor.dispose();
    this.#cache = cache;
  }

  #allocate(rows: number): Tensor[] {
    const {
      activation,
      num_hidden_layers: layers,
      num_key_value_heads: heads,
      head_dim: size,
    } = this.#settings;
    return Array.from({ length: 2 * layers }, () =>
      this.#backend.allocate(activation, [1, heads, rows, size]),
    );
  }

  #named(names: readonly [string, string], tensors: readonly Tensor[]): Tensors {
    const entries = tensors.map((tensor, i) => {
      const name = names[i % 2]!.replace('%d', String(Math.floor(i / 2)));
      return [name, tensor] as const;
    });
    return Object.fromEntries(entries);
  }
}
