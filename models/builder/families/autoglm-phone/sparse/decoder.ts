import { adder, asScalar, ints, scalar } from './operators';
import { choose, force, keyRows, type Lengths, lengths, rest, type SparseContext } from './routing';

/** Of a decoder's token: the memory's first block and its last. */
const DECODER_FORCED = 2;

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
