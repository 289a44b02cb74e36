import type { Backend, Binding, HostTensor, Session, Tensor } from '../../ort/backend';
import { halvesToFloats } from '../../ort/float16';
import type { Prompt, Sequence } from '../family';
import { prefixed } from '../kv-cache';
import type { ImageFeatures } from './features';
import { type RotaryTable, ropePositions } from './positions';
import type { Glm4vPrompt } from './prompt';
import type { Settings } from './settings';

/** What the sequences of a model share. */
export interface SequenceContext {
  readonly backend: Backend;
  readonly decoder: Session;
  readonly features: ImageFeatures;
  readonly table: RotaryTable<'float32' | 'float16'>;
  readonly settings: Settings;
}

/** Tokens of a prompt that are read at once; more would only enlarge the memory that a run takes. */
const CHUNK = 2048;

/** One conversation's KV cache, the angles of its tokens, and the bindings that extend it. */
export class Glm4vSequence implements Sequence {
  readonly #context: SequenceContext;
  readonly #cache: ReadonlyMap<string, Tensor>;
  readonly #fixedTotal: boolean;

  readonly #cos: HostTensor<'float32' | 'float16'>;
  readonly #sin: HostTensor<'float32' | 'float16'>;
  /** Rows in the cache after the step that is about to run, minus one; and the same as a length, read on the CPU. */
  readonly #seqlens: HostTensor<'int32'>;
  readonly #total: HostTensor<'int32'>;
  readonly #token: HostTensor<'int64'>;
  readonly #noImage: HostTensor<'int64'>;
  readonly #noFeatures: HostTensor<'float32' | 'float16'>;
  readonly #next: HostTensor<'int64'>;
  readonly #nextLength: HostTensor<'int32'>;
  readonly #logits: HostTensor<'float32' | 'float16'>;
  readonly #floats: Float32Array;
  readonly #decode: Binding;

  /** What each row of the cache was made from: a token's id, or for an image's its sha256 (its place in the run follows). */
  #content: (number | string)[] = [];

  /** @param graph number of the CUDA graph that records this sequence's steps. */
  constructor(context: SequenceContext, cache: ReadonlyMap<string, Tensor>, graph: number) {
    const { backend, settings } = context;
    const { activation, rows, rotary, hidden, vocabulary } = settings;
    this.#context = context;
    this.#cache = cache;
    // A CUDA graph replays the recorded launch sizes: they must be those of a full cache.
    this.#fixedTotal = backend.provider === 'cuda';
    this.#cos = backend.buffer(activation, [rows, rotary.size / 2]);
    this.#sin = backend.buffer(activation, [rows, rotary.size / 2]);
    this.#seqlens = backend.buffer('int32', [1]);
    this.#total = backend.buffer('int32', [], 'host');
    this.#token = backend.buffer('int64', [1, 1]);
    this.#noImage = backend.buffer('int64', [1, 1]);
    this.#noImage.data[0] = -1n;
    this.#noImage.upload();
    this.#noFeatures = backend.buffer(activation, [1, hidden]);
    this.#noFeatures.upload();
    this.#next = backend.buffer('int64', [1, 1]);
    this.#nextLength = backend.buffer('int32', [1]);
    this.#logits = backend.buffer(activation, [1, vocabulary]);
    this.#floats =
      this.#logits.data instanceof Float32Array ? this.#logits.data : new Float32Array(vocabulary);
    this.#decode = this.#bind(this.#token, this.#noImage, this.#noFeatures, graph);
  }

  get room(): number {
    return this.#context.settings.rows - this.#content.length;
  }

  holds(prompt: Prompt): boolean {
    return this.#shared(this.#contentOf(prompt as Glm4vPrompt)) > prompt.length / 2;
  }

  async prefill(prompt: Prompt, signal?: AbortSignal): Promise<void> {
    const { parts, images } = prompt as Glm4vPrompt;
    const { settings, table, features } = this.#context;
    const content = this.#contentOf(prompt as Glm4vPrompt);
    // The last token is always read again: its logits are wanted.
    const first = Math.min(this.#shared(content), content.length - 1);
    const positions = ropePositions(
      parts.tokens,
      settings.imageToken,
      images.map((image) => image.grid),
    );
    table.write(positions, first, this.#cos.data, this.#sin.data);
    this.#cos.upload();
    this.#sin.upload();
    this.#content.length = first;
    const chunk = this.#context.backend.prefillRows;
    for (const segment of segments(parts.tokens, settings.imageToken, first, chunk)) {
      const image = segment.image === undefined ? undefined : images[segment.image];
      const seen = image ? await features.of(image, signal) : this.#noFeatures;
      await this.#read(parts.tokens, segment, seen, signal);
      for (let i = segment.start; i < segment.end; i++) this.#content.push(content[i]!);
    }
  }

  step(token: number): void | Promise<void> {
    this.#setLength(this.#content.length + 1);
    this.#token.data[0] = BigInt(token);
    this.#token.upload();
    const running = this.#decode.run();
    this.#content.push(token);
    return running;
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
      this.#cos,
      this.#sin,
      this.#seqlens,
      this.#total,
      this.#token,
      this.#noImage,
      this.#noFeatures,
      this.#next,
      this.#nextLength,
      this.#logits,
    ]) {
      tensor.dispose();
    }
  }

