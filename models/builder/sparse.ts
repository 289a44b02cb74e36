import { headSize, type SparseAttention } from './config';
import { type Attribute, DATA_TYPE, Graph } from './graph';
import type { Activation, Context } from './layers';

/**
 * Block-routed sparse attention (models/README.md section 5; reference: models/train/sparse.py) in operators that every provider has.
 *
 * Letters: n rows, H heads, D head size, C = H * D; B keys a block, N = floor(n / B) whole blocks, Q queries a block, G blocks of
 * queries, K blocks chosen, L keys that a query sees.
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
/** Keys and values are gathered for so many queries at a time: a processor's cache likes few, a GPU's launches many. */
const QUERIES_AT_ONCE: Readonly<Record<Activation, number>> = { float32: 256, float16: 1024 };
/** Of a decoder's token: the memory's first block and its last. */
const DECODER_FORCED = 2;

/** Blocks that queries see in any case: their own, those of the window on both sides, the first. */
const encoderForced = ({ block, query_block, window }: SparseAttention): number =>
  query_block / block + 2 * Math.ceil(window / block) + 1;

/** Tensors that follow from a number of keys alone; int64 [1] each. */
interface Lengths {
  /** N. */
  readonly blocks: string;
  /** Keys in whole blocks. */
  readonly whole: string;
  /** K = min(N, ceil(max(k, n / share) / B) + forced). */
  readonly chosen: string;
}

export interface EncoderPlan extends Lengths {
  readonly rows: string;
  /** Scans, blocks of queries in one, and rows of zeros after the last query as Pad wants them. */
  readonly scans: string;
  readonly groups: string;
  readonly pads: string;
  /** FORCED where a block of queries sees a block in any case, else 0: float32 [G, N]. */
  readonly forced: string;
  /** Rows after the last whole block, [n - N * B]. */
  readonly rest: string;
}

/** Adds a node with one output. */
type Add = (operator: string, inputs: readonly string[], output: string, attributes?: Attributes) => string;
type Attributes = Readonly<Record<string, Attribute>>;

function adder(graph: Graph): Add {
  return (operator, inputs, output, attributes) => {
    const domain = CONTRIB.has(operator) ? ({ domain: 'com.microsoft' } as const) : {};
    graph.node(operator, inputs, [output], { ...domain, attributes });
    return output;
  };
}

const CONTRIB = new Set(['MultiHeadAttention', 'FusedMatMul']);

/** int64 constants named by their values, and by their graph: a Scan's body must not hide what is outside. */
function ints(graph: Graph): (...values: number[]) => string {
  return (...values) =>
    graph.constant(`${graph.name}.int_${values.join('_')}`, 'int64', [values.length], values);
}

/** A constant int64 scalar. */
const scalar = (graph: Graph, value: number): string =>
  graph.constant(`${graph.name}.scalar_${value}`, 'int64', [], [value]);

/** [1] as a scalar, for Range. */
const asScalar = (c: SparseContext, x: string): string => adder(c.graph)('Squeeze', [x], `${x}.scalar`);

