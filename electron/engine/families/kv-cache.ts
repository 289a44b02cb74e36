import { type Backend, ELEMENT, type Tensor, type Tensors } from '../ort/backend';
import { disposeAll } from './run-tensors';

export interface CacheSizes {
  readonly layers: number;
  /** Of keys and values. */
  readonly heads: number;
  readonly rows: number;
  readonly headSize: number;
  readonly activation: 'float32' | 'float16';
}

/**
 * Keys and values of every decoder layer, [1, heads, rows, head size] each, by `{layer}.key` and `{layer}.value`.
 *
 * @throws AppError `out-of-memory`, after giving back what it had.
 */
export function createCache(backend: Backend, sizes: CacheSizes): Map<string, Tensor> {
  const { layers, heads, rows, headSize, activation } = sizes;
  const cache = new Map<string, Tensor>();
  try {
    for (let layer = 0; layer < layers; layer++) {
      for (const part of ['key', 'value']) {
        cache.set(`${layer}.${part}`, backend.allocate(activation, [1, heads, rows, headSize]));
      }
    }
    return cache;
  } catch (error) {
    disposeAll(cache.values());
    throw error;
  }
}

/** Bytes that `createCache` allocates. */
export function cacheBytes({ layers, heads, rows, headSize, activation }: CacheSizes): number {
  return 2 * layers * heads * rows * headSize * ELEMENT[activation].bytes;
}

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
