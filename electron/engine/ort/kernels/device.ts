import { AppError } from '../../../contract/errors';
import type { CudaDriver } from '../cuda-driver';
import type { KernelContext } from '../custom-operator';
import type { Pointer, PointerArgument } from '../ffi';
import { halvesToFloats } from '../float16';
import { reasonOf } from '../kernel-api';
import { type CublasLt, openCublasLt } from './cublas-lt';
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
  /** cuBLASLt; tests give one that records. */
  readonly openCublas?: () => CublasLt;
  /** The kernels on this GPU. Tests give one that records. */
  readonly modules?: Pick<CudaModules, 'load' | 'finish' | 'capability' | 'multiprocessors' | 'sharedBytes'>;
}

/** Two ways to the same `count` float16 values at `y`. */
export interface Ways {
  readonly y: Pointer;
  readonly count: number;
  readonly ours: () => void;
  readonly theirs: () => void;
  /** Where ours rounds more coarsely on purpose: how far it may be apart in the root mean square, as a share of that of the values. */
  readonly rounding?: number;
}

/** What the operators share: the GPU's kernels, which of them are trusted, and memory between them. */
export class OperatorDevice {
  readonly modules: NonNullable<OperatorDeviceOptions['modules']>;
  /** @throws Error where it is missing. Whoever opens it disposes of it. */
  readonly openCublas: () => CublasLt;
  readonly #driver: CudaDriver;
  readonly #wrap: WrapMemory;
  readonly #onRefused: (reason: string) => void;
  readonly #loading: Promise<unknown>[] = [];
  /** Whether ours is used, by what it does. */
  readonly #trusted = new Map<string, boolean>();
  readonly #workspaces: Workspace[] = [];
  readonly #afterwards: (() => void)[] = [];

  /** @throws GpuTooOldError */
  constructor({ driver, device, wrap, onRefused, openCublas, modules }: OperatorDeviceOptions) {
    this.#driver = driver;
    this.#wrap = wrap;
    this.#onRefused = onRefused;
    this.openCublas = openCublas ?? openCublasLt;
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

  /** Copies from the device what the stream has made by then. */
  read(stream: Pointer, target: ArrayBufferView & PointerArgument, source: Pointer): void {
    this.modules.finish(stream);
    this.#driver.copyToHost(target, source);
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
  run(subject: string, context: KernelContext, ways: Ways): void {
    const trusted = this.#trusted.get(subject);
    if (trusted === false) ways.theirs();
    else if (trusted) this.#orTheirs(subject, ways, ways.ours);
    else this.#orTheirs(subject, ways, () => this.#compare(subject, context, ways));
  }

  /** Ours, where there is nothing of ORT's to compare with, once `tries` has not thrown. It is called the first time. */
  runTried(subject: string, tries: () => void, ways: Pick<Ways, 'ours' | 'theirs'>): void {
    const trusted = this.#trusted.get(subject);
    const triedAndOurs = () => {
      if (!trusted) tries();
      this.#trusted.set(subject, true);
      ways.ours();
    };
    if (trusted === false) ways.theirs();
    else this.#orTheirs(subject, ways, triedAndOurs);
  }

  /** What ours throws is no error of the run. */
  #orTheirs(subject: string, { theirs }: Pick<Ways, 'theirs'>, run: () => void): void {
    try {
      run();
    } catch (error) {
      if (error instanceof AppError) throw error;
      this.refuse(subject, reasonOf(error));
      theirs();
    }
  }

  #compare(subject: string, context: KernelContext, { y, count, ours, theirs, rounding }: Ways): void {
    const compared = Math.min(count, MOST_COMPARED);
    const [got, expected] = [ours, theirs].map((run) => {
      run();
      const halves = new Uint16Array(new ArrayBuffer(2 * compared));
      this.read(context.stream(), halves, y);
      const values = new Float32Array(compared);
      halvesToFloats(halves, values);
      return values;
    }) as [Float32Array, Float32Array];
    const [apart, allowed, of] =
      rounding === undefined
        ? [greatestDifference(got, expected), TOLERANCE, 'of the largest value']
        : [meanDifference(got, expected), rounding, 'of the values, in the root mean square,'];
    if (apart <= allowed) this.#trusted.set(subject, true);
    else this.refuse(subject, `${apart} ${of} apart from ONNX Runtime's`);
  }

  /** Ours is not used for this any more. */
  refuse(subject: string, reason: string): void {
    this.#trusted.set(subject, false);
    this.#onRefused(`${subject}: ${reason}`);
  }

  /** Runs `after` when the device is disposed of. */
  onDisposed(after: () => void): void {
    this.#afterwards.push(after);
  }

  dispose(): void {
    for (const after of this.#afterwards.splice(0)) after();
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

/** Root mean squares: of the differences over that of what was expected; infinite where only one is a finite number. */
function meanDifference(got: Float32Array, expected: Float32Array): number {
  let [apart, all] = [0, 0];
  for (const [i, value] of expected.entries()) {
    if (Object.is(value, got[i])) {
      if (Number.isFinite(value)) all += value * value;
      continue;
    }
    const difference = value - got[i]!;
    if (!Number.isFinite(difference)) return Number.POSITIVE_INFINITY;
    apart += difference * difference;
    all += value * value;
  }
  return Math.sqrt(apart / Math.max(all, 1e-6));
}