function lengths(c: SparseContext, rows: string, forced: number): Lengths {
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

/** What the encoder's layers share. @param rows int64 [1], n. */
export function planEncoder(c: SparseContext, rows: string): EncoderPlan {
  const { graph, sparse } = c;
  const { block, query_block, window } = sparse;
  const add = adder(graph);
  const int = ints(graph);
  const common = lengths(c, rows, encoderForced(sparse));

  // Scans of equal size with the least padding: G blocks need ceil(G / most) scans of ceil(G / scans) blocks.
  const divideUp = (x: string, divisor: string, output: string) => {
    const up = add('Sub', [add('Add', [x, divisor], `${output}.sum`), int(1)], `${output}.up`);
    return add('Div', [up, divisor], output);
  };
  const filled = divideUp(rows, int(query_block), 'sparse.filled');
  const scans = divideUp(
    filled,
    int(Math.max(1, QUERIES_AT_ONCE[c.activation] / query_block)),
    'sparse.scans',
  );
  const groups = divideUp(filled, scans, 'sparse.groups');
  const all = add('Mul', [scans, groups], 'sparse.all_groups');
  const padded = add('Mul', [all, int(query_block)], 'sparse.padded');
  const missing = add('Sub', [padded, rows], 'sparse.missing');
  const pads = add('Concat', [int(0, 0, 0, 0), missing, int(0)], 'sparse.pads', { axis: 0 });

  const range = (end: string, step: number, output: string) => {
    const numbers = add('Range', [scalar(graph, 0), asScalar(c, end), scalar(graph, 1)], `${output}.numbers`);
    return add('Mul', [numbers, int(step)], output);
  };
  const keys = range(common.blocks, block, 'sparse.block_starts');
  const queries = add(
    'Unsqueeze',
    [range(all, query_block, 'sparse.query_starts'), int(1)],
    'sparse.queries',
  );
  const offset = add('Sub', [keys, queries], 'sparse.offset');
  const after = add('Greater', [offset, int(-window - block)], 'sparse.after');
  const before = add('Less', [offset, int(query_block + window)], 'sparse.before');
  const near = add('And', [after, before], 'sparse.near');
  const seen = add('Or', [near, add('Equal', [keys, int(0)], 'sparse.first')], 'sparse.seen');
  return { ...common, rows, scans, groups, pads, forced: force(c, seen), rest: rest(c, common.whole, rows) };
}

/** bool -> float32: FORCED or 0. */
function force({ graph }: SparseContext, seen: string): string {
  const score = graph.constant('sparse.forced_score', 'float32', [], [FORCED]);
  return adder(graph)(
    'Where',
    [seen, score, graph.constant('sparse.no_score', 'float32', [], [0])],
    'sparse.forced',
  );
}

/** Rows `whole` to `end` - 1. */
function rest(c: SparseContext, whole: string, end: string): string {
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
function choose(
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
 * Attention of every row to the rows that it chooses.
 *
 * @param q rotated, [1, n, C], as is `k`; `v` [1, n, C].
 * @returns [1, n, C]
 */
export function sparseSelfAttention(
  c: SparseContext,
  plan: EncoderPlan,
  { q, k, v }: { readonly q: string; readonly k: string; readonly v: string },
  name: string,
): string {
  const { graph, heads, headSize, sparse, activation } = c;
  const { query_block } = sparse;
  const hidden = heads * headSize;
  const add = adder(graph);
  const int = ints(graph);
  const at = (what: string) => `${name}.sparse.${what}`;

  const padded = add('Pad', [q, plan.pads], at('q_padded'));
  const queries = add('Reshape', [padded, int(-1, query_block, hidden)], at('q_blocks'));
  const mean = add('ReduceMean', [queries], at('q_means'), { axes: [1], keepdims: 0 });
  const split = add('Reshape', [mean, int(-1, heads, headSize)], at('q_by_head'));
  const routing = add('Transpose', [split], at('q_routing'), { perm: [1, 0, 2] });
  const means = summaries(c, plan.whole, k, at('k_means'));
  const blocks = choose(c, routing, means, plan.forced, plan.chosen, at('route'));
  const byGroup = add('Transpose', [blocks], at('chosen'), { perm: [1, 0, 2] });

  const scanned = (x: string, shape: readonly string[], output: string) => {
    const target = add('Concat', [plan.scans, plan.groups, ...shape], `${output}.shape`, { axis: 0 });
    return add('Reshape', [x, target], output);
  };
  const scanQueries = scanned(queries, [int(query_block), int(hidden)], at('q_scans'));
  const scanBlocks = scanned(byGroup, [int(heads), int(-1)], at('chosen_scans'));

  const flat = (x: string, output: string) => {
    const parts = add('Reshape', [x, int(0, 0, heads, headSize)], `${output}.split`);
    const byHead = add('Transpose', [parts], `${output}.by_head`, { perm: [0, 2, 1, 3] });
    return add('Reshape', [byHead, int(-1, headSize)], output);
  };
  const keys = flat(k, at('k_rows'));
  const values = flat(v, at('v_rows'));

  const body = new Graph(`${name}.sparse`);
  const inner = { ...c, graph: body };
  body.input(at('scan.q'), activation, ['groups', query_block, hidden]);
  body.input(at('scan.blocks'), 'int64', ['groups', heads, 'chosen']);
  body.output(at('scan.out'), activation, ['groups', query_block, hidden]);
  const rows = keyRows(inner, at('scan.blocks'), plan.rest, plan.rows, at('scan'));
  const seen = (x: string, output: string) =>
    adder(body)('Gather', [x, rows], at(`scan.${output}`), { axis: 0 });
  adder(body)(
    'MultiHeadAttention',
    [at('scan.q'), seen(keys, 'seen_keys'), seen(values, 'seen_values')],
    at('scan.out'),
    { num_heads: heads },
  );
  const scans = add('Scan', [scanQueries, scanBlocks], at('scans'), { body, num_scan_inputs: 2 });
  const whole = add('Reshape', [scans, int(1, -1, hidden)], at('joined'));
  return add('Slice', [whole, int(0), plan.rows, int(1)], at('attended'));
}

/**
 * Numbers of the keys that queries see among the rows of all heads, one head's after the other's.
 *
 * @param blocks numbers of chosen blocks, int64 [G, H, K].
 * @param rest rows that all see, [r].
 * @param stride rows of a head, int64 [1].
 * @returns int64 [G, H, K * B + r]
 */
function keyRows(c: SparseContext, blocks: string, rest: string, stride: string, name: string): string {
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

/** What the decoder's layers share: `forced` float32 [N], `rest` the memory's rows after its last whole block and the decoder's own. */
export type DecoderPlan = Lengths & {
  readonly forced: string;
  readonly rest: string;
  readonly stride: string;
};

/**
 * @param memory rows of the memory, int64 [1].
 * @param end rows in the cache after this step, int64 [1].
 * @param stride rows that the cache has room for, int64 [1].
 */
export function planDecoder(c: SparseContext, memory: string, end: string, stride: string): DecoderPlan {
  const add = adder(c.graph);
  const int = ints(c.graph);
  const common = lengths(c, memory, DECODER_FORCED);
  const numbers = add(
    'Range',
    [scalar(c.graph, 0), asScalar(c, common.blocks), scalar(c.graph, 1)],
    'sparse.numbers',
  );
  const last = add('Sub', [common.blocks, int(1)], 'sparse.last_number');
  const ends = [
    add('Equal', [numbers, int(0)], 'sparse.first'),
    add('Equal', [numbers, last], 'sparse.last'),
  ];
  const forced = force(c, add('Or', ends, 'sparse.seen'));
  return { ...common, forced, rest: rest(c, common.whole, end), stride };
}

/**
 * Attention of one token to the memory's blocks that it chooses and to all rows after them.
 *
 * @param q rotated, [1, 1, C].
 * @param means the memory's summaries, [H, D, N].
 * @param keys the cache, [1, H, M, D], as is `values`; `means` and both have the graph's activation type.
 * @returns [1, 1, C]
 */
export function sparseMemoryAttention(
  c: SparseContext,
  plan: DecoderPlan,
  { q, means, keys, values }: Readonly<Record<'q' | 'means' | 'keys' | 'values', string>>,
  name: string,
): string {
  const { graph, heads, headSize } = c;
  const add = adder(graph);
  const int = ints(graph);
  const at = (what: string) => `${name}.sparse.${what}`;
  const routing = add('Reshape', [q, int(heads, 1, headSize)], at('q_routing'));
  const blocks = choose(c, routing, means, plan.forced, plan.chosen, at('route'));
  const byGroup = add('Reshape', [blocks, int(1, heads, -1)], at('chosen'));
  const rows = keyRows(c, byGroup, plan.rest, plan.stride, at('seen'));
  const seen = (x: string, output: string) => {
    const flat = add('Reshape', [x, int(-1, headSize)], at(`${output}_rows`));
    return add('Gather', [flat, rows], at(output), { axis: 0 });
  };
  const inputs = [q, seen(keys, 'keys'), seen(values, 'values')];
  return add('MultiHeadAttention', inputs, at('attended'), { num_heads: heads });
}
