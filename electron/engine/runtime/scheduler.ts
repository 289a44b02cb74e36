import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Sequence } from '../families/family';
import type { Generation } from './generation';

export interface SchedulerOptions {
  /** A new KV cache, or null when there is no memory for one more. The first is always there. */
  readonly createSequence: () => Sequence | null;
  readonly maxSequences: number;
  /** The device takes one run at a time, those on worker threads included: others write on after a prompt, not beside it. */
  readonly exclusive?: boolean;
}

interface Active {
  readonly generation: Generation;
  readonly sequence: Sequence;
}

/**
 * Shares one model among requests. Each request that runs has a KV cache of its own; the rest wait in the order they came. One
 * prompt is read at a time, on a worker thread, while the others go on writing; those write in turns of one token, and after each
 * the event loop runs, so an abort takes effect within one step.
 */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #queue: Generation[] = [];
  readonly #active: Active[] = [];
  readonly #idle: Sequence[];
  /** How each submitted generation's promise is resolved. */
  readonly #ends = new WeakMap<Generation, () => void>();
  #sequences = 1;
  readonly #alone: (() => Promise<void>)[] = [];
  #prefill: Promise<void> | null = null;
  #running: Promise<void> | null = null;

  constructor(first: Sequence, options: SchedulerOptions) {
    this.#idle = [first];
    this.#options = options;
  }

  /** Resolves once the generation has sent its last event. */
  submit(generation: Generation): Promise<void> {
    return new Promise((resolve) => {
      const { signal } = generation;
      const leave = () => {
        // One that waits ends at once; one that runs ends where it is, after its step.
        const at = this.#queue.indexOf(generation);
        if (at < 0) return;
        this.#queue.splice(at, 1);
        generation.finish('aborted');
        resolve();
      };
      this.#ends.set(generation, () => {
        signal.removeEventListener('abort', leave);
        resolve();
      });
      this.#queue.push(generation);
      signal.addEventListener('abort', leave, { once: true });
      if (signal.aborted) leave();
      else this.#wake();
    });
  }

  /** Runs work on the model's sessions while nothing else does: between two steps, after a prompt that is being read. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#alone.push(() => work().then(resolve, reject));
      this.#wake();
    });
  }

  /** Waits for what is running; the caller has aborted it. */
  async dispose(): Promise<void> {
    await this.#running;
    for (const sequence of this.#idle) sequence.dispose();
  }

  #wake(): void {
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
      // Somebody may have come between the loop's last look and this.
      if (this.#queue.length > 0 || this.#alone.length > 0) this.#wake();
    });
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0 || this.#active.length > 0 || this.#prefill || this.#alone.length > 0) {
      if (this.#alone.length > 0) {
        await this.#prefill;
        await this.#alone.shift()?.();
        continue;
      }
      this.#admit();
      if (this.#options.exclusive) await this.#prefill;
      if (this.#active.length === 0) {
        if (this.#prefill) await this.#prefill;
        continue;
      }
      for (const active of [...this.#active]) {
        await this.#step(active);
        // setImmediate runs after pending messages have been read, setTimeout would wait a millisecond.
        await nextTurn();
      }
    }
  }

  /** Begins with the next request's prompt if nobody's is being read and there is a cache for it. */
  #admit(): void {
    const generation = this.#queue[0];
    if (this.#prefill || !generation) return;
    const sequence = this.#take(generation);
    if (!sequence) return;
    this.#queue.shift();
    this.#prefill = generation
      .start(sequence)
      .then(() => {
        if (generation.ended) this.#release({ generation, sequence });
        else this.#active.push({ generation, sequence });
      })
      .catch((error: unknown) => {
        generation.fail(error);
        this.#release({ generation, sequence });
      })
      .finally(() => {
        this.#prefill = null;
      });
  }

  /** The free cache that already holds this prompt's memory, else any, else a new one. */
  #take(generation: Generation): Sequence | null {
    const fitting = this.#idle.findIndex((sequence) => sequence.holds(generation.prompt));
    if (fitting >= 0) return this.#idle.splice(fitting, 1)[0] ?? null;
    // Oldest first: the cache of the conversation that was answered last is the likeliest to be wanted again.
    const free = this.#idle.shift();
    if (free || this.#sequences >= this.#options.maxSequences) return free ?? null;
    const created = this.#options.createSequence();
    if (created) this.#sequences++;
    return created;
  }

  async #step(active: Active): Promise<void> {
    const { generation, sequence } = active;
    try {
      if (generation.signal.aborted) generation.finish('aborted');
      else await generation.advance(sequence);
    } catch (error) {
      generation.fail(error);
    }
    if (generation.ended) {
      this.#active.splice(this.#active.indexOf(active), 1);
      this.#release(active);
    }
  }

  #release({ generation, sequence }: Active): void {
    this.#idle.push(sequence);
    this.#ends.get(generation)?.();
  }
}
