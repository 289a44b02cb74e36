import type { Glm4vConfig } from '../families/glm4v/config';
import type { Bits } from '../quantize';
import type { BitsOf, Plan, Product, ScaleGroup } from './plan';

/**
 * AWQ for the language model of the family `glm4v`.
 *
 * | matrices | their scales are folded into |
 * | --- | --- |
 * | q, k, v | `input_layernorm` |
 * | o | rows and biases of v, one scale for all heads that share a value head |
 * | gate_up | `post_attention_layernorm` |
 * | down | the rows of up: silu(gate) * up is linear in up |
 * | lm_head | the final norm (not where it is the embedding) |
 *
 * `post_self_attn_layernorm` and `post_mlp_layernorm` stand behind o and down and take no scale. The vision tower is rounded to
 * nearest: the calibration set is text.
 *
 * @param headBits of `lm_head`; undefined where it stays in floating point.
 */
export function glm4vPlan(
  { text, tie_word_embeddings: tied }: Glm4vConfig,
  bitsOf: BitsOf,
  headBits?: Bits,
): Plan {
  const language = 'model.language_model';
  const { hidden_size: hidden, head_dim: headSize, num_key_value_heads: valueHeads } = text;
  const groups: ScaleGroup[] = [];
  for (let i = 0; i < text.num_hidden_layers; i++) {
    const layer = `${language}.layers.${i}`;
    const product = (name: string): Product => {
      const tensor = `${layer}.${name}.weight`;
      return { tensor, bits: bitsOf([tensor]), taps: [`decoder/layers.${i}.${name}.weight`] };
    };
    const qkv = ['q', 'k', 'v'].map((m) => `${layer}.self_attn.${m}_proj.weight`);
    const taps = [`decoder/layers.${i}.self_attn.qkv_proj.weight`];
    groups.push({
      products: qkv.map((tensor) => ({ tensor, bits: bitsOf(qkv), taps })),
      folds: [{ tensor: `${layer}.input_layernorm.weight` }],
      channels: hidden,
    });
    const value = `${layer}.self_attn.v_proj`;
    groups.push({
      products: [product('self_attn.o_proj')],
      folds: [{ tensor: `${value}.weight` }, { tensor: `${value}.bias` }],
      channels: valueHeads * headSize,
      shared: { size: headSize, times: text.num_attention_heads / valueHeads },
    });
    groups.push({
      products: [product('mlp.gate_up_proj')],
      folds: [{ tensor: `${layer}.post_attention_layernorm.weight` }],
      channels: hidden,
    });
    groups.push({
      products: [product('mlp.down_proj')],
      folds: [{ tensor: `${layer}.mlp.gate_up_proj.weight`, start: text.intermediate_size }],
      channels: text.intermediate_size,
    });
  }
  const taps = ['decoder/lm_head.weight'];
  const table = `${language}.embed_tokens.weight`;
  const embedding: Product = { tensor: table, bits: bitsOf([table]), taps, looked: true };
  if (tied) return { groups, unscaled: [embedding] };
  if (headBits) {
    groups.push({
      products: [{ tensor: 'lm_head.weight', bits: headBits, taps }],
      folds: [{ tensor: `${language}.norm.weight` }],
      channels: hidden,
    });
  }
  // Only ever read row by row: what is least for its own sake is least.
  return { groups, unscaled: [{ ...embedding, taps: [] }] };
}
