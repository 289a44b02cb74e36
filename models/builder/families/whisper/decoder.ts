import { Graph } from '../../graph';
import { groupQueryAttention } from '../../group-query-attention';
import { type AccuracyLevel, type Activation, embed, linear } from '../../layers';
import type { WhisperConfig } from './config';
import { finish, layerNorm, project, widen } from './layers';
import type { StoredWhisper } from './store';

/**
 * The decoder: T tokens appended to the KV cache -> logits of the last one.
 *
 * | name | type | shape | |
 * | --- | --- | --- | --- |
 * | `input_ids` | int64 | [1, T] | |
 * | `position_ids` | int64 | [1, T] | rows of the cache they go to |
 * | `seqlens_k` | int32 | [1] | rows in the cache after this step, minus 1 |
 * | `total_sequence_length` | int32 | [] | rows in the cache after this step (M under a CUDA graph) |
 * | `cross.{i}.key`, `.value` | float | [1, heads, F, head] | from the encoder graph |
 * | `past_key_values.{i}.key`, `.value` | float | [1, heads, M, head] | |
 * | → `logits` | float | [1, vocab] | of the last position |
 * | → `present.{i}.key`, `.value` | | | the same buffers |
 */
export function whisperDecoderGraph(
  config: WhisperConfig,
  model: StoredWhisper,
  activation: Activation,
  accuracyLevel: AccuracyLevel,
): Uint8Array {
  const graph = new Graph('decoder');
  // No RMSNorm here; the shared context asks for its epsilon.
  const c = { graph, config: { rms_norm_eps: 0 }, model, activation, accuracyLevel };
  const { d_model: hidden, decoder_attention_heads: heads, max_source_positions: rows } = config;
  const headSize = hidden / heads;
  graph.input('input_ids', 'int64', [1, 'T']);
  graph.input('position_ids', 'int64', [1, 'T']);
  graph.input('seqlens_k', 'int32', [1]);
  graph.input('total_sequence_length', 'int32', []);
  graph.output('logits', activation, [1, config.vocab_size]);
  const { layers, positions, norm } = model.decoder;

  const table = graph.weightAs('decoder.embed_positions.weight', positions, activation);
  graph.node('Gather', [table, 'position_ids'], ['positions']);
  graph.node('Add', [embed(c, 'input_ids', 'embedded'), 'positions'], ['positioned']);

  const normName = (i: number) =>
    i < layers.length ? `decoder.layers.${i}.self_attn_layer_norm` : 'decoder.layer_norm';
  let residual = 'positioned';
  let normed = layerNorm(c, residual, normName(0), layers[0]!.selfNorm, 'decoder.layers.0.normed');
  for (const [i, layer] of layers.entries()) {
    const name = `decoder.layers.${i}`;
    for (const part of ['key', 'value']) {
      graph.input(`cross.${i}.${part}`, activation, [1, heads, rows, headSize]);
      graph.input(`past_key_values.${i}.${part}`, activation, [1, heads, 'M', headSize]);
      graph.output(`present.${i}.${part}`, activation, [1, heads, 'M', headSize]);
    }
    const qkv = project(c, normed, `${name}.self_attn.qkv_proj`, layer.qkv, `${name}.qkv`);
    const attention = { num_heads: heads, kv_num_heads: heads };
    const attended = groupQueryAttention(graph, [qkv], i, undefined, `${name}.attended`, attention);
    const forCross = finish(
      c,
      attended,
      residual,
      {
        name: `${name}.self_attn.out_proj`,
        projection: layer.out,
        nextName: `${name}.encoder_attn_layer_norm`,
        nextNorm: layer.crossNorm,
      },
      `${name}.cross_input`,
      `${name}.residual_1`,
    );
    const query = project(
      c,
      forCross,
      `${name}.encoder_attn.q_proj`,
      layer.crossQuery,
      `${name}.cross_query`,
    );
    graph.node(
      'MultiHeadAttention',
      [query, `cross.${i}.key`, `cross.${i}.value`],
      [`${name}.cross_attended`],
      {
        domain: 'com.microsoft',
        attributes: { num_heads: heads },
      },
    );
    const forMlp = finish(
      c,
      `${name}.cross_attended`,
      `${name}.residual_1`,
      {
        name: `${name}.encoder_attn.out_proj`,
        projection: layer.crossOut,
        nextName: `${name}.final_layer_norm`,
        nextNorm: layer.finalNorm,
      },
      `${name}.mlp_input`,
      `${name}.residual_2`,
    );
    const wide = widen(c, forMlp, `${name}.fc1`, layer.fc1, `${name}.gelu`);
    const next = layers[i + 1];
    residual = next ? `${name}.residual_3` : '';
    normed = finish(
      c,
      wide,
      `${name}.residual_2`,
      {
        name: `${name}.fc2`,
        projection: layer.fc2,
        nextName: normName(i + 1),
        nextNorm: next ? next.selfNorm : norm,
      },
      next ? `decoder.layers.${i + 1}.normed` : 'decoder.output',
      residual,
    );
  }
  graph.node('Gather', [normed, graph.constant('last', 'int64', [], [-1])], ['last_row'], {
    attributes: { axis: 1 },
  });
  linear(c, 'last_row', 'embed_tokens.weight', model.embedding, 'logits');
  return graph.serialize();
}
