import { InferenceSession, listSupportedBackends, Tensor as OnnxTensor } from 'onnxruntime-node';
import type { Device } from '../../contract/device';
import { AppError } from '../../contract/errors';
import type { Provider } from '../../contract/generation';
import {
  type Backend,
  type Binding,
  createArray,
  type ElementType,
  elementCount,
  type HostTensor,
  type MemoryUse,
  type Session,
  type Tensors,
  type TypedArrays,
} from './backend';
import { memoryOfProcess } from './process-memory';

/** How outputs reach their tensors. */
export type OutputMode =
  /** `session.run` makes a new tensor for every output of every run: what most programs do. */
  | 'new-tensors'
  /** Outputs are written to the tensors given. */
  | 'given-tensors';

/** As onnxruntime-node names them. */
const BACKENDS = { cuda: 'cuda', webgpu: 'webgpu', directml: 'dml', coreml: 'coreml' } as const;
const LABELS = { cuda: 'CUDA', webgpu: 'WebGPU', directml: 'DirectML', coreml: 'CoreML' } as const;

/** The npm package onnxruntime-node behind the same interface. `session.run` looks every name up and wraps every tensor anew. */
export class NodeBackend implements Backend {
  readonly provider: Provider;
  readonly device: Device;
  readonly #options: InferenceSession.SessionOptions;
  readonly #mode: OutputMode;

  /** @param provider tensors stay in main memory and cross to its device at every run. */
  constructor(
    threads: number,
    mode: OutputMode,
    options: InferenceSession.SessionOptions = {},
    provider: Provider = 'cpu',
  ) {
    this.provider = provider;
    this.device =
      provider === 'cpu' ? { kind: 'processor', threads } : { kind: 'card', name: LABELS[provider] };
    this.#mode = mode;
    const executionProviders = provider === 'cpu' ? ['cpu'] : [BACKENDS[provider], 'cpu'];
    this.#options = { intraOpNumThreads: threads, executionProviders, ...options };
  }

  /** Whether this build of the package has the provider. */
  static offers(provider: keyof typeof LABELS): boolean {
    return listSupportedBackends().some(({ name }) => name === BACKENDS[provider]);
  }

  async open(path: string): Promise<Session> {
    const session = await this.#create(path);
    return {
      bind: (inputs, outputs) => new NodeBinding(session, inputs, outputs, this.#mode),
      dispose: () => void session.release(),
    };
  }

  async #create(path: string): Promise<InferenceSession> {
    try {
      return await InferenceSession.create(path, this.#options);
    } catch (error) {
      const ort = error instanceof Error ? error.message : String(error);
      throw new AppError('engine-failed', `ONNX Runtime could not open ${path}: ${ort}`, {
        kind: 'runtime-error',
        ort,
      });
    }
  }

  allocate(type: ElementType, shape: readonly number[]): NodeTensor {
    return new NodeTensor(type, shape);
  }

  buffer<T extends ElementType>(type: T, shape: readonly number[]): NodeTensor<T> {
    return new NodeTensor(type, shape);
  }

  memory(): MemoryUse {
    return memoryOfProcess();
  }

  dispose(): void {}
}

/** A cell that a run reads its input from or puts its output in; bound to both, an output becomes the next run's input. */
class NodeTensor<T extends ElementType = ElementType> implements HostTensor<T> {
  readonly type: T;
  readonly shape: readonly number[];
  readonly data: TypedArrays[T];
  value: OnnxTensor;

  constructor(type: T, shape: readonly number[]) {
    this.type = type;
    this.shape = shape;
    this.data = createArray(type, elementCount(shape));
    this.value = this.#wrap();
  }

  upload(): void {
    this.value = this.#wrap();
  }

  download(): void {
    const { buffer, byteOffset, byteLength } = this.value.data as TypedArrays[T];
    if (buffer === this.data.buffer) return;
    new Uint8Array(this.data.buffer).set(new Uint8Array(buffer, byteOffset, byteLength));
  }

  dispose(): void {}

  #wrap(): OnnxTensor {
    return new OnnxTensor(this.type, this.data, this.shape) as OnnxTensor;
  }
}

class NodeBinding implements Binding {
  readonly #session: InferenceSession;
  readonly #inputs: readonly [string, NodeTensor][];
  readonly #outputs: readonly [string, NodeTensor][];
  readonly #mode: OutputMode;

  constructor(session: InferenceSession, inputs: Tensors, outputs: Tensors, mode: OutputMode) {
    this.#session = session;
    this.#inputs = Object.entries(inputs) as [string, NodeTensor][];
    this.#outputs = Object.entries(outputs) as [string, NodeTensor][];
    this.#mode = mode;
  }

  run(): Promise<void> {
    return this.runAsync();
  }

  async runAsync(): Promise<void> {
    const feeds = Object.fromEntries(this.#inputs.map(([name, tensor]) => [name, tensor.value]));
    const fetches =
      this.#mode === 'given-tensors'
        ? Object.fromEntries(this.#outputs.map(([name, tensor]) => [name, tensor.value]))
        : Object.fromEntries(this.#outputs.map(([name]) => [name, null]));
    const results = await this.#session.run(feeds, fetches);
    for (const [name, tensor] of this.#outputs) {
      const result = results[name];
      if (result) tensor.value = result as OnnxTensor;
    }
  }

  dispose(): void {}
}
