import { readFile } from 'node:fs/promises';
import type { Device } from '../../contract/device';
import { AppError } from '../../contract/errors';
import { LOG_ERROR, loadApi, type OrtApi, type Pointer } from './api';
import type {
  Backend,
  ElementType,
  HostTensor,
  LikelyTokens,
  MemoryUse,
  SparseAttention,
  Tensor,
} from './backend';
import { type CudaDriver, loadDriver } from './cuda-driver';
import { CudaTensor, type DeviceMemory, MirroredTensor } from './cuda-tensor';
import { CUDA_TUNING, type CudaTuning } from './cuda-tuning';
import { halvesToFloats } from './float16';
import { reasonOf } from './kernel-api';
import { GpuTooOldError } from './kernels/modules';
import { CudaOperators } from './kernels/operators';
import { hasSparseKernels } from './kernels/sparse-kernels';
import { findCudaProvider, findRuntimeLibrary, preloadCudaLibraries } from './library';
import { OperatorDomain } from './operator-domain';
import { withOwnOperators } from './own-operators-graph';
import { withQuantizedCache } from './quantized-cache-graph';
import { OrtSession, type SessionTraits } from './session';
import { SharedArena } from './shared-arena';
import type { WeightMemory } from './shared-weights';
import { withSparseAttention } from './sparse-attention-graph';
import { CpuTensor, type OrtTensor, wrapMemory } from './tensor';
import { WeightSharing } from './weight-sharing';

/**
 * What cuBLAS keeps for each of its handles, and every session has some: 2 pieces of 4 MiB and 8 of 16 KiB instead of one of 32 MiB on
 * Hopper, which is 390 MiB of four sessions. The products that would want more are ours, with a workspace of their own.
 */
const CUBLAS_WORKSPACE = ':4096:2:16:8';

/** Devices from this size on read long prompts in longer pieces: a sixth faster, for 190 MiB more of a 9 B model. */
const ROOMY_BYTES = 16e9;

/** ORT's CUDA provider through its C API. Cache, tokens and logits stay on the device; what JavaScript asks for is copied. */
export class CudaBackend implements Backend {
  readonly provider = 'cuda';
  device: Extract<Device, { kind: 'card' }>;
  readonly #api: OrtApi;
  readonly #driver: CudaDriver;
  readonly #deviceId: number;
  readonly #env: Pointer;
  readonly #cpu: Pointer;
  readonly #memory: DeviceMemory;
  readonly #tuning: CudaTuning;
  readonly #own: Own | null;
  readonly #weights: WeightSharing;
  readonly #arena: SharedArena | null;
  /** Graphs whose caches have 8 bits. */
  #quantized = new Set<string>();
  #keepsCache: boolean;
  #peak = 0;