  async #read(
    ids: readonly number[],
    segment: Segment,
    features: Tensor,
    signal?: AbortSignal,
  ): Promise<void> {
    const { backend, settings } = this.#context;
    const count = segment.end - segment.start;
    const tokens = backend.buffer('int64', [1, count]);
    const rows = backend.buffer('int64', [1, count]);
    let row = segment.imageRow;
    for (let i = 0; i < count; i++) {
      const id = ids[segment.start + i]!;
      tokens.data[i] = BigInt(id);
      rows.data[i] = BigInt(id === settings.imageToken ? row++ : -1);
    }
    tokens.upload();
    rows.upload();
    this.#setLength(segment.end, false);
    const binding = this.#bind(tokens, rows, features);
    try {
      // Under CUDA the session's runs share one stream and its recordings, so this one takes its turn like the others.
      if (this.#fixedTotal) await binding.run();
      else await binding.runAsync(signal);
    } finally {
      binding.dispose();
      tokens.dispose();
      rows.dispose();
    }
  }

  #bind(ids: Tensor, imageRows: Tensor, features: Tensor, cudaGraph?: number): Binding {
    return this.#context.decoder.bind(
      {
        input_ids: ids,
        image_rows: imageRows,
        image_features: features,
        rotary_cos: this.#cos,
        rotary_sin: this.#sin,
        seqlens_k: this.#seqlens,
        total_sequence_length: this.#total,
        ...prefixed('past_key_values.', this.#cache),
      },
      {
        logits: this.#logits,
        next_token: this.#next,
        seqlens_k_next: this.#nextLength,
        ...prefixed('present.', this.#cache),
      },
      { cudaGraph },
    );
  }

  /** @param rows rows in the cache after the coming run. */
  #setLength(rows: number, fixed = this.#fixedTotal): void {
    this.#seqlens.data[0] = rows - 1;
    this.#total.data[0] = fixed ? this.#context.settings.rows : rows;
    this.#seqlens.upload();
    this.#total.upload();
  }

  #contentOf({ parts, images }: Glm4vPrompt): (number | string)[] {
    const { imageToken } = this.#context.settings;
    let image = -1;
    let inside = false;
    return parts.tokens.map((id) => {
      if (id !== imageToken) {
        inside = false;
        return id;
      }
      if (!inside) image++;
      inside = true;
      return images[image]!.sha256;
    });
  }

  /** Rows of the cache that a prompt begins with. */
  #shared(content: readonly (number | string)[]): number {
    const limit = Math.min(content.length, this.#content.length);
    let rows = 0;
    while (rows < limit && content[rows] === this.#content[rows]) rows++;
    return rows;
  }
}

/** Tokens that one run reads: with at most one image among them, whose rows go on from `imageRow`. */
export interface Segment {
  readonly start: number;
  readonly end: number;
  readonly image?: number;
  readonly imageRow: number;
}

/** Cuts the prompt from token `first` on into runs of at most `chunk` tokens and one image. */
export function* segments(
  ids: readonly number[],
  imageToken: number,
  first: number,
  chunk = CHUNK,
): Generator<Segment> {
  let start = first;
  /** The image of the segment so far, and its row there; the latest image and the next row of it. */
  let own: { image: number; row: number } | undefined;
  let image = -1;
  let row = 0;
  for (let i = 0; i < ids.length; i++) {
    const isImage = ids[i] === imageToken;
    if (isImage && ids[i - 1] !== imageToken) {
      image++;
      row = 0;
    }
    if (i >= first) {
      const another = isImage && own !== undefined && own.image !== image;
      if (i > start && (another || i - start === chunk)) {
        yield { start, end: i, image: own?.image, imageRow: own?.row ?? 0 };
        start = i;
        own = undefined;
      }
      if (isImage) own ??= { image, row };
    }
    if (isImage) row++;
  }
  yield { start, end: ids.length, image: own?.image, imageRow: own?.row ?? 0 };
}
