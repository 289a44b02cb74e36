import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { ModelError } from './errors';

const size = z.number().int().positive();

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
  });

export type Config = z.infer<typeof ConfigSchema>;

const nano: Config = {
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

/** The same presets as `CONFIGS` in models/train/autoglm_phone.py. */
export const presets: Readonly<Record<string, Config>> = {
  nano,
  tiny: {
    ...nano,
    vocab_size: 512,
    hidden_size: 64,
    intermediate_size: 128,
    num_attention_heads: 4,
    encoder_layers: 2,
    decoder_layers: 2,
    max_position_embeddings: 256,
  },
  '9b': {
    ...nano,
    vocab_size: 151552,
    hidden_size: 3072,
    intermediate_size: 12288,
    num_attention_heads: 24,
    encoder_layers: 24,
    decoder_layers: 24,
    max_position_embeddings: 32768,
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
  let data: unknown;
  try {
    data = JSON.parse(readFileSync(nameOrPath, 'utf8'));
  } catch (error) {
    throw new ModelError(`${nameOrPath} is not valid JSON: ${(error as Error).message}`);
  }
  const parsed = ConfigSchema.safeParse(data);
  if (!parsed.success) {
    const issues = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
    throw new ModelError(`${nameOrPath} does not describe an autoglm-phone model:\n${issues.join('\n')}`);
  }
  return parsed.data;
}

export const headSize = (c: Config): number => c.hidden_size / c.num_attention_heads;

export type Part = 'encoder' | 'decoder';

export const layersOf = (c: Config, part: Part): number =>
  part === 'encoder' ? c.encoder_layers : c.decoder_layers;

/** Name and shape of every tensor of a checkpoint, in the order of models/README.md section 1. */
export function tensorShapes(c: Config): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>([['embed_tokens.weight', [c.vocab_size, c.hidden_size]]]);
  for (const part of ['encoder', 'decoder'] as const) {
    for (let i = 0; i < layersOf(c, part); i++) {
      const layer = `${part}.layers.${i}`;
      shapes.set(`${layer}.input_layernorm.weight`, [c.hidden_size]);
      for (const name of ['q_proj', 'k_proj', 'v_proj', 'o_proj']) {
        shapes.set(`${layer}.self_attn.${name}.weight`, [c.hidden_size, c.hidden_size]);
      }
      shapes.set(`${layer}.post_attention_layernorm.weight`, [c.hidden_size]);
      shapes.set(`${layer}.mlp.fc1.weight`, [c.intermediate_size, c.hidden_size]);
      shapes.set(`${layer}.mlp.fc2.weight`, [c.hidden_size, c.intermediate_size]);
    }
    shapes.set(`${part}.norm.weight`, [c.hidden_size]);
  }
  return shapes;
}

export interface ParameterRow {
  readonly module: string;
  readonly count: number;
}

/** Parameters by module; the tied embedding counts once. */
export function parameterRows(c: Config): { readonly rows: readonly ParameterRow[]; readonly total: number } {
  const attention = 4 * c.hidden_size ** 2;
  const feedForward = 2 * c.hidden_size * c.intermediate_size;
  const rows: ParameterRow[] = [
    { module: 'embed_tokens (encoder, decoder, logits)', count: c.vocab_size * c.hidden_size },
  ];
  for (const part of ['encoder', 'decoder'] as const) {
    const n = layersOf(c, part);
    rows.push({ module: `${part} attention (${n} layers)`, count: n * attention });
    rows.push({ module: `${part} feed-forward (${n} layers)`, count: n * feedForward });
    rows.push({ module: `${part} norms`, count: (2 * n + 1) * c.hidden_size });
  }
  return { rows, total: rows.reduce((sum, row) => sum + row.count, 0) };
}
