import { Graph } from '../../../graph';
import { type LayerContext, rmsNorm } from '../../../layers';
import type { Context } from '../context';
import { patchRest, type VisionConfig } from './config';
import {
  type Angles,
  cast,
  convolve,
  cosSin,
  gelu,
  mergeAndFuse,
  rotaryAngles,
  senseStack,
  toActivation,
} from './layers';
import type { StoredVision } from './store';

/**
 * ViT-Lite, the adapter and the fusion layers over one picture.
 *
 * | name | type | shape | |
 * | --- | --- | --- | --- |
 * | `pixels` | float32 | [1, 3, H, W] | RGB in [-1, 1]; H and W multiples of patch * merge, a cell |
 * | → `features` | float | [N, C] | a row a cell, row by row: what stands in the encoder's sequence |
 *
 * Patches are put in the order of cells before the first layer (a cell's patches row by row, one after the other); positions are turned
 * into angles accordingly, attention does not mind, and merging is then a change of shape.
 */
export function visionGraph(context: Omit<Context, 'graph'>): Uint8Array {
  const graph = new Graph('vision');
  const c: Context = { ...context, graph };
  const config = c.config.vision!;
  const { vision } = c.model.senses!;
  graph.input('pixels', 'float32', [1, 3, 'H', 'W']);
  const { patches, angles } = embedPatches(c, config, vision!);
  const rows = senseStack(c, 'vision', config, vision!, patches, angles);
  const width = config.merge_size ** 2 * config.hidden_size;
  mergeAndFuse(c, 'vision', rows, { merged: 'vision.cells', width, merge: vision!.merge });
  return graph.serialize();
}

/** pixels -> patches [1, P, hidden] in the order of cells, and their angles. */
function embedPatches(
  c: LayerContext,
  config: VisionConfig,
  stored: StoredVision,
): { readonly patches: string; readonly angles: Angles } {
  const { graph } = c;
  const embed = 'vision.patch_embed';
  let x = toActivation(c, 'pixels');
  for (const [i, layer] of stored.stem.entries()) {
    const name = `${embed}.stem.${i}`;
    const halved = convolve(c, x, name, layer, { kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] });
    // The norm over the channels wants them last.
    graph.node('Transpose', [halved], [`${name}.last`], { attributes: { perm: [0, 2, 3, 1] } });
    const normed = rmsNorm(
      c,
      `${name}.last`,
      `${embed}.stem_norms.${i}.weight`,
      layer.norm,
      `${name}.normed`,
    );
    gelu(c, normed, `${name}.gelu`);
    x = `${name}.first`;
    graph.node('Transpose', [`${name}.gelu`], [x], { attributes: { perm: [0, 3, 1, 2] } });
  }
  const rest = patchRest(config);
  const square = [rest, rest];
  const grid = convolve(c, x, `${embed}.proj`, stored.proj, {
    kernel: square,
    strides: square,
    pads: [0, 0, 0, 0],
  });

  const { hidden_size: hidden, merge_size: merge } = config;
  const vector = (value: number) => graph.constant(`size.${value}`, 'int64', [1], [value]);
  const shape = (name: string, parts: readonly string[]) => {
    graph.node('Concat', parts, [name], { attributes: { axis: 0 } });
    return name;
  };
  graph.node('Shape', [grid], ['grid.shape']);
  const [rows, columns] = ['rows', 'columns'].map((side, i) => {
    const patches = `grid.${side}`;
    graph.node('Gather', ['grid.shape', vector(2 + i)], [patches]);
    graph.node('Div', [patches, vector(merge)], [`${patches}.cells`]);
    return { patches, cells: `${patches}.cells` };
  }) as [Side, Side];
  // [hidden, cells down, merge, cells across, merge] -> [cells down, cells across, merge, merge, hidden]
  const split = [vector(hidden), rows.cells, vector(merge), columns.cells, vector(merge)];
  graph.node('Reshape', [grid, shape('grid.split_shape', split)], ['grid.split']);
  graph.node('Transpose', ['grid.split'], ['grid.cells'], { attributes: { perm: [1, 3, 2, 4, 0] } });
  const flat = graph.constant('patches.shape', 'int64', [3], [1, -1, hidden]);
  graph.node('Reshape', ['grid.cells', flat], ['vision.patches']);

  const one = vector(1);
  const y = sideNumbers(graph, rows, shape('rows.shape', [rows.cells, one, vector(merge), one]));
  const x1 = sideNumbers(graph, columns, shape('columns.shape', [one, columns.cells, one, vector(merge)]));
  return { patches: 'vision.patches', angles: gridAngles(c, config, y, x1) };
}

interface Side {
  /** int64 [1] each. */
  readonly patches: string;
  readonly cells: string;
}

/** Numbers of the patches along a side, in `shape`. */
function sideNumbers(graph: Graph, { patches }: Side, shape: string): string {
  const scalar = graph.constant('shape.scalar', 'int64', [0], []);
  const zero = graph.constant('number.zero', 'int64', [], [0]);
  const one = graph.constant('number.one', 'int64', [], [1]);
  graph.node('Reshape', [patches, scalar], [`${patches}.count`]);
  graph.node('Range', [zero, `${patches}.count`, one], [`${patches}.range`]);
  graph.node('Reshape', [`${patches}.range`, shape], [`${patches}.numbers`]);
  return `${patches}.numbers`;
}

/** The first half of a head's angles turn with the row, the others with the column: `grid_angles` in models/train/senses.py. */
function gridAngles(c: LayerContext, config: VisionConfig, rows: string, columns: string): Angles {
  const { graph } = c;
  const quarter = config.hidden_size / config.num_attention_heads / 4;
  const zero = graph.constant('number.zero', 'int64', [], [0]);
  const column = graph.constant('shape.column', 'int64', [2], [-1, 1]);
  const halves = [
    [rows, columns],
    [columns, rows],
  ].map(([own, other]) => {
    // Every patch's number along this side: broadcasting by a sum.
    graph.node('Mul', [other!, zero], [`${own}.other`]);
    graph.node('Add', [own!, `${own}.other`], [`${own}.grid`]);
    graph.node('Reshape', [`${own}.grid`, column], [`${own}.column`]);
    const numbers = cast(graph, `${own}.column`, 'float32');
    return rotaryAngles(graph, numbers, config.rope_theta, quarter, `${own}.angles`);
  });
  graph.node('Concat', halves, ['vision.angles'], { attributes: { axis: -1 } });
  return cosSin(c, 'vision.angles');
}
