import { AppError } from '../../../contract/errors';
import type { Backend, LikelyTokens, Session, Tensor } from '../../ort/backend';
import type { CachedDecoder } from '../cached-decoder';
import type { DraftChecker, Prompt, Sequence } from '../family';
import { longRun } from '../long-run';
import { idTensor } from '../run-tensors';
import type { MediaFeatures, Rows } from './features';
import type { LongPrompt, LongPrompts } from './long-prompt';
import type { AutoglmPhonePrompt, PlacedMedium } from './prompt';
import type { Settings } from './settings';

/** What the sequences of a model share. */
export interface SequenceContext {
  readonly backend: Backend;
  readonly encoder: Session;
  readonly decoder: Session;
  /** Null where the model reads text only: then its encoder takes no features. */
  readonly features: MediaFeatures | null;
  /** Null where the package has no sparse attention. */
  readonly longPrompts: LongPrompts | null;
  /** Null where memory that no token has reached costs nothing: then a cache has all its rows from the start. */
  readonly growth: Growth | null;
}

/** How a cache grows that takes its memory when it is made; all in rows. */
export interface Growth {
  readonly first: number;
  /** It has a multiple of so many. */
  readonly step: number;
  /** Those behind a prompt, for its answer. */
  readonly reserve: number;
}

/** One KV cache, [memory rows of the encoder | rows of the decoder], and the runs that extend it. */
export class AutoglmPhoneSequence implements Sequence {
  readonly #context: SequenceContext;
  readonly #settings: Settings;
  readonly #createDecoder: (rows: number) => CachedDecoder;
  readonly #drafts: DraftChecker | null;
  /** Null only after there was no memory for a larger one. */
  #decoder: CachedDecoder | null;
  /** Rows that its cache has; `Settings.rows` at most. */
  #capacity: number;

  /** Rows written so far, and the encoder's input whose memory rows are among them. */
  #rows = 0;
  #memory: readonly number[] = [];
  /** What the rows were made of: the encoder's input with its media, then the decoder's tokens. */
  #read: { readonly encoder: readonly number[]; readonly media: Media } | null = null;
  #written: number[] = [];
  #long: LongPrompt | null = null;
  /** What it saw and heard: keys, with their positions. */
  #media = '';
  #mediaMs = 0;

  /**
   * @param createDecoder with a cache of so many rows.
   * @throws AppError `out-of-memory`
   */
  constructor(context: SequenceContext, settings: Settings, createDecoder: (rows: number) => CachedDecoder) {
    this.#context = context;
    this.#settings = settings;
    this.#createDecoder = createDecoder;
    this.#capacity = Math.min(context.growth?.first ?? settings.rows, settings.rows);
    const decoder = createDecoder(this.#capacity);
    this.#decoder = decoder;
    this.#drafts = decoder.checker && {
      sizes: decoder.checker.sizes,
      logits: (i) => this.#cached.checker!.logits(i),
      run: (tokens) => {
        const grown = this.#makeRoom(tokens.length);
        return grown ? grown.then(() => this.#check(tokens)) : this.#check(tokens);
      },
      rewind: (count) => {
        this.#rows -= count;
        this.#written.length -= count;
      },
    };
  }

  get room(): number {
    return this.#settings.rows - this.#rows;
  }

  /** Sparse attention takes a token at a time. */
  get drafts(): DraftChecker | null {
    return this.#long ? null : this.#drafts;
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
    this.#provide(encoder.length + decoder.length, this.#context.growth?.reserve);
    // The memory rows depend on the encoder's input alone: an answer written again, or continued, needs no second encoding.
    if (given || !this.holds(prompt)) {
      this.#memory = [];
      await this.#encode(encoder, { placed: media, given }, signal);
      if (!given) this.#memory = encoder;
      this.#media = namesOf(media);
      this.#read = { encoder, media: { placed: media, given } };
    }
    this.#rows = encoder.length;
    this.#written = [];
    await this.#feed(decoder, signal);
  }

  step(token: number): void | Promise<void> {
    const grown = this.#makeRoom(1);
    return grown ? grown.then(() => this.#step(token)) : this.#step(token);
  }

  /** Takes back the last `count` tokens and feeds others in their place. @throws AppError `aborted`, `out-of-memory`, `engine-failed` */
  async replace(count: number, tokens: readonly number[], signal?: AbortSignal): Promise<void> {
    this.#rows -= count;
    this.#written.length -= count;
    await this.#makeRoom(tokens.length);
    await this.#feed(tokens, signal);
  }

  greedy(): number {
    return this.#cached.greedy();
  }

  logits(): Float32Array {
    return this.#cached.logits();
  }

  get likely(): LikelyTokens | null {
    return this.#cached.likely;
  }

  dispose(): void {
    this.#decoder?.dispose();
    this.#decoder = null;
    this.#long?.dispose();
  }

  get #cached(): CachedDecoder {
    if (!this.#decoder) throw new RangeError('this sequence has no cache');
    return this.#decoder;
  }

  #step(token: number): void | Promise<void> {
    const used = this.#rows++;
    this.#written.push(token);
    if (!this.#long) return this.#cached.step(token, used);
    this.#cached.prepareStep(token, used, used + 1);
    return this.#long.run();
  }

  #check(tokens: readonly number[]): void | Promise<void> {
    const running = this.#cached.check(tokens, this.#rows);
    this.#rows += tokens.length;
    this.#written.push(...tokens);
    return running;
  }

  /** Reads tokens of the decoder's behind what is there. */
  async #feed(tokens: readonly number[], signal?: AbortSignal): Promise<void> {
    if (tokens.length === 1 && !signal?.aborted) {
      await this.#step(tokens[0] as number);
      return;
    }
    const { prefillRows: rows = tokens.length } = this.#context.backend;
    for (let start = 0; start < tokens.length; start += rows) {
      const part = tokens.slice(start, start + rows);
      await this.#cached.read(part, this.#rows, {}, signal);
      this.#rows += part.length;
      this.#written.push(...part);
    }
  }

