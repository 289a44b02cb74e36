import type { LoadOptions, ProviderFailure } from '../../contract/engine';
import { AppError } from '../../contract/errors';
import type { Provider } from '../../contract/generation';
import { roomiestGpu } from '../../contract/gpus';
import type { Backend } from '../ort/backend';
import { CpuBackend } from '../ort/cpu-backend';
import { CudaBackend } from '../ort/cuda-backend';
import { listGpus } from '../ort/graphics';
import { NodeBackend } from '../ort/node-backend';
import { findWebGpuAdapter, hideSoftwareAdapters } from '../ort/webgpu-adapter';
import { WebGpuBackend } from '../ort/webgpu-backend';
import { explainProviderError } from './provider-errors';

export interface ProviderRequest {
  readonly provider: LoadOptions['provider'];
  /** Of several NVIDIA GPUs, as CUDA counts; undefined: the one with the most free memory. */
  readonly deviceId?: number;
  /** As in `LoadOptions`. */
  readonly float8?: boolean;
  readonly cacheType?: LoadOptions['cacheType'];
  readonly threads: number;
  /** Kinds of provider that the package has graphs for. */
  readonly available: readonly string[];
  /** Of the model's weights. */
  readonly weightBytes: number;
}

const PROVIDER_NAMES = { directml: 'DirectML', coreml: 'CoreML' } as const;

/** Tried in this order; the CPU is always there. */
const ORDER: readonly Provider[] = ['cuda', 'webgpu', 'cpu'];

/**
 * Weights up to this size are no work for WebGPU unless it is asked for: a step of Nano takes the processor a millisecond, which a card
 * needs to be told of the step's hundred kernels.
 */
const SMALL_BYTES = 128 << 20;

/**
 * Loads on the first provider that can. One that cannot is passed over with the sentence that says why; nothing falls back without a
 * word. A provider asked for by name is not replaced.
 *
 * @param load everything that can fail for the provider's sake: reading, allocating, warming up.
 * @throws AppError `provider-unavailable`, `out-of-memory`, and whatever `load` throws on the last provider.
 */
export async function createBackend<T>(
  request: ProviderRequest,
  load: (backend: Backend) => Promise<T>,
): Promise<{ loaded: T; passedOver: ProviderFailure[] }> {
  const passedOver: ProviderFailure[] = [];
  const candidates = request.provider === 'auto' ? orderFor(request) : [request.provider];
  for (const [index, provider] of candidates.entries()) {
    try {
      return { loaded: await load(open(provider, request)), passedOver };
    } catch (error) {
      const explained = explainProviderError(provider, error);
      if (index === candidates.length - 1) throw explained;
      // A damaged or unknown model is so on every provider; an operator may be missing in one alone.
      const elsewhere =
        explained.code === 'provider-unavailable' ||
        explained.code === 'out-of-memory' ||
        explained.details?.operator !== undefined ||
        // Of so many cards and drivers some fail in ways of their own; the processor has been tried by everybody.
        provider === 'webgpu';
      if (!elsewhere) throw explained;
      passedOver.push({ provider, error: explained.toInfo() });
    }
  }
  throw new AppError('provider-unavailable', 'No provider was named.', { kind: 'provider-none' });
}

function orderFor({ weightBytes, available }: ProviderRequest): readonly Provider[] {
  // It runs the processor's graphs.
  const webGpu = weightBytes > SMALL_BYTES && available.includes('cpu');
  return webGpu ? ORDER : ORDER.filter((provider) => provider !== 'webgpu');
}

function open(provider: Provider, request: ProviderRequest): Backend {
  if (provider === 'cpu') return new CpuBackend(request.threads);
  if (provider === 'cuda') {
    if (!request.available.includes('cuda')) {
      throw new AppError('provider-unavailable', 'This model has no graphs for NVIDIA GPUs.', {
        kind: 'model-no-cuda',
        provider,
      });
    }
    const deviceId = request.deviceId ?? roomiestGpu(listGpus())?.id ?? 0;
    return CudaBackend.open(deviceId, {
      ...(request.float8 === false && { promptPrecision: 'float16' }),
      ...(request.cacheType && { cacheType: request.cacheType }),
    });
  }
  if (provider === 'webgpu') {
    const chosen = request.provider === 'webgpu';
    const adapter = findWebGpuAdapter(chosen);
    if (adapter.kind !== 'software') hideSoftwareAdapters();
    return new WebGpuBackend(adapter);
  }
  // DirectML and CoreML: only the npm package's own session can use them. Chosen by name, never by `auto`: what they gain has not been
  // measured.
  if (!NodeBackend.offers(provider)) {
    throw new AppError(
      'provider-unavailable',
      `This build of ONNX Runtime has no ${PROVIDER_NAMES[provider]}. Choose another provider.`,
      { kind: 'provider-not-in-build', device: PROVIDER_NAMES[provider], provider },
    );
  }
  return new NodeBackend(request.threads, 'new-tensors', {}, provider);
}
