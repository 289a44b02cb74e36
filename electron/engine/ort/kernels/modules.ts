import type { CudaDriver } from '../cuda-driver';
import { koffi, type Pointer } from '../ffi';
import { compile, type KernelFile } from './nvrtc';

/** Attributes of devices and functions, and of launches, by their numbers in cuda.h. */
const DEVICE = { multiprocessors: 16, capabilityMajor: 75, capabilityMinor: 76, sharedBytes: 97 } as const;
const FUNCTION = { dynamicShared: 8, sharedShare: 9 } as const;
const OVERLAPPING_LAUNCH = 6;
const MAX_ARGUMENTS = 16;
/** Shared memory that the kernels need beside what a launch asks for: sums of warps. */
const STATIC_SHARED = 10 << 10;

/** Programmatic launches, the first part of a kernel while the one before ends, came with this compute capability. */
const OVERLAP = 90;
/** Tensor cores that take 16 x 8 x 16 halves, and copies into shared memory that no registers wait for. */
const LEAST_CAPABILITY = 80;

export interface Launch {
  readonly stream: Pointer;
  readonly blocks: readonly [x: number, y?: number];
  readonly threads: number;
  /** Bytes of shared memory that the launch asks for. */
  readonly shared?: number;
}

/** A kernel's arguments in order: addresses as bigint, integers as number, floats marked. */
export type Argument = bigint | number | { readonly float: number };

export interface CudaKernel {
  launch(at: Launch, args: readonly Argument[]): void;
}

/** No fault of anything: the GPU is from before what the kernels need. */
export class GpuTooOldError extends Error {}

/** Kernels of ours on one GPU. A file is compiled once for each set of macros. */
export class CudaModules {
  readonly #fn: ReturnType<typeof bindDriver>;
  readonly #compile: typeof compile;
  readonly #modules = new Map<string, Promise<Module>>();
  /** Compute capability, 90 for 9.0. */
  readonly capability: number;
  /** Bytes of shared memory that a launch may ask for. */
  readonly sharedBytes: number;
  readonly multiprocessors: number;

