import type { Backend, Binding, LikelyTokens, Session, Tensor, Tensors } from '../../ort/backend';
import { CHECKED_TOKENS } from '../cached-decoder';
import type { DraftChecker, Prompt, Sequence } from '../family';
import { namedAs } from '../kv-cache';
import { longRun } from '../long-run';
import { disposeAll, Logits } from '../run-tensors';
import type { DecoderSettings } from './settings';
import { chunkOf, TextInputs } from './text-inputs';

/** A run whose tokens and logits stay where they are; the mask is as long as the cache, or the text. */
interface FixedRun {
  readonly text: TextInputs;
  readonly logits: Logits;
  readonly binding: Binding;
}

/** One conversation's KV cache and the runs that extend it. */
export class DecoderSequence implements Sequence {
  readonly drafts: DraftChecker;
  readonly #backend: Backend;
  readonly #decoder: Session;
  readonly #settings: DecoderSettings;
  readonly #cache: ReadonlyMap<string, Tensor>;
  /** By the number of tokens. */
  readonly #runs = new Map<number, FixedRun>();
  readonly #step: FixedRun;
  #checked: FixedRun;
  /** Tokens whose rows the cache holds. */
  #tokens: number[] = [];

  constructor(
    backend: Backend,
    decoder: Session,
    settings: DecoderSettings,
    cache: ReadonlyMap<string, Tensor>,
  ) {
    this.#backend = backend;
    this.#decoder = decoder;
    this.#settings = settings;
    this.#cache = cache;
    this.#step = this.#runOf([0]);
    this.#checked = this.#step;
    this.drafts = {
      sizes: CHECKED_TOKENS,
      run: (tokens) => this.#check(tokens),
      logits: (i) => this.#checked.logits.row(i),
      rewind: (rows) => {
        this.#tokens.length -= rows;
      },
    };
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
    while (this.#tokens.length < last) {
      const start = this.#tokens.length;
      await this.#read(tokens.slice(start, Math.min(start + chunkOf(this.#backend), last)), signal);
    }
    signal?.throwIfAborted();
    await this.step(tokens[last]!);
  }

  step(token: number): void | Promise<void> {
    const running = this.#runOf([token]).binding.run();
    this.#tokens.push(token);
    return running;
  }

  greedy(): number {
    return this.#step.logits.greedy();
  }

  get likely(): LikelyTokens | null {
    return this.#step.logits.likely;
  }

  logits(): Float32Array {
    return this.#step.logits.read();
  }

  dispose(): void {
    for (const { text, logits, binding } of this.#runs.values()) disposeAll([binding, text, logits]);
    disposeAll(this.#cache.values());
  }

  #check(tokens: readonly number[]): void | Promise<void> {
    this.#checked = this.#runOf(tokens);
    this.#checked.logits.renew();
    const running = this.#checked.binding.run();
    this.#tokens.push(...tokens);
    return running;
  }

  /** A run of so many tokens, these set. */
  #runOf(tokens: readonly number[]): FixedRun {
    const { length: count } = tokens;
    const used = this.#tokens.length;
    const known = this.#runs.get(count);
    // WebGPU's GroupQueryAttention takes the mask's length for the text's, and what such graphs read of a mask on the processor is read
    // when it is bound: there every run has inputs of its own.
    const fixed = this.#backend.provider !== 'webgpu';
    if (known && fixed) {
      known.text.set(tokens, used);
      return known;
    }
    if (known) disposeAll([known.binding, known.text]);
    const { rows, vocab_size: vocabulary, logits_type: type } = this.#settings;
    const text = new TextInputs(this.#backend, this.#settings, count, fixed ? rows : used + count);
    text.set(tokens, used);
    const logits = known?.logits ?? new Logits(this.#backend, type, [1, count, vocabulary]);
    const made = { text, logits, binding: this.#bind(text, { logits: logits.tensor }) };
    this.#runs.set(count, made);
    return made;
  }

  /** Appends tokens whose logits nobody wants. */
  async #read(tokens: readonly number[], signal?: AbortSignal): Promise<void> {
    const start = this.#tokens.length;
    const text = new TextInputs(this.#backend, this.#settings, tokens.length, start + tokens.length);
    text.set(tokens, start);
    const binding = this.#bind(text, {});
    try {
      await longRun(this.#backend, binding, signal);
      this.#tokens.push(...tokens);
    } finally {
      disposeAll([binding, text]);
    }
  }

  #bind({ inputs }: TextInputs, outputs: Tensors): Binding {
    const { past_names: past, present_names: present } = this.#settings;
    return this.#decoder.bind(
      { ...inputs, ...namedAs(past, this.#cache) },
      { ...outputs, ...namedAs(present, this.#cache) },
    );
  }

  #shared(tokens: readonly number[]): number {
    const limit = Math.min(tokens.length, this.#tokens.length);
    let count = 0;
    while (count < limit && tokens[count] === this.#tokens[count]) count++;
    return count;
  }
}
