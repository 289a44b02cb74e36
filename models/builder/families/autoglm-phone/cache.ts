import { DATA_TYPE } from '../../graph';
import type { Rotary } from '../../group-query-attention';
import { type Context, cacheShape } from './context';

/**
 * The KV cache inside a graph: [1, H, M, D] for the keys and the values of every decoder layer, past and present bound to the same
 * buffer by the engine. Two ways to write into it, both in place there.
 */

export function declareCache(c: Context): void {
  for (let i = 0; i < c.config.decoder_layers; i++) {
    for (const kind of ['key', 'value']) {
      c.graph.input(`past_key_values.${i}.${kind}`, c.activation, cacheShape(c.config));
      c.graph.output(`present.${i}.${kind}`, c.activation, cacheShape(c.config));
    }
  }
}

/** Where a graph's T tokens go in the cache. */
export interface Rows {
  /** First row, int64 [1]: also the first rotary position. */
  readonly first: string;
  /** Numbers of the rows, int64 [1, 1, T, 1]. */
  readonly numbers: string;
  /** (0, head, row) for ScatterND, int64 [1, H, T, 3]. */
  readonly indices: string;
}

/** Rows `first` to `end` - 1; both are int64 scalars in the graph, `firstAsVector` is `first` as [1]. */
export function rowsBetween(c: Context, first: string, firstAsVector: string, end: string): Rows {
  const { graph } = c;
  const heads = c.config.num_attention_heads;
  const zero = graph.constant('rows.zero', 'int64', [], [0]);
  const one = graph.constant('rows.one', 'int64', [], [1]);
  const each = (values: readonly number[]) => [1, values.length, 1, 1] as const;
  const ids = Array.from({ length: heads }, (_, head) => head);
  const headIds = graph.constant('rows.head_ids', 'int64', each(ids), ids);
  const headZeros = graph.constant('rows.head_zeros', 'int64', each(ids), new Array<number>(heads).fill(0));

  graph.node('Range', [first, end, one], ['rows.range']);
  const column = graph.constant('rows.column', 'int64', [4], [1, 1, -1, 1]);
  graph.node('Reshape', ['rows.range', column], ['rows.numbers']);
  // Broadcasting by sums: every combination of a head and a row.
  graph.node('Add', [headZeros, 'rows.numbers'], ['rows.rows']);
  graph.node('Mul', ['rows.rows', zero], ['rows.batch']);
  graph.node('Add', [headIds, 'rows.batch'], ['rows.heads']);
  graph.node('Concat', ['rows.batch', 'rows.heads', 'rows.rows'], ['rows.indices'], {
    attributes: { axis: -1 },
  });
  return { first: firstAsVector, numbers: 'rows.numbers', indices: 'rows.indices' };
}

/** Turns the heads of x [1, T, C] by their positions, which begin at `first`, int64 [1] (Su et al. 2021, arXiv 2104.09864). */
export function rotate(c: Context, rotary: Rotary, x: string, first: string, output: string): string {
  c.graph.node('RotaryEmbedding', [x, first, rotary.cos, rotary.sin], [output], {
    domain: 'com.microsoft',
    attributes: { interleaved: 0 },
  });
  return output;
}

/** Rotates a layer's keys and writes them and its values, both [1, T, C], to their rows. */
export function scatter(c: Context, rotary: Rotary, rows: Rows, layer: number, k: string, v: string): void {
  const { graph } = c;
  const split = graph.constant('heads.split', 'int64', [4], [0, 0, c.config.num_attention_heads, -1]);
  const rotated = rotate(c, rotary, k, rows.first, `cache.${layer}.rotated`);
  for (const [kind, x] of [
    ['key', rotated],
    ['value', v],
  ] as const) {
    const at = `cache.${layer}.${kind}`;
    graph.node('Reshape', [x, split], [`${at}.split`]);
    graph.node('Transpose', [`${at}.split`], [`${at}.by_head`], { attributes: { perm: [0, 2, 1, 3] } });
    const past = `past_key_values.${layer}.${kind}`;
    graph.node('ScatterND', [past, rows.indices, `${at}.by_head`], [`present.${layer}.${kind}`]);
  }
}

/** `name` as int64, of the same shape. */
export function toInt64(c: Context, name: string, output: string): string {
  c.graph.node('Cast', [name], [output], { attributes: { to: DATA_TYPE.int64 } });
  return output;
}
