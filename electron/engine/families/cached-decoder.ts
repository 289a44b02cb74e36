import type { Backend, Binding, HostTensor, LikelyTokens, Session, Tensor, Tensors } from '../ort/backend';
import type { DraftChecker } from './family';
import { prefixed } from './kv-cache';
import { longRun } from './long-run';
import { disposeAll, idTensor, Lengths, Logits, writeIds } from './run-tensors';

export interface CachedDecoderParts {
  readonly backend: Backend;
  /** A decoder graph as models/README.md section 4 has it. */
  readonly session: Session;
  /** Disposed with the decoder. */
  readonly cache: ReadonlyMap<string, Tensor>;
  /** Rows of the cache. */
  readonly rows: number;
  readonly vocabulary: number;
  readonly activation: 'float32' | 'float16';
  /** Rows that the graph gives `row_logits` of; 0: it has no such output. */
  readonly draftRows: number;
  /** What the family's graph takes besides, for a run over so many tokens of text. These tensors stay the family's. */
  readonly textInputs?: (tokens: number) => Tensors;
  /** The number of this cache among those of the session. */
  readonly number: number;
}

/**
 * Tokens that a run which checks a draft takes: one that was chosen and 2, 4 or 8 behind it. Few lengths, since each is a binding of its
 * own, and on CUDA a graph that is recorded once.
 */
export const CHECKED_TOKENS: readonly number[] = [3, 5, 9];
/** CUDA graphs of one cache: the step's and one for each of those lengths. */
const GRAPHS = 1 + CHECKED_TOKENS.length;

/** One KV cache under a decoder graph, and the runs that extend it: a step, many tokens, a token with a draft behind it. */
export class CachedDecoder {
  /** `past_key_values.…` and `present.…`: the same buffers. */
  readonly pasts: Tensors;
  readonly presents: Tensors;
  readonly lengths: Lengths;
  /** Null where the graph gives the last row's logits alone. */
  readonly checker: Omit<DraftChecker, 'run' | 'rewind'> | null;
  readonly #parts: CachedDecoderParts;
  readonly #isCuda: boolean;
  readonly #token: HostTensor<'int64'>;
  readonly #next: HostTensor<'int64'>;
  readonly #nextLength: HostTensor<'int32'>;
  readonly #logits: Logits;
  readonly #step: Binding;
  /** By the number of tokens. */
  readonly #checks = new Map<number, Check>();
  #checked: Check | null = null;

  constructor(parts: CachedDecoderParts) {
    const { backend, cache, activation, vocabulary, number } = parts;
    this.#parts = parts;
    this.pasts = prefixed('past_key_values.', cache);
    this.presents = prefixed('present.', cache);
    this.lengths = new Lengths(backend);
    this.#isCuda = backend.provider === 'cuda';
    this.#token = backend.buffer('int64', [1, 1]);
    this.#next = backend.buffer('int64', [1, 1]);
    this.#nextLength = backend.buffer('int32', [1]);
    this.#logits = new Logits(backend, activation, [1, vocabulary]);
    this.#step = this.#bind(this.#token, this.#textInputs(1), number * GRAPHS);
    const sizes = CHECKED_TOKENS.filter((size) => size <= parts.draftRows);
    this.checker = sizes.length > 0 ? { sizes, logits: (i) => this.#checked!.logits.row(i) } : null;
  }

  /** Feeds one token. @param used rows of the cache before it. */
  step(token: number, used: number): void | Promise<void> {
    this.prepareStep(token, used);
    return this.#step.run();
  }

  /**
   * Sets the inputs of a step that another binding of `stepTensors` runs.
   *
   * @param total as `Lengths.set` has it: a CUDA graph replays the launch sizes it recorded, which must be those of a full cache.
   */
  prepareStep(token: number, used: number, total = this.#isCuda ? this.#parts.rows : used + 1): void {
    this.lengths.set(used + 1, total);
    this.#token.data[0] = BigInt(token);
    this.#token.upload();
  }

  /** Inputs and outputs of a step, for a session of another graph that takes the same. */
  stepTensors(): [inputs: Tensors, outputs: Tensors] {
    return this.#tensors(this.#token);
  }

  /** Feeds tokens whose last one's logits are wanted. @param inputs the family's own, for these tokens. */
  async read(tokens: readonly number[], used: number, inputs: Tensors, signal?: AbortSignal): Promise<void> {
    this.lengths.set(used + tokens.length);
    const ids = idTensor(this.#parts.backend, tokens);
    const binding = this.#bind(ids, inputs);
    try {
      // Steps of other sequences may run meanwhile. ORT's CPU sessions allow that; under CUDA the session's runs share one stream and
      // its recordings, so this one takes its turn like them.
      await longRun(this.#parts.backend, binding, signal);
    } finally {
      binding.dispose();
      ids.dispose();
    }
  }

  /** Feeds a chosen token and a draft, `checker.sizes` of them in all. */
  check(tokens: readonly number[], used: number): void | Promise<void> {
    const check = this.#checkOf(tokens.length);
    this.#checked = check;
    check.logits.renew();
    const end = used + tokens.length;
    this.lengths.set(end, this.#isCuda ? this.#parts.rows : end);
    writeIds(check.ids, tokens);
    return check.binding.run();
  }

  greedy(): number {
    this.#next.download();
    return Number(this.#next.data[0]);
  }

  logits(): Float32Array {
    return this.#logits.read();
  }

  get likely(): LikelyTokens | null {
    return this.#logits.likely;
  }

  dispose(): void {
    this.#step.dispose();
    for (const { binding, ids, logits } of this.#checks.values()) disposeAll([binding, ids, logits]);
    disposeAll(this.#parts.cache.values());
    disposeAll([this.lengths, this.#token, this.#next, this.#nextLength, this.#logits]);
  }

  #checkOf(size: number): Check {
    const known = this.#checks.get(size);
    if (known) return known;
    const { backend, session, activation, vocabulary, number } = this.#parts;
    const ids = backend.buffer('int64', [1, size]);
    const logits = new Logits(backend, activation, [1, size, vocabulary]);
    const cudaGraph = number * GRAPHS + 1 + CHECKED_TOKENS.indexOf(size);
    const binding = session.bind(
      { ...this.#inputs(ids), ...this.#textInputs(size) },
      { row_logits: logits.tensor, ...this.presents },
      { cudaGraph },
    );
    const made: Check = { ids, logits, binding };
    this.#checks.set(size, made);
    return made;
  }

  #bind(ids: Tensor, own: Tensors, cudaGraph?: number): Binding {
    const [inputs, outputs] = this.#tensors(ids);
    return this.#parts.session.bind({ ...inputs, ...own }, outputs, { cudaGraph });
  }

  #tensors(ids: Tensor): [inputs: Tensors, outputs: Tensors] {
    const outputs = {
      logits: this.#logits.tensor,
      next_token: this.#next,
      seqlens_k_next: this.#nextLength,
      ...this.presents,
    };
    return [this.#inputs(ids), outputs];
  }

  #inputs(ids: Tensor): Tensors {
    return { input_ids: ids, ...this.lengths.inputs, ...this.pasts };
  }

  #textInputs(tokens: number): Tensors {
    return this.#parts.textInputs?.(tokens) ?? {};
  }
}

interface Check {
  readonly ids: HostTensor<'int64'>;
  readonly logits: Logits;
  readonly binding: Binding;
}
