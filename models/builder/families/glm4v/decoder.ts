import { Graph } from '../../graph';
import { groupQueryAttention } from '../../group-query-attention';
import {
  type AccuracyLevel,
  type Activation,
  addNorm,
  embed,
  linear,
  rmsNorm,
  summingRmsNorm,
} from '../../layers';
import { nextTokens } from '../../next-tokens';
import type { Stored } from '../../weights';
import { gatedFeedForward } from '../gated';
import type { TextConfig } from './config';
import type { GraphChoice } from './graph-choice';
import type { StoredText } from './store';

/**
 * The language model: T tokens appended to the KV cache -> logits of the last one.
 *
 * | name | type | shape | |
 * | --- | --- | --- | --- |
 * | `input_ids` | int64 | [1, T] | |
 * | `image_features` | float | [N, hidden] | output of the vision graph; one row of anything where there is no image |
 * | `image_rows` | int64 | [1, T] | row of `image_features` that stands for the token; -1 for text |
 * | `seqlens_k` | int32 | [1] | rows in the cache after this step, minus 1 |
 * | `total_sequence_length` | int32 | [] | rows in the cache after this step (M under a CUDA graph) |
 * | `rotary_cos`, `rotary_sin` | float | [M, rotary / 2] | row i: the angles of the token in row i of the cache |
 * | `past_key_values.{i}.key`, `.value` | float | [1, kv heads, M, head] | |
 * | → `logits` | float | [1, vocab] | of the last position |
 * | → `row_logits` | float | [1, R, vocab] | with `drafts`: of the last R = min(T, 16) positions |
 * | → `next_token` | int64 | [1, 1] | |
 * | → `seqlens_k_next` | int32 | [1] | |
 * | → `present.{i}.key`, `.value` | | | the same buffers |
 *
 * Positions of image tokens have three components (M-RoPE), and text after an image goes on from the largest of them, so a token's
 * position is not its row in the cache. GroupQueryAttention takes its angles from row i of the caches for row i of the keys: filled
 * with each token's own angles they make M-RoPE without leaving the fused kernel.
 */
export function glm4vDecoderGraph(
  config: TextConfig,
  model: StoredText,
  activation: Activation,
  accuracyLevel: AccuracyLevel,
  choice: GraphChoice = {},
): Uint8Array {
  const graph = new Graph('decoder');
  const c = { graph, config, model, activation, accuracyLevel };
  const half = config.rotary_dim / 2;
  const cache = [1, config.num_key_value_heads, 'M', config.head_dim];
  graph.input('input_ids', 'int64', [1, 'T']);
  graph.input('image_features', activation, ['N', config.hidden_size]);
  graph.input('image_rows', 'int64', [1, 'T']);
  graph.input('seqlens_k', 'int32', [1]);
  graph.input('total_sequence_length', 'int32', []);
  graph.input('rotary_cos', activation, ['M', half]);
  graph.input('rotary_sin', activation, ['M', half]);
  graph.output('logits', activation, [1, config.vocab_size]);
  graph.output('next_token', 'int64', [1, 1]);
  graph.output('seqlens_k_next', 'int32', [1]);

  const x = withImages(graph, embed(c, 'input_ids', 'embedded'), 'embedded_with_images');
  const zeros = choice.summingNorms ? zerosLike(graph, x) : '';
  /** A norm that follows a product and precedes a sum, which no kernel fuses. */
  const innerNorm = (of: string, name: string, weight: Stored, output: string): string =>
    zeros ? summingRmsNorm(c, of, zeros, name, weight, output) : rmsNorm(c, of, name, weight, output);
  const first = model.layers[0]!;
  const attention = {
    num_heads: config.num_attention_heads,
    kv_num_heads: config.num_key_value_heads,
    do_rotary: 1,
    rotary_interleaved: 1,
  } as const;
  const rotary = { cos: 'rotary_cos', sin: 'rotary_sin' };
  let residual = x;
  let normed = rmsNorm(c, x, 'layers.0.input_layernorm.weight', first.inputNorm, 'layers.0.normed');
  for (const [i, layer] of model.layers.entries()) {
    const name = `layers.${i}`;
    for (const kind of ['key', 'value']) {
      graph.input(`past_key_values.${i}.${kind}`, activation, cache);
      graph.output(`present.${i}.${kind}`, activation, cache);
    }
    const qkvName = `${name}.self_attn.qkv_proj`;
    const bias = { name: `${qkvName}.bias`, vector: layer.qkvBias };
    const qkv = linear(c, normed, `${qkvName}.weight`, layer.qkv, `${name}.qkv`, bias);
    const attended = groupQueryAttention(graph, [qkv], i, rotary, `${name}.attended`, attention);
    const o = linear(c, attended, `${name}.self_attn.o_proj.weight`, layer.o, `${name}.attention`);
    const oName = `${name}.post_self_attn_layernorm.weight`;
    const oNormed = innerNorm(o, oName, layer.postSelfAttnNorm, `${name}.attention_normed`);
    const middle = { name: `${name}.post_attention_layernorm.weight`, weight: layer.postAttentionNorm };
    const forMlp = addNorm(c, residual, oNormed, middle, `${name}.mlp_input`, `${name}.residual_1`);
    const mlpOutput = `${name}.mlp_output`;
    const apart = choice.gateApart;
    const mlp = gatedFeedForward(c, forMlp, `${name}.mlp`, layer.gateUp, layer.down, mlpOutput, apart);
    const mlpName = `${name}.post_mlp_layernorm.weight`;
    const mlpNormed = innerNorm(mlp, mlpName, layer.postMlpNorm, `${name}.mlp_normed`);
    const next = model.layers[i + 1];
    const after = next
      ? { name: `layers.${i + 1}.input_layernorm.weight`, weight: next.inputNorm }
      : { name: 'norm.weight', weight: model.norm };
    const output = next ? `layers.${i + 1}.normed` : 'decoder.output';
    const sum = next ? `${name}.residual_2` : '';
    normed = addNorm(c, `${name}.residual_1`, mlpNormed, after, output, sum);
    residual = sum;
  }
  const head = { name: 'lm_head.weight', matrix: model.head, size: config.vocab_size };
  nextTokens(c, normed, head, choice.drafts ?? false);
  graph.node('Add', ['seqlens_k', graph.constant('one', 'int32', [1], [1])], ['seqlens_k_next']);
  return graph.serialize();
}

/** Zeros of the shape of finite `x`, one small kernel a run: a constant would have to know T. */
function zerosLike(graph: Graph, x: string): string {
  graph.node('Sub', [x, x], ['zeros']);
  return 'zeros';
}

/** embedded [1, T, C] with the rows of `image_features` where `image_rows` says so. */
function withImages(graph: Graph, embedded: string, output: string): string {
  // -1 picks the last row, which the condition then leaves out.
  graph.node('Gather', ['image_features', 'image_rows'], ['images.picked'], { attributes: { axis: 0 } });
  graph.node(
    'GreaterOrEqual',
    ['image_rows', graph.constant('images.zero', 'int64', [], [0])],
    ['images.is'],
  );
  graph.node(
    'Unsqueeze',
    ['images.is', graph.constant('images.axis', 'int64', [1], [-1])],
    ['images.is_image'],
  );
  graph.node('Where', ['images.is_image', 'images.picked', embedded], [output]);
  return output;
}
