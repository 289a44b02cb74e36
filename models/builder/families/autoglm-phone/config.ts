import { existsSync } from 'node:fs';
import { z } from 'zod';
import { ModelError } from '../../errors';
import { readDescription } from '../../json-file';
import { checkSenses, SpeechSchema, sensesShapes, stackShapes, VisionSchema } from './senses/config';

const size = z.number().int().positive();

/** `sparse_attention` (models/README.md section 5), lengths in rows. The same defaults as `SparseConfig` in models/train/sparse.py. */
const SparseAttentionSchema = z
  .object({
    k: size.default(64),
    window: size.default(16),
    block: size.default(16),
    query_block: size.default(64),
    share: size.default(16),
    min_length: size.default(1024),
  })
  .refine((c) => c.query_block % c.block === 0, {
    path: ['query_block'],
    message: 'it must be a multiple of block',
  })
  .refine((c) => c.min_length >= c.block, { path: ['min_length'], message: 'it must be at least block' });

export type SparseAttention = z.infer<typeof SparseAttentionSchema>;

/** `config.json` of the family `autoglm-phone` (models/README.md section 1). Unknown keys are dropped. */
export const ConfigSchema = z
  .object({
    model_type: z.literal('autoglm-phone'),
    vocab_size: size,
    hidden_size: size,
    intermediate_size: size,
    num_attention_heads: size,
    encoder_layers: size,
    decoder_layers: size,
    rope_theta: z.number().positive(),
    rms_norm_eps: z.number().positive(),
    max_position_embeddings: size,
    pad_token_id: z.number().int().nonnegative(),
    eos_token_id: z.number().int().nonnegative(),
    decoder_start_token_id: z.number().int().nonnegative(),
    feature_size: size.optional(),
    adapter_intermediate_size: size.optional(),
    fusion_layers: size.optional(),
    /** Null is the same as absent: a model that does not see. */
    vision: VisionSchema.nullish(),
    speech: SpeechSchema.nullish(),
    /** Without it the package has dense graphs only. */
    sparse_attention: SparseAttentionSchema.nullish(),
  })
  .superRefine((c, context) => {
    const report = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (c.hidden_size % c.num_attention_heads !== 0) {
      report(
        'hidden_size',
        `${c.hidden_size} is not a multiple of num_attention_heads, ${c.num_attention_heads}`,
      );
    } else if ((c.hidden_size / c.num_attention_heads) % 16 !== 0) {
      const head = c.hidden_size / c.num_attention_heads;
      report(
        'num_attention_heads',
        `the head size would be ${head}; GroupQueryAttention needs a multiple of 16`,
      );
    }
    for (const key of ['pad_token_id', 'eos_token_id', 'decoder_start_token_id'] as const) {
      if (c[key] >= c.vocab_size) report(key, `${c[key]} is outside the vocabulary of ${c.vocab_size}`);
    }
    checkSenses(c, report);
  });

export type Config = z.infer<typeof ConfigSchema>;

const text: Config = {
  model_type: 'autoglm-phone',
  vocab_size: 12288,
  hidden_size: 512,
  intermediate_size: 2048,
  num_attention_heads: 8,
  encoder_layers: 5,
  decoder_layers: 5,
  rope_theta: 10000,
  rms_norm_eps: 1e-6,
  max_position_embeddings: 2048,
  pad_token_id: 0,
  eos_token_id: 1,
  decoder_start_token_id: 4,
};

const vision = {
  hidden_size: 320,
  intermediate_size: 1280,
  num_attention_heads: 5,
  layers: 8,
  stem_channels: [48, 96, 192],
  patch_size: 16,
  merge_size: 2,
  max_cells: 64,
  rope_theta: 100,
};

const speech = {
  sample_rate: 16000,
  hidden_size: 320,
  intermediate_size: 1280,
  num_attention_heads: 5,
  layers: 6,
  filters: 128,
  filter_length: 400,
  filter_stride: 160,
  channels: 256,
  stack: 2,
  rope_theta: 10000,
};

const tiny: Config = {
  ...text,
  vocab_size: 512,
  hidden_size: 64,
  intermediate_size: 128,
  num_attention_heads: 4,
  encoder_layers: 2,
  decoder_layers: 2,
  max_position_embeddings: 256,
};

