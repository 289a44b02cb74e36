import { Graph } from '../../graph';
import { groupQueryAttention, type Rotary } from '../../group-query-attention';
import { embed, linear } from '../../layers';
import { matrixRows } from '../../store';
import { declareCache, rotate, rowsBetween, scatter, toInt64 } from './cache';
import type { SparseAttention } from './config';
import { type Context, rotaryCaches } from './context';
import { placeFeatures } from './senses/layers';
import { planEncoder, sparseSelfAttention } from './sparse/encoder';
import { declareSummaries, sparseContext, summaries } from './sparse/routing';
import { queryKeyValue, type StoredLayer, stack } from './stack';

/**
 * The encoder graph of models/README.md section 4: input_ids [1, S] -> rows 0 … S - 1 of every decoder layer's KV cache.
 * Its attention is bidirectional: rotary positions from 0, then MultiHeadAttention without a mask, or sparse attention for long
 * prompts; then it also gives the summaries of the memory's keys.
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
  const sparse = config.sparse_attention;
  const attention = sparse ? sparseAttention(c, rotary, sparse) : denseAttention(c);
  const embedded = embed(c, 'input_ids', 'embedded');
  const x = model.senses ? placeFeatures(c, embedded) : embedded;
  const memory = stack(c, 'encoder', model.encoder, x, (layer, name, _, normed) =>
    bidirectional(c, layer, name, normed, rotary, attention.attend),
  );

  const projected = model.decoder.layers.map((layer, i) => {
    // Rows of the decoder's packed matrix, found by their offset in weights.data.
    const project = (letter: 'k' | 'v', at: number) => {
      const name = `decoder.layers.${i}.self_attn.${letter}_proj.weight`;
      return linear(c, memory, name, matrixRows(layer.qkv, at * hidden, hidden), `memory.${i}.${letter}`);
    };
    return { k: project('k', 1), v: project('v', 2) };
  });
  // All after all products: of what a node reads, ONNX Runtime makes first what stands last in the file. Were each layer's keys to stand
  // behind the layer before's appending, all layers' keys and values would be made, and kept, before the first were appended.
  const append = appender(c, rotary);
  for (const [i, { k, v }] of projected.entries()) {
    append(i, k, v);
    attention.summarize?.(i, k);
  }
  return graph.serialize();
}

/** Adds the nodes that write a layer's keys and values, both [1, S, C], to rows 0 … S - 1 of its cache. */
type Append = (layer: number, k: string, v: string) => void;

/**
 * CUDA: the operator that appends to a shared cache in place is GroupQueryAttention. Its attention output means nothing; the query is
 * a stand-in of the right shape and the window of 1 keeps it cheap. ONNX Runtime keeps an output that nothing reads until the run ends, so
 * each layer's is the next one's query: 440 MiB less of 3,072 rows and 24 layers. The CPU's operator computes every score before it looks
 * at the window (a fifth of the time of a 1000-token prompt, and H * S * M floats of memory), so there the rows are scattered instead.
 */
function appender(c: Context, rotary: Rotary): Append {
  if (c.activation === 'float32' || c.attention === 'mha') {
    const first = c.graph.constant('rows.zero', 'int64', [], [0]);
    const end = toInt64(c, 'total_sequence_length', 'rows.end');
    const rows = rowsBetween(c, first, firstPosition(c), end);
    return (i, k, v) => scatter(c, rotary, rows, i, k, v);
  }
  const heads = c.config.num_attention_heads;
  const attributes = { num_heads: heads, kv_num_heads: heads, do_rotary: 1, local_window_size: 1 } as const;
  let query = '';
  return (i, k, v) => {
    query = groupQueryAttention(c.graph, [query || k, k, v], i, rotary, `memory.${i}.unused`, attributes);
  };
}

const firstPosition = (c: Context): string => c.graph.constant('first_position', 'int64', [1], [0]);

/** q and k (rotated) and v, [1, S, C] each -> [1, S, C] before o_proj. */
type Attend = (name: string, q: string, k: string, v: string) => string;

interface EncoderAttention {
  readonly attend: Attend;
  /** Of the memory's keys in a decoder layer, [1, S, C], before rotation: an output of the graph. */
  readonly summarize?: (layer: number, k: string) => void;
}

function denseAttention({ graph, config }: Context): EncoderAttention {
  const attend: Attend = (name, q, k, v) => {
    const output = `${name}.attended`;
    graph.node('MultiHeadAttention', [q, k, v], [output], {
      domain: 'com.microsoft',
      attributes: { num_heads: config.num_attention_heads },
    });
    return output;
  };
  return { attend };
}

/** Dense below `min_length` rows: both ways in one graph, since a second session would hold the weights again. */
function sparseAttention(c: Context, rotary: Rotary, sparse: SparseAttention): EncoderAttention {
  const { graph, activation, config } = c;
  const context = sparseContext(c, sparse);
  graph.node('Shape', ['input_ids'], ['sparse.rows'], { attributes: { start: 1 } });
  const plan = planEncoder(context, 'sparse.rows');
  const least = graph.constant('sparse.min_length', 'int64', [1], [sparse.min_length]);
  graph.node('GreaterOrEqual', ['sparse.rows', least], ['sparse.is_long']);
  declareSummaries(context, config.decoder_layers, 'output');
  const branch = (name: string, way: string, attend: (graph: Graph) => string) => {
    const body = new Graph(`${name}.${way}`);
    const output = `${body.name}.output`;
    body.node('Identity', [attend(body)], [output]);
    body.output(output, activation, [1, 'S', config.hidden_size]);
    return body;
  };
  return {
    attend: (name, q, k, v) => {
      const output = `${name}.attended`;
      const long = branch(name, 'long', (body) =>
        sparseSelfAttention({ ...context, graph: body }, plan, { q, k, v }, `${name}.long`),
      );
      const short = branch(name, 'short', (body) =>
        denseAttention({ ...c, graph: body }).attend(`${name}.short`, q, k, v),
      );
      graph.node('If', ['sparse.is_long'], [output], {
        attributes: { then_branch: long, else_branch: short },
      });
      return output;
    },
    summarize: (i, k) => {
      const rotated = rotate(c, rotary, k, firstPosition(c), `memory.${i}.rotated`);
      summaries(context, plan.whole, rotated, `memory.${i}.summary`);
    },
  };
}

/** Attention of the rows to each other: normed [1, S, C] -> [1, S, C] before o_proj. */
function bidirectional(
  c: Context,
  layer: StoredLayer,
  name: string,
  normed: string,
  rotary: Rotary,
  attend: Attend,
): string {
  const [q, k, v] = queryKeyValue(c, normed, layer, name);
  const at = (part: string) => rotate(c, rotary, part, firstPosition(c), `${part}_rotated`);
  return attend(name, at(q), at(k), v);
}
