import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { OrtApi, Pointer } from './api';
import type { BindOptions, Session, Tensors } from './backend';
import { IoBinding } from './io-binding';

/** Where the weights of a model lie that is given as bytes (onnxruntime_session_options_config_keys.h). */
const WEIGHTS_FOLDER = 'session.model_external_initializers_file_folder_path';

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
  readonly #afterwards: (() => void)[] = [];
  #disposed = false;

  private constructor(api: OrtApi, handle: Pointer, traits: SessionTraits) {
    this.#api = api;
    this.#handle = handle;
    this.#traits = traits;
  }

  /** Reads and optimizes a graph on a worker thread. @param model a file's path, or what would be in it. */
  static async open(
    api: OrtApi,
    env: Pointer,
    model: string | Uint8Array,
    options: Pointer,
    traits: SessionTraits = {},
  ): Promise<OrtSession> {
    const handle =
      typeof model === 'string'
        ? await api.createSession.async(env, model, options)
        : await api.createSessionFromBytes.async(env, model, model.length, options);
    return new OrtSession(api, handle, traits);
  }

  /** A file's graph, changed before ORT sees it, over the weights beside the file. */
  static async openRewritten(
    api: OrtApi,
    env: Pointer,
    path: string,
    rewrite: (model: Uint8Array) => Uint8Array,
    options: Pointer,
    traits: SessionTraits = {},
  ): Promise<OrtSession> {
    const model = rewrite(await readFile(path));
    api.addSessionConfig(options, WEIGHTS_FOLDER, dirname(path));
    return OrtSession.open(api, env, model, options, traits);
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

  /** Types of its nodes' operators by provider, for one that was opened with `RECORD_ASSIGNMENT`. */
  operators(): ReadonlyMap<string, readonly string[]> {
    return this.#api.assignedOperators(this.#handle);
  }

  /** Bytes that its arena for this memory has given out; null where nobody counts them. */
  memoryInUse(info: Pointer): number | null {
    return this.#countOf(info, this.#api.bytesInUse);
  }

  /** Bytes that its arena for this memory has from the device; null where nobody counts them. */
  memoryHeld(info: Pointer): number | null {
    return this.#countOf(info, this.#api.bytesHeld);
  }

  #countOf(info: Pointer, count: (allocator: Pointer) => number | null): number | null {
    const allocator = this.#api.createAllocator(this.#handle, info);
    try {
      return count(allocator);
    } finally {
      this.#api.releaseAllocator(allocator);
    }
  }

  /** Runs `after` once the session is gone; for what it reads as long as it lives. */
  onDisposed(after: () => void): void {
    this.#afterwards.push(after);
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#api.releaseSession(this.#handle);
    for (const after of this.#afterwards) after();
  }
}
