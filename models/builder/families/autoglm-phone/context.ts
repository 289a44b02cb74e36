import type { AttentionKind, LayerContext } from '../../layers';
import { type Config, headSize } from './config';
import type { StoredModel } from './store';

/** What the pieces of a graph need to know. C = hidden size, H heads, D head size. */
export interface Context extends LayerContext {
  readonly config: Config;
  readonly model: StoredModel;
  readonly attention: AttentionKind;
}

export function rotaryCaches(c: Context): { readonly cos: string; readonly sin: string } {
  const { cos, sin } = c.model.rotary;
  return {
    cos: c.graph.weightAs('rotary.cos', cos, c.activation),
    sin: c.graph.weightAs('rotary.sin', sin, c.activation),
  };
}

/** Shape of a layer's keys or values in the cache. M is the number of rows the engine gives it. */
export const cacheShape = (c: Config): readonly (number | string)[] => [
  1,
  c.num_attention_heads,
  'M',
  headSize(c),
];
