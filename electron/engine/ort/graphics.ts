import { toErrorInfo } from '../../contract/errors';
import type { Provider } from '../../contract/generation';
import type { Gpu, Graphics } from '../../contract/models';
import { type CudaDriver, loadDriver } from './cuda-driver';
import { koffi } from './ffi';
import { findCudaProvider, findRuntimeLibrary } from './library';

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
  try {
    const driver = loadDriver();
    const nvml = openNvml();
    const gpus = Array.from({ length: driver.deviceCount }, (_, id) => describe(driver, nvml, id));
    const version = nvml?.driverVersion() ?? null;
    return { gpus, driver: { version, cuda: driver.cudaVersion() }, reason: null, runtime, providers };
  } catch (error) {
    return { gpus: [], driver: null, reason: toErrorInfo(error), runtime, providers };
  }
}

function describe(driver: CudaDriver, nvml: Nvml | null, id: number): Gpu {
  const { name, totalBytes, busId } = driver.describe(id);
  return { id, name, totalBytes, freeBytes: nvml?.freeBytes(busId) ?? null };
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