  private constructor(api: OrtApi, driver: CudaDriver, deviceId: number, tuning: CudaTuning) {
    this.#tuning = tuning;
    this.#keepsCache = tuning.cacheType === 'float16';
    this.#api = api;
    this.#driver = driver;
    this.#deviceId = deviceId;
    const name = driver.use(deviceId);
    this.device = { kind: 'card', name, ...(driver.deviceCount > 1 && { number: deviceId }) };
    this.#env = api.createEnv(LOG_ERROR, 'autoglm');
    this.#cpu = api.createMemoryInfo('Cpu', 1, 0, 0);
    this.#memory = { api, driver, info: api.createMemoryInfo('Cuda', 1, deviceId, 0) };
    const { info } = this.#memory;
    this.#weights = new WeightSharing(api, weightMemory(driver, info), (reason) => {
      process.stderr.write(`engine: weights are not shared: ${reason}\n`);
      this.device = { ...this.device, weightsNotShared: true };
    });
    this.#arena = tuning.sharedArena ? this.#createArena() : null;
    this.#own = tuning.ownOperators.length > 0 ? this.#createOwn() : null;
  }

  /** @throws AppError `provider-unavailable` naming what is missing: driver, GPU or ORT's CUDA library. */
  static open(deviceId: number, tuning: Partial<CudaTuning> = {}): CudaBackend {
    const driver = loadDriver();
    if (deviceId >= driver.deviceCount) {
      const message = `There is no GPU ${deviceId}: the driver finds ${driver.deviceCount}, counted from 0.`;
      throw new AppError('provider-unavailable', message, {
        kind: 'gpu-number',
        deviceId,
        devices: driver.deviceCount,
      });
    }
    const library = findRuntimeLibrary();
    if (!findCudaProvider(library)) {
      throw new AppError(
        'provider-unavailable',
        "ONNX Runtime's CUDA provider is not installed: libonnxruntime_providers_cuda must lie beside the runtime's library.",
        { kind: 'cuda-provider-missing', missing: 'libonnxruntime_providers_cuda', folder: library },
      );
    }
    process.env.CUBLAS_WORKSPACE_CONFIG ??= CUBLAS_WORKSPACE;
    preloadCudaLibraries();
    return new CudaBackend(loadApi(library), driver, deviceId, { ...CUDA_TUNING, ...tuning });
  }

  get prefillRows(): number {
    return this.#tuning.prefillRows ?? (this.#driver.memory().total < ROOMY_BYTES ? 1024 : 3072);
  }

  async shareWeights(graphs: readonly string[], onProgress?: (fraction: number) => void): Promise<boolean> {
    const { sharedWeights, config } = this.#tuning;
    // Kernels that make their own order of the weights have a copy anyway.
    const isRepacked = [config['ep.cuda.fpa_intb_gemm'], process.env.ORT_FPA_INTB_GEMM].some((set) =>
      Number(set),
    );
    return sharedWeights && !isRepacked && this.#weights.load(graphs, onProgress);
  }

  async quantizeCache(graphs: readonly string[]): Promise<boolean> {
    if (this.#keepsCache) return false;
    try {
      if (!this.#own) throw new Error('there are no kernels of our own');
      const found = await Promise.all(
        graphs.map(async (path) => {
          const graph = withQuantizedCache(await readFile(path));
          if (!graph) throw new Error(`another operator reads the cache in ${path}`);
          return graph;
        }),
      );
      const shapes = found.flatMap((graph) => graph.shapes);
      if (shapes.length === 0) return false;
      await this.#own.kernels.tryQuantizedAttention(shapes);
      this.#quantized = new Set(graphs);
      return true;
    } catch (error) {
      if (error instanceof AppError) throw error;
      this.keepCache(reasonOf(error));
      return false;
    }
  }

  keepCache(reason: string): void {
    process.stderr.write(`engine: the cache keeps 16 bits: ${reason}\n`);
    this.device = { ...this.device, cacheNotQuantized: true };
    this.#keepsCache = true;
    this.#quantized.clear();
  }

  open(path: string, wantsGraphs = false, sparse?: SparseAttention): Promise<OrtSession> {
    return this.#weights.open(path, (lend) => this.#open({ path, wantsGraphs, sparse, lend }));
  }

  async #open(opened: Opened, withOwn = this.#own !== null): Promise<OrtSession> {
    const { path, wantsGraphs, lend } = opened;
    const cudaGraphs = wantsGraphs && this.#tuning.graphs;
    // Of other exports' decoders some have no kernel of their own for a single token (XQA), which then is flash attention's: they stay as
    // ORT has them.
    appendApart(wantsGraphs && !this.#tuning.appendInAttention);
    const options = this.#sessionOptions(wantsGraphs, cudaGraphs);
    const arena = this.#tuning.shrink && !cudaGraphs ? `gpu:${this.#deviceId}` : undefined;
    try {
      lend(options);
      const traits = { graphs: cudaGraphs, arena };
      if (this.#own && withOwn) {
        const session = await this.#openWithOwn(this.#own, opened, options, traits);
        if (session) return session;
        return await this.#open(opened, false);
      }
      return await OrtSession.open(this.#api, this.#env, path, options, traits);
    } catch (error) {
      // "This session cannot use the CUDA Graph feature …": a node runs on the CPU. Slower, so the device says it.
      if (!cudaGraphs || !(error instanceof Error && /graph (capture|feature)/i.test(error.message)))
        throw error;
      this.device = { ...this.device, withoutCudaGraph: true };
      return this.#open({ ...opened, wantsGraphs: false });
    } finally {
      this.#api.releaseSessionOptions(options);
    }
  }

  /** Null where the kernels cannot be had here; the graph is then as it is in its file. */
  async #openWithOwn(
    { domain, kernels }: Own,
    { path, wantsGraphs, sparse }: Opened,
    options: Pointer,
    traits: SessionTraits,
  ): Promise<OrtSession | null> {
    const isQuantized = this.#quantized.has(path);
    const { ownOperators, sparseLength } = this.#tuning;
    const isSparse = sparse && ownOperators.includes('sparse') && hasSparseKernels(sparse);
    const long = isSparse && { ...sparse, minLength: Math.max(sparse.minLength, sparseLength) };
    const parts = ownOperators.filter((part) => wantsGraphs || part === 'products');
    const rewrite = (model: Uint8Array) => {
      const cached = (isQuantized ? withQuantizedCache(model)?.model : null) ?? model;
      return withOwnOperators(long ? withSparseAttention(cached, long) : cached, 'float16', parts);
    };
    let session: OrtSession | null = null;
    try {
      domain.addTo(options);
      session = await OrtSession.openRewritten(this.#api, this.#env, path, rewrite, options, traits);
      await kernels.ready();
      return session;
    } catch (error) {
      // Whatever is wrong with the graph itself, the file's own says it better.
      session?.dispose();
      // The file's has another cache.
      if (isQuantized) throw error;
      this.#withoutOwn(reasonOf(error));
      return null;
    }
  }

  #createOwn(): Own | null {
    try {
      const kernels = new CudaOperators({
        driver: this.#driver,
        device: this.#deviceId,
        wrap: (address, bytes, shape) => {
          const value = wrapMemory(this.#api, this.#memory.info, address, bytes, 'float16', shape);
          return { value, release: () => this.#api.releaseValue(value) };
        },
        promptPrecision: this.#tuning.promptPrecision,
        onRefused: (reason) => this.#withoutOwn(reason),
      });
      return { kernels, domain: new OperatorDomain(this.#api, 'CUDAExecutionProvider', kernels.operators) };
    } catch (error) {
      if (!(error instanceof GpuTooOldError)) this.#withoutOwn(reasonOf(error));
      return null;
    }
  }

  /** Null where there can be none, which costs memory and nothing else. */
  #createArena(): SharedArena | null {
    try {
      return new SharedArena(this.#api, this.#env, 'CUDAExecutionProvider', this.#memory.info);
    } catch (error) {
      process.stderr.write(`engine: the arena is not shared: ${reasonOf(error)}\n`);
      return null;
    }
  }

  /** Slower, and as right, so the device says it. */
  #withoutOwn(reason: string): void {
    process.stderr.write(`engine: without own kernels: ${reason}\n`);
    this.device = { ...this.device, withoutOwnKernels: true };
  }

  allocate(type: ElementType, shape: readonly number[]): OrtTensor {
    return new CudaTensor(this.#memory, type, shape);
  }

  buffer<T extends ElementType>(type: T, shape: readonly number[], place?: 'device' | 'host'): HostTensor<T> {
    if (place === 'host') return CpuTensor.create(this.#api, this.#cpu, type, shape);
    return new MirroredTensor(this.#memory, type, shape);
  }

  likelyTokens(logits: Tensor): LikelyTokens | null {
    if (!this.#own || !(logits instanceof MirroredTensor) || logits.type !== 'float16') return null;
    const { data, address } = logits as MirroredTensor<'float16'>;
    const read = () => {
      logits.download();
      const floats = new Float32Array(data.length);
      halvesToFloats(data, floats);
      return floats;
    };
    return this.#own.kernels.likelyTokens({ address, vocabulary: data.length, read });
  }

  memory(): MemoryUse {
    const { free, total } = this.#driver.memory();
    this.#peak = Math.max(this.#peak, total - free);
    return { usedBytes: total - free, peakBytes: this.#peak, freeBytes: free };
  }

  dispose(): void {
    this.#weights.dispose();
    this.#arena?.dispose();
    this.#api.releaseMemoryInfo(this.#cpu);
    this.#api.releaseMemoryInfo(this.#memory.info);
    this.#own?.domain.dispose();
    this.#own?.kernels.dispose();
    this.#api.releaseEnv(this.#env);
  }

  #sessionOptions(isDecoder: boolean, cudaGraphs: boolean): Pointer {
    const api = this.#api;
    const tuning = this.#tuning;
    const attention = isDecoder ? tuning.attention : tuning.encoderAttention;
    const options = api.createSessionOptions();
    const cuda = api.createCudaOptions();
    try {
      const config = {
        device_id: String(this.#deviceId),
        // The default doubles the arena at each growth, which can take twice the memory that a model needs.
        arena_extend_strategy: 'kSameAsRequested',
        enable_cuda_graph: cudaGraphs ? '1' : '0',
        // The default tries all of cuDNN's algorithms at every new length of sound and size of picture, with gigabytes to work in.
        cudnn_conv_algo_search: 'HEURISTIC',
        cudnn_conv_use_max_workspace: '0',
        ...(attention !== 0 && { sdpa_kernel: String(attention) }),
        ...tuning.provider,
      };
      api.setLogSeverity(options, LOG_ERROR);
      if (!tuning.memoryPattern) api.disableMemoryPattern(options);
      if (tuning.profile) api.enableProfiling(options, tuning.profile);
      for (const [key, value] of Object.entries(tuning.config)) api.addSessionConfig(options, key, value);
      api.updateCudaOptions(cuda, Object.keys(config), Object.values(config), Object.keys(config).length);
      api.appendCuda(options, cuda);
      if (!cudaGraphs) this.#arena?.addTo(options);
      return options;
    } catch (error) {
      api.releaseSessionOptions(options);
      throw error;
    } finally {
      api.releaseCudaOptions(cuda);
    }
  }
}

/** What a session is opened for. */
interface Opened {
  readonly path: string;
  readonly wantsGraphs: boolean;
  readonly sparse: SparseAttention | undefined;
  /** Gives the session's options the shared weights. */
  readonly lend: (options: Pointer) => void;
}

/** Operators of our own, and their place in ORT. */
interface Own {
  readonly kernels: CudaOperators;
  readonly domain: OperatorDomain;
}

/** For the sessions opened next: ORT reads it when it makes their kernels, and has no option for it. */
function appendApart(apart: boolean): void {
  const name = 'ORT_DISABLE_FLASH_DECODE';
  const value = apart ? '1' : '0';
  // Changing the environment while another thread reads it is not safe everywhere.
  if ((process.env[name] ?? '0') !== value) process.env[name] = value;
}

function weightMemory(driver: CudaDriver, info: Pointer): WeightMemory {
  return {
    info,
    allocate: (bytes) => driver.allocate(bytes),
    free: (address) => driver.free(address),
    write: (target, source) => driver.copyToDevice(target, source),
    read: (target, source) => driver.copyToHost(target, source),
    pin: (buffer) => driver.pin(buffer),
  };
}
