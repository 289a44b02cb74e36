import { type OrtApi, type Pointer, TerminatedError } from './api';
import type { Binding, Tensors } from './backend';
import { RunOptions } from './run-options';
import { OrtTensor } from './tensor';

/** Tensors bound to a session's inputs and outputs. Keeps every one of them, and so the JavaScript memory below, alive. */
export class IoBinding implements Binding {
  readonly #api: OrtApi;
  readonly #session: Pointer;
  readonly #handle: Pointer;
  readonly #options: RunOptions;
  readonly #tensors: readonly Tensors[];
  #disposed = false;

  constructor(
    api: OrtApi,
    session: Pointer,
    inputs: Tensors,
    outputs: Tensors,
    config?: Record<string, string>,
  ) {
    this.#api = api;
    this.#session = session;
    this.#tensors = [inputs, outputs];
    this.#handle = api.createIoBinding(session);
    this.#options = new RunOptions(api, config);
    try {
      for (const [name, tensor] of Object.entries(inputs))
        api.bindInput(this.#handle, name, handleOf(tensor));
      for (const [name, tensor] of Object.entries(outputs))
        api.bindOutput(this.#handle, name, handleOf(tensor));
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  run(): void {
    this.#api.runWithBinding(this.#session, this.#options.handle, this.#handle);
  }

  async runAsync(signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) throw new TerminatedError();
    const terminate = () => this.#options.terminate();
    signal?.addEventListener('abort', terminate, { once: true });
    try {
      await this.#api.runWithBinding.async(this.#session, this.#options.handle, this.#handle);
    } finally {
      signal?.removeEventListener('abort', terminate);
      if (signal?.aborted) this.#options.reset();
    }
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#api.releaseIoBinding(this.#handle);
    this.#options.dispose();
  }

  /** The tensors that runs read and write; only here so that they live as long as the binding. */
  get tensors(): readonly Tensors[] {
    return this.#tensors;
  }
}

function handleOf(tensor: unknown): Pointer {
  if (tensor instanceof OrtTensor) return tensor.handle;
  throw new TypeError('A tensor of another backend was bound.');
}
