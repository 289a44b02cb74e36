import type { Provider } from './generation';
import type { Manifest } from './manifest';

/** Kernels, and activations of a prompt's chunk. */
const WORKSPACE_BYTES = 256 << 20;

/** CUDA's context, its libraries and their kernels: what a model of next to no size takes on an H200. */
const CUDA_BYTES = 1250 * 2 ** 20;

/**
 * What runs take on CUDA at their peak, beside weights and cache, by family, as measured with models of 9 B (models/bench/results.json: `shared`,
 * `9b-shared`), a photograph of 12 megapixels included.
 */
const CUDA_RUN_BYTES: Readonly<Record<string, number>> = {
  'autoglm-phone': 2560 * 2 ** 20,
  glm4v: 1035 * 2 ** 20,
};
const OTHER_CUDA_RUN_BYTES = 768 << 20;

/**
 * Bytes that a model takes: its weights, one KV cache and room to work in. The manifest counts a token of the cache in float32; graphs
 * with float16 activations take half of it, except where the model itself says float16 (the family `decoder` counts what its graph has).
 */
export function memoryNeeded(
  manifest: Pick<Manifest, 'family' | 'memory' | 'files' | 'graphs'>,
  provider: Provider,
  contextLength: number,
): number {
  const { weights, kvPerToken } = manifest.memory;
  const cuda = provider === 'cuda';
  const half = cuda && manifest.family !== 'decoder' && manifest.graphs.cuda?.activation === 'float16';
  const cache = (half ? kvPerToken / 2 : kvPerToken) * contextLength;
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
