import type { Provider } from './generation';
import type { Manifest } from './manifest';

/** Kernels, activations of a prompt's chunk, and on a GPU its context. */
const WORKSPACE_BYTES = 256 << 20;
const GPU_WORKSPACE_BYTES = 768 << 20;

/**
 * Bytes that a model takes: its weights, one KV cache and room to work in. The manifest counts a token of the cache in float32; graphs
 * with float16 activations take half of it, except where the model itself says float16 (the family `decoder` counts what its graph has).
 */
export function memoryNeeded(manifest: Manifest, provider: Provider, contextLength: number): number {
  const { weights, kvPerToken } = manifest.memory;
  const cuda = provider === 'cuda';
  const half = cuda && manifest.family !== 'decoder' && manifest.graphs.cuda?.activation === 'float16';
  const cache = (half ? kvPerToken / 2 : kvPerToken) * contextLength;
  // The CPU's figure of a quantized package is that of its repacked matrices; a GPU holds what is in the file.
  const stored = manifest.files.reduce((sum, { bytes }) => sum + bytes, 0);
  const held = cuda ? Math.min(weights, stored) || weights : weights;
  // A small model needs a small room.
  const workspace = Math.min(cuda ? GPU_WORKSPACE_BYTES : WORKSPACE_BYTES, held + cache);
  return Math.round(held + cache + workspace);
}
