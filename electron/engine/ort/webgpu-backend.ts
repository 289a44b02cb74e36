import type { Device } from '../../contract/device';
import { LOG_ERROR, loadApi, type OrtApi, type Pointer, RECORD_ASSIGNMENT } from './api';
import {
  type Backend,
  type Binding,
  type BindOptions,
  createArray,
  type ElementType,
  elementCount,
  type HostTensor,
  type MemoryUse,
  type Session,
  type Tensors,
  type TypedArrays,
} from './backend';
import { IoBinding } from './io-binding';
import { findRuntimeLibrary } from './library';
import { OrtSession } from './session';
import { CpuTensor, createTensor, OrtTensor, wrapMemory } from './tensor';
import { memoryOfAdapter, type WebGpuAdapter } from './webgpu-adapter';
import { attentionProbe, type Probe, SAFE_ROWS, withoutFusedAttention } from './webgpu-attention';

/** What ORT calls a WebGPU buffer. */
const MEMORY_NAME = 'WebGPU_Buf';
const CPU_PROVIDER = 'CPUExecutionProvider';

/** Settings of ORT's WebGPU provider: onnxruntime.ai/docs/execution-providers/WebGPU-ExecutionProvider.html. */
export type WebGpuTuning = Readonly<Record<string, string>>;

const WEBGPU_TUNING: WebGpuTuning = {
  // Of a notebook's two cards the faster one; and a graphics card before a program that plays one.
  powerPreference: 'high-performance',
  // Without it additions and products of token ids run on the processor, and every step waits for the card twice.
  enableInt64: '1',
};

/**
 * ORT's WebGPU provider through its C API: Vulkan on Linux, Direct3D 12 on Windows, Metal on macOS. Weights, cache and logits stay on
 * the device. A run hands its commands over and returns; what reads a result waits for it.
 *
 * Dawn, below the provider, allows one thread at a time, so runs are `exclusive`.
 */
export class WebGpuBackend implements Backend {
  readonly provider = 'webgpu';
  readonly exclusive = true;
  readonly device: Device;
  /** Undefined where the device computes attention as it should. */
  readonly prefillRows: number | undefined;
  readonly #api: OrtApi;
  readonly #adapter: WebGpuAdapter;
  readonly #tuning: WebGpuTuning;
  readonly #env: Pointer;
  readonly #cpu: Pointer;
  /** Lives as long as the backend: memory of the device is that of a session's allocator. */
  readonly #first: Pointer;
  readonly #allocator: Pointer;
  readonly #fence: MirroredTensor<'int32'>;
  readonly #onCpu = new Set<string>();
  #peak = 0;

