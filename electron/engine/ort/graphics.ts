import { toErrorInfo } from '../../contract/errors';
import type { Provider } from '../../contract/generation';
import type { Gpu, Graphics } from '../../contract/models';
import { type CudaDriver, loadDriver } from './cuda-driver';
import { koffi } from './ffi';
import { findCudaProvider, findRuntimeLibrary } from './library';
import { findWebGpuAdapter } from './webgpu-adapter';

const PROVIDERS: Readonly<Record<string, Provider>> = {
  cuda: 'cuda',
  webgpu: 'webgpu',
  dml: 'directml',
  coreml: 'coreml',
  cpu: 'cpu',
};

/** What there is of GPUs. Opens no context on any of them, which would cost hundreds of megabytes of its memory. */
export async function findGraphics(runtimeVersion: string): Promise<Graphics> {
  const { listSupportedBackends } = await import('onnxruntime-node');
  const runtime = {
    version: runtimeVersion,
    cudaProvider: findCudaProvider(findRuntimeLibrary()) !== null,
  };
  const providers = listSupportedBackends().flatMap(({ name }) => PROVIDERS[name] ?? []);
  const all = { runtime, providers, webgpu: describeWebGpu() };
  try {
    const driver = loadDriver();
    const nvml = openNvml();
    const gpus = listGpus(driver, nvml);
    const version = nvml?.driverVersion() ?? null;
    return { ...all, gpus, driver: { version, cuda: driver.cudaVersion() }, reason: null };
  } catch (error) {
    return { ...all, gpus: [], driver: null, reason: toErrorInfo(error) };
  }
}

/** NVIDIA's GPUs as the driver has them. @throws AppError `provider-unavailable` without a driver or a GPU. */
export function listGpus(
  driver: Pick<CudaDriver, 'deviceCount' | 'describe'> = loadDriver(),
  nvml: Pick<Nvml, 'freeBytes'> | null = openNvml(),
): Gpu[] {
  return Array.from({ length: driver.deviceCount }, (_, id) => {
    const { name, totalBytes, busId } = driver.describe(id);
    return { id, name, totalBytes, freeBytes: nvml?.freeBytes(busId) ?? null };
  });
}

/** What WebGPU would run on, software included; null where there is nothing. */
function describeWebGpu(): Graphics['webgpu'] {
  try {
    const { name, kind, memory } = findWebGpuAdapter(true);
    const own = memory?.();
    return {
      name,
      software: kind === 'software',
      totalBytes: own?.totalBytes ?? null,
      freeBytes: own?.budget?.freeBytes ?? null,
    };
  } catch {
    return null;
  }
}

type Nvml = NonNullable<ReturnType<typeof openNvml>>;

/** NVIDIA's management library, which comes with the driver: free memory without a context (docs.nvidia.com/deploy/nvml-api). */
function openNvml() {
  try {
    const library = koffi.load(process.platform === 'win32' ? 'nvml.dll' : 'libnvidia-ml.so.1');
    const init = library.func('int nvmlInit_v2()');
    const byBus = library.func('int nvmlDeviceGetHandleByPciBusId_v2(const char *id, _Out_ void **device)');
    // nvmlMemory_t: total, free, used; unsigned long long each.
    const memory = library.func('int nvmlDeviceGetMemoryInfo(void *device, _Out_ uint64_t *memory)');
    const version = library.func('int nvmlSystemGetDriverVersion(void *text, unsigned int length)');
    if (init() !== 0) return null;
    return {
      freeBytes(busId: string): number | null {
        const device: unknown[] = [null];
        const figures = new BigUint64Array(3);
        if (byBus(busId, device) !== 0 || memory(device[0], figures) !== 0) return null;
        return Number(figures[1]);
      },
      driverVersion(): string | null {
        const text = new Uint8Array(new ArrayBuffer(96));
        if (version(text, text.length) !== 0) return null;
        return new TextDecoder().decode(text.subarray(0, text.indexOf(0)));
      },
    };
  } catch {
    return null;
  }
}
