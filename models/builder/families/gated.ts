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
 * @param apart two products over the halves of the matrix instead of one whose result is split: no copies of it.
 */
export function gatedFeedForward(
  c: LayerContext,
  x: string,
  name: string,
  gateUp: Matrix,
  down: Matrix,
  output: string,
  apart = false,
): string {
  const { graph } = c;
  const width = gateUp.rows / 2;
  if (apart) {
    for (const [i, part] of ['gate', 'up'].entries()) {
      const half = matrixRows(gateUp, i * width, width);
      linear(c, x, `${name}.${part}_proj.weight`, half, `${name}.${part}`);
    }
  } else {
    const both = linear(c, x, `${name}.gate_up_proj.weight`, gateUp, `${name}.gate_up`);
    const sizes = graph.constant(`gate_up_sizes.${width}`, 'int64', [2], [width, width]);
    graph.node('Split', [both, sizes], [`${name}.gate`, `${name}.up`], { attributes: { axis: -1 } });
  }
  // With alpha 1 QuickGelu, x * sigmoid(alpha * x), is SiLU in one kernel.
  graph.node('QuickGelu', [`${name}.gate`], [`${name}.gate_silu`], {
    domain: 'com.microsoft',
    attributes: { alpha: { float: 1 } },
  });
  graph.node('Mul', [`${name}.gate_silu`, `${name}.up`], [`${name}.gated`]);
  return linear(c, `${name}.gated`, `${name}.down_proj.weight`, down, output);
}
