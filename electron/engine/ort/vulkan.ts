import type { Pointer } from './api';
import { koffi } from './ffi';

/** `VkPhysicalDeviceType` */
export type VulkanKind = 'other' | 'integrated' | 'discrete' | 'virtual' | 'software';
const KINDS: readonly VulkanKind[] = ['other', 'integrated', 'discrete', 'virtual', 'software'];

export interface VulkanDevice {
  readonly name: string;
  readonly kind: VulkanKind;
  /** Of its own memory: the card's, or for one without the part of main memory that it may take. */
  memory(): {
    readonly totalBytes: number;
    /** What this process may still take, and what it has; null where the driver does not count (VK_EXT_memory_budget). */
    readonly budget: { readonly freeBytes: number; readonly usedBytes: number } | null;
  };
}

/** Offsets and sizes of the structs below in bytes, on 64-bit machines (vulkan_core.h). */
const APPLICATION_INFO = { bytes: 48, apiVersion: 44 };
const INSTANCE_INFO = { bytes: 64, application: 24 };
const PROPERTIES = { bytes: 1024, type: 16, name: 20, nameBytes: 256 };
const MEMORY = { bytes: 536, next: 8, heapCount: 276, heaps: 280, heapBytes: 16 };
const BUDGET = { bytes: 272, budgets: 16, usages: 144 };
const EXTENSION = { bytes: 260, nameBytes: 256 };

const STRUCTURE = { instance: 1, memory: 1000059006, budget: 1000237000 };
const VERSION_1_1 = (1 << 22) | (1 << 12);
const DEVICE_LOCAL = 1;
const BUDGET_EXTENSION = 'VK_EXT_memory_budget';

let devices: readonly VulkanDevice[] | null = null;

/**
 * The devices of Vulkan in the loader's order, asked with no device opened; none where there is no loader or no driver. The loader is the
 * one that Dawn will find too. Listed once: drivers stay loaded with the instance. Memory is asked anew.
 */
export function vulkanDevices(): readonly VulkanDevice[] {
  devices ??= list();
  return devices;
}

function list(): VulkanDevice[] {
  const library = load(['libvulkan.so.1', 'libvulkan.so']);
  if (!library) return [];
  const native = (name: string, args: string) => library.func(`int ${name}(${args})`);
  const createInstance = native('vkCreateInstance', 'void *info, void *allocator, _Out_ void **instance');
  const enumerate = native(
    'vkEnumeratePhysicalDevices',
    'void *instance, _Inout_ uint32_t *count, _Out_ uint64_t *devices',
  );
  const extensions = native(
    'vkEnumerateDeviceExtensionProperties',
    'uint64_t device, void *layer, _Inout_ uint32_t *count, void *properties',
  );
  const properties = library.func('void vkGetPhysicalDeviceProperties(uint64_t device, void *properties)');
  const memory = library.func('void vkGetPhysicalDeviceMemoryProperties2(uint64_t device, void *properties)');

  const instance: (Pointer | null)[] = [null];
  if (createInstance(instanceInfo(), null, instance) !== 0 || !instance[0]) return [];
  const count = [0];
  if (enumerate(instance[0], count, null) < 0 || !count[0]) return [];
  const handles = new BigUint64Array(count[0]);
  if (enumerate(instance[0], count, handles) < 0) return [];

  return [...handles].slice(0, count[0]).map((handle) => {
    const described = block(PROPERTIES.bytes);
    properties(handle, described.address);
    const type = described.number('uint32_t', PROPERTIES.type);
    const name = described.text(PROPERTIES.name, PROPERTIES.nameBytes);
    described.free();
    const counts = extensionNames(extensions, handle).includes(BUDGET_EXTENSION);
    return {
      name,
      kind: KINDS[type] ?? 'other',
      memory: () => heapOf((at) => memory(handle, at), counts),
    };
  });
}

function load(names: readonly string[]) {
  for (const name of names) {
    try {
      return koffi.load(name);
    } catch {
      // The next name.
    }
  }
  return null;
}

/** A VkInstanceCreateInfo that stays: the loader reads it once, and it is 112 bytes. */
function instanceInfo(): Pointer {
  const application = block(APPLICATION_INFO.bytes);
  application.write('uint32_t', APPLICATION_INFO.apiVersion, VERSION_1_1);
  const info = block(INSTANCE_INFO.bytes);
  info.write('uint32_t', 0, STRUCTURE.instance);
  info.write('uint64_t', INSTANCE_INFO.application, application.address);
  return info.address;
}

function extensionNames(enumerate: (...args: unknown[]) => unknown, device: bigint): string[] {
  const count = [0];
  enumerate(device, null, count, null);
  const found = block(Math.max(1, count[0] ?? 0) * EXTENSION.bytes);
  enumerate(device, null, count, found.address);
  const names = Array.from({ length: count[0] ?? 0 }, (_, i) =>
    found.text(i * EXTENSION.bytes, EXTENSION.nameBytes),
  );
  found.free();
  return names;
}

/** The largest heap of the device's own; the small one beside it is what the processor sees of it. */
function heapOf(ask: (at: Pointer) => void, counts: boolean): ReturnType<VulkanDevice['memory']> {
  const answer = block(MEMORY.bytes);
  const budget = block(BUDGET.bytes);
  try {
    answer.write('uint32_t', 0, STRUCTURE.memory);
    budget.write('uint32_t', 0, STRUCTURE.budget);
    if (counts) answer.write('uint64_t', MEMORY.next, budget.address);
    ask(answer.address);
    let own: ReturnType<VulkanDevice['memory']> = { totalBytes: 0, budget: null };
    const heaps = answer.number('uint32_t', MEMORY.heapCount);
    for (let i = 0; i < heaps; i++) {
      const at = MEMORY.heaps + i * MEMORY.heapBytes;
      const totalBytes = answer.number('uint64_t', at);
      const isOwn = (answer.number('uint32_t', at + 8) & DEVICE_LOCAL) !== 0;
      if (!isOwn || totalBytes <= own.totalBytes) continue;
      const usedBytes = budget.number('uint64_t', BUDGET.usages + 8 * i);
      const allowed = budget.number('uint64_t', BUDGET.budgets + 8 * i);
      own = {
        totalBytes,
        budget: counts ? { usedBytes, freeBytes: Math.max(0, allowed - usedBytes) } : null,
      };
    }
    return own;
  } finally {
    answer.free();
    budget.free();
  }
}

/** Zeroed memory of C's, for structs that point at each other. */
function block(bytes: number) {
  const address = koffi.alloc('uint8_t', bytes) as unknown as Pointer;
  koffi.encode(address, koffi.array('uint8_t', bytes), new Uint8Array(bytes));
  return {
    address,
    write: (type: string, offset: number, value: number | bigint) =>
      koffi.encode(address, offset, type, value),
    number: (type: string, offset: number) => Number(koffi.decode(address, offset, type)),
    text: (offset: number, length: number) => koffi.decode(address, offset, 'char', length) as string,
    free: () => koffi.free(address),
  };
}
