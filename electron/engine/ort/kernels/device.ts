import type { CudaDriver } from '../cuda-driver';
import type { KernelContext } from '../custom-operator';
import type { Pointer } from '../ffi';
import { halvesToFloats } from '../float16';
import { CudaModules, type Module } from './modules';
import { Workspace, type WrapMemory } from './workspace';

/** Values that are looked at to trust a kernel. */
const MOST_COMPARED = 1 << 17;
/** How far results may be apart, as a share of the largest: other orders of summing make some thousandths of it. */
const TOLERANCE = 0.02;

export interface OperatorDeviceOptions {
  readonly driver: CudaDriver;
  readonly device: number;
  readonly wrap: WrapMemory;
  /** Told of each kernel whose results were not ORT's. */
  readonly onRefused: (reason: string) => void;
  /** The kernels on this GPU. Tests give one that records. */
  readonly modules?: Pick<CudaModules, 'load' | 'finish' | 'multiprocessors' | 'sharedBytes'>;
}

/** Two ways to the same `count` float16 values at `y`. */
export interface Ways {
  readonly y: Pointer;
  readonly count: number;
  readonly ours: () => void;
  readonly theirs: () => void;
}

/** What the operators share: the GPU's kernels, which of them are trusted, and memory between them. */
export class OperatorDevice {
  readonly modules: NonNullable<OperatorDeviceOptions['modules']>;
  readonly #driver: CudaDriver;
  readonly #wrap: WrapMemory;
  readonly #onRefused: (reason: string) => void;
  readonly #loading: Promise<unknown>[] = [];
  /** Whether ours is used, by what it does. */
  readonly #trusted = new Map<string, boolean>();
  readonly #workspaces: Workspace[] = [];

  /** @throws GpuTooOldError */
  constructor({ driver, device, wrap, onRefused, modules }: OperatorDeviceOptions) {
    this.#driver = driver;
    this.#wrap = wrap;
    this.#onRefused = onRefused;
    this.modules = modules ?? new CudaModules(driver, device);
  }

  /** Begins to compile; what is returned gives the module once `ready` has. */
  module(...[file, macros]: Parameters<CudaModules['load']>): () => Module {
    let module: Module | null = null;
    const loading = this.modules.load(file, macros).then((loaded) => {
      module = loaded;
    });
    loading.catch(() => {});
    this.#loading.push(loading);
    return () => {
      if (!module) throw new Error('A kernel was run before it was ready.');
      return module;
    };
  }

  /**
   * Waits for the modules asked for so far.
   *
   * @throws Error where one cannot be compiled.
   */
  async ready(): Promise<void> {
    await Promise.all(this.#loading.splice(0));
  }

  workspace(options: { readonly keepsOutgrown: boolean }): Workspace {
    const workspace = new Workspace(this.#driver, this.#wrap, options.keepsOutgrown);
    this.#workspaces.push(workspace);
    return workspace;
  }

  /** Blocks of 256 threads for kernels whose threads take a value after the other. */
  blocksFor(values: number): number {
    return Math.min(8 * this.modules.multiprocessors, Math.ceil(values / 256));
  }

  /** Ours, once it has made what ORT's makes. The first time both run, and ORT's result stays. */
  run(subject: string, context: KernelContext, { y, count, ours, theirs }: Ways): void {
    const trusted = this.#trusted.get(subject);
    if (trusted !== undefined) {
      (trusted ? ours : theirs)();
      return;
    }
    const compared = Math.min(count, MOST_COMPARED);
    const [got, expected] = [ours, theirs].map((run) => {
      run();
      const halves = new Uint16Array(new ArrayBuffer(2 * compared));
      this.modules.finish(context.stream());
      this.#driver.copyToHost(halves, y);
      const values = new Float32Array(compared);
      halvesToFloats(halves, values);
      return values;
    }) as [Float32Array, Float32Array];
    const difference = greatestDifference(got, expected);
    this.#trusted.set(subject, difference <= TOLERANCE);
    if (difference > TOLERANCE)
      this.#onRefused(`${subject}: ${difference} of the largest value apart from ONNX Runtime's`);
  }

  dispose(): void {
    for (const workspace of this.#workspaces.splice(0)) workspace.dispose();
  }
}

/** Rows of a tensor whose last dimension is a row. */
export const rowsOf = (shape: readonly number[]): number =>
  shape.slice(0, -1).reduce((product, size) => product * size, 1);

/** As a share of the largest expected value; infinite where only one is a finite number. */
function greatestDifference(got: Float32Array, expected: Float32Array): number {
  let [apart, largest] = [0, 1e-3];
  for (const [i, value] of expected.entries()) {
    if (Object.is(value, got[i])) continue;
    const difference = Math.abs(value - got[i]!);
    if (!Number.isFinite(difference)) return Number.POSITIVE_INFINITY;
    apart = Math.max(apart, difference);
    largest = Math.max(largest, Math.abs(value));
  }
  return apart / largest;
}