  /**
   * Sees to it that the cache has room for so many rows from the start; one that is too small is replaced by an empty one.
   *
   * @returns whether it was.
   */
  #provide(rows: number, reserve = 0): boolean {
    const { growth } = this.#context;
    const wanted = Math.min(rows + reserve, this.#settings.rows);
    if (!growth || wanted <= this.#capacity) return false;
    const capacity = Math.min(Math.ceil(wanted / growth.step) * growth.step, this.#settings.rows);
    this.#memory = [];
    this.#capacity = 0;
    // The old one goes first: there may be no memory for both.
    this.#decoder?.dispose();
    this.#decoder = null;
    this.#decoder = this.#createDecoder(capacity);
    this.#capacity = capacity;
    return true;
  }

  /** Null where so many rows more have room. Otherwise the cache is made larger, and what it held is read again. */
  #makeRoom(count: number): Promise<void> | null {
    if (this.#rows + count <= this.#capacity || !this.#read) return null;
    const { encoder, media } = this.#read;
    const written = this.#written;
    // Twice the reserve: an answer that long will go on.
    if (!this.#provide(this.#rows + count, 2 * (this.#context.growth?.reserve ?? 0))) return null;
    return this.#again(encoder, media, written);
  }

  async #again(encoder: readonly number[], media: Media, written: readonly number[]): Promise<void> {
    const { mediaMs } = this;
    await this.#encode(encoder, media);
    if (!media.given) this.#memory = encoder;
    this.#rows = encoder.length;
    this.#written = [];
    await this.#feed(written);
    this.#mediaMs = mediaMs;
  }

  async #encode(ids: readonly number[], { placed, given }: Media, signal?: AbortSignal): Promise<void> {
    const { backend, encoder, features, longPrompts } = this.#context;
    const { lengths, pasts, presents } = this.#cached;
    const own: Record<string, Tensor> = {};
    this.#long?.dispose();
    this.#long = null;
    try {
      if (features) {
        const started = performance.now();
        const rows = given ?? (await this.#look(features, placed, signal));
        this.#place(ids.length, placed, rows, own);
        if (placed.length > 0) this.#mediaMs = performance.now() - started;
      }
      own.input_ids = idTensor(backend, ids);
      lengths.set(ids.length);
      this.#long = (await longPrompts?.start(ids.length)) ?? null;
      this.#long?.bind(...this.#cached.stepTensors());
      const outputs = { ...this.#long?.summaries, ...presents };
      const binding = encoder.bind({ ...own, ...lengths.inputs, ...pasts }, outputs);
      try {
        await longRun(backend, binding, signal);
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
    const { backend } = this.#context;
    const { activation, hidden } = this.#settings;
    const count = media.reduce((sum, { rows }) => sum + rows, 0);
    const rows = backend.buffer(activation, [Math.max(1, count), hidden]);
    tensors.features = rows;
    const source = backend.buffer('int64', [1, length]);
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
}

/** A prompt's media, and their rows where they are no files. */
interface Media {
  readonly placed: readonly PlacedMedium[];
  readonly given: readonly Rows[] | undefined;
}

const namesOf = (media: readonly PlacedMedium[]): string =>
  media.map(({ key, start }) => `${start} ${key}`).join('\n');
