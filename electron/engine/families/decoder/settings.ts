import { z } from 'zod';
import type { Manifest } from '../../../contract/manifest';
import { readArchitecture } from '../architecture';
import type { CacheSizes } from '../kv-cache';

const size = z.number().int().positive();
const names = z
  .string()
  .transform((text) => text.split(' '))
  .pipe(z.tuple([z.string(), z.string()]));

/** The manifest's `architecture`, as models/builder/families/decoder/import.ts writes it. */
const ArchitectureSchema = z.object({
  vocab_size: size,
  num_hidden_layers: size,
  num_key_value_heads: size,
  head_dim: size,
  logits_type: z.enum(['float32', 'float16']),
  /** `shared`: the graph writes into the cache it is given; `growing`: it returns a longer one. */
  cache: z.enum(['shared', 'growing']),
  /** Whether the graph asks for positions; else it counts them itself. */
  position_ids: z.boolean(),
  /** Key and value, `%d` for the layer. */
  past_names: names,
  present_names: names,
  chat_template: z.string(),
  bos_token: z.string(),
  eos_token: z.string(),
});

export interface DecoderSettings extends z.infer<typeof ArchitectureSchema> {
  /** Type of the KV cache. */
  readonly activation: 'float32' | 'float16';
  /** Rows of the KV cache. */
  readonly rows: number;
}

/** @throws AppError `model-unsupported` when the manifest lacks something. */
export function readSettings(
  manifest: Manifest,
  activation: 'float32' | 'float16',
  rows: number,
): DecoderSettings {
  return { ...readArchitecture(manifest, ArchitectureSchema), activation, rows };
}

export function cacheSizes(settings: DecoderSettings, rows: number): CacheSizes {
  const { num_hidden_layers: layers, num_key_value_heads: heads, head_dim: headSize, activation } = settings;
  return { layers, heads, rows, headSize, activation };
}
