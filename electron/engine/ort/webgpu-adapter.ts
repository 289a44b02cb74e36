import { AppError } from '../../contract/errors';
import { LOG_ERROR, loadApi } from './api';
import type { MemoryUse } from './backend';
import { findRuntimeLibrary } from './library';
import { memoryOfProcess } from './process-memory';
import { type VulkanDevice, type VulkanKind, vulkanDevices } from './vulkan';

/** What WebGPU will run on. */
export interface WebGpuAdapter {
  readonly name: string;
  readonly kind: VulkanKind;
  /** Absent where nothing tells. */
  readonly memory?: VulkanDevice['memory'];
}

/** As Dawn sorts for the power preference `high-performance` (dawn/native/Instance.cpp), so the first is the one it takes. */
const ORDER: readonly VulkanKind[] = ['discrete', 'integrated', 'virtual', 'other', 'software'];

/**
 * The adapter that WebGPU takes here, without opening it: Vulkan's on Linux; elsewhere what ORT lists for the provider, where software
 * is never among it.
 *
 * @param software whether one that only pretends to be a graphics card will do: it is slower than the processor's own provider.
 * @throws AppError `provider-unavailable`
 */
export function findWebGpuAdapter(software: boolean, found = listAdapters()): WebGpuAdapter {
  const [first] = [...found].sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
  if (!first) {
    throw new AppError(
      'provider-unavailable',
      "WebGPU finds no graphics card here. Install the card's driver (on Linux also its Vulkan library), or choose another provider.",
      { kind: 'webgpu-none' },
    );
  }
  if (first.kind === 'software' && !software) {
    throw new AppError(
      'provider-unavailable',
      `WebGPU finds no graphics card here, only ${first.name}, which computes on the processor and slowly. Install the card's driver, or choose another provider.`,
      { kind: 'webgpu-software', renderer: first.name },
    );
  }
  return first;
}

function listAdapters(): readonly WebGpuAdapter[] {
  if (process.platform === 'linux') return vulkanDevices();
  const api = loadApi(findRuntimeLibrary());
  const env = api.createEnv(LOG_ERROR, 'autoglm');
  try {
    return api
      .devicesOf(env, 'WebGpuExecutionProvider')
      .filter(({ type }) => type === 'gpu')
      .map(({ vendor, metadata }) => ({
        name: metadata.Description ?? (vendor ? `GPU of ${vendor}` : 'GPU'),
        kind: metadata.Discrete === '1' ? 'discrete' : 'other',
      }));
  } finally {
    api.releaseEnv(env);
  }
}

/** What this process has of the adapter's memory, and what it may still take; main memory where the adapter has none of its own. */
export function memoryOfAdapter({ kind, memory }: WebGpuAdapter): Omit<MemoryUse, 'peakBytes'> {
  const ofProcess = memoryOfProcess();
  if (!memory || kind === 'software') return ofProcess;
  const { totalBytes, budget } = memory();
  return budget ?? { usedBytes: ofProcess.usedBytes, freeBytes: totalBytes };
}

/**
 * Keeps software out of Dawn's choice: it would take llvmpipe where it refuses the real card as too old. Read by Vulkan's loader (1.3.234
 * and newer) when Dawn opens it.
 */
export function hideSoftwareAdapters(env: NodeJS.ProcessEnv = process.env): void {
  env.VK_LOADER_DRIVERS_DISABLE ??= '*lvp*,*swiftshader*';
}
