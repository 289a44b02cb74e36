import { DATA_TYPE, Graph } from './graph';
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

  const append = activation === 'float32' ? scatterAppend(c, rotary) : attentionAppend(c, rotary);
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
    append(i, k, v);
  }
  return graph.serialize();
}

interface Rotary {
  readonly cos: string;
  readonly sin: string;
}

/** Adds the nodes that write a layer's keys and values, both [1, S, C], to rows 0 … S - 1 of its cache. */
type Append = (layer: number, k: string, v: string) => void;

/**
 * CUDA: the operator that appends to a shared cache in place is GroupQueryAttention. Its attention output is unused; the query is
 * a stand-in of the right shape and the window of 1 keeps it cheap.
 */
function attentionAppend(c: Context, rotary: Rotary): Append {
  const heads = c.config.num_attention_heads;
  return (i, k, v) => {
    const past = [`past_key_values.${i}.key`, `past_key_values.${i}.value`];
    c.graph.node(
      'GroupQueryAttention',
      [k, k, v, ...past, 'seqlens_k', 'total_sequence_length', rotary.cos, rotary.sin],
      [`memory.${i}.unused`, `present.${i}.key`, `present.${i}.value`],
      {
        domain: 'com.microsoft',
        attributes: { num_heads: heads, kv_num_heads: heads, do_rotary: 1, local_window_size: 1 },
      },
    );
  };
}

/**
 * CPU: there GroupQueryAttention computes every score before it looks at the window (a fifth of the time of a 1000-token prompt,
 * and H * S * M floats of memory), so the rows are rotated and scattered instead. ScatterND, too, works in place where past and
 * present are the same buffer.
 */
function scatterAppend(c: Context, rotary: Rotary): Append {
  const { graph, config } = c;
  const heads = config.num_attention_heads;
  // indices [1, H, S, 3] of (0, head, row), made once for all layers.
  const constant = graph.constant.bind(graph);
  graph.node('Cast', ['total_sequence_length'], ['rows.count'], { attributes: { to: DATA_TYPE.int64 } });
  const zero = constant('rows.zero', 'int64', [], [0]);
  graph.node('Range', [zero, 'rows.count', constant('rows.one', 'int64', [], [1])], ['rows.range']);
  graph.node('Reshape', ['rows.range', constant('rows.shape', 'int64', [4], [1, 1, -1, 1])], ['rows.row']);
  const headIds = constant(
    'rows.heads',
    'int64',
    [1, heads, 1, 1],
    Array.from({ length: heads }, (_, h) => h),
  );
  graph.node('Mul', ['rows.row', zero], ['rows.zeros']);
  graph.node('Add', [headIds, 'rows.zeros'], ['rows.head']);
  const zeros = constant('rows.no_heads', 'int64', [1, heads, 1, 1], new Array<number>(heads).fill(0));
  graph.node('Add', [zeros, 'rows.row'], ['rows.rows']);
  graph.node('Mul', ['rows.head', zero], ['rows.batch']);
  graph.node('Concat', ['rows.batch', 'rows.head', 'rows.rows'], ['rows.indices'], {
    attributes: { axis: -1 },
  });
  const split = constant('rows.split', 'int64', [4], [0, 0, heads, -1]);

  return (i, k, v) => {
    const rotated = rotate(c, rotary, k, `memory.${i}.k_rotated`);
    for (const [kind, rows] of [
      ['key', rotated],
      ['value', v],
    ] as const) {
      const at = `memory.${i}.${kind}`;
      graph.node('Reshape', [rows, split], [`${at}.split`]);
      graph.node('Transpose', [`${at}.split`], [`${at}.by_head`], { attributes: { perm: [0, 2, 1, 3] } });
      graph.node(
        'ScatterND',
        [`past_key_values.${i}.${kind}`, 'rows.indices', `${at}.by_head`],
        [`present.${i}.${kind}`],
      );
    }
  };
}

/** Rotary positions from 0 for x [1, S, C]. */
function rotate(c: Context, rotary: Rotary, x: string, output: string): string {
  const first = c.graph.constant('first_position', 'int64', [1], [0]);
  c.graph.node('RotaryEmbedding', [x, first, rotary.cos, rotary.sin], [output], {
    domain: 'com.microsoft',
    attributes: { interleaved: 0 },
  });
  return output;
}

/** Attention of every row to every row: normed [1, S, C] -> [1, S, C] before o_proj. */
function bidirectional(c: Context, layer: StoredLayer, name: string, normed: string, rotary: Rotary): string {
  const { graph, config } = c;
  const hidden = config.hidden_size;
  const at = (what: string) => `${name}.${what}`;
  linear(c, normed, `${name}.self_attn.qkv_proj.weight`, layer.qkv, at('qkv'));
  const sizes = graph.constant('qkv_sizes', 'int64', [3], [hidden, hidden, hidden]);
  graph.node('Split', [at('qkv'), sizes], [at('q'), at('k'), at('v')], { attributes: { axis: -1 } });
  const q = rotate(c, rotary, at('q'), at('q_rotated'));
  const k = rotate(c, rotary, at('k'), at('k_rotated'));
  graph.node('MultiHeadAttention', [q, k, at('v')], [at('attended')], {
    domain: 'com.microsoft',
    attributes: { num_heads: config.num_attention_heads },
  });
  return at('attended');
}
