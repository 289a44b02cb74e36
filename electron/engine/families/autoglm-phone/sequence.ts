import { AppError } from '../../../contract/errors';
import type { Backend, Session, Tensor } from '../../ort/backend';
import { CachedDecoder } from '../cached-decoder';
import type { DraftChecker, Prompt, Sequence } from '../family';
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
}

/** One KV cache, [memory rows of the encoder | rows of the decoder], and the runs that extend it. */
export class AutoglmPhoneSequence implements Sequence {
  readonly #context: SequenceContext;
  readonly #settings: Settings;
  readonly #decoder: CachedDecoder;
  readonly #drafts: DraftChecker | null;

  /** Rows written so far, and the encoder's input whose memory rows are among them. */
  #rows = 0;
  #memory: readonly number[] = [];
  #long: LongPrompt | null = null;
  /** What it saw and heard: keys, with their positions. */
  #media = '';
  #mediaMs = 0;

  /** @param number of this cache among the model's. */
  constructor(
    context: SequenceContext,
    settings: Settings,
    cache: ReadonlyMap<string, Tensor>,
    number: number,
  ) {
    const { backend, decoder: session } = context;
    const { rows, vocabulary, activation, draftRows } = settings;
    this.#context = context;
    this.#settings = settings;
    const sizes = { rows, vocabulary, activation, draftRows };
    this.#decoder = new CachedDecoder({ backend, session, cache, ...sizes, number });
    this.#drafts = this.#decoder.checker && {
      ...this.#decoder.checker,
      run: (tokens) => {
        const running = this.#decoder.check(tokens, this.#rows);
        this.#rows += tokens.length;
        return running;
      },
      rewind: (count) => {
        this.#rows -= count;
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
    const { prefillRows: rows = decoder.length } = this.#context.backend;
    for (let start = 0; start < decoder.length; start += rows) {
      const part = decoder.slice(start, start + rows);
      await this.#decoder.read(part, this.#rows, {}, signal);
      this.#rows += part.length;
    }
  }

  step(token: number): void | Promise<void> {
    const used = this.#rows++;
    if (!this.#long) return this.#decoder.step(token, used);
    this.#decoder.prepareStep(token, used, used + 1);
    return this.#long.run();
  }

  greedy(): number {
    return this.#decoder.greedy();
  }

  logits(): Float32Array {
    return this.#decoder.logits();
  }

  dispose(): void {
    this.#decoder.dispose();
    this.#long?.dispose();
  }

  async #encode(
    ids: readonly number[],
    media: readonly PlacedMedium[],
    given: readonly Rows[] | undefined,
    signal?: AbortSignal,
  ): Promise<void> {
    const { backend, encoder, features, longPrompts } = this.#context;
    const { lengths, pasts, presents } = this.#decoder;
    const own: Record<string, Tensor> = {};
    this.#long?.dispose();
    this.#long = null;
    try {
      if (features) {
        const started = performance.now();
        const rows = given ?? (await this.#look(features, media, signal));
        this.#place(ids.length, media, rows, own);
        if (media.length > 0) this.#mediaMs = performance.now() - started;
      }
      own.input_ids = idTensor(backend, ids);
      lengths.set(ids.length);
      this.#long = (await longPrompts?.start(ids.length)) ?? null;
      this.#long?.bind(...this.#decoder.stepTensors());
      const outputs = { ...this.#long?.summaries, ...presents };
      const binding = encoder.bind({ ...own, ...lengths.inputs, ...pasts }, outputs);
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

const namesOf = (media: readonly PlacedMedium[]): string =>
  media.map(({ key, start }) => `${start} ${key}`).join('\n');
