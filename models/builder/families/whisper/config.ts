import { z } from 'zod';
import { ModelError } from '../../errors';
import { readDescription } from '../../json-file';

/*
 * `config.json` and `generation_config.json` of WhisperForConditionalGeneration (transformers 5.17,
 * models/whisper/configuration_whisper.py; Radford et al. 2022, arXiv 2212.04356).
 */

const size = z.number().int().positive();
const id = z.number().int().nonnegative();

const ConfigSchema = z.object({
  model_type: z.literal('whisper'),
  vocab_size: size,
  num_mel_bins: size,
  d_model: size,
  encoder_layers: size,
  encoder_attention_heads: size,
  encoder_ffn_dim: size,
  decoder_layers: size,
  decoder_attention_heads: size,
  decoder_ffn_dim: size,
  /** Rows of the encoder's output: two mel frames each. */
  max_source_positions: size,
  max_target_positions: size,
  activation_function: z.literal('gelu'),
  scale_embedding: z.literal(false).default(false),
  pad_token_id: id,
  eos_token_id: id,
  decoder_start_token_id: id,
});

const GenerationSchema = z.object({
  is_multilingual: z.boolean().default(true),
  no_timestamps_token_id: id,
  lang_to_id: z.record(z.string(), id).default({}),
  task_to_id: z.record(z.string(), id).default({}),
  suppress_tokens: z.array(id).nullish(),
  begin_suppress_tokens: z.array(id).nullish(),
  max_initial_timestamp_index: id.nullish(),
  prev_sot_token_id: id.nullish(),
});

export type WhisperConfig = z.infer<typeof ConfigSchema>;
export type WhisperGeneration = z.infer<typeof GenerationSchema>;

/** @throws ModelError that names every fault of the file. */
export function loadWhisperConfig(path: string): WhisperConfig {
  const config = readDescription(path, ConfigSchema, 'a whisper model');
  for (const part of ['encoder', 'decoder'] as const) {
    const heads = config[`${part}_attention_heads`];
    if (config.d_model % (heads * 8) !== 0) {
      throw new ModelError(
        `${path}: the ${part}'s ${heads} heads do not share ${config.d_model} by eights.`,
        {
          kind: 'checkpoint-description',
          file: path,
        },
      );
    }
  }
  return config;
}

/** @throws ModelError that names every fault of the file. */
export const loadWhisperGeneration = (path: string): WhisperGeneration =>
  readDescription(path, GenerationSchema, 'how whisper generates');
