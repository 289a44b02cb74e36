import type { Graph } from './graph';

export interface Rotary {
  /** [max positions, D / 2] each. */
  readonly cos: string;
  readonly sin: string;
}

/** Of GroupQueryAttention; `do_rotary` where it turns the heads itself. */
export type GroupedAttention = Readonly<{
  num_heads: number;
  kv_num_heads: number;
  do_rotary?: 1;
  rotary_interleaved?: 1;
  local_window_size?: number;
}>;

/**
 * GroupQueryAttention: appends rows to a layer's cache, in place, and attends to all of it.
 *
 * @param qkv one packed [1, T, …], or query, key and value.
 */
export function groupQueryAttention(
  graph: Graph,
  qkv: readonly [string] | readonly [string, string, string],
  layer: number,
  rotary: Rotary | undefined,
  output: string,
  attributes: GroupedAttention,
): string {
  const past = `past_key_values.${layer}`;
  const tables = rotary ? [rotary.cos, rotary.sin] : [];
  graph.node(
    'GroupQueryAttention',
    [
      ...(qkv.length === 1 ? [qkv[0], '', ''] : qkv),
      `${past}.key`,
      `${past}.value`,
      'seqlens_k',
      'total_sequence_length',
      ...tables,
    ],
    [output, `present.${layer}.key`, `present.${layer}.value`],
    { domain: 'com.microsoft', attributes },
  );
  return output;
}
