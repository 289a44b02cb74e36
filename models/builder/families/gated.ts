import type { LayerContext } from '../layers';
import { linear } from '../layers';
import { type Matrix, matrixRows } from '../store';
import type { Stored } from '../weights';

/** x + a vector over the last axis. */
export function addVector(c: LayerContext, x: string, name: string, vector: Stored, output: string): string {
  c.graph.node('Add', [x, c.graph.weightAs(name, vector, c.activation)], [output]);
  return output;
}

/**
 * down(silu(gate(x)) * up(x)), gate and up being one matrix, gate's rows first (Shazeer 2020, arXiv 2002.05202).
 *
 * @param name what the weights' names begin with.
 * @param apart two products over the halves of the matrix instead of one whose result is split: no copies of it.
 * @param run what the names of its values begin with, where the same weights serve several times.
 */
export function gatedFeedForward(
  c: LayerContext,
  x: string,
  name: string,
  gateUp: Matrix,
  down: Matrix,
  output: string,
  apart = false,
  run = name,
): string {
  const { graph } = c;
  const width = gateUp.rows / 2;
  if (apart) {
    for (const [i, part] of ['gate', 'up'].entries()) {
      const half = matrixRows(gateUp, i * width, width);
      linear(c, x, `${name}.${part}_proj.weight`, half, `${run}.${part}`);
    }
  } else {
    const both = linear(c, x, `${name}.gate_up_proj.weight`, gateUp, `${run}.gate_up`);
    const sizes = graph.constant(`gate_up_sizes.${width}`, 'int64', [2], [width, width]);
    graph.node('Split', [both, sizes], [`${run}.gate`, `${run}.up`], { attributes: { axis: -1 } });
  }
  // With alpha 1 QuickGelu, x * sigmoid(alpha * x), is SiLU in one kernel.
  graph.node('QuickGelu', [`${run}.gate`], [`${run}.gate_silu`], {
    domain: 'com.microsoft',
    attributes: { alpha: { float: 1 } },
  });
  graph.node('Mul', [`${run}.gate_silu`, `${run}.up`], [`${run}.gated`]);
  return linear(c, `${run}.gated`, `${name}.down_proj.weight`, down, output);
}
