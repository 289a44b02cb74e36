import type { Backend, Binding, Session, SparseAttention, Tensor, Tensors } from '../../ort/backend';
import type { Settings } from './settings';

/**
 * Sparse attention to a long prompt (models/README.md section 5): the encoder also writes a summary of every block of the memory's keys, and
 * another decoder graph attends to the blocks that each token chooses by them. Its session is opened for the first long prompt.
 */
export class LongPrompts {
  readonly #backend: Backend;
  readonly #settings: Settings;
  readonly #path: string;
  readonly #sparse: SparseAttention;
  #session: Promise<Session> | null = null;

  /** @param path the graph `decoder.sparse`. */
  constructor(backend: Backend, settings: Settings, path: string, sparse: SparseAttention) {
    this.#backend = backend;
    this.#settings = settings;
    this.#path = path;
    this.#sparse = sparse;
  }

  /** Null where the prompt is short. @param rows of the memory. @throws AppError `engine-failed`, `out-of-memory` */
  async start(rows: number): Promise<LongPrompt | null> {
    const { block, minLength } = this.#sparse;
    if (rows < minLength) return null;
    this.#session ??= this.#backend.open(this.#path);
    try {
      const session = await this.#session;
      return new LongPrompt(this.#backend, session, this.#settings, rows, Math.floor(rows / block));
    } catch (error) {
      this.#session = null;
      throw error;
    }
  }

  dispose(): void {
    void this.#session?.then(
      (session) => session.dispose(),
      () => {},
    );
  }
}

/** One memory's summaries and, once the encoder has written them, the decoder's steps over it. */
export class LongPrompt {
  /** `memory.{i}.summary`, [H, D, blocks]: outputs of the encoder, inputs of the decoder. */
  readonly summaries: Tensors;
  readonly #rows: Tensor;
  readonly #session: Session;
  #step: Binding | null = null;

  constructor(backend: Backend, session: Session, settings: Settings, rows: number, blocks: number) {
    const { layers, heads, headSize, activation } = settings;
    this.#session = session;
    const tensors: Record<string, Tensor> = {};
    try {
      for (let layer = 0; layer < layers; layer++) {
        tensors[`memory.${layer}.summary`] = backend.allocate(activation, [heads, headSize, blocks]);
      }
      const count = backend.buffer('int64', [1], 'host');
      count.data[0] = BigInt(rows);
      count.upload();
      this.#rows = count;
      this.summaries = tensors;
    } catch (error) {
      for (const tensor of Object.values(tensors)) tensor.dispose();
      throw error;
    }
  }

  /** Fixes the tensors of the steps. */
  bind(inputs: Tensors, outputs: Tensors): void {
    this.#step = this.#session.bind({ ...inputs, ...this.summaries, memory_rows: this.#rows }, outputs);
  }

  /** One token. */
  run(): void | Promise<void> {
    return this.#step?.run();
  }

  dispose(): void {
    this.#step?.dispose();
    this.#rows.dispose();
    for (const tensor of Object.values(this.summaries)) tensor.dispose();
  }
}
