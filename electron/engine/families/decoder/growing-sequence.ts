import type { Backend, Session, Tensor } from '../../ort/backend';
import { argMax } from '../../runtime/arg-max';
import type { Prompt, Sequence } from '../family';
import { createCache, namedAs } from '../kv-cache';
import { longRun } from '../long-run';
import { disposeAll, Logits } from '../run-tensors';
import { cacheSizes, type DecoderSettings } from './settings';
import { chunkOf, TextInputs } from './text-inputs';

/**
 * One conversation over a graph that returns its keys and values lengthened instead of writing into a buffer, as exports without
 * GroupQueryAttention do: every step gets new tensors, so it is slower the longer the text.
 */
export class GrowingSequence implements Sequence {
  readonly #backend: Backend;
  readonly #decoder: Session;
  readonly #settings: DecoderSettings;
  readonly #logits: Logits;
  /** Of as many rows as there are tokens. */
  #cache: ReadonlyMap<string, Tensor>;
  #tokens: number[] = [];

  constructor(backend: Backend, decoder: Session, settings: DecoderSettings) {
    this.#backend = backend;
    this.#decoder = decoder;
    this.#settings = settings;
    const { vocab_size: vocabulary, logits_type: logits } = settings;
    this.#logits = new Logits(backend, logits, [1, 1, vocabulary]);
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
      await this.#read(tokens.slice(start, Math.min(start + chunkOf(this.#backend), last)), false, signal);
    }
    await this.#read([tokens[last]!], true, signal);
  }

  step(token: number): Promise<void> {
    return this.#read([token], true);
  }

  greedy(): number {
    return argMax(this.logits());
  }

  logits(): Float32Array {
    return this.#logits.read();
  }

  dispose(): void {
    this.#logits.dispose();
    disposeAll(this.#cache.values());
  }

  async #read(tokens: readonly number[], wanted: boolean, signal?: AbortSignal): Promise<void> {
    const used = this.#tokens.length;
    const rows = used + tokens.length;
    const { past_names: past, present_names: present } = this.#settings;
    const text = new TextInputs(this.#backend, this.#settings, tokens.length, rows);
    text.set(tokens, used);
    const longer = this.#allocate(rows);
    const binding = this.#decoder.bind(
      { ...text.inputs, ...namedAs(past, this.#cache) },
      { ...(wanted ? { logits: this.#logits.tensor } : {}), ...namedAs(present, longer) },
    );
    try {
      if (tokens.length > 1) await longRun(this.#backend, binding, signal);
      else await binding.run();
      this.#replace(longer);
      this.#tokens.push(...tokens);
    } catch (error) {
      disposeAll(longer.values());
      throw error;
    } finally {
      disposeAll([binding, text]);
    }
  }

  #replace(cache: ReadonlyMap<string, Tensor>): void {
    disposeAll(this.#cache.values());
    this.#cache = cache;
  }

  #allocate(rows: number): ReadonlyMap<string, Tensor> {
    return createCache(this.#backend, cacheSizes(this.#settings, rows));
  }
}
