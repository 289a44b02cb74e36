import { type Backend, ELEMENT, type ElementType, type Tensor, type Tensors } from '../ort/backend';
import { SCALE_BYTES } from '../ort/quantized-cache-graph';
import { disposeAll } from './run-tensors';

export interface CacheSizes {
  readonly layers: number;
  /** Of keys and values. */
  readonly heads: number;
  readonly rows: number;
  readonly headSize: number;
  readonly activation: 'float32' | 'float16';
  /** 8 bits and a scale for each row of a head; absent: as activations. */
  readonly cacheType?: 'int8';
}

/**
 * Keys and values of every decoder layer, [1, heads, rows, head size] each, by `{layer}.key` and `{layer}.value`; of 8 bits as `Backend.quantizeCache` has
 * them.
 *
 * @throws AppError `out-of-memory`, after giving back what it had.
 */
export function createCache(backend: Backend, sizes: CacheSizes): Map<string, Tensor> {
  const { layers, heads, rows } = sizes;
  const { type, width } = rowOf(sizes);
  const cache = new Map<string, Tensor>();
  try {
    for (let layer = 0; layer < layers; layer++) {
      for (const part of ['key', 'value']) {
        cache.set(`${layer}.${part}`, backend.allocate(type, [1, heads, rows, width]));
      }
    }
    return cache;
  } catch (error) {
    disposeAll(cache.values());
    throw error;
  }
}

/** Bytes that `createCache` allocates. */
export function cacheBytes(sizes: CacheSizes): number {
  const { type, width } = rowOf(sizes);
  return 2 * sizes.layers * sizes.heads * sizes.rows * width * ELEMENT[type].bytes;
}

const rowOf = ({ cacheType, headSize, activation }: CacheSizes): { type: ElementType; width: number } =>
  cacheType ? { type: 'uint8', width: headSize + SCALE_BYTES } : { type: activation, width: headSize };

/** The same by names that `%d` stands for the layer in, of keys and of values: exports of other tools have their own. */
export function namedAs(
  [key, value]: readonly [string, string],
  tensors: ReadonlyMap<string, Tensor>,
): Tensors {
  const entries = [...tensors].map(([name, tensor]) => {
    const [layer, part] = name.split('.') as [string, string];
    return [(part === 'key' ? key : value).replace('%d', layer), tensor] as const;
  });
  return Object.fromEntries(entries);
}

/** A graph's names for a cache: `past_key_values.` as input, `present.` as output. */
export function prefixed(prefix: string, tensors: ReadonlyMap<string, Tensor>): Tensors {
  return Object.fromEntries([...tensors].map(([name, tensor]) => [prefix + name, tensor]));
}
