import type { NodeInfo } from '../custom-operator';

/** Of a product by quantized weights [N, K], of so many bits, with a scale for each block of a row. */
export interface Sizes {
  readonly K: number;
  readonly N: number;
  readonly bits: number;
  readonly block: number;
}

export function readSizes(node: NodeInfo): Sizes {
  const [K, N, bits, block] = ['K', 'N', 'bits', 'block_size'].map((name) => node.integer(name) ?? 0);
  return { K: K!, N: N!, bits: bits!, block: block! };
}
