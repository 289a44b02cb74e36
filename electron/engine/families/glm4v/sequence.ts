import type { Backend, HostTensor, LikelyTokens, Session, Tensor } from '../../ort/backend';
import { CachedDecoder } from '../cached-decoder';
import type { DraftChecker, Prompt, Sequence } from '../family';
import { disposeAll, idTensor } from '../run-tensors';
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

/** One conversation's KV cache, the angles of its tokens, and the runs that extend it. */
export class Glm4vSequence implements Sequence {
  readonly drafts: DraftChecker | null;
  readonly #context: SequenceContext;
  readonly #cos: HostTensor<'float32' | 'float16'>;
  readonly #sin: HostTensor<'float32' | 'float16'>;
  readonly #noFeatures: HostTensor<'float32' | 'float16'>;
  /** `image_rows` of so many tokens of text. */
  readonly #noImages = new Map<number, HostTensor<'int64'>>();
  readonly #decoder: CachedDecoder;

  /** What each row of the cache was made from: a token's id, or for an image's its sha256 (its place in the run follows). */
  #content: (number | string)[] = [];

  /** @param number of this cache among the model's. */
  constructor(context: SequenceContext, cache: ReadonlyMap<string, Tensor>, number: number) {
    const { backend, settings, decoder: session } = context;
    const { activation, rows, rotary, hidden, vocabulary, draftRows } = settings;
    this.#context = context;
    this.#cos = backend.buffer(activation, [rows, rotary.size / 2]);
    this.#sin = backend.buffer(activation, [rows, rotary.size / 2]);
    this.#noFeatures = backend.buffer(activation, [1, hidden]);
    this.#noFeatures.upload();
    const textInputs = (tokens: number) => this.#inputs(this.#textRows(tokens), this.#noFeatures);
    const sizes = { rows, vocabulary, activation, draftRows };
    this.#decoder = new CachedDecoder({ backend, session, cache, ...sizes, textInputs, number });
    this.drafts = this.#decoder.checker && {
      ...this.#decoder.checker,
      run: (tokens) => {
        const running = this.#decoder.check(tokens, this.#content.length);
        this.#content.push(...tokens);
        return running;
      },
      rewind: (rows) => {
        this.#content.length -= rows;
      },
    };
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
    const running = this.#decoder.step(token, this.#content.length);
    this.#content.push(token);
    return running;
  }

  greedy(): number {
    return this.#decoder.greedy();
  }

  logits(): Float32Array {
    return this.#decoder.logits();
  }

  get likely(): LikelyTokens | null {
    return this.#decoder.likely;
  }

  dispose(): void {
    this.#decoder.dispose();
    disposeAll([this.#cos, this.#sin, this.#noFeatures, ...this.#noImages.values()]);
  }

  async #read(
    ids: readonly number[],
    segment: Segment,
    features: Tensor,
    signal?: AbortSignal,
  ): Promise<void> {
    const { backend, settings } = this.#context;
    const tokens = ids.slice(segment.start, segment.end);
    let row = segment.imageRow;
    const rows = idTensor(
      backend,
      tokens.map((id) => (id === settings.imageToken ? row++ : -1)),
    );
    try {
      await this.#decoder.read(tokens, segment.start, this.#inputs(rows, features), signal);
    } finally {
      rows.dispose();
    }
  }

  #inputs(imageRows: Tensor, features: Tensor) {
    return {
      image_rows: imageRows,
      image_features: features,
      rotary_cos: this.#cos,
      rotary_sin: this.#sin,
    };
  }

  #textRows(tokens: number): HostTensor<'int64'> {
    const rows =
      this.#noImages.get(tokens) ?? idTensor(this.#context.backend, new Array<number>(tokens).fill(-1));
    this.#noImages.set(tokens, rows);
    return rows;
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
