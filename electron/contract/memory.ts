import type { Provider } from './generation';
import type { Manifest } from './manifest';
import type { CacheType } from './models';

/** Kernels, and activations of a prompt's chunk. */
const WORKSPACE_BYTES = 256 << 20;

/** CUDA's context, its libraries and their kernels: what a model of next to no size takes on an H200. */
const CUDA_BYTES = 1250 * 2 ** 20;

/**
 * What runs take on CUDA at their peak, beside weights and cache, by family, as measured with models of 9 B (models/bench/NOTES.md, "What fills
 * memory"), a full context and a photograph of 12 megapixels included.
 */
const CUDA_RUN_BYTES: Readonly<Record<string, number>> = {
  'autoglm-phone': 720 * 2 ** 20,
  glm4v: 1100 * 2 ** 20,
};
const OTHER_CUDA_RUN_BYTES = 768 << 20;

/** Families whose caches may have 8 bits on CUDA, and what such a cache takes of one in float16: codes, and a scale for each 128 of them. */
const QUANTIZABLE = ['autoglm-phone'];
const QUANTIZED_SHARE = 130 / 256;

/** Whether a model's KV cache may have 8 bits. */
export const canQuantizeCache = ({ family, graphs }: Pick<Manifest, 'family' | 'graphs'>): boolean =>
  QUANTIZABLE.includes(family) && graphs.cuda?.activation === 'float16';

/** From this size on a cache in float16 is worth halving: answers were the same in all but 1 of 200, and reading so much takes longer. */
const LARGE_CACHE_BYTES = 2 ** 30;

/** The KV cache's type on CUDA unless a model's options say otherwise. */
export function usualCacheType(
  manifest: Pick<Manifest, 'family' | 'memory' | 'graphs'>,
  contextLength: number,
): CacheType {
  const bytes = (manifest.memory.kvPerToken / 2) * contextLength;
  return canQuantizeCache(manifest) && bytes > LARGE_CACHE_BYTES ? 'int8' : 'float16';
}

/**
 * Bytes that a model takes: its weights, one KV cache and room to work in. The manifest counts a token of the cache in float32; graphs
 * with float16 activations take half of it, except where the model itself says float16 (the family `decoder` counts what its graph has).
 *
 * @param cacheType of the cache on CUDA; it counts where the model can have 8 bits.
 */
export function memoryNeeded(
  manifest: Pick<Manifest, 'family' | 'memory' | 'files' | 'graphs'>,
  provider: Provider,
  contextLength: number,
  cacheType: CacheType = usualCacheType(manifest, contextLength),
): number {
  const { weights, kvPerToken } = manifest.memory;
  const cuda = provider === 'cuda';
  const half = cuda && manifest.family !== 'decoder' && manifest.graphs.cuda?.activation === 'float16';
  const share = half && cacheType === 'int8' && canQuantizeCache(manifest) ? QUANTIZED_SHARE : 1;
  const cache = (half ? kvPerToken / 2 : kvPerToken) * share * contextLength;
  // The CPU's figure of a quantized package is that of its repacked matrices; a GPU holds what is in the file.
  const stored = manifest.files.reduce((sum, { bytes }) => sum + bytes, 0);
  const held = cuda ? Math.min(weights, stored) || weights : weights;
  // A small model needs a small room.
  const room = (bytes: number) => Math.min(bytes, held + cache);
  const beside = cuda
    ? CUDA_BYTES + room(CUDA_RUN_BYTES[manifest.family] ?? OTHER_CUDA_RUN_BYTES)
    : room(WORKSPACE_BYTES);
  return Math.round(held + cache + beside);
}
