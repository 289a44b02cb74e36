import type { Device } from '../../contract/device';
import { LOG_ERROR, loadApi, type OrtApi, type Pointer } from './api';
import type { Backend, ElementType, MemoryUse } from './backend';
import type { OwnOperators } from './custom-operator';
import { findRuntimeLibrary } from './library';
import { OperatorDomain } from './operator-domain';
import { memoryOfProcess } from './process-memory';
import { OrtSession } from './session';
import { CpuTensor, OrtTensor } from './tensor';

/** Session settings that models/bench measures; the defaults are what it found best (models/bench/NOTES.md). */
export interface CpuTuning {
  readonly spinning: boolean;
  readonly arena: boolean;
  readonly memoryPattern: boolean;
  readonly prepacking: boolean;
  readonly denormalsAsZero: boolean;
  /** `GraphOptimizationLevel`: 0, 1, 2 or 99 for all. */
  readonly optimization: number;
  /** Passed to ORT as they are. */
  readonly config: Readonly<Record<string, string>>;
  /** File prefix of ORT's own per-node profile; off when absent. */
  readonly profile?: string;
  /** Operators of our own, and what puts them into the graphs. */
  readonly own?: OwnOperators;
}

const CPU_TUNING: CpuTuning = {
  // Threads that spin between operators are a seventh faster on an idle machine and half as fast on a busy one; while an answer
  // streams, the page that draws it is always busy.
  spinning: false,
  arena: true,
  memoryPattern: true,
  prepacking: true,
  denormalsAsZero: true,
  optimization: 99,
  config: {},
};

/** ORT's CPU provider through its C API. */
export class CpuBackend implements Backend {
  readonly provider = 'cpu';
  readonly device: Device;
  readonly #api: OrtApi;
  readonly #env: Pointer;
  readonly #options: Pointer;
  readonly #own: { readonly domain: OperatorDomain; readonly rewrite: OwnOperators['rewrite'] } | null;
  readonly #info: Pointer;
  readonly #allocator: Pointer;

  /** @param threads threads of one run, this one included. */
  constructor(threads: number, tuning: Partial<CpuTuning> = {}, library = findRuntimeLibrary()) {
    const api = loadApi(library);
    this.#api = api;
    this.device = { kind: 'processor', threads };
    this.#env = api.createEnv(LOG_ERROR, 'autoglm');
    this.#options = createOptions(api, threads, { ...CPU_TUNING, ...tuning });
    const { own } = tuning;
    this.#own = own
      ? { domain: new OperatorDomain(api, 'CPUExecutionProvider', own.operators), rewrite: own.rewrite }
      : null;
    this.#own?.domain.addTo(this.#options);
    this.#info = api.createMemoryInfo('Cpu', 1, 0, 0);
    // Not an arena: the KV cache is one block a layer, and pages of it that no token has reached stay untouched.
    this.#allocator = api.getDefaultAllocator();
  }

  open(path: string): Promise<OrtSession> {
    return this.#own
      ? OrtSession.openRewritten(this.#api, this.#env, path, this.#own.rewrite, this.#options)
      : OrtSession.open(this.#api, this.#env, path, this.#options);
  }

  allocate(type: ElementType, shape: readonly number[]): OrtTensor {
    return OrtTensor.allocate(this.#api, this.#allocator, type, shape);
  }

  buffer<T extends ElementType>(type: T, shape: readonly number[]): CpuTensor<T> {
    return CpuTensor.create(this.#api, this.#info, type, shape);
  }

  memory(): MemoryUse {
    return memoryOfProcess();
  }

  dispose(): void {
    this.#api.releaseSessionOptions(this.#options);
    this.#own?.domain.dispose();
    this.#api.releaseMemoryInfo(this.#info);
    this.#api.releaseEnv(this.#env);
  }
}

function createOptions(api: OrtApi, threads: number, tuning: CpuTuning): Pointer {
  const options = api.createSessionOptions();
  const config: Record<string, string> = {
    'session.intra_op.allow_spinning': tuning.spinning ? '1' : '0',
    'session.set_denormal_as_zero': tuning.denormalsAsZero ? '1' : '0',
    'session.disable_prepacking': tuning.prepacking ? '0' : '1',
    ...tuning.config,
  };
  api.setLogSeverity(options, LOG_ERROR);
  api.setIntraOpThreads(options, threads);
  // Sequential execution: a transformer is a chain, parallel branches are smaller than what handing them over costs.
  api.setExecutionMode(options, 0);
  api.setInterOpThreads(options, 1);
  api.setOptimizationLevel(options, tuning.optimization);
  if (!tuning.arena) api.disableCpuArena(options);
  if (!tuning.memoryPattern) api.disableMemoryPattern(options);
  if (tuning.profile) api.enableProfiling(options, tuning.profile);
  for (const [key, value] of Object.entries(config)) api.addSessionConfig(options, key, value);
  return options;
}
