import { DATA_TYPE, Graph } from '../../graph';
import { groupQueryAttention, type Rotary } from '../../group-query-attention';
import { embed, linear } from '../../layers';
import { nextTokens } from '../../next-tokens';
import { declareCache, rotate, rowsBetween, scatter, toInt64 } from './cache';
import type { SparseAttention } from './config';
import { type Context, rotaryCaches } from './context';
import { planDecoder, sparseMemoryAttention } from './sparse/decoder';
import { declareSummaries, sparseContext } from './sparse/routing';
import { stack } from './stack';

/**
 * The decoder graph of models/README.md section 4: T tokens appended to the KV cache -> logits of the last one, the greedy next
 * token and the next length. The sparse graph takes one token.
 *
 * @param choice.drafts the logits of up to `DRAFT_ROWS` last tokens are an output too.
 */
export function decoderGraph(
  context: Omit<Context, 'graph'>,
  { sparse, drafts = false }: { readonly sparse?: SparseAttention; readonly drafts?: boolean } = {},
): Uint8Array {
  const c: Context = { ...context, graph: new Graph('decoder') };
  const { graph, config, model, activation } = c;
  graph.input('input_ids', 'int64', [1, sparse ? 1 : 'T']);
  graph.input('seqlens_k', 'int32', [1]);
  graph.input('total_sequence_length', 'int32', []);
  graph.output('logits', activation, [1, config.vocab_size]);
  graph.output('next_token', 'int64', [1, 1]);
  graph.output('seqlens_k_next', 'int32', [1]);
  declareCache(c);
  const rotary = rotaryCaches(c);
  const attend = sparse
    ? sparseAttention(c, rotary, sparse)
    : c.attention === 'gqa'
      ? fusedAttention(c, rotary)
      : multiHeadAttention(c, rotary);
  const x = embed(c, 'input_ids', 'embedded');
  const rows = stack(c, 'decoder', model.decoder, x, (layer, name, i, normed) =>
    attend(i, name, linear(c, normed, `${name}.self_attn.qkv_proj.weight`, layer.qkv, `${name}.qkv`)),
  );
  const head = { name: 'embed_tokens.weight', matrix: model.embedding, size: config.vocab_size };
  nextTokens(c, rows, head, drafts);
  graph.node('Add', ['seqlens_k', graph.constant('one', 'int32', [1], [1])], ['seqlens_k_next']);
  return graph.serialize();
}

/** Appends a layer's rows qkv [1, T, 3 * C] to its cache and returns what its queries attend to, [1, T, C]. */
type Attend = (layer: number, name: string, qkv: string) => string;

/** One kernel for rotary positions, append and attention. CUDA has it for float16 only. */
function fusedAttention(c: Context, rotary: Rotary): Attend {
  const heads = c.config.num_attention_heads;
  const attributes = { num_heads: heads, kv_num_heads: heads, do_rotary: 1 } as const;
  return (i, name, qkv) => groupQueryAttention(c.graph, [qkv], i, rotary, `${name}.attended`, attributes);
}

/** exp(-30000) is 0 in float16 too, which holds no number below -65504. */
const MASKED = -30_000;

/**
 * The same from general operators, for providers without GroupQueryAttention in the wanted type (float32 on CUDA). Keys and values
 * are copied out of the cache at every step, so it is slower.
 */
function multiHeadAttention(c: Context, rotary: Rotary): Attend {
  const { graph, config } = c;
  const hidden = config.hidden_size;
  const one = graph.constant('rows.one_row', 'int64', [1], [1]);
  graph.node('Add', [toInt64(c, 'seqlens_k', 'rows.last'), one], ['rows.end']);
  graph.node('Shape', ['input_ids'], ['rows.count'], { attributes: { start: 1 } });
  graph.node('Sub', ['rows.end', 'rows.count'], ['rows.first']);
  for (const name of ['rows.first', 'rows.end']) graph.node('Squeeze', [name], [`${name}.scalar`]);
  const rows = rowsBetween(c, 'rows.first.scalar', 'rows.first', 'rows.end.scalar');

  // A row sees the rows up to itself: bias [1, 1, T, end].
  const zero = graph.constant('rows.zero', 'int64', [], [0]);
  graph.node(
    'Range',
    [zero, 'rows.end.scalar', graph.constant('rows.one', 'int64', [], [1])],
    ['bias.columns'],
  );
  graph.node('LessOrEqual', ['bias.columns', rows.numbers], ['bias.visible']);
  const open = graph.constant('bias.open', 'float32', [], [0]);
  const masked = graph.constant('bias.masked', 'float32', [], [MASKED]);
  graph.node('Where', ['bias.visible', open, masked], ['bias.float32']);
  graph.node('Cast', ['bias.float32'], ['bias'], { attributes: { to: DATA_TYPE[c.activation] } });
  const sizes = graph.constant('qkv_sizes', 'int64', [3], [hidden, hidden, hidden]);
  const start = graph.constant('slice.start', 'int64', [1], [0]);
  const axis = graph.constant('slice.axis', 'int64', [1], [2]);

  return (i, name, qkv) => {
    const at = (what: string) => `${name}.${what}`;
    graph.node('Split', [qkv, sizes], [at('q'), at('k'), at('v')], { attributes: { axis: -1 } });
    const q = rotate(c, rotary, at('q'), rows.first, at('q_rotated'));
    scatter(c, rotary, rows, i, at('k'), at('v'));
    for (const kind of ['key', 'value']) {
      graph.node('Slice', [`present.${i}.${kind}`, start, 'rows.end', axis], [at(kind)]);
    }
    graph.node('MultiHeadAttention', [q, at('key'), at('value'), '', '', 'bias'], [at('attended')], {
      domain: 'com.microsoft',
      attributes: { num_heads: config.num_attention_heads },
    });
    return at('attended');
  };
}

/** One token's attention to the blocks of the memory that it chooses and to all that the decoder has written. */
function sparseAttention(c: Context, rotary: Rotary, sparse: SparseAttention): Attend {
  const { graph, config } = c;
  const context = sparseContext(c, sparse);
  const memory = graph.input('memory_rows', 'int64', [1]);
  declareSummaries(context, config.decoder_layers, 'input');
  // Not seqlens_k: a provider keeps that on its device, and shapes follow from this.
  const end = toInt64(c, 'total_sequence_length', 'rows.end');
  const one = graph.constant('rows.one_row', 'int64', [1], [1]);
  graph.node('Reshape', [end, one], ['rows.end_row']);
  graph.node('Sub', ['rows.end_row', one], ['rows.first']);
  graph.node('Squeeze', ['rows.first'], ['rows.first.scalar']);
  const rows = rowsBetween(c, 'rows.first.scalar', 'rows.first', end);
  graph.node('Shape', ['past_key_values.0.key'], ['rows.stride'], { attributes: { start: 2, end: 3 } });
  const plan = planDecoder(context, memory, 'rows.end_row', 'rows.stride');
  const hidden = config.hidden_size;
  const sizes = graph.constant('qkv_sizes', 'int64', [3], [hidden, hidden, hidden]);

  return (i, name, qkv) => {
    const at = (what: string) => `${name}.${what}`;
    graph.node('Split', [qkv, sizes], [at('q'), at('k'), at('v')], { attributes: { axis: -1 } });
    const q = rotate(c, rotary, at('q'), rows.first, at('q_rotated'));
    scatter(c, rotary, rows, i, at('k'), at('v'));
    const [keys, values] = [`present.${i}.key`, `present.${i}.value`];
    return sparseMemoryAttention(context, plan, { q, means: `memory.${i}.summary`, keys, values }, name);
  };
}
