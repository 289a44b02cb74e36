import { roomiestGpu } from '../../electron/contract/gpus';
import type { Backend } from '../../electron/engine/ort/backend';
import { CpuBackend, type CpuTuning } from '../../electron/engine/ort/cpu-backend';
import { CudaBackend } from '../../electron/engine/ort/cuda-backend';
import type { CudaTuning } from '../../electron/engine/ort/cuda-tuning';
import { listGpus } from '../../electron/engine/ort/graphics';
import { findWebGpuAdapter, hideSoftwareAdapters } from '../../electron/engine/ort/webgpu-adapter';
import { WebGpuBackend, type WebGpuTuning } from '../../electron/engine/ort/webgpu-backend';
import { defaultThreads } from '../../electron/engine/runtime/threads';

export const BENCH_PROVIDERS = ['cpu', 'cuda', 'webgpu'] as const;
export type BenchProvider = (typeof BENCH_PROVIDERS)[number];

/** A CpuTuning, CudaTuning or WebGpuTuning, by the provider, as `--tuning` has it. */
export type BenchTuning = Readonly<Record<string, unknown>>;

/**
 * What a bench runs on: the processor, the NVIDIA GPU with the most free memory, or WebGPU's first adapter, software too.
 *
 * @throws AppError `provider-unavailable`, `engine-failed`
 */
export function openBackend(
  provider: BenchProvider,
  tuning?: BenchTuning,
  threads = defaultThreads(),
): Backend {
  if (provider === 'cpu') return new CpuBackend(threads, tuning as Partial<CpuTuning> | undefined);
  if (provider === 'webgpu') {
    const adapter = findWebGpuAdapter(true);
    if (adapter.kind !== 'software') hideSoftwareAdapters();
    return new WebGpuBackend(adapter, tuning as WebGpuTuning | undefined);
  }
  return CudaBackend.open(roomiestGpu(listGpus())?.id ?? 0, tuning as Partial<CudaTuning> | undefined);
}
