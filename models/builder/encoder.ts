import { Graph } from './graph';
import { type Context, cacheShape, embed, linear, rotaryCaches, stack } from './layers';
import { matrixRows, type StoredLayer } from './store';

/**
 * The encoder graph of models/README.md section 4: input_ids [1, S] -> rows 0 … S - 1 of every decoder layer's KV cache.
 * Its attention is bidirectional: rotary positions from 0, then MultiHeadAttention without a mask.
 */
export function encoderGraph(context: Omit<Context, 'graph'>): Uint8Array {
  const c: Context = { ...context, graph: new Graph('encoder') };
  const { graph, config, model, activation } = c;
  const hidden = config.hidden_size;
  graph.input('input_ids', 'int64', [1, 'S']);
  graph.input('seqlens_k', 'int32', [1]);
  graph.input('total_sequence_length', 'int32', []);
  const rotary = rotaryCaches(c);
  const x = embed(c, 'input_ids', 'embedded');
  const memory = stack(c, 'encoder', x, (layer, name, _, normed) =>
    bidirectional(c, layer, name, normed, rotary),
  );

  for (const [i, layer] of model.decoder.layers.entries()) {
    const name = `decoder.layers.${i}.self_attn`;
    // Rows of the decoder's packed matrix, found by their offset in weights.data.
    const k = linear(
      c,
      memory,
      `${name}.k_proj.weight`,
      matrixRows(layer.qkv, hidden, hidden),
      `memory.${i}.k`,
    );
    const v = linear(
      c,
      memory,
      `${name}.v_proj.weight`,
      matrixRows(layer.qkv, 2 * hidden, hidden),
      `memory.${i}.v`,
    );
    for (const kind of ['key', 'value']) {
      graph.input(`past_key_values.${i}.${kind}`, activation, cacheShape(config));
      graph.output(`present.${i}.${kind}`, activation, cacheShape(config));
    }
    // Only the append matters: rotated keys and values land in the shared cache. The query is a stand-in of the right shape and
    // the window of 1 keeps its attention cheap.
    graph.node(
      'GroupQueryAttention',
      [
        k,
        k,
        v,
        `past_key_values.${i}.key`,
        `past_key_values.${i}.value`,
        'seqlens_k',
        'total_sequence_length',
        rotary.cos,
        rotary.sin,
      ],
      [`memory.${i}.unused`, `present.${i}.key`, `present.${i}.value`],
      {
        domain: 'com.microsoft',
        attributes: {
          num_heads: config.num_attention_heads,
          kv_num_heads: config.num_attention_heads,
          do_rotary: 1,
          local_window_size: 1,
        },
      },
    );
  }
  return graph.serialize();
}

function bidirectional(
  c: Context,
  layer: StoredLayer,
  name: string,
  normed: string,
  rotary: { readonly cos: string; readonly sin: string },
): string {
  const { graph, config } = c;
  const hidden = config.hidden_size;
  const heads = config.num_attention_heads;
  const at = (what: string) => `${name}.${what}`;
  linear(c, normed, `${name}.self_attn.qkv_proj.weight`, layer.qkv, at('qkv'));
  const sizes = graph.constant('qkv_sizes', 'int64', [3], [hidden, hidden, hidden]);
  graph.node('Split', [at('qkv'), sizes], [at('q'), at('k'), at('v')], { attributes: { axis: -1 } });
  const first = graph.constant('first_position', 'int64', [1], [0]);
  for (const what of ['q', 'k']) {
    graph.node('RotaryEmbedding', [at(what), first, rotary.cos, rotary.sin], [at(`${what}_rotated`)], {
      domain: 'com.microsoft',
      attributes: { interleaved: 0 },
    });
  }
  graph.node('MultiHeadAttention', [at('q_rotated'), at('k_rotated'), at('v')], [at('attended')], {
    domain: 'com.microsoft',
    attributes: { num_heads: heads },
  });
  return at('attended');
}