const small = { hidden_size: 64, intermediate_size: 128, num_attention_heads: 2, layers: 2 };

/** The same presets as `CONFIGS` in models/train/autoglm_phone.py. */
export const presets: Readonly<Record<string, Config>> = {
  nano: {
    ...text,
    feature_size: 512,
    adapter_intermediate_size: 2048,
    fusion_layers: 1,
    vision,
    speech,
    sparse_attention: SparseAttentionSchema.parse({}),
  },
  tiny,
  'tiny-senses': {
    ...tiny,
    max_position_embeddings: 512,
    feature_size: 64,
    adapter_intermediate_size: 128,
    fusion_layers: 2,
    vision: { ...vision, ...small, stem_channels: [16, 32, 32] },
    speech: { ...speech, ...small, filters: 32, channels: 32 },
  },
  '9b': {
    ...text,
    vocab_size: 151552,
    hidden_size: 3072,
    intermediate_size: 12288,
    num_attention_heads: 24,
    encoder_layers: 24,
    decoder_layers: 24,
    max_position_embeddings: 32768,
    feature_size: 3072,
    adapter_intermediate_size: 12288,
    fusion_layers: 3,
    vision: {
      ...vision,
      hidden_size: 1792,
      intermediate_size: 7168,
      num_attention_heads: 28,
      layers: 36,
      stem_channels: [],
      max_cells: 2560,
      rope_theta: 10000,
    },
    speech: {
      ...speech,
      hidden_size: 1280,
      intermediate_size: 5120,
      num_attention_heads: 20,
      layers: 40,
      filters: 256,
      channels: 1024,
    },
  },
};

/** A preset's name or the path of a `config.json`. */
export function loadConfig(nameOrPath: string): Config {
  const preset = presets[nameOrPath];
  if (preset) return preset;
  if (!existsSync(nameOrPath)) {
    throw new ModelError(
      `There is no configuration "${nameOrPath}": name one of ${Object.keys(presets).join(', ')} or the path of a config.json.`,
    );
  }
  return readDescription(nameOrPath, ConfigSchema, 'an autoglm-phone model');
}

export const headSize = (c: Config): number => c.hidden_size / c.num_attention_heads;

export type Part = 'encoder' | 'decoder';

export const layersOf = (c: Config, part: Part): number =>
  part === 'encoder' ? c.encoder_layers : c.decoder_layers;

/** Name and shape of every tensor of a checkpoint, in the order of models/README.md section 1. */
export function tensorShapes(c: Config): Map<string, readonly number[]> {
  return new Map([
    ['embed_tokens.weight', [c.vocab_size, c.hidden_size]],
    ...stackShapes('encoder', c.encoder_layers, c),
    ...stackShapes('decoder', c.decoder_layers, c),
    ...sensesShapes(c),
  ]);
}

export interface ParameterRow {
  readonly module: string;
  readonly count: number;
}

const MODULES = {
  'text encoder': /^(embed_tokens|encoder)\./,
  'text decoder': /^(embed_tokens|decoder)\./,
  'vision encoder (ViT-Lite)': /^vision\./,
  'speech encoder (Wav2Vec-Bridge)': /^speech\./,
  'fusion (Cross-Modal Adapter and layers)': /^(adapter|fusion)\./,
} as const;

/**
 * Parameters by module. The tied embedding belongs to the encoder and to the decoder, and is counted with both, as the article's table
 * does; `total` counts it once, as it is stored.
 */
export function parameterRows(c: Config): { readonly rows: readonly ParameterRow[]; readonly total: number } {
  const sizes = [...tensorShapes(c)].map(([name, shape]) => ({
    name,
    size: shape.reduce((a, b) => a * b, 1),
  }));
  const sum = (pattern: RegExp) =>
    sizes.reduce((total, tensor) => total + (pattern.test(tensor.name) ? tensor.size : 0), 0);
  const rows = Object.entries(MODULES).map(([module, pattern]) => ({ module, count: sum(pattern) }));
  return { rows: rows.filter(({ count }) => count > 0), total: sum(/./) };
}
