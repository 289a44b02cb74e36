import { MEAN, STANDARD_DEVIATION } from '../../../../electron/engine/families/glm4v/image';
import { DATA_TYPE, type Graph } from '../../graph';
import type { Activation } from '../../layers';
import { cutPatches } from '../patches';

/**
 * A picture resized, normalised and cut into patches, as `toPatches` of the engine does it, for a provider that multiplies large
 * matrices faster than a processor walks over pixels.
 *
 * | name | type | shape | |
 * | --- | --- | --- | --- |
 * | `pixels` | uint8 | [H, W, 3] | levels |
 * | `column_filter`, `row_filter` | float32 | [W', W], [H', H] | weights of the bicubic filter (`resizeMatrix`), across and down |
 *
 * The weights are multiples of 2^-14 or so and levels have 8 bits, so that float32 sums are exact, and what is rounded in between is
 * rounded as in the fixed-point original: the same levels, bit by bit.
 *
 * @param output [P, 3 * patch * patch], in merge-block order.
 */
export function patchesOf(graph: Graph, patch: number, activation: Activation, output: string): void {
  graph.input('pixels', 'uint8', ['H', 'W', 3]);
  graph.input('column_filter', 'float32', ['W2', 'W']);
  graph.input('row_filter', 'float32', ['H2', 'H']);
  const at = (name: string) => `pixels.${name}`;
  const transposed = (x: string, name: string, perm: readonly number[]) => {
    graph.node('Transpose', [x], [at(name)], { attributes: { perm } });
    return at(name);
  };
  const level = (x: string, name: string) => {
    const half = graph.constant(at('half'), 'float32', [], [0.5]);
    graph.node('Add', [x, half], [at(`${name}_up`)]);
    graph.node('Floor', [at(`${name}_up`)], [at(`${name}_whole`)]);
    const [least, most] = [0, 255].map((value) =>
      graph.constant(at(`level_${value}`), 'float32', [], [value]),
    );
    graph.node('Clip', [at(`${name}_whole`), least!, most!], [at(name)]);
    return at(name);
  };

  // Turned while they are bytes: a quarter of the memory.
  const levels = transposed('pixels', 'levels', [2, 0, 1]);
  graph.node('Cast', [levels], [at('planes')], { attributes: { to: DATA_TYPE.float32 } });
  const across = transposed('column_filter', 'column_filter_turned', [1, 0]);
  graph.node('MatMul', [at('planes'), across], [at('across')]);
  graph.node('MatMul', ['row_filter', level(at('across'), 'across_levels')], [at('down')]);
  const resized = level(at('down'), 'resized');

  const scale = STANDARD_DEVIATION.map((deviation) => 1 / (255 * deviation));
  const shift = MEAN.map((mean, i) => -mean / STANDARD_DEVIATION[i]!);
  graph.node('Mul', [resized, graph.constant(at('scale'), 'float32', [3, 1, 1], scale)], [at('scaled')]);
  graph.node('Add', [at('scaled'), graph.constant(at('shift'), 'float32', [3, 1, 1], shift)], [at('normal')]);
  graph.node('Cast', [at('normal')], [at('typed')], { attributes: { to: DATA_TYPE[activation] } });

  cutPatches(graph, at('typed'), { patch, merge: 2 }, 'pixels', output);
}
