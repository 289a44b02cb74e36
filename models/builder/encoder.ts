import { attentionCache, declareCache, type Rotary, rotate, rowsBetween, scatter, toInt64 } from './cache';
import { Graph } from './graph';
import { type Context, embed, linear, rotaryCaches, stack } from './layers';
import { matrixRows, type StoredLayer } from './store';

/**
 * The encoder graph of models/README.md section 4: input_ids [1, S] -> rows 0 … S - 1 of every decoder layer's KV cache.
 * Its attention is bidirectional: rotary positions from 0, then MultiHeadAttention without a mask.
 */
export function encoderGraph(context: Omit<Context, 'graph'>): Uint8Array {
  const c: Context = { ...context, graph: new Graph('encoder') };
  const { graph, config, model } = c;
  const hidden = config.hidden_size;
  graph.input('input_ids', 'int64', [1, 'S']);
  graph.input('seqlens_k', 'int32', [1]);
  graph.input('total_sequence_length', 'int32', []);
  declareCache(c);
  const rotary = rotaryCaches(c);
  const x = embed(c, 'input_ids', 'embedded');
  const memory = stack(c, 'encoder', x, (layer, name, _, normed) =>
    bidirectional(c, layer, name, normed, rotary),
  );

  const append = appender(c, rotary);
  for (const [i, layer] of model.decoder.layers.entries()) {
    // Rows of the decoder's packed matrix, found by their offset in weights.data.
    const project = (letter: 'k' | 'v', at: number) => {
      const name = `decoder.layers.${i}.self_attn.${letter}_proj.weight`;
      return linear(c, memory, name, matrixRows(layer.qkv, at * hidden, hidden), `memory.${i}.${letter}`);
    };
    append(i, project('k', 1), project('v', 2));
  }
  return graph.serialize();
}

/** Adds the nodes that write a layer's keys and values, both [1, S, C], to rows 0 … S - 1 of its cache. */
type Append = (layer: number, k: string, v: string) => void;

/**
 * CUDA: the operator that appends to a shared cache in place is GroupQueryAttention. Its attention output is unused; the query is
 * a stand-in of the right shape and the window of 1 keeps it cheap. The CPU's computes every score before it looks at the window (a
 * fifth of the time of a 1000-token prompt, and H * S * M floats of memory), so there the rows are scattered instead.
 */
function appender(c: Context, rotary: Rotary): Append {
  if (c.activation === 'float32' || c.attention === 'mha') {
    const first = c.graph.constant('rows.zero', 'int64', [], [0]);
    const end = toInt64(c, 'total_sequence_length', 'rows.end');
    const rows = rowsBetween(c, first, firstPosition(c), end);
    return (i, k, v) => scatter(c, rotary, rows, i, k, v);
  }
  const heads = c.config.num_attention_heads;
  return (i, k, v) => {
    c.graph.node(
      'GroupQueryAttention',
      [k, k, v, ...attentionCache(rotary, i)],
      [`memory.${i}.unused`, `present.${i}.key`, `present.${i}.value`],
      {
        domain: 'com.microsoft',
        attributes: { num_heads: heads, kv_num_heads: heads, do_rotary: 1, local_window_size: 1 },
      },
    );
  };
}

const firstPosition = (c: Context): string => c.graph.constant('first_position', 'int64', [1], [0]);

/** Attention of every row to every row: normed [1, S, C] -> [1, S, C] before o_proj. */
function bidirectional(c: Context, layer: StoredLayer, name: string, normed: string, rotary: Rotary): string {
  const { graph, config } = c;
  const hidden = config.hidden_size;
  const at = (what: string) => `${name}.${what}`;
  linear(c, normed, `${name}.self_attn.qkv_proj.weight`, layer.qkv, at('qkv'));
  const sizes = graph.constant('qkv_sizes', 'int64', [3], [hidden, hidden, hidden]);
  graph.node('Split', [at('qkv'), sizes], [at('q'), at('k'), at('v')], { attributes: { axis: -1 } });
  const q = rotate(c, rotary, at('q'), firstPosition(c), at('q_rotated'));
  const k = rotate(c, rotary, at('k'), firstPosition(c), at('k_rotated'));
  graph.node('MultiHeadAttention', [q, k, at('v')], [at('attended')], {
    domain: 'com.microsoft',
    attributes: { num_heads: config.num_attention_heads },
  });
  return at('attended');
}
