import { DATA_TYPE, type Graph } from '../../../graph';
import { type Activation, type LayerContext, linear, rmsNorm } from '../../../layers';
import type { Matrix } from '../../../store';
import { type Context, rotaryCaches } from '../context';
import type { StoredLayer, StoredStack } from '../stack';
import { queryKeyValue, stack } from '../stack';
import type { LayerSizes, SensesConfig } from './config';
import type { StoredConvolution, StoredFusion } from './store';

/** What the graphs of eyes and ears have in common. N rows, C hidden, D head size. */

/** cos and sin, [rows, D / 2] in the graph's activation type. */
export interface Angles {
  readonly cos: string;
  readonly sin: string;
}

/** Attention of every row of normed [1, N, C] to every row, before o_proj: [1, N, C]. */
function attendAll(
  c: LayerContext,
  sizes: Pick<LayerSizes, 'num_attention_heads'>,
  layer: StoredLayer,
  name: string,
  normed: string,
  { cos, sin }: Angles,
): string {
  const { graph } = c;
  const [q, k, v] = queryKeyValue(c, normed, layer, name);
  const first = graph.constant('first_position', 'int64', [1], [0]);
  for (const part of [q, k]) {
    graph.node('RotaryEmbedding', [part, first, cos, sin], [`${part}_rotated`], {
      domain: 'com.microsoft',
      attributes: { interleaved: 0 },
    });
  }
  graph.node('MultiHeadAttention', [`${q}_rotated`, `${k}_rotated`, v], [`${name}.attended`], {
    domain: 'com.microsoft',
    attributes: { num_heads: sizes.num_attention_heads },
  });
  return `${name}.attended`;
}

/** A whole stack of rows that see each other: x [1, N, C] -> normed [1, N, C]. `parts` as `stack` has it. */
export function senseStack(
  c: LayerContext,
  part: string,
  sizes: LayerSizes,
  stored: StoredStack,
  x: string,
  angles: Angles,
  parts = 1,
): string {
  const attention = (layer: StoredLayer, name: string, _: number, normed: string) =>
    attendAll(c, sizes, layer, name, normed, angles);
  return stack(c, part, stored, x, attention, parts);
}

/** positions [N, 1] float32 times theta^(-i / count), i < count: [N, count]; in float32 as `rope_angles` in models/train has it. */
export function rotaryAngles(
  graph: Graph,
  positions: string,
  theta: number,
  count: number,
  name: string,
): string {
  const powers = Array.from({ length: count }, (_, i) => Math.fround(theta ** Math.fround(-i / count)));
  const frequencies = graph.constant(`${name}.frequencies`, 'float32', [1, count], powers);
  graph.node('Mul', [positions, frequencies], [name]);
  return name;
}

/** cos and sin of float32 angles, in the graph's type. */
export function cosSin(c: LayerContext, angles: string): Angles {
  const { graph } = c;
  const cos = `${angles}.cos`;
  const sin = `${angles}.sin`;
  graph.node('Cos', [angles], [cos]);
  graph.node('Sin', [angles], [sin]);
  return { cos: toActivation(c, cos), sin: toActivation(c, sin) };
}

/** A float32 value in the graph's type. */
export function toActivation(c: LayerContext, name: string): string {
  if (c.activation === 'float32') return name;
  return cast(c.graph, name, c.activation);
}

export function cast(graph: Graph, name: string, type: Activation): string {
  const output = `${name}.${type}`;
  graph.node('Cast', [name], [output], { attributes: { to: DATA_TYPE[type] } });
  return output;
}

export interface Convolve {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly pads: readonly number[];
}

export function convolve(
  c: LayerContext,
  x: string,
  name: string,
  weights: StoredConvolution,
  { kernel, strides, pads }: Convolve,
): string {
  const { graph, activation } = c;
  const weight = graph.weightAs(`${name}.weight`, weights.weight, activation);
  const bias = graph.weightAs(`${name}.bias`, weights.bias, activation);
  graph.node('Conv', [x, weight, bias], [`${name}.output`], {
    attributes: { kernel_shape: kernel, strides, pads },
  });
  return `${name}.output`;
}

export function gelu(c: LayerContext, x: string, output: string): string {
  c.graph.node('Gelu', [x], [output], { domain: 'com.microsoft' });
  return output;
}

/**
 * The end of both graphs: what belongs to one feature side by side, `width` numbers of rows [1, N', hidden] as `merged` [1, N, width];
 * one matrix to the features' size; adapter and fusion layers.
 */
export function mergeAndFuse(
  c: Context,
  part: 'vision' | 'speech',
  rows: string,
  { merged, width, merge }: { readonly merged: string; readonly width: number; readonly merge: Matrix },
): void {
  const shape = c.graph.constant('merge.shape', 'int64', [3], [1, -1, width]);
  c.graph.node('Reshape', [rows, shape], [merged]);
  const features = linear(c, merged, `${part}.merge.weight`, merge, `${part}.merged`);
  fuse(c, c.config, c.model.senses!.fusion, rotaryCaches(c), features);
}

/**
 * The Cross-Modal Adapter and the fusion layers: features [1, N, feature_size] -> the graph's output `features` [N, C]. The same
 * weights, at the same place in `weights.data`, in the vision and in the speech graph.
 */
function fuse(
  c: LayerContext,
  config: SensesConfig & LayerSizes,
  stored: StoredFusion,
  rotary: Angles,
  features: string,
): void {
  const { graph } = c;
  const { adapter } = stored;
  const normed = rmsNorm(c, features, 'adapter.norm.weight', adapter.norm, 'adapter.normed');
  const fc1 = linear(c, normed, 'adapter.mlp.fc1.weight', adapter.fc1, 'adapter.fc1');
  const wide = gelu(c, fc1, 'adapter.gelu');
  const x = linear(c, wide, 'adapter.mlp.fc2.weight', adapter.fc2, 'adapter.output');
  const rows = senseStack(c, 'fusion', config, stored, x, rotary);
  const shape = graph.constant('features.shape', 'int64', [2], [-1, config.hidden_size]);
  graph.node('Reshape', [rows, shape], ['features']);
  graph.output('features', c.activation, ['N', config.hidden_size]);
}

/**
 * The encoder's sequence of a model with eyes or ears: embedded tokens [1, S, C], where `source` says so replaced by rows of `features`.
 * Text alone is `source` 0 … S - 1.
 *
 * | name | type | shape | |
 * | --- | --- | --- | --- |
 * | `features` | float | [N, C] | what the vision and the speech graph gave, one after the other; at least one row |
 * | `source` | int64 | [1, S] | for every position its row among the S embedded tokens and, from S on, the N features |
 */
export function placeFeatures(c: Context, embedded: string): string {
  const { graph, config } = c;
  graph.input('features', c.activation, ['N', config.hidden_size]);
  graph.input('source', 'int64', [1, 'S']);
  const rows = graph.constant('features.rows', 'int64', [2], [-1, config.hidden_size]);
  graph.node('Reshape', [embedded, rows], ['sequence.embedded']);
  graph.node('Concat', ['sequence.embedded', 'features'], ['sequence.all'], { attributes: { axis: 0 } });
  graph.node('Gather', ['sequence.all', 'source'], ['sequence'], { attributes: { axis: 0 } });
  return 'sequence';
}
