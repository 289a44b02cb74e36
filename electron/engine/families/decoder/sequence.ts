import type { Backend, Binding, HostTensor, Session, Tensor, Tensors } from '../../ort/backend';
import { halvesToFloats } from '../../ort/float16';
import type { Prompt, Sequence } from '../family';
import type { DecoderSettings } from './settings';

/** Tokens of a prompt that are read at once: these graphs compute logits for each. */
const CHUNK = 256;

/** One conversation's KV cache and the bindings that extend it. */
export class DecoderSequence implements Sequence {
  readonly #backend: Backend;
  readonly #decoder: Session;
  readonly #settings: DecoderSettings;
  /** By layer, key and value. */
  readonly #cache: readonly (readonly [Tensor, Tensor])[];
  readonly #token: HostTensor<'int64'>;
  readonly #position: HostTensor<'int64'>;
  /** Ones for the rows written, as long as the cache: its length is the cache's size, its sum the text's. */
  readonly #mask: HostTensor<'int64'>;
  readonly #logits: HostTensor<'float32' | 'float16'>;
  readonly #floats: Float32Array;
  readonly #decode: Binding;
  /** Tokens whose rows the cache holds. */
  #tokens: number[] = [];

  constructor(
    backend: Backend,
    decoder: Session,
    settings: DecoderSettings,
    cache: readonly (readonly [Tensor, Tensor])[],
  ) {
    this.#backend = backend;
    this.#decoder = decoder;
    this.#settings = settings;
    this.#cache = cache;
    const { vocab_size: vocabulary, rows, logits_type: logits } = settings;
    this.#token = backend.buffer('int64', [1, 1]);
    this.#position = backend.buffer('int64', [1, 1]);
    this.#mask = backend.buffer('int64', [1, rows]);
    this.#logits = backend.buffer(logits, [1, 1, vocabulary]);
    this.#floats =
      this.#logits.data instanceof Float32Array ? this.#logits.data : new Float32Array(vocabulary);
    this.#decode = this.#bind(this.#token, this.#position, this.#mask, this.#logits);
  }

  get room(): number {
    return this.#settings.rows - this.#tokens.length;
  }

  holds(prompt: Prompt): boolean {
    return this.#shared(prompt.parts.tokens ?? []) > prompt.length / 2;
  }

  async prefill(prompt: Prompt, signal?: AbortSignal): Promise<void> {
    const tokens = prompt.parts.tokens ?? [];
    // The last token is read by a step of its own: only its logits are wanted.
    const last = tokens.length - 1;
    this.#tokens.length = Math.min(this.#shared(tokens), last);
    this.#mask.data.fill(0n, this.#tokens.length);
    while (this.#tokens.length < last) {
      const start = this.#tokens.length;
      await this.#read(tokens.slice(start, Math.min(start + CHUNK, last)), signal);
    }
    signal?.throwIfAborted();
    await this.step(tokens[last]!);
  }

  step(token: number): void | Promise<void> {
    const row = this.#tokens.length;
    this.#token.data[0] = BigInt(token);
    this.#position.data[0] = BigInt(row);
    this.#mask.data.fill(1n, 0, row + 1);
    for (const tensor of [this.#token, this.#position, this.#mask]) tensor.upload();
    const running = this.#decode.run();
    this.#tokens.push(token);
    return running;
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
    this.#decode.dispose();
    const own = [this.#token, this.#position, this.#mask, this.#logits];
    for (const tensor of [...own, ...this.#cache.flat()]) tensor.dispose();
  }

  /** Appends tokens whose logits nobody wants. */
  async #read(tokens: readonly number[], signal?: AbortSignal): Promise<void> {
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
    const binding = this.#bind(ids, positions, mask);
    try {
      await binding.runAsync(signal);
      for (const token of tokens) this.#tokens.push(token);
    } finally {
      for (const used of [binding, ids, positions, mask]) used.dispose();
    }
  }

  #bind(ids: Tensor, positions: Tensor, mask: Tensor, logits?: Tensor): Binding {
    const { position_ids: wantsPositions, past_names, present_names } = this.#settings;
    return this.#decoder.bind(
      {
        input_ids: ids,
        attention_mask: mask,
        ...(wantsPositions ? { position_ids: positions } : {}),
        ...this.#named(past_names),
      },
      { ...(logits ? { logits } : {}), ...this.#named(present_names) },
    );
  }

  #named([key, value]: readonly [string, string]): Tensors {
    const entries = this.#cache.flatMap(([keys, values], layer) => [
      [key.replace('%d', String(layer)), keys] as const,
      [value.replace('%d', String(layer)), values] as const,
    ]);
    return Object.fromEntries(entries);
  }

  #shared(tokens: readonly number[]): number {
    const limit = Math.min(tokens.length, this.#tokens.length);
    let count = 0;
    while (count < limit && tokens[count] === this.#tokens[count]) count++;
    return count;
  }
}
