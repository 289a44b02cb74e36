import { DATA_TYPE, type Graph } from '../../../graph';
import type { Activation } from '../../../layers';
import { headSize, type SparseAttention } from '../config';
import type { Context } from '../context';
import { adder, asScalar, ints, scalar } from './operators';

/**
 * Block-routed sparse attention (models/README.md section 5; reference: models/train/sparse.py) in operators that every provider has.
 *
 * Letters: n rows, H heads, D head size, C = H * D; B keys a block, N = floor(n / B) whole blocks, Q queries a block, G blocks of
 * queries, K blocks chosen, L keys that a query sees.
 *
 * Here is what the encoder's rows (encoder.ts) and the decoder's token (decoder.ts) have in common.
 */
export interface SparseContext {
  readonly graph: Graph;
  readonly activation: Activation;
  readonly heads: number;
  readonly headSize: number;
  readonly sparse: SparseAttention;
}

export function sparseContext(
  { graph, activation, config }: Context,
  sparse: SparseAttention,
): SparseContext {
  return { graph, activation, heads: config.num_attention_heads, headSize: headSize(config), sparse };
}

/** The memory's summaries, which the encoder hands to the decoder: [H, D, N] a layer. */
export function declareSummaries(c: SparseContext, layers: number, as: 'input' | 'output'): void {
  for (let i = 0; i < layers; i++) {
    c.graph[as](`memory.${i}.summary`, c.activation, [c.heads, c.headSize, 'N']);
  }
}

/** Forced blocks score this: more than any other, and finite. */
const FORCED = 1e30;

/** Tensors that follow from a number of keys alone; int64 [1] each. */
export interface Lengths {
  /** N. */
  readonly blocks: string;
  /** Keys in whole blocks. */
  readonly whole: string;
  /** K = min(N, ceil(max(k, n / share) / B) + forced). */
  readonly chosen: string;
}

export function lengths(c: SparseContext, rows: string, forced: number): Lengths {
  const { block, k, share } = c.sparse;
  const add = adder(c.graph);
  const int = ints(c.graph);
  const blocks = add('Div', [rows, int(block)], 'sparse.blocks');
  const whole = add('Mul', [blocks, int(block)], 'sparse.whole');
  const keys = add('Max', [add('Div', [rows, int(share)], 'sparse.k_of_length'), int(k)], 'sparse.k');
  const up = add('Add', [keys, int(forced * block + block - 1)], 'sparse.k_up');
  const wanted = add('Div', [up, int(block)], 'sparse.k_blocks');
  return { blocks, whole, chosen: add('Min', [wanted, blocks], 'sparse.chosen') };
}

/** bool -> float32: FORCED or 0. */
export function force({ graph }: SparseContext, seen: string): string {
  const score = graph.constant('sparse.forced_score', 'float32', [], [FORCED]);
  return adder(graph)(
    'Where',
    [seen, score, graph.constant('sparse.no_score', 'float32', [], [0])],
    'sparse.forced',
  );
}

/** Rows `whole` to `end` - 1. */
export function rest(c: SparseContext, whole: string, end: string): string {
  const [first, last] = [asScalar(c, whole), asScalar(c, end)];
  return adder(c.graph)('Range', [first, last, scalar(c.graph, 1)], 'sparse.rest');
}

/** Means of the whole blocks of keys: k [1, n, C], rotated -> [H, D, N]. */
export function summaries(c: SparseContext, whole: string, k: string, output: string): string {
  const { graph, heads, headSize, sparse } = c;
  const add = adder(graph);
  const int = ints(graph);
  const at = (what: string) => `${output}.${what}`;
  const rows = add('Slice', [k, int(0), whole, int(1)], at('rows'));
  const blocks = add('Reshape', [rows, int(-1, sparse.block, heads * headSize)], at('blocks'));
  const means = add('ReduceMean', [blocks], at('means'), { axes: [1], keepdims: 0 });
  const byHead = add('Reshape', [means, int(-1, heads, headSize)], at('by_head'));
  return add('Transpose', [byHead], output, { perm: [1, 2, 0] });
}

/** Scores [H, G, N] and what is forced -> numbers of the chosen blocks, int64 [H, G, K]. */
export function choose(
  c: SparseContext,
  q: string,
  means: string,
  forced: string,
  chosen: string,
  name: string,
): string {
  const add = adder(c.graph);
  // Scaled as attention is, so that float16 holds them.
  const alpha = { float: 1 / Math.sqrt(c.headSize) };
  const agreement = add('FusedMatMul', [q, means], `${name}.agreement`, { alpha });
  const wide = add('Cast', [agreement], `${name}.agreement_wide`, { to: DATA_TYPE.float32 });
  const scores = add('Add', [wide, forced], `${name}.scores`);
  const output = `${name}.chosen`;
  c.graph.node('TopK', [scores, chosen], [`${name}.best`, output], { attributes: { axis: -1, sorted: 0 } });
  return output;
}

/**
 * Numbers of the keys that queries see among the rows of all heads, one head's after the other's.
 *
 * @param blocks numbers of chosen blocks, int64 [G, H, K].
 * @param rest rows that all see, [r].
 * @param stride rows of a head, int64 [1].
 * @returns int64 [G, H, K * B + r]
 */
export function keyRows(
  c: SparseContext,
  blocks: string,
  rest: string,
  stride: string,
  name: string,
): string {
  const { graph, heads, sparse } = c;
  const add = adder(graph);
  const int = ints(graph);
  const at = (what: string) => `${name}.${what}`;
  const ids = Array.from({ length: Math.max(heads, sparse.block) }, (_, i) => i);
  const within = graph.constant(`${name}.within`, 'int64', [sparse.block], ids.slice(0, sparse.block));
  const headIds = graph.constant(`${name}.heads`, 'int64', [heads, 1], ids.slice(0, heads));
  const starts = add('Mul', [blocks, int(sparse.block)], at('starts'));
  const each = add('Add', [add('Unsqueeze', [starts, int(-1)], at('column')), within], at('each'));
  const keys = add('Reshape', [each, int(0, 0, -1)], at('keys'));
  const most = add('Shape', [keys], at('most'), { start: 0, end: 2 });
  const shape = add('Concat', [most, add('Shape', [rest], at('rest_size'))], at('rest_shape'), { axis: 0 });
  const others = add('Expand', [rest, shape], at('others'));
  const all = add('Concat', [keys, others], at('all'), { axis: 2 });
  return add('Add', [all, add('Mul', [headIds, stride], at('offsets'))], at('rows'));
}
