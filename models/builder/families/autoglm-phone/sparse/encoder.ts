import { Graph } from '../../../graph';
import type { Activation } from '../../../layers';
import type { SparseAttention } from '../config';
import { adder, asScalar, ints, scalar } from './operators';
import {
  choose,
  force,
  keyRows,
  type Lengths,
  lengths,
  rest,
  type SparseContext,
  summaries,
} from './routing';

/** Keys and values are gathered for so many queries at a time: a processor's cache likes few, a GPU's launches many. */
const QUERIES_AT_ONCE: Readonly<Record<Activation, number>> = { float32: 256, float16: 1024 };

/** Blocks that queries see in any case: their own, those of the window on both sides, the first. */
const encoderForced = ({ block, query_block, window }: SparseAttention): number =>
  query_block / block + 2 * Math.ceil(window / block) + 1;

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
