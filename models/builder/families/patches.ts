import type { Graph } from '../graph';

/**
 * Cuts a picture [3, H, W] into patches, those of a cell of `merge` x `merge` after one another, row by row, and the cells row by row.
 *
 * @param prefix of the names of what lies between.
 * @param output [P, 3 * patch * patch]
 */
export function cutPatches(
  graph: Graph,
  picture: string,
  { patch, merge }: { readonly patch: number; readonly merge: number },
  prefix: string,
  output: string,
): void {
  const at = (name: string) => `${prefix}.${name}`;
  const shape = (name: string, ...dims: number[]) =>
    graph.constant(at(`shape.${name}`), 'int64', [dims.length], dims);
  const transposed = (x: string, name: string, perm: readonly number[]) => {
    graph.node('Transpose', [x], [at(name)], { attributes: { perm } });
    return at(name);
  };
  // [3, H, W] -> columns split -> cells. Two unknown sizes cannot be split in one step.
  graph.node('Reshape', [picture, shape('columns', 3, 0, -1, merge, patch)], [at('columns')]);
  const turned = transposed(at('columns'), 'columns_first', [0, 2, 3, 4, 1]);
  graph.node('Reshape', [turned, shape('rows', 3, 0, merge * patch, -1, merge * patch)], [at('rows')]);
  // [3, cells across, merge * p, cells down, merge * p] -> one cell after the other
  const cells = transposed(at('rows'), 'blocks', [3, 1, 0, 2, 4]);
  graph.node('Reshape', [cells, shape('split', -1, 3, merge, patch, merge, patch)], [at('split')]);
  // [cells, 3, column in the cell, x, row in the cell, y] -> [cells, row, column, 3, y, x]
  const patches = transposed(at('split'), 'patches', [0, 4, 2, 1, 5, 3]);
  graph.node('Reshape', [patches, shape('flat', -1, 3 * patch * patch)], [output]);
}
