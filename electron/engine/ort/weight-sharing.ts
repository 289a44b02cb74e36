import { AppError } from '../../contract/errors';
import type { OrtApi, Pointer } from './api';
import { reasonOf } from './kernel-api';
import type { OrtSession } from './session';
import { type Lease, SharedWeights, type WeightMemory } from './shared-weights';

/** Below it a copy of the weights cannot be told from the other memory that a session takes. */
const NOTICEABLE_BYTES = 128 << 20;

/** Whether, and how, the sessions of a backend share weights. What goes wrong with it costs memory, never the model. */
export class WeightSharing {
  readonly #api: OrtApi;
  readonly #memory: WeightMemory;
  readonly #onFailure: (reason: string) => void;
  readonly #noticeableBytes: number;
  #weights: SharedWeights | null = null;

  /** @param onFailure told why some session has weights of its own. */
  constructor(
    api: OrtApi,
    memory: WeightMemory,
    onFailure: (reason: string) => void,
    noticeableBytes = NOTICEABLE_BYTES,
  ) {
    this.#api = api;
    this.#memory = memory;
    this.#onFailure = onFailure;
    this.#noticeableBytes = noticeableBytes;
  }

  /**
   * Puts the weights of these graphs where their sessions will find them.
   *
   * @returns whether there are any.
   * @throws AppError `out-of-memory`: with a copy for each session it would be more.
   */
  async load(graphs: readonly string[], onProgress?: (fraction: number) => void): Promise<boolean> {
    this.dispose();
    try {
      this.#weights = await SharedWeights.load(this.#api, this.#memory, graphs, onProgress);
    } catch (error) {
      if (error instanceof AppError && error.code === 'out-of-memory') throw error;
      this.#onFailure(reasonOf(error));
    }
    return this.#weights !== null;
  }

  /**
   * Makes a session that reads the shared weights, and one with its own where that cannot be.
   *
   * @param path of the graph.
   * @param make makes a session with options that it has given to `lend`; called again, without effect of `lend`, after a failure.
   */
  async open(
    path: string,
    make: (lend: (options: Pointer) => void) => Promise<OrtSession>,
  ): Promise<OrtSession> {
    const weights = this.#weights;
    let lease: Lease | null = null;
    const lend = (options: Pointer) => {
      const next = weights?.give(path, options) ?? null;
      lease?.release();
      lease = next;
    };
    try {
      const session = await make(lend);
      const held = lease as Lease | null;
      if (held && this.#copies(session, held)) {
        session.dispose();
        throw new Error('ONNX Runtime copied the weights that it was given.');
      }
      if (held) session.onDisposed(() => held.release());
      return session;
    } catch (error) {
      const held = lease as Lease | null;
      if (weights === null || (held === null && !weights.has(path))) throw error;
      held?.release();
      const session = await make(() => {});
      this.#onFailure(reasonOf(error));
      return session;
    }
  }

  /** Frees what no session uses any more, or has used. */
  dispose(): void {
    this.#weights?.dispose();
    this.#weights = null;
  }

  /** ORT says so only in a warning: what lies on another device than the one it planned for is copied. */
  #copies(session: OrtSession, { bytes }: Lease): boolean {
    if (bytes < this.#noticeableBytes) return false;
    try {
      const used = session.memoryInUse(this.#memory.info);
      return used !== null && used >= bytes;
    } catch {
      // A provider that does not count.
      return false;
    }
  }
}
