import type { OrtApi, Pointer } from './api';
import type { BindOptions, Session, Tensors } from './backend';
import { IoBinding } from './io-binding';

/** An `OrtSession`. */
export class OrtSession implements Session {
  readonly #api: OrtApi;
  readonly #handle: Pointer;
  readonly #graphs: boolean;
  #disposed = false;

  private constructor(api: OrtApi, handle: Pointer, graphs: boolean) {
    this.#api = api;
    this.#handle = handle;
    this.#graphs = graphs;
  }

  /**
   * Reads and optimizes a graph on a worker thread.
   *
   * @param graphs the session was configured for CUDA graphs, so every run must say whether it is one.
   */
  static async open(
    api: OrtApi,
    env: Pointer,
    path: string,
    options: Pointer,
    graphs = false,
  ): Promise<OrtSession> {
    return new OrtSession(api, await api.createSession.async(env, path, options), graphs);
  }

  bind(inputs: Tensors, outputs: Tensors, options: BindOptions = {}): IoBinding {
    // -1 runs the nodes one by one even though the session may record graphs.
    const config = this.#graphs ? { gpu_graph_id: String(options.cudaGraph ?? -1) } : undefined;
    return new IoBinding(this.#api, this.#handle, inputs, outputs, config);
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#api.releaseSession(this.#handle);
  }
}
