import { AppError } from '../../contract/errors';
import type { Pointer, PointerArgument } from './api';
import { koffi } from './ffi';

/** `CUresult` values that mean something to a person. */
const OUT_OF_MEMORY = 2;
const NO_DEVICE = 100;

export type CudaDriver = ReturnType<typeof openDriver>;

let driver: CudaDriver | null = null;

/**
 * NVIDIA's driver API (libcuda.so.1, nvcuda.dll): it comes with the driver under one name, where the runtime library's name changes
 * with every major version, and shares its primary context with ORT's. Loaded only when CUDA is asked for.
 *
 * @throws AppError `provider-unavailable` without a driver or a GPU.
 */
export function loadDriver(): CudaDriver {
  driver ??= openDriver();
  return driver;
}

function openDriver() {
  const library = loadLibrary();
  const native = (name: string, args: string) => library.func(`int ${name}(${args})`);
  const fn = {
    init: native('cuInit', 'unsigned int flags'),
    version: native('cuDriverGetVersion', '_Out_ int *version'),
    count: native('cuDeviceGetCount', '_Out_ int *count'),
    device: native('cuDeviceGet', '_Out_ int *device, int ordinal'),
    name: native('cuDeviceGetName', 'void *name, int length, int device'),
    totalMemory: native('cuDeviceTotalMem_v2', '_Out_ size_t *bytes, int device'),
    busId: native('cuDeviceGetPCIBusId', 'void *text, int length, int device'),
    retain: native('cuDevicePrimaryCtxRetain', '_Out_ void **context, int device'),
    setCurrent: native('cuCtxSetCurrent', 'void *context'),
    alloc: native('cuMemAlloc_v2', '_Out_ uint64_t *address, size_t bytes'),
    free: native('cuMemFree_v2', 'uint64_t address'),
    info: native('cuMemGetInfo_v2', '_Out_ size_t *free, _Out_ size_t *total'),
    register: native('cuMemHostRegister_v2', 'void *memory, size_t bytes, unsigned int flags'),
    unregister: native('cuMemHostUnregister', 'void *memory'),
    toDevice: native('cuMemcpyHtoD_v2', 'uint64_t target, const void *source, size_t bytes'),
    synchronize: native('cuStreamSynchronize', 'void *stream'),
    toHost: native('cuMemcpyDtoH_v2', 'void *target, uint64_t source, size_t bytes'),
  };
  const check = (result: unknown, what: string): void => {
    if (result !== 0) throw driverError(Number(result), what);
  };
  check(fn.init(0), 'start');
  const count = [0];
  check(fn.count(count), 'list its devices');
  if (!count[0]) throw driverError(NO_DEVICE, 'list its devices');

  return {
    /** Held so that koffi does not unload it. */
    library,
    deviceCount: count[0],

    /** The newest CUDA version that the driver can run, for example 13.0. */
    cudaVersion(): string {
      const version = [0];
      check(fn.version(version), 'tell its version');
      return `${Math.floor((version[0] ?? 0) / 1000)}.${Math.floor(((version[0] ?? 0) % 1000) / 10)}`;
    },

    /** What is known of a device without opening it. `busId` names it to NVML. */
    describe(ordinal: number): { name: string; totalBytes: number; busId: string } {
      const device = [0];
      check(fn.device(device, ordinal), `find device ${ordinal}`);
      const total = [0];
      check(fn.totalMemory(total, device[0]), 'tell the memory of the device');
      const text = (call: typeof fn.name) => {
        const bytes = new Uint8Array(new ArrayBuffer(256));
        check(call(bytes, bytes.length, device[0]), 'describe the device');
        return new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0)));
      };
      return { name: text(fn.name), totalBytes: Number(total[0]), busId: text(fn.busId) };
    },

    /** Makes the context that ORT will use this thread's own. @returns the device's name. */
    use(ordinal: number): string {
      const device = [0];
      check(fn.device(device, ordinal), `find device ${ordinal}`);
      const name = new Uint8Array(new ArrayBuffer(256));
      check(fn.name(name, name.length, device[0]), 'tell the name of the device');
      const context: (Pointer | null)[] = [null];
      check(fn.retain(context, device[0]), 'open the device');
      check(fn.setCurrent(context[0]), 'use the device');
      return new TextDecoder().decode(name.subarray(0, name.indexOf(0)));
    },

    /** Device memory, uninitialised. @throws AppError `out-of-memory` */
    allocate(bytes: number): Pointer {
      const address: (Pointer | number)[] = [0];
      check(fn.alloc(address, bytes), `allocate ${Math.ceil(bytes / 2 ** 20)} MiB`);
      return BigInt(address[0] ?? 0);
    },

    free(address: Pointer): void {
      fn.free(address);
    },

    /** Bytes of the device, other programs' use included. */
    memory(): { free: number; total: number } {
      const free = [0];
      const total = [0];
      check(fn.info(free, total), 'tell its memory');
      return { free: Number(free[0]), total: Number(total[0]) };
    },

    /**
     * Locks pages of JavaScript's memory, which the device then reads by itself, until the function that is returned is called. Copies are as
     * right without, so nothing is said where it cannot be had.
     */
    pin(memory: ArrayBufferView & PointerArgument): () => void {
      const isPinned = fn.register(memory, memory.byteLength, 0) === 0;
      return () => {
        if (isPinned) fn.unregister(memory);
      };
    },

    copyToDevice(target: Pointer, source: ArrayBufferView & PointerArgument): void {
      check(fn.toDevice(target, source, source.byteLength), 'copy to the device');
      // From pageable memory the call may return before the copy has arrived, and ORT's own stream does not wait for this one.
      check(fn.synchronize(null), 'copy to the device');
    },

    copyToHost(target: ArrayBufferView & PointerArgument, source: Pointer): void {
      check(fn.toHost(target, source, target.byteLength), 'copy from the device');
    },
  };
}

function loadLibrary() {
  const name = process.platform === 'win32' ? 'nvcuda.dll' : 'libcuda.so.1';
  try {
    return koffi.load(name);
  } catch {
    throw new AppError(
      'provider-unavailable',
      `There is no NVIDIA driver on this machine (${name} was not found).`,
      {
        kind: 'gpu-driver-missing',
        missing: name,
      },
    );
  }
}

function driverError(result: number, what: string): AppError {
  if (result === OUT_OF_MEMORY) {
    return new AppError(
      'out-of-memory',
      `The GPU has not enough free memory: the driver could not ${what}.`,
      {
        kind: 'gpu-memory',
      },
    );
  }
  if (result === NO_DEVICE) {
    return new AppError('provider-unavailable', 'There is an NVIDIA driver, but it finds no GPU.', {
      kind: 'gpu-none',
    });
  }
  return new AppError('provider-unavailable', `The NVIDIA driver could not ${what} (error ${result}).`, {
    kind: 'gpu-driver-error',
    result,
  });
}
