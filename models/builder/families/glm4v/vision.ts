import { Graph } from '../../graph';
import { type AccuracyLevel, type Activation, addNorm, linear, rmsNorm } from '../../layers';
import { storedAs } from '../../weights';
import { gatedFeedForward } from '../gated';
import type { VisionConfig } from './config';
import type { GraphChoice } from './graph-choice';
import { patchesOf } from './pixels';
import type { StoredBlock, StoredVision } from './store';

type VisionContext = Parameters<typeof linear>[0] & {
  readonly config: VisionConfig;
  readonly choice: GraphChoice;
};

/** LayerNorm's epsilon in the merger: PyTorch's default, which the checkpoint does not state. */
const LAYER_NORM_EPSILON = 1e-5;

/**
 * The vision tower over one image of GH x GW patches, P = GH * GW, N = P / 4.
 *
 * | name | type | shape | |
 * | --- | --- | --- | --- |
 * | `pixel_values` | float | [P, 3 * patch * patch] | one frame, patches in merge-block order |
 * | `rotary_cos`, `rotary_sin` | float | [P, head / 2] | angles by row, then by column, of each patch |
 * | `row_weights`, `column_weights` | float | [GH, grid], [GW, grid] | bicubic weights over the learned positions |
 * | → `image_features` | float | [N, out_hidden] | |
 *
 * With the choice `pixels` two filters and the picture stand for `pixel_values` (pixels.ts).
 *
 * Merge-block order: the four patches of a 2 x 2 block lie one after the other, blocks row by row. One image a run: attention
 * never crosses images, so nothing is masked.
 */
export function glm4vVisionGraph(
  config: VisionConfig,
  model: StoredVision,
  activation: Activation,
  accuracyLevel: AccuracyLevel,
  choice: GraphChoice = {},
): Uint8Array {
  const graph = new Graph('vision');
  const c: VisionContext = { graph, config, activation, accuracyLevel, choice };
  if (!choice.pixels) graph.input('pixel_values', activation, ['P', 3 * config.patch_size ** 2]);
  graph.input('rotary_cos', activation, ['P', config.head_dim / 2]);
  graph.input('rotary_sin', activation, ['P', config.head_dim / 2]);
  graph.input('row_weights', activation, ['GH', config.grid_size]);
  graph.input('column_weights', activation, ['GW', config.grid_size]);
  graph.output('image_features', activation, ['N', config.out_hidden_size]);

  if (choice.pixels) patchesOf(graph, config.patch_size, activation, 'pixel_values');
  const patchBias = { name: 'patch_embed.bias', vector: model.patchBias };
  const biased = linear(
    c,
    'pixel_values',
    'patch_embed.weight',
    model.patchEmbed,
    'patches.biased',
    patchBias,
  );
  const clean = rmsNorm(c, biased, 'post_conv_layernorm.weight', model.postConvNorm, 'patches.normed');
  graph.node('Add', [clean, positions(c, model)], ['patches.positioned']);
  // The attention operators want a batch: [1, P, C].
  let x = unsqueeze(graph, 'patches.positioned', 'patches');

  let normed = rmsNorm(c, x, 'blocks.0.norm1.weight', model.blocks[0]!.norm1, 'blocks.0.normed');
  for (const [i, block] of model.blocks.entries()) {
    const name = `blocks.${i}`;
    const attention = attend(c, name, block, normed);
    const middle = { name: `${name}.norm2.weight`, weight: block.norm2 };
    const forMlp = addNorm(c, x, attention, middle, `${name}.mlp_input`, `${name}.residual_1`);
    const mlp = feedForward(c, forMlp, `${name}.mlp`, block, `${name}.mlp_output`);
    const next = model.blocks[i + 1];
    const after = next
      ? { name: `blocks.${i + 1}.norm1.weight`, weight: next.norm1 }
      : { name: 'post_layernorm.weight', weight: model.postNorm };
    x = next ? `${name}.residual_2` : '';
    normed = addNorm(c, `${name}.residual_1`, mlp, after, next ? `blocks.${i + 1}.normed` : 'tower', x);
  }
  merge(c, model, normed);
  return graph.serialize();
}

/**
 * Learned positions sampled at the centre of every patch, in merge-block order: [P, C]. Bicubic sampling is separable, so it is
 * two matrix products over the grid [G, G, C].
 */
