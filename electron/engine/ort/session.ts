import type { OrtApi, Pointer } from './api';
import type { BindOptions, Session, Tensors } from './backend';
import { IoBinding } from './io-binding';

/** What runs of a session must know of how it was opened. */
export interface SessionTraits {
  /** It was configured for CUDA graphs, so every run must say whether it is one. */
  readonly graphs?: boolean;
  /**
   * The arena that a large run shrinks afterwards, `gpu:0`. Never together with `graphs`: a recorded graph goes on using memory of the
   * arena that counts as free.
   */
  readonly arena?: string;
}

/** An `OrtSession`. */
export class OrtSession implements Session {
  readonly #api: OrtApi;
  readonly #handle: Pointer;
  readonly #traits: SessionTraits;
  #disposed = false;

  private constructor(api: OrtApi, handle: Pointer, traits: SessionTraits) {
    this.#api = api;
    this.#handle = handle;
    this.#traits = traits;
  }

  /** Reads and optimizes a graph on a worker thread. */
  static async open(
    api: OrtApi,
    env: Pointer,
    path: string,
    options: Pointer,
    traits: SessionTraits = {},
  ): Promise<OrtSession> {
    return new OrtSession(api, await api.createSession.async(env, path, options), traits);
  }

  bind(inputs: Tensors, outputs: Tensors, options: BindOptions = {}): IoBinding {
    const { graphs, arena } = this.#traits;
    const config = {
      // -1 runs the nodes one by one even though the session may record graphs.
      ...(graphs && { gpu_graph_id: String(options.cudaGraph ?? -1) }),
      ...(options.large && arena && { 'memory.enable_memory_arena_shrinkage': arena }),
    };
    return new IoBinding(this.#api, this.#handle, inputs, outputs, config);
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#api.releaseSession(this.#handle);
  }
}
