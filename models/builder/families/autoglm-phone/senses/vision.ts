import { Graph } from '../../../graph';
import { type LayerContext, linear, rmsNorm } from '../../../layers';
import { storedAs } from '../../../weights';
import { cutPatches } from '../../patches';
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
 * With the choice `pixels` the graph resizes the picture itself (`resizeFilter` of the engine), which only patches without a stem allow:
 *
 * | name | type | shape | |
 * | --- | --- | --- | --- |
 * | `pixels` | uint8 | [H0, W0, 3] | levels |
 * | `column_filter`, `row_filter` | float32 | [W, W0], [H, H0] | weights of the bicubic filter, across and down |
 *
 * Patches are put in the order of cells before the first layer (a cell's patches row by row, one after the other); positions are turned
 * into angles accordingly, attention does not mind, and merging is then a change of shape.
 */
export function visionGraph(
  context: Omit<Context, 'graph'>,
  choice: { readonly pixels?: boolean } = {},
): Uint8Array {
  const graph = new Graph('vision');
  const c: Context = { ...context, graph };
  const config = c.config.vision!;
  const { vision } = c.model.senses!;
  const embedded = choice.pixels ? embedPicture(c, config, vision!) : embedCanvas(c, config, vision!);
  const angles = patchAngles(c, config, embedded);
  // A cell's patches: whatever the picture's size, the rows are a multiple of them.
  const parts = c.activation === 'float16' ? config.merge_size ** 2 : 1;
  const rows = senseStack(c, 'vision', config, vision!, embedded.patches, angles, parts);
  const width = config.merge_size ** 2 * config.hidden_size;
  mergeAndFuse(c, 'vision', rows, { merged: 'vision.cells', width, merge: vision!.merge });
  return graph.serialize();
}

/** Patches [1, P, hidden] in the order of cells. */
interface Embedded {
  readonly patches: string;
  readonly rows: Side;
  readonly columns: Side;
}

/** How many there are along a side of the picture, int64 [1] each. */
interface Side {
  readonly patches: string;
  readonly cells: string;
}

/** A canvas of `pixels`, by the stem and one convolution. */
function embedCanvas(c: LayerContext, config: VisionConfig, stored: StoredVision): Embedded {
  const { graph } = c;
  const embed = 'vision.patch_embed';
  graph.input('pixels', 'float32', [1, 3, 'H', 'W']);
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
  graph.node('Shape', [grid], ['grid.shape']);
  const [rows, columns] = ['rows', 'columns'].map((side, i) => {
    graph.node('Gather', ['grid.shape', vector(graph, 2 + i)], [`grid.${side}`]);
    return sideOf(c, config, `grid.${side}`);
  }) as [Side, Side];
  // [hidden, cells down, merge, cells across, merge] -> [cells down, cells across, merge, merge, hidden]
  const each = vector(graph, merge);
  const split = [vector(graph, hidden), rows.cells, each, columns.cells, each];
  graph.node('Reshape', [grid, concat(graph, 'grid.split_shape', split)], ['grid.split']);
  graph.node('Transpose', ['grid.split'], ['grid.cells'], { attributes: { perm: [1, 3, 2, 4, 0] } });
  const flat = graph.constant('patches.shape', 'int64', [3], [1, -1, hidden]);
  graph.node('Reshape', ['grid.cells', flat], ['vision.patches']);
  return { patches: 'vision.patches', rows, columns };
}

/** Half of the levels' range: what -1 … 1 stands for. */
const HALF_LEVEL = 127.5;

/**
 * A picture of any size, resized to a canvas and cut here: a matrix for the resizing and one for the patches, no convolution. Levels are
 * counted from the middle, so that in float16 too they are exact and what the filters lose is least where most is seen.
 */
function embedPicture(c: LayerContext, config: VisionConfig, stored: StoredVision): Embedded {
  const { graph, activation } = c;
  const { hidden_size: hidden, merge_size: merge, patch_size: patch } = config;
  graph.input('pixels', 'uint8', ['H0', 'W0', 3]);
  graph.input('column_filter', 'float32', ['W', 'W0']);
  graph.input('row_filter', 'float32', ['H', 'H0']);
  const number = (name: string, value: number) =>
    toActivation(c, graph.constant(`number.${name}`, 'float32', [], [value]));
  const half = number('half_level', HALF_LEVEL);
  // Of their own: CUDA's Clip takes its limits from the processor.
  const [least, most] = [number('least_level', -HALF_LEVEL), number('most_level', HALF_LEVEL)];

  graph.node('Transpose', ['pixels'], ['pixels.planes'], { attributes: { perm: [2, 0, 1] } });
  graph.node('Sub', [cast(graph, 'pixels.planes', activation), half], ['pixels.levels']);
  const columnFilter = toActivation(c, 'column_filter');
  graph.node('Transpose', [columnFilter], ['column_filter.turned'], { attributes: { perm: [1, 0] } });
  graph.node('MatMul', ['pixels.levels', 'column_filter.turned'], ['pixels.across']);
  graph.node('MatMul', [toActivation(c, 'row_filter'), 'pixels.across'], ['pixels.resized']);
  graph.node('Clip', ['pixels.resized', least, most], ['pixels.clipped']);
  graph.node('Mul', ['pixels.clipped', number('level', 1 / HALF_LEVEL)], ['pixels.canvas']);
  cutPatches(graph, 'pixels.canvas', { patch, merge }, 'pixels', 'pixels.cut');

  const width = 3 * patch ** 2;
  const name = 'vision.patch_embed.proj';
  const values = storedAs(stored.proj.weight, [hidden, width]);
  const matrix = { kind: 'float', rows: hidden, columns: width, values } as const;
  const bias = { name: `${name}.bias`, vector: stored.proj.bias };
  const rows = linear(c, 'pixels.cut', `${name}.weight`, matrix, 'vision.patch_rows', bias);
  const batch = graph.constant('batch_axis', 'int64', [1], [0]);
  graph.node('Unsqueeze', [rows, batch], ['vision.patches']);
  const patchesOf = (filter: string) => {
    graph.node('Shape', [filter], [`${filter}.side`], { attributes: { start: 0, end: 1 } });
    graph.node('Div', [`${filter}.side`, vector(graph, patch)], [`${filter}.patches`]);
    return sideOf(c, config, `${filter}.patches`);
  };
  return {
    patches: 'vision.patches',
    rows: patchesOf('row_filter'),
    columns: patchesOf('column_filter'),
  };
}

const vector = (graph: Graph, value: number): string =>
  graph.constant(`size.${value}`, 'int64', [1], [value]);

function concat(graph: Graph, name: string, parts: readonly string[]): string {
  graph.node('Concat', parts, [name], { attributes: { axis: 0 } });
  return name;
}

function sideOf({ graph }: LayerContext, { merge_size: merge }: VisionConfig, patches: string): Side {
  const cells = `${patches}.cells`;
  graph.node('Div', [patches, vector(graph, merge)], [cells]);
  return { patches, cells };
}

/** Angles of the patches, in the order of cells. */
function patchAngles(c: LayerContext, config: VisionConfig, { rows, columns }: Embedded): Angles {
  const { graph } = c;
  const [one, merge] = [vector(graph, 1), vector(graph, config.merge_size)];
  const down = concat(graph, 'rows.shape', [rows.cells, one, merge, one]);
  const across = concat(graph, 'columns.shape', [one, columns.cells, one, merge]);
  return gridAngles(c, config, sideNumbers(graph, rows, down), sideNumbers(graph, columns, across));
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
