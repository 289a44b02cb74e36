import { Graph } from '../../graph';
import type { AccuracyLevel, Activation, LayerContext } from '../../layers';
import type { WhisperConfig } from './config';
import { finish, layerNorm, project, split, widen } from './layers';
import type { Affine, StoredWhisper } from './store';

/**
 * The encoder, and what the decoder needs of it: keys and values of every cross-attention, computed once for a window of sound.
 *
 * | name | type | shape | |
 * | --- | --- | --- | --- |
 * | `input_features` | float | [1, mels, 2 * F] | log-mel frames; F rows of the encoder |
 * | → `cross.{i}.key`, `.value` | float | [1, heads, F, head] | of decoder layer i |
 * | → `encoded` | float | [1, F, d] | for tests |
 */
export function whisperEncoderGraph(
  config: WhisperConfig,
  model: StoredWhisper,
  activation: Activation,
  accuracyLevel: AccuracyLevel,
): Uint8Array {
  const graph = new Graph('encoder');
  // No RMSNorm here; the shared context asks for its epsilon.
  const c: LayerContext = { graph, config: { rms_norm_eps: 0 }, activation, accuracyLevel };
  const { d_model: hidden, max_source_positions: rows, encoder_attention_heads: heads } = config;
  graph.input('input_features', activation, [1, config.num_mel_bins, 2 * rows]);
  const { layers, positions, norm } = model.encoder;

  const first = convolve(c, 'input_features', 'conv1', model.conv1, 1);
  const second = convolve(c, first, 'conv2', model.conv2, 2);
  graph.node('Transpose', [second], ['convolved'], { attributes: { perm: [0, 2, 1] } });
  graph.node(
    'Add',
    ['convolved', graph.weightAs('encoder.embed_positions.weight', positions, activation)],
    ['positioned'],
  );

  const normName = (i: number) =>
    i < layers.length ? `encoder.layers.${i}.self_attn_layer_norm` : 'encoder.layer_norm';
  let residual = 'positioned';
  let normed = layerNorm(c, residual, normName(0), layers[0]!.selfNorm, 'encoder.layers.0.normed');
  for (const [i, layer] of layers.entries()) {
    const name = `encoder.layers.${i}`;
    const qkv = project(c, normed, `${name}.self_attn.qkv_proj`, layer.qkv, `${name}.qkv`);
    const parts = ['q', 'k', 'v'].map((part) => `${name}.${part}`);
    split(c, qkv, hidden, parts);
    graph.node('MultiHeadAttention', parts, [`${name}.attended`], {
      domain: 'com.microsoft',
      attributes: { num_heads: heads },
    });
    const forMlp = finish(
      c,
      `${name}.attended`,
      residual,
      {
        name: `${name}.self_attn.out_proj`,
        projection: layer.out,
        nextName: `${name}.final_layer_norm`,
        nextNorm: layer.finalNorm,
      },
      `${name}.mlp_input`,
      `${name}.residual_1`,
    );
    const wide = widen(c, forMlp, `${name}.fc1`, layer.fc1, `${name}.gelu`);
    const next = layers[i + 1];
    residual = next ? `${name}.residual_2` : '';
    normed = finish(
      c,
      wide,
      `${name}.residual_1`,
      {
        name: `${name}.fc2`,
        projection: layer.fc2,
        nextName: normName(i + 1),
        nextNorm: next ? next.selfNorm : norm,
      },
      next ? `encoder.layers.${i + 1}.normed` : 'encoded',
      residual,
    );
  }
  graph.output('encoded', activation, [1, rows, hidden]);
  crossKeysAndValues(c, config, model);
  return graph.serialize();
}

/** Kernel 3, padding 1, then GELU (erf): [1, in, T] -> [1, d, T / stride]. */
function convolve(c: LayerContext, x: string, name: string, weights: Affine, stride: number): string {
  const { graph, activation } = c;
  const weight = graph.weightAs(`encoder.${name}.weight`, weights.weight, activation);
  const bias = graph.weightAs(`encoder.${name}.bias`, weights.bias, activation);
  graph.node('Conv', [x, weight, bias], [`${name}.output`], {
    attributes: { kernel_shape: [3], pads: [1, 1], strides: [stride] },
  });
  graph.node('Gelu', [`${name}.output`], [`${name}.gelu`], { domain: 'com.microsoft' });
  return `${name}.gelu`;
}

function crossKeysAndValues(c: LayerContext, config: WhisperConfig, model: StoredWhisper): void {
  const { graph, activation } = c;
  const { d_model: hidden, decoder_attention_heads: heads, max_source_positions: rows } = config;
  const byHead = graph.constant('cross.by_head', 'int64', [4], [1, -1, heads, hidden / heads]);
  for (const [i, layer] of model.decoder.layers.entries()) {
    const name = `decoder.layers.${i}.encoder_attn`;
    const both = project(c, 'encoded', `${name}.kv_proj`, layer.crossKeyValue, `${name}.kv`);
    const parts = ['key', 'value'];
    split(
      c,
      both,
      hidden,
      parts.map((part) => `${name}.${part}`),
    );
    for (const part of parts) {
      graph.node('Reshape', [`${name}.${part}`, byHead], [`${name}.${part}_heads`]);
      graph.node('Transpose', [`${name}.${part}_heads`], [`cross.${i}.${part}`], {
        attributes: { perm: [0, 2, 1, 3] },
      });
      graph.output(`cross.${i}.${part}`, activation, [1, heads, rows, hidden / heads]);
    }
  }
}
