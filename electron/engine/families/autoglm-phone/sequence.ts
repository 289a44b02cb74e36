import type { Backend, Binding, HostTensor, Session, Tensor, Tensors } from '../../ort/backend';
import { halvesToFloats } from '../../ort/float16';
import type { Prompt, Sequence } from '../family';
import type { Shapes } from './model';

/** One KV cache, [memory rows of the encoder | rows of the decoder], and the bindings that extend it. */
export class AutoglmPhoneSequence implements Sequence {
  readonly #backend: Backend;
  readonly #encoder: Session;
  readonly #decoder: Session;
  readonly #shapes: Shapes;
  readonly #cache: ReadonlyMap<string, Tensor>;
  readonly #pasts: Tensors;
  readonly #presents: Tensors;
  readonly #fixedTotal: boolean;

  /** Rows in the cache after the step that is about to run, minus one; and the same as a length, read on the CPU. */
  readonly #seqlens: HostTensor<'int32'>;
  readonly #total: HostTensor<'int32'>;
  readonly #token: HostTensor<'int64'>;
  readonly #next: HostTensor<'int64'>;
  readonly #nextLength: HostTensor<'int32'>;
  readonly #logits: HostTensor<'float32' | 'float16'>;
  readonly #floats: Float32Array;
  readonly #decode: Binding;

  /** Rows written so far, and the encoder's input whose memory rows are among them. */
  #rows = 0;
  #memory: readonly number[] = [];

  constructor(
    backend: Backend,
    encoder: Session,
    decoder: Session,
    shapes: Shapes,
    cache: ReadonlyMap<string, Tensor>,
    graph: number,
  ) {
    this.#backend = backend;
    this.#encoder = encoder;
    this.#decoder = decoder;
    this.#shapes = shapes;
    this.#cache = cache;
    this.#pasts = prefixed('past_key_values.', cache);
    this.#presents = prefixed('present.', cache);
    // A CUDA graph replays the recorded launch sizes: they must be those of a full cache.
    this.#fixedTotal = backend.provider === 'cuda';
    this.#seqlens = backend.buffer('int32', [1]);
    this.#total = backend.buffer('int32', [], 'host');
    this.#token = backend.buffer('int64', [1, 1]);
    this.#next = backend.buffer('int64', [1, 1]);
    this.#nextLength = backend.buffer('int32', [1]);
    this.#logits = backend.buffer(shapes.activation, [1, shapes.vocabulary]);
    this.#floats =
      this.#logits.data instanceof Float32Array ? this.#logits.data : new Float32Array(shapes.vocabulary);
    this.#decode = this.#bindDecoder(this.#token, graph);
  }

  get room(): number {
    return this.#shapes.rows - this.#rows;
  }

  holds(prompt: Prompt): boolean {
    const encoder = prompt.parts.encoder ?? [];
    return encoder.length === this.#memory.length && encoder.every((id, i) => id === this.#memory[i]);
  }

  async prefill(prompt: Prompt, signal?: AbortSignal): Promise<void> {
    const { encoder = [], decoder = [] } = prompt.parts;
    // The memory rows depend on the encoder's input alone: an answer written again, or continued, needs no second encoding.
    if (!this.holds(prompt)) {
      this.#memory = [];
      await this.#encode(encoder, signal);
      this.#memory = encoder;
    }
    this.#rows = encoder.length;
    if (decoder.length === 1 && !signal?.aborted) {
      await this.step(decoder[0] as number);
      return;
    }
    this.#setLength(this.#rows + decoder.length, false);
    const ids = this.#ids(decoder);
    const binding = this.#bindDecoder(ids);
    try {
      // Decode steps of other sequences may run meanwhile. ORT's CPU sessions allow that; under CUDA the session's runs share one
      // stream and its recordings, so this one takes its turn like them.
      if (this.#fixedTotal) await binding.run();
      else await binding.runAsync(signal);
      this.#rows += decoder.length;
    } finally {
      binding.dispose();
      ids.dispose();
    }
  }

  step(token: number): void | Promise<void> {
    this.#setLength(this.#rows + 1);
    this.#token.data[0] = BigInt(token);
    this.#token.upload();
    this.#rows++;
    return this.#decode.run();
  }

  greedy(): number {
    this.#next.download();
    return Number(this.#next.data[0]);
  }

  logits(): Float32Array {
    this.#logits.download();
    if (this.#logits.data instanceof Uint16Array) halvesToFloats(this.#logits.data, this.#floats);
    return this.#floats;
  }

  dispose(): void {
    this.#decode.dispose();
    for (const tensor of this.#cache.values()) tensor.dispose();
    for (const tensor of [
      this.#seqlens,
      this.#total,
      this.#token,
      this.#next,
      this.#nextLength,
      this.#logits,
    ]) {
      tensor.dispose();
    }
  }

  async #encode(ids: readonly number[], signal?: AbortSignal): Promise<void> {
    this.#setLength(ids.length, false);
    const input = this.#ids(ids);
    const lengths = { seqlens_k: this.#seqlens, total_sequence_length: this.#total };
    const binding = this.#encoder.bind({ input_ids: input, ...lengths, ...this.#pasts }, this.#presents);
    try {
      await binding.runAsync(signal);
    } finally {
      binding.dispose();
      input.dispose();
    }
  }

  #bindDecoder(ids: Tensor, cudaGraph?: number): Binding {
    return this.#decoder.bind(
      { input_ids: ids, seqlens_k: this.#seqlens, total_sequence_length: this.#total, ...this.#pasts },
      { logits: this.#logits, next_token: this.#next, seqlens_k_next: this.#nextLength, ...this.#presents },
      { cudaGraph },
    );
  }

  #ids(ids: readonly number[]): HostTensor<'int64'> {
    const tensor = this.#backend.buffer('int64', [1, ids.length]);
    ids.forEach((id, i) => {
      tensor.data[i] = BigInt(id);
    });
    tensor.upload();
    return tensor;
  }

  /** @param rows rows in the cache after the coming run. */
  #setLength(rows: number, fixed = this.#fixedTotal): void {
    this.#seqlens.data[0] = rows - 1;
    this.#total.data[0] = fixed ? this.#shapes.rows : rows;
    this.#seqlens.upload();
    this.#total.upload();
  }
}

function prefixed(prefix: string, tensors: ReadonlyMap<string, Tensor>): Tensors {
  return Object.fromEntries([...tensors].map(([name, tensor]) => [prefix + name, tensor]));
}