function positions(c: VisionContext, model: StoredVision): string {
  const { graph, config } = c;
  const { grid_size: grid, hidden_size: hidden } = config;
  const shape = (name: string, ...dims: number[]) =>
    graph.constant(`positions.shape.${name}`, 'int64', [dims.length], dims);
  const table = storedAs(model.positions, [grid, grid * hidden]);
  const weight = graph.weightAs('embeddings.position_embedding.weight', table, c.activation);
  graph.node('MatMul', ['row_weights', weight], ['positions.rows_flat']);
  graph.node('Reshape', ['positions.rows_flat', shape('by_column', -1, grid, hidden)], ['positions.rows']);
  graph.node('MatMul', ['column_weights', 'positions.rows'], ['positions.grid']);
  // [GH, GW, C] -> [GH, GW / 2, 2, C] -> [GW / 2, GH / 2, 2, 2, C] -> [GH / 2, GW / 2, 2, 2, C]
  graph.node('Reshape', ['positions.grid', shape('split', 0, -1, 2, hidden)], ['positions.columns_split']);
  graph.node('Transpose', ['positions.columns_split'], ['positions.turned'], {
    attributes: { perm: [1, 0, 2, 3] },
  });
  graph.node('Reshape', ['positions.turned', shape('blocks', 0, -1, 2, 2, hidden)], ['positions.both_split']);
  graph.node('Transpose', ['positions.both_split'], ['positions.blocks'], {
    attributes: { perm: [1, 0, 2, 3, 4] },
  });
  graph.node('Reshape', ['positions.blocks', shape('flat', -1, hidden)], ['positions']);
  return 'positions';
}

/** Multi-head attention of all patches to all, after 2D rotary positions (half-split pairs): [1, P, C] -> [1, P, C]. */
function attend(c: VisionContext, name: string, block: StoredBlock, normed: string): string {
  const { graph, config } = c;
  const bias = block.qkvBias && { name: `${name}.attn.qkv.bias`, vector: block.qkvBias };
  const qkv = linear(c, normed, `${name}.attn.qkv.weight`, block.qkv, `${name}.qkv`, bias);
  const { hidden_size: hidden, num_heads: heads } = config;
  const sizes = graph.constant('qkv_sizes', 'int64', [3], [hidden, hidden, hidden]);
  const [q, k, v] = ['q', 'k', 'v'].map((part) => `${name}.${part}`) as [string, string, string];
  graph.node('Split', [qkv, sizes], [q, k, v], { attributes: { axis: -1 } });
  const first = graph.constant('rotary.first', 'int64', [1], [0]);
  for (const part of [q, k]) {
    graph.node('RotaryEmbedding', [part, first, 'rotary_cos', 'rotary_sin'], [`${part}_turned`], {
      domain: 'com.microsoft',
      attributes: { num_heads: heads },
    });
  }
  graph.node('MultiHeadAttention', [`${q}_turned`, `${k}_turned`, v], [`${name}.attended`], {
    domain: 'com.microsoft',
    attributes: { num_heads: heads },
  });
  return linear(c, `${name}.attended`, `${name}.attn.proj.weight`, block.proj, `${name}.attention`);
}

/** Pieces of the patches that `vision-parts` makes; a picture's patches are whole blocks of four. */
const PARTS = 4;

/** [1, P, C] -> [1, P, C], all patches at once or a part after the other. */
function feedForward(c: VisionContext, x: string, name: string, block: StoredBlock, output: string): string {
  const { gateApart: apart, visionParts } = c.choice;
  if (!visionParts) return gatedFeedForward(c, x, name, block.gateUp, block.down, output, apart);
  const parts = Array.from({ length: PARTS }, (_, i) => `${name}.part_${i}`);
  c.graph.node('Split', [x], parts, { attributes: { axis: 1 } });
  const outputs = parts.map((part, i) =>
    gatedFeedForward(c, part, name, block.gateUp, block.down, `${output}_${i}`, apart, part),
  );
  c.graph.node('Concat', outputs, [output], { attributes: { axis: 1 } });
  return output;
}

/** Four neighbouring patches become one token: [1, P, C] -> `image_features` [N, out_hidden]. */
function merge(c: VisionContext, model: StoredVision, tower: string): void {
  const { graph, config } = c;
  const four = graph.constant('merge.shape', 'int64', [2], [-1, 4 * config.hidden_size]);
  graph.node('Reshape', [tower, four], ['merge.blocks']);
  const downBias = { name: 'downsample.bias', vector: model.downsampleBias };
  const sampled = linear(
    c,
    'merge.blocks',
    'downsample.weight',
    model.downsample,
    'merge.downsampled',
    downBias,
  );
  const projected = linear(c, sampled, 'merger.proj.weight', model.mergerProj, 'merge.projected');
  const { weight, bias } = model.mergerNorm;
  graph.node(
    'LayerNormalization',
    [
      projected,
      graph.weightAs('merger.post_projection_norm.weight', weight, c.activation),
      graph.weightAs('merger.post_projection_norm.bias', bias, c.activation),
    ],
    ['merge.normed'],
    { attributes: { axis: -1, epsilon: { float: LAYER_NORM_EPSILON } } },
  );
  graph.node('Gelu', ['merge.normed'], ['merge.gelu'], { domain: 'com.microsoft' });
  const apart = c.choice.gateApart;
  gatedFeedForward(c, 'merge.gelu', 'merger', model.mergerGateUp, model.mergerDown, 'image_features', apart);
}

function unsqueeze(graph: Graph, x: string, output: string): string {
  graph.node('Unsqueeze', [x, graph.constant('batch_axis', 'int64', [1], [0])], [output]);
  return output;
}
