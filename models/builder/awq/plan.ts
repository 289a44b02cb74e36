import type { Bits } from '../quantize';

/** Bits of matrices that are stored as one: int8 may be asked for by name. */
export type BitsOf = (tensors: readonly string[]) => Bits;

/** A matrix of the checkpoint that is stored quantized. */
export interface Product {
  /** Its tensor, [rows, columns]. */
  readonly tensor: string;
  readonly bits: Bits;
  /** Weights of the float graphs, `graph/name`, that multiply the same inputs as it does; it multiplies all of them. */
  readonly taps: readonly string[];
  /** Its rows are also read as they are, as an embedding's: then an error of a weight counts by itself too. */
  readonly looked?: boolean;
}

/**
 * Matrices whose input channels may be multiplied by s because what makes these inputs can be divided by s without changing
 * anything else. Exact: no function that is not linear lies between.
 */
export interface ScaleGroup {
  readonly products: readonly Product[];
  /** Elements, or rows of a matrix, `start` to `start + channels - 1`, that are divided by s. */
  readonly folds: readonly { readonly tensor: string; readonly start?: number }[];
  /** How many scales there are. */
  readonly channels: number;
  /** Where several heads read one: each run of `size` channels makes `times` runs of columns. */
  readonly shared?: { readonly size: number; readonly times: number };
}

/** What AWQ may do to a model: one a family. */
export interface Plan {
  readonly groups: readonly ScaleGroup[];
  /** Matrices that are clipped and not scaled. */
  readonly unscaled: readonly Product[];
}

/** Every matrix that the plan knows. */
export const productsOf = (plan: Plan): Product[] => [
  ...plan.groups.flatMap((group) => group.products),
  ...plan.unscaled,
];

/** Channel that makes a column of the group's matrices. */
export function channelOf({ shared }: ScaleGroup, column: number): number {
  if (!shared) return column;
  const { size, times } = shared;
  return Math.floor(column / (size * times)) * size + (column % size);
}