  /** @throws GpuTooOldError where it cannot run the kernels. */
  constructor(driver: Pick<CudaDriver, 'library'>, device: number, compiled = compile) {
    this.#fn = bindDriver(driver);
    this.#compile = compiled;
    const ask = (attribute: number): number => {
      const value = [0];
      check(this.#fn.attribute(value, attribute, device), 'ask for an attribute of the device');
      return value[0]!;
    };
    this.capability = ask(DEVICE.capabilityMajor) * 10 + ask(DEVICE.capabilityMinor);
    if (this.capability < LEAST_CAPABILITY) {
      const has = (this.capability / 10).toFixed(1);
      throw new GpuTooOldError(`The GPU has compute capability ${has}; the kernels need 8.0.`);
    }
    this.multiprocessors = ask(DEVICE.multiprocessors);
    this.sharedBytes = ask(DEVICE.sharedBytes) - STATIC_SHARED;
  }

  /** Waits until the stream has done all that it was given. */
  finish(stream: Pointer): void {
    check(this.#fn.synchronize(stream), 'finish a kernel');
  }

  /** Begins to compile; a second call for the same gives the same. */
  load(file: KernelFile, macros: Readonly<Record<string, number>> = {}): Promise<Module> {
    const key = JSON.stringify([file, macros]);
    const known = this.#modules.get(key);
    if (known) return known;
    const loading = this.#compile(file, this.capability, macros).then(
      (code) => new Module(this.#fn, code, this.sharedBytes, this.capability >= OVERLAP),
    );
    // Whoever wants the module meets the error; nobody may be left who does.
    loading.catch(() => {});
    this.#modules.set(key, loading);
    return loading;
  }
}

/** Loaded machine code. */
export class Module {
  readonly #fn: ReturnType<typeof bindDriver>;
  readonly #handle: Pointer;
  readonly #sharedBytes: number;
  readonly #overlaps: boolean;
  readonly #kernels = new Map<string, CudaKernel>();

  constructor(fn: ReturnType<typeof bindDriver>, code: Uint8Array, sharedBytes: number, overlaps: boolean) {
    this.#fn = fn;
    this.#sharedBytes = sharedBytes;
    this.#overlaps = overlaps;
    const out: (Pointer | null)[] = [null];
    check(fn.loadModule(out, code), 'load the kernels');
    this.#handle = out[0] as Pointer;
  }

  /** @param asksShared its launches ask for shared memory, up to `CudaModules.sharedBytes`. */
  kernel(name: string, asksShared = false): CudaKernel {
    let kernel = this.#kernels.get(name);
    if (!kernel) {
      const out: (Pointer | null)[] = [null];
      check(this.#fn.getFunction(out, this.#handle, name), `find the kernel ${name}`);
      const handle = out[0] as Pointer;
      if (asksShared) {
        check(this.#fn.setAttribute(handle, FUNCTION.dynamicShared, this.#sharedBytes), `set up ${name}`);
        check(this.#fn.setAttribute(handle, FUNCTION.sharedShare, 100), `set up ${name}`);
      }
      kernel = new LaunchedKernel(this.#fn, name, handle, this.#overlaps);
      this.#kernels.set(name, kernel);
    }
    return kernel;
  }
}

/** `CUlaunchConfig` with one `CUlaunchAttribute`, and the arguments, in native memory that is written anew for each launch. */
class LaunchedKernel implements CudaKernel {
  readonly #fn: ReturnType<typeof bindDriver>;
  readonly #name: string;
  readonly #handle: Pointer;
  readonly #config: Native;
  readonly #values: Native;
  readonly #pointers: Native;

  constructor(fn: ReturnType<typeof bindDriver>, name: string, handle: Pointer, overlaps: boolean) {
    this.#fn = fn;
    this.#name = name;
    this.#handle = handle;
    this.#config = allocate(56 + 72);
    this.#values = allocate(8 * MAX_ARGUMENTS);
    this.#pointers = allocate(8 * MAX_ARGUMENTS);
    for (let i = 0; i < MAX_ARGUMENTS; i++)
      this.#pointers.view.setBigUint64(8 * i, this.#values.address + BigInt(8 * i), true);
    const { view, address } = this.#config;
    view.setBigUint64(40, address + 56n, true);
    view.setUint32(48, overlaps ? 1 : 0, true);
    view.setUint32(56, OVERLAPPING_LAUNCH, true);
    view.setUint32(64, 1, true);
  }

  launch({ stream, blocks: [x, y = 1], threads, shared = 0 }: Launch, args: readonly Argument[]): void {
    const { view, address } = this.#config;
    for (const [i, value] of [x, y, 1, threads, 1, 1, shared].entries()) view.setUint32(4 * i, value, true);
    view.setBigUint64(32, BigInt.asUintN(64, stream), true);
    for (const [i, value] of args.entries()) {
      if (typeof value === 'bigint') this.#values.view.setBigUint64(8 * i, BigInt.asUintN(64, value), true);
      else if (typeof value === 'number') this.#values.view.setInt32(8 * i, value, true);
      else this.#values.view.setFloat32(8 * i, value.float, true);
    }
    check(this.#fn.launch(address, this.#handle, this.#pointers.address, null), `launch ${this.#name}`);
  }
}

interface Native {
  readonly address: Pointer;
  readonly view: DataView;
}

/** Zeroed memory whose address stays as long as somebody keeps the view (Electron allows no views of native memory). */
function allocate(bytes: number): Native {
  const memory = new Uint8Array(new ArrayBuffer(bytes));
  return { address: koffi.address(memory), view: new DataView(memory.buffer) };
}

function bindDriver({ library }: Pick<CudaDriver, 'library'>) {
  return {
    attribute: library.func('int cuDeviceGetAttribute(_Out_ int *value, int attribute, int device)'),
    loadModule: library.func('int cuModuleLoadData(_Out_ void **module, const void *code)'),
    getFunction: library.func('int cuModuleGetFunction(_Out_ void **kernel, void *module, str name)'),
    setAttribute: library.func('int cuFuncSetAttribute(void *kernel, int attribute, int value)'),
    synchronize: library.func('int cuStreamSynchronize(void *stream)'),
    launch: library.func('int cuLaunchKernelEx(void *config, void *kernel, void *arguments, void *extra)'),
  };
}

function check(result: unknown, what: string): void {
  if (result !== 0) throw new Error(`The NVIDIA driver could not ${what} (error ${result}).`);
}
