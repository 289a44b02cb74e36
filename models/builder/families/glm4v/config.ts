import { z } from 'zod';
import { ModelError } from '../../errors';
import { readDescription } from '../../json-file';

/*
 * `config.json` of Glm4vForConditionalGeneration (GLM-4.1V-9B-Thinking, AutoGLM-Phone-9B), as published with transformers 4 and as
 * transformers 5 writes it: the rotary settings moved from `rope_theta`, `partial_rotary_factor` and `rope_scaling` into
 * `rope_parameters`. Source: transformers 5.17, models/glm4v/configuration_glm4v.py.
 */

const size = z.number().int().positive();
const id = z.number().int().nonnegative();
const sections = z.tuple([size, size, size]);

const RopeSchema = z.object({
  rope_type: z.string().optional(),
  rope_theta: z.number().positive().optional(),
  partial_rotary_factor: z.number().positive().max(1).optional(),
  mrope_section: sections.optional(),
});

const TextSchema = z.object({
  vocab_size: size,
  hidden_size: size,
  intermediate_size: size,
  num_hidden_layers: size,
  num_attention_heads: size,
  num_key_value_heads: size,
  head_dim: size.nullish(),
  hidden_act: z.literal('silu').default('silu'),
  rms_norm_eps: z.number().positive(),
  max_position_embeddings: size,
  eos_token_id: z.union([id, z.array(id).min(1)]),
  pad_token_id: id.nullish(),
  rope_theta: z.number().positive().optional(),
  partial_rotary_factor: z.number().positive().max(1).optional(),
  rope_scaling: RopeSchema.nullish(),
  rope_parameters: RopeSchema.nullish(),
});

const VisionSchema = z.object({
  depth: size,
  hidden_size: size,
  num_heads: size,
  in_channels: z.literal(3).default(3),
  image_size: size,
  patch_size: size,
  temporal_patch_size: z.literal(2),
  spatial_merge_size: z.literal(2),
  out_hidden_size: size,
  intermediate_size: size,
  hidden_act: z.literal('silu').default('silu'),
  attention_bias: z.boolean().default(false),
  rms_norm_eps: z.number().positive(),
});

const FileSchema = z.object({
  model_type: z.literal('glm4v'),
  text_config: TextSchema,
  vision_config: VisionSchema,
  image_token_id: id,
  image_start_token_id: id,
  image_end_token_id: id,
  tie_word_embeddings: z.boolean().default(false),
});

export interface TextConfig {
  readonly vocab_size: number;
  readonly hidden_size: number;
  readonly intermediate_size: number;
  readonly num_hidden_layers: number;
  readonly num_attention_heads: number;
  readonly num_key_value_heads: number;
  readonly head_dim: number;
  readonly rms_norm_eps: number;
  readonly max_position_embeddings: number;
  readonly rope_theta: number;
  /** Leading components of a head that rotate: `head_dim * partial_rotary_factor`. */
  readonly rotary_dim: number;
  /** Of the `rotary_dim / 2` frequencies, how many turn with the frame, the row and the column. */
  readonly mrope_section: readonly [number, number, number];
  readonly eos_token_ids: readonly number[];
  readonly pad_token_id: number;
}

export interface VisionConfig {
  readonly depth: number;
  readonly hidden_size: number;
  readonly num_heads: number;
  readonly head_dim: number;
  /** Side of the square of learned positions: `image_size / patch_size`. */
  readonly grid_size: number;
  readonly patch_size: number;
  /** Width of the merged features, and (in this architecture) of the blocks' feed-forward nets. */
  readonly out_hidden_size: number;
  /** Width of the merger's feed-forward net. */
  readonly intermediate_size: number;
  readonly attention_bias: boolean;
  readonly rms_norm_eps: number;
}

export interface Glm4vConfig {
  readonly text: TextConfig;
  readonly vision: VisionConfig;
  readonly image_token_id: number;
  readonly image_start_token_id: number;
  readonly image_end_token_id: number;
  readonly tie_word_embeddings: boolean;
}

/** @throws ModelError that names every fault of the file. */
export function loadGlm4vConfig(path: string): Glm4vConfig {
  const config = normalise(readDescription(path, FileSchema, 'a glm4v model'));
  const faults = check(config);
  if (faults.length > 0) {
    throw new ModelError(`${path}:\n  ${faults.join('\n  ')}`, {
      kind: 'checkpoint-description',
      file: path,
    });
  }
  return config;
}

function normalise(file: z.infer<typeof FileSchema>): Glm4vConfig {
  const { text_config: t, vision_config: v } = file;
  const rope = { ...t.rope_scaling, ...t.rope_parameters };
  const headDim = t.head_dim ?? t.hidden_size / t.num_attention_heads;
  const eos = Array.isArray(t.eos_token_id) ? t.eos_token_id : [t.eos_token_id];
  const rotaryDim = Math.floor(headDim * (rope.partial_rotary_factor ?? t.partial_rotary_factor ?? 1));
  return {
    text: {
      vocab_size: t.vocab_size,
      hidden_size: t.hidden_size,
      intermediate_size: t.intermediate_size,
      num_hidden_layers: t.num_hidden_layers,
      num_attention_heads: t.num_attention_heads,
      num_key_value_heads: t.num_key_value_heads,
      head_dim: headDim,
      rms_norm_eps: t.rms_norm_eps,
      max_position_embeddings: t.max_position_embeddings,
      rope_theta: rope.rope_theta ?? t.rope_theta ?? 10_000,
      rotary_dim: rotaryDim,
      mrope_section: rope.mrope_section ?? [8, 12, 12],
      eos_token_ids: eos,
      pad_token_id: t.pad_token_id ?? eos[0]!,
    },
    vision: {
      depth: v.depth,
      hidden_size: v.hidden_size,
      num_heads: v.num_heads,
      head_dim: v.hidden_size / v.num_heads,
      grid_size: Math.floor(v.image_size / v.patch_size),
      patch_size: v.patch_size,
      out_hidden_size: v.out_hidden_size,
      intermediate_size: v.intermediate_size,
      attention_bias: v.attention_bias,
      rms_norm_eps: v.rms_norm_eps,
    },
    image_token_id: file.image_token_id,
    image_start_token_id: file.image_start_token_id,
    image_end_token_id: file.image_end_token_id,
    tie_word_embeddings: file.tie_word_embeddings,
  };
}

function check({ text, vision }: Glm4vConfig): string[] {
  const faults: string[] = [];
  const sum = text.mrope_section.reduce((a, b) => a + b);
  if (sum !== text.rotary_dim / 2) {
    faults.push(
      `mrope_section ${text.mrope_section.join(' + ')} is not half of the rotary size ${text.rotary_dim}`,
    );
  }
  if (text.head_dim % 16 !== 0 || text.rotary_dim % 16 !== 0) {
    faults.push(
      `GroupQueryAttention needs multiples of 16, not head size ${text.head_dim} with ${text.rotary_dim} rotary`,
    );
  }
  if (text.num_attention_heads % text.num_key_value_heads !== 0) {
    faults.push(
      `${text.num_attention_heads} heads cannot share ${text.num_key_value_heads} key and value heads`,
    );
  }
  if (!Number.isInteger(vision.head_dim / 4)) {
    faults.push(
      `the vision tower's head size ${vision.head_dim} is no multiple of 4, as 2D rotary positions need`,
    );
  }
  if (vision.out_hidden_size !== text.hidden_size) {
    faults.push(
      `image features of ${vision.out_hidden_size} do not fit text embeddings of ${text.hidden_size}`,
    );
  }
  return faults;
}
