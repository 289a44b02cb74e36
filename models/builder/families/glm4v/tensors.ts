import type { TensorSource } from '../../source';
import { DerivedSource } from '../derived-source';
import type { Glm4vConfig } from './config';

/** Name and shape of every tensor of a checkpoint, as transformers names them (models/glm4v/modeling_glm4v.py). */
export function tensorShapes({
  text,
  vision,
  tie_word_embeddings: tied,
}: Glm4vConfig): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  const add = (name: string, ...shape: number[]) => shapes.set(name, shape);
  const { hidden_size: c, out_hidden_size: out, patch_size: patch } = vision;

  const visual = 'model.visual';
  add(`${visual}.patch_embed.proj.weight`, c, 3, 2, patch, patch);
  add(`${visual}.patch_embed.proj.bias`, c);
  add(`${visual}.embeddings.position_embedding.weight`, vision.grid_size ** 2, c);
  for (let i = 0; i < vision.depth; i++) {
    const block = `${visual}.blocks.${i}`;
    add(`${block}.norm1.weight`, c);
    add(`${block}.norm2.weight`, c);
    add(`${block}.attn.qkv.weight`, 3 * c, c);
    if (vision.attention_bias) add(`${block}.attn.qkv.bias`, 3 * c);
    add(`${block}.attn.proj.weight`, c, c);
    add(`${block}.mlp.gate_proj.weight`, out, c);
    add(`${block}.mlp.up_proj.weight`, out, c);
    add(`${block}.mlp.down_proj.weight`, c, out);
  }
  add(`${visual}.post_conv_layernorm.weight`, c);
  add(`${visual}.post_layernorm.weight`, c);
  add(`${visual}.downsample.weight`, out, c, 2, 2);
  add(`${visual}.downsample.bias`, out);
  add(`${visual}.merger.proj.weight`, out, out);
  add(`${visual}.merger.post_projection_norm.weight`, out);
  add(`${visual}.merger.post_projection_norm.bias`, out);
  add(`${visual}.merger.gate_proj.weight`, vision.intermediate_size, out);
  add(`${visual}.merger.up_proj.weight`, vision.intermediate_size, out);
  add(`${visual}.merger.down_proj.weight`, out, vision.intermediate_size);

  const language = 'model.language_model';
  const hidden = text.hidden_size;
  const queries = text.num_attention_heads * text.head_dim;
  const keys = text.num_key_value_heads * text.head_dim;
  add(`${language}.embed_tokens.weight`, text.vocab_size, hidden);
  for (let i = 0; i < text.num_hidden_layers; i++) {
    const layer = `${language}.layers.${i}`;
    for (const norm of ['input', 'post_self_attn', 'post_attention', 'post_mlp'])
      add(`${layer}.${norm}_layernorm.weight`, hidden);
    for (const [name, rows] of [
      ['q', queries],
      ['k', keys],
      ['v', keys],
    ] as const) {
      add(`${layer}.self_attn.${name}_proj.weight`, rows, hidden);
      add(`${layer}.self_attn.${name}_proj.bias`, rows);
    }
    add(`${layer}.self_attn.o_proj.weight`, hidden, queries);
    add(`${layer}.mlp.gate_up_proj.weight`, 2 * text.intermediate_size, hidden);
    add(`${layer}.mlp.down_proj.weight`, hidden, text.intermediate_size);
  }
  add(`${language}.norm.weight`, hidden);
  if (!tied) add('lm_head.weight', text.vocab_size, hidden);
  return shapes;
}

export const FOLDED_PATCH = 'visual.patch_embed.folded';
export const BLOCKED_DOWNSAMPLE = 'visual.downsample.blocked';
export const qkvBias = (layer: number): string => `layers.${layer}.qkv.bias`;

/** The checkpoint and the tensors that the graphs use in another shape. */
export function withDerived(source: TensorSource, { text, vision }: Glm4vConfig): TensorSource {
  const { hidden_size: c, out_hidden_size: out, patch_size: patch } = vision;
  const derived = new DerivedSource(source);
  // An image is its own second frame, so the two frames' weights act on the same pixels: [C, 3, 2, p, p] -> [C, 3 * p * p].
  const pixels = patch * patch;
  derived.add(FOLDED_PATCH, [c, 3 * pixels], (start, count) => {
    const from = source.rows('model.visual.patch_embed.proj.weight', start, count);
    const folded = new Float32Array(count * 3 * pixels);
    for (let i = 0; i < folded.length; i++) {
      const at = Math.floor(i / pixels) * 2 * pixels + (i % pixels);
      folded[i] = from[at]! + from[at + pixels]!;
    }
    return folded;
  });
  // A convolution over 2 x 2 patches that lie one after the other: [out, C, 2, 2] -> [out, 2 * 2 * C].
  derived.add(BLOCKED_DOWNSAMPLE, [out, 4 * c], (start, count) => {
    const from = source.rows('model.visual.downsample.weight', start, count);
    const blocked = new Float32Array(from.length);
    for (let row = 0; row < count; row++) {
      for (let i = 0; i < 4 * c; i++)
        blocked[row * 4 * c + (i % 4) * c + Math.floor(i / 4)] = from[row * 4 * c + i]!;
    }
    return blocked;
  });
  for (let i = 0; i < text.num_hidden_layers; i++) {
    derived.concatenate(
      qkvBias(i),
      ['q', 'k', 'v'].map((m) => `model.language_model.layers.${i}.self_attn.${m}_proj.bias`),
    );
  }
  return derived;
}
