import { AppError } from '../../../contract/errors';
import type { Backend, Binding, HostTensor, Session, Tensor, Tensors } from '../../ort/backend';
import { halvesToFloats } from '../../ort/float16';
import type { Prompt, Sequence } from '../family';
import { prefixed } from '../kv-cache';
import type { MediaFeatures, Rows } from './features';
import type { LongPrompt, LongPrompts } from './long-prompt';
import type { AutoglmPhonePrompt, PlacedMedium } from './prompt';
import type { Settings } from './settings';

/** One KV cache, [memory rows of the encoder | rows of the decoder], and the bindings that extend it. */
export class AutoglmPhoneSequence implements Sequence {
  readonly #backend: Backend;
  readonly #encoder: Session;
  readonly #decoder: Session;
  readonly #shapes: Settings;
  /** Null where the model reads text only: then its encoder takes no features. */
  readonly #features: MediaFeatures | null;
  /** Null where the package has no sparse attention. */
  readonly #longPrompts: LongPrompts | null;
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
  #long: LongPrompt | null = null;
  /** What it saw and heard: keys, with their positions. */
  #media = '';
  #mediaMs = 0;

  constructor(
    backend: Backend,
    encoder: Session,
    decoder: Session,
    shapes: Settings,
    features: MediaFeatures | null,
    longPrompts: LongPrompts | null,
    cache: ReadonlyMap<string, Tensor>,
    graph: number,
  ) {
    this.#backend = backend;
    this.#encoder = encoder;
    this.#decoder = decoder;
    this.#shapes = shapes;
    this.#features = features;
    this.#longPrompts = longPrompts;
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

  get mediaMs(): number {
    return this.#mediaMs;
  }

  holds(prompt: Prompt): boolean {
    const { parts, media } = prompt as AutoglmPhonePrompt;
    const { encoder } = parts;
    if (encoder.length !== this.#memory.length || namesOf(media) !== this.#media) return false;
    return encoder.every((id, i) => id === this.#memory[i]);
  }

  /** @param given rows of the prompt's media, in their order, where they are no files: such a prompt is read anew each time. */
  async prefill(prompt: Prompt, signal?: AbortSignal, given?: readonly Rows[]): Promise<void> {
    const { parts, media } = prompt as AutoglmPhonePrompt;
    const { encoder, decoder } = parts;
    this.#mediaMs = 0;
    // The memory rows depend on the encoder's input alone: an answer written again, or continued, needs no second encoding.
    if (given || !this.holds(prompt)) {
      this.#memory = [];
      await this.#encode(encoder, media, given, signal);
      if (!given) this.#memory = encoder;
      this.#media = namesOf(media);
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
    this.#setLength(this.#rows + 1, this.#fixedTotal && !this.#long);
    this.#token.data[0] = BigInt(token);
    this.#token.upload();
    this.#rows++;
    return (this.#long ?? this.#decode).run();
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
    this.#long?.dispose();
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

  async #encode(
    ids: readonly number[],
    media: readonly PlacedMedium[],
    given: readonly Rows[] | undefined,
    signal?: AbortSignal,
  ): Promise<void> {
    const own: Record<string, Tensor> = {};
    this.#long?.dispose();
    this.#long = null;
    try {
      if (this.#features) {
        const started = performance.now();
        const rows = given ?? (await this.#look(this.#features, media, signal));
        this.#place(ids.length, media, rows, own);
        if (media.length > 0) this.#mediaMs = performance.now() - started;
      }
      own.input_ids = this.#ids(ids);
      this.#setLength(ids.length, false);
      const lengths = { seqlens_k: this.#seqlens, total_sequence_length: this.#total };
      this.#long = (await this.#longPrompts?.start(ids.length)) ?? null;
      this.#long?.bind(...this.#stepTensors(this.#token));
      const outputs = { ...this.#long?.summaries, ...this.#presents };
      const binding = this.#encoder.bind({ ...own, ...lengths, ...this.#pasts }, outputs);
      try {
        await binding.runAsync(signal);
      } finally {
        binding.dispose();
      }
    } finally {
      for (const tensor of Object.values(own)) tensor.dispose();
    }
  }

  async #look(
    features: MediaFeatures,
    media: readonly PlacedMedium[],
    signal?: AbortSignal,
  ): Promise<readonly Rows[]> {
    const found: Rows[] = [];
    for (const medium of media) {
      if (signal?.aborted) throw new AppError('aborted', 'The answer was stopped.');
      found.push(await features.of(medium, signal));
    }
    return found;
  }

  /** Adds the encoder's `features` and `source`: for every position its row among the embedded ids and, after those, the features. */
  #place(
    length: number,
    media: readonly PlacedMedium[],
    found: readonly Rows[],
    tensors: Record<string, Tensor>,
  ): void {
    const { activation, hidden } = this.#shapes;
    const count = media.reduce((sum, { rows }) => sum + rows, 0);
    const rows = this.#backend.buffer(activation, [Math.max(1, count), hidden]);
    tensors.features = rows;
    const source = this.#backend.buffer('int64', [1, length]);
    tensors.source = source;
    for (let i = 0; i < length; i++) source.data[i] = BigInt(i);
    let at = 0;
    for (const [i, medium] of media.entries()) {
      rows.data.set(found[i]!, at * hidden);
      for (let row = 0; row < medium.rows; row++) source.data[medium.start + row] = BigInt(length + at + row);
      at += medium.rows;
    }
    rows.upload();
    source.upload();
  }

  #bindDecoder(ids: Tensor, cudaGraph?: number): Binding {
    return this.#decoder.bind(...this.#stepTensors(ids), { cudaGraph });
  }

  #stepTensors(ids: Tensor): [inputs: Tensors, outputs: Tensors] {
    return [
      { input_ids: ids, seqlens_k: this.#seqlens, total_sequence_length: this.#total, ...this.#pasts },
      { logits: this.#logits, next_token: this.#next, seqlens_k_next: this.#nextLength, ...this.#presents },
    ];
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

const namesOf = (media: readonly PlacedMedium[]): string =>
  media.map(({ key, start }) => `${start} ${key}`).join('\n');