  /** @throws AppError `engine-failed` with the runtime's text where Dawn finds no adapter that is good enough. */
  constructor(adapter: WebGpuAdapter, tuning: WebGpuTuning = {}, library = findRuntimeLibrary()) {
    const api = loadApi(library);
    this.#api = api;
    this.#adapter = adapter;
    this.device = { kind: 'card', name: adapter.name };
    this.#tuning = { ...WEBGPU_TUNING, ...tuning };
    this.#env = api.createEnv(LOG_ERROR, 'autoglm');
    const probe = attentionProbe();
    this.#first = this.#create(probe.model);
    this.#cpu = api.createMemoryInfo('Cpu', 1, 0, 0);
    const info = api.createMemoryInfo(MEMORY_NAME, 0, 0, 0);
    this.#allocator = api.createAllocator(this.#first, info);
    api.releaseMemoryInfo(info);
    this.#fence = this.buffer('int32', [1]) as MirroredTensor<'int32'>;
    this.#fence.upload();
    if (!this.#passes(probe)) this.prefillRows = SAFE_ROWS;
  }

  /** Operators of the opened graphs that the provider has not, or not for their types: the processor runs them. */
  get operatorsOnCpu(): readonly string[] {
    return [...this.#onCpu].sort();
  }

  async open(path: string): Promise<Session> {
    const options = this.#sessionOptions();
    try {
      const session = this.prefillRows
        ? await OrtSession.openRewritten(this.#api, this.#env, path, withoutFusedAttention, options)
        : await OrtSession.open(this.#api, this.#env, path, options);
      for (const operator of session.operators().get(CPU_PROVIDER) ?? []) this.#onCpu.add(operator);
      return {
        bind: (inputs: Tensors, outputs: Tensors, { large }: BindOptions = {}) =>
          new WebGpuBinding(session.bind(inputs, outputs, { large }), this.#fence),
        dispose: () => session.dispose(),
      };
    } finally {
      this.#api.releaseSessionOptions(options);
    }
  }

  allocate(type: ElementType, shape: readonly number[]): OrtTensor {
    return OrtTensor.allocate(this.#api, this.#allocator, type, shape);
  }

  buffer<T extends ElementType>(type: T, shape: readonly number[], place?: 'device' | 'host'): HostTensor<T> {
    if (place === 'host') return CpuTensor.create(this.#api, this.#cpu, type, shape);
    return MirroredTensor.create(
      { api: this.#api, env: this.#env, cpu: this.#cpu, allocator: this.#allocator },
      type,
      shape,
    );
  }

  memory(): MemoryUse {
    const { usedBytes, freeBytes } = memoryOfAdapter(this.#adapter);
    this.#peak = Math.max(this.#peak, usedBytes);
    return { usedBytes, freeBytes, peakBytes: this.#peak };
  }

  dispose(): void {
    this.#fence.dispose();
    this.#api.releaseAllocator(this.#allocator);
    this.#api.releaseSession(this.#first);
    this.#api.releaseMemoryInfo(this.#cpu);
    this.#api.releaseEnv(this.#env);
  }

  #passes({ shape, inputs, passes }: Probe): boolean {
    const tensors = Object.entries(inputs).map(([name, values]) => {
      const tensor = this.buffer('float32', shape);
      tensor.data.set(values);
      tensor.upload();
      return [name, tensor] as const;
    });
    const y = this.buffer('float32', shape);
    const binding = new IoBinding(this.#api, this.#first, Object.fromEntries(tensors), { y });
    binding.run();
    y.download();
    binding.dispose();
    for (const tensor of [y, ...tensors.map(([, tensor]) => tensor)]) tensor.dispose();
    return passes(y.data);
  }

  #create(model: Uint8Array): Pointer {
    const options = this.#sessionOptions();
    try {
      return this.#api.createSessionFromBytes(this.#env, model, model.length, options);
    } finally {
      this.#api.releaseSessionOptions(options);
    }
  }

  /** Anew for each session: sessions over the same options would each give back the one device that these hold. */
  #sessionOptions(): Pointer {
    const options = this.#api.createSessionOptions();
    try {
      this.#api.setLogSeverity(options, LOG_ERROR);
      this.#api.addSessionConfig(options, RECORD_ASSIGNMENT, '1');
      const [names, values] = [Object.keys(this.#tuning), Object.values(this.#tuning)];
      this.#api.appendProvider(options, 'WebGPU', names, values, names.length);
      return options;
    } catch (error) {
      this.#api.releaseSessionOptions(options);
      throw error;
    }
  }
}

class WebGpuBinding implements Binding {
  readonly #binding: Binding;
  readonly #fence: MirroredTensor<'int32'>;

  constructor(binding: Binding, fence: MirroredTensor<'int32'>) {
    this.#binding = binding;
    this.#fence = fence;
  }

  run(): void {
    void this.#binding.run();
  }

  async runAsync(signal?: AbortSignal): Promise<void> {
    await this.#binding.runAsync(signal);
    // Else whoever reads the result first would wait for all of it, with this thread.
    await this.#fence.downloadAsync();
  }

  dispose(): void {
    this.#binding.dispose();
  }
}

interface Memory {
  readonly api: OrtApi;
  readonly env: Pointer;
  readonly cpu: Pointer;
  readonly allocator: Pointer;
}

/** A buffer of the device with a copy for JavaScript. */
class MirroredTensor<T extends ElementType> extends OrtTensor implements HostTensor<T> {
  declare readonly type: T;
  readonly data: TypedArrays[T];
  readonly #memory: Memory;
  /** The copy as ORT sees it. */
  readonly #copy: Pointer;
  #freed = false;

  private constructor(
    memory: Memory,
    handle: Pointer,
    copy: Pointer,
    data: TypedArrays[T],
    type: T,
    shape: readonly number[],
  ) {
    super(memory.api, handle, type, shape);
    this.#memory = memory;
    this.#copy = copy;
    this.data = data;
  }

  static create<T extends ElementType>(memory: Memory, type: T, shape: readonly number[]): MirroredTensor<T> {
    const { api, cpu, allocator } = memory;
    const handle = createTensor(api, allocator, type, shape);
    const data = createArray(type, elementCount(shape));
    const copy = wrapMemory(api, cpu, data, data.byteLength, type, shape);
    return new MirroredTensor(memory, handle, copy, data, type, shape);
  }

  upload(): void {
    const { api, env } = this.#memory;
    api.copyTensors(env, [this.#copy], [this.handle], null, 1);
  }

  download(): void {
    const { api, env } = this.#memory;
    api.copyTensors(env, [this.handle], [this.#copy], null, 1);
  }

  /** Waits on another thread for everything that was handed over before. */
  downloadAsync(): Promise<void> {
    const { api, env } = this.#memory;
    return api.copyTensors.async(env, [this.handle], [this.#copy], null, 1);
  }

  override dispose(): void {
    if (this.#freed) return;
    this.#freed = true;
    this.#memory.api.releaseValue(this.#copy);
    super.dispose();
  }
}
