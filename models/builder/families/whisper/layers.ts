import { type LayerContext, linear } from '../../layers';
import { addVector } from '../gated';
import type { Affine, Projection } from './store';

/** LayerNorm's epsilon: PyTorch's default, which the checkpoint does not state. */
const EPSILON = { float: 1e-5 };

/** x [..., columns] -> [..., rows], bias added. */
export function project(c: LayerContext, x: string, name: string, p: Projection, output: string): string {
  const product = linear(c, x, `${name}.weight`, p.matrix, `${output}.product`);
  return addVector(c, product, `${name}.bias`, p.bias, output);
}

export function layerNorm(c: LayerContext, x: string, name: string, norm: Affine, output: string): string {
  const weight = c.graph.weightAs(`${name}.weight`, norm.weight, c.activation);
  const bias = c.graph.weightAs(`${name}.bias`, norm.bias, c.activation);
  c.graph.node('LayerNormalization', [x, weight, bias], [output], {
    attributes: { axis: -1, epsilon: EPSILON },
  });
  return output;
}

/** What follows a sub-layer: its last projection, the residual sum and the next sub-layer's norm. */
export interface Continuation {
  readonly name: string;
  readonly projection: Projection;
  readonly nextName: string;
  readonly nextNorm: Affine;
}

/**
 * x [1, T, d] (the sub-layer's inner result) is projected and added to the residual; the sum is kept as `sum` and its norm
 * returned as `output`: bias, sum and norm in one kernel.
 */
export function finish(
  c: LayerContext,
  x: string,
  residual: string,
  next: Continuation,
  output: string,
  sum: string,
): string {
  const { graph, activation } = c;
  const product = linear(c, x, `${next.name}.weight`, next.projection.matrix, `${output}.product`);
  graph.node(
    'SkipLayerNormalization',
    [
      residual,
      product,
      graph.weightAs(`${next.nextName}.weight`, next.nextNorm.weight, activation),
      graph.weightAs(`${next.nextName}.bias`, next.nextNorm.bias, activation),
      graph.weightAs(`${next.name}.bias`, next.projection.bias, activation),
    ],
    sum ? [output, '', '', sum] : [output],
    { domain: 'com.microsoft', attributes: { epsilon: EPSILON } },
  );
  return output;
}

/** fc1 and GELU (erf), bias and activation in one kernel. */
export function widen(c: LayerContext, x: string, name: string, fc1: Projection, output: string): string {
  const product = linear(c, x, `${name}.weight`, fc1.matrix, `${output}.product`);
  const bias = c.graph.weightAs(`${name}.bias`, fc1.bias, c.activation);
  c.graph.node('BiasGelu', [product, bias], [output], { domain: 'com.microsoft' });
  return output;
}

/** x [1, T, parts * d] -> its parts. */
export function split(c: LayerContext, x: string, width: number, outputs: readonly string[]): void {
  const count = outputs.length;
  const sizes = c.graph.constant(
    `split_sizes.${count}`,
    'int64',
    [count],
    new Array<number>(count).fill(width),
  );
  c.graph.node('Split', [x, sizes], outputs, { attributes: { axis: -1 } });
}
