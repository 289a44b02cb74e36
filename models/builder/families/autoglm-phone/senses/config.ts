import { z } from 'zod';

const size = z.number().int().positive();

const transformer = { hidden_size: size, intermediate_size: size, num_attention_heads: size, layers: size };

/** `vision` of `config.json`: ViT-Lite (models/README.md section 1). */
export const VisionSchema = z.object({
  ...transformer,
  stem_channels: z.array(size),
  patch_size: size,
  merge_size: size,
  max_cells: size,
  rope_theta: z.number().positive(),
});

/** `speech` of `config.json`: Wav2Vec-Bridge. */
export const SpeechSchema = z.object({
  ...transformer,
  sample_rate: size,
  filters: size,
  filter_length: size,
  filter_stride: size,
  channels: size,
  stack: size,
  rope_theta: z.number().positive(),
});

export type VisionConfig = z.infer<typeof VisionSchema>;
export type SpeechConfig = z.infer<typeof SpeechSchema>;

/** What a configuration says of eyes and ears; the sizes that both share are there where either is. */
export interface SensesConfig {
  readonly hidden_size: number;
  readonly intermediate_size: number;
  readonly feature_size?: number;
  readonly adapter_intermediate_size?: number;
  readonly fusion_layers?: number;
  readonly vision?: VisionConfig | null;
  readonly speech?: SpeechConfig | null;
}

export const hasSenses = (c: SensesConfig): boolean => Boolean(c.vision || c.speech);

/** Sizes of a stack of the family's layers. */
export type LayerSizes = Pick<VisionConfig, 'hidden_size' | 'intermediate_size' | 'num_attention_heads'>;

/** Side in pixels that the stem has left of a patch: kernel and stride of the last convolution. */
export const patchRest = (c: VisionConfig): number => c.patch_size / 2 ** c.stem_channels.length;

/** Calls `report` for what the schema alone cannot see. */
export function checkSenses(c: SensesConfig, report: (path: string, message: string) => void): void {
  if (!hasSenses(c)) return;
  for (const key of ['feature_size', 'adapter_intermediate_size', 'fusion_layers'] as const) {
    if (c[key] === undefined) report(key, 'a model with vision or speech needs it');
  }
  for (const sense of ['vision', 'speech'] as const) {
    const s = c[sense];
    if (!s) continue;
    const head = s.hidden_size / s.num_attention_heads;
    if (!Number.isInteger(head)) {
      const heads = s.num_attention_heads;
      report(`${sense}.hidden_size`, `${s.hidden_size} is not a multiple of num_attention_heads, ${heads}`);
    } else if (head % 8 !== 0) {
      report(`${sense}.num_attention_heads`, `the head size would be ${head}; it must be a multiple of 8`);
    }
  }
  const { vision, speech } = c;
  if (vision && !Number.isInteger(patchRest(vision))) {
    const { patch_size: patch, stem_channels: stem } = vision;
    report('vision.stem_channels', `${stem.length} halvings do not divide a patch of ${patch} pixels`);
  }
  if (speech && speech.filter_length < speech.filter_stride) {
    report(
      'speech.filter_length',
      `${speech.filter_length} is shorter than the stride, ${speech.filter_stride}`,
    );
  }
}

/** Sizes that blocks of a quantized package, if only the smallest, must divide, by name. */
export function quantizedSizes(c: SensesConfig): Readonly<Record<string, number>> {
  if (!hasSenses(c)) return {};
  const sizes: Record<string, number> = {
    feature_size: c.feature_size ?? 0,
    adapter_intermediate_size: c.adapter_intermediate_size ?? 0,
  };
  for (const sense of ['vision', 'speech'] as const) {
    const s = c[sense];
    if (!s) continue;
    sizes[`${sense}.hidden_size`] = s.hidden_size;
    sizes[`${sense}.intermediate_size`] = s.intermediate_size;
  }
  return sizes;
}

/** Name and shape of the tensors of one layer. */
function layerShapes(
  layer: string,
  c: Omit<LayerSizes, 'num_attention_heads'>,
): [string, readonly number[]][] {
  const { hidden_size: hidden, intermediate_size: inner } = c;
  return [
    [`${layer}.input_layernorm.weight`, [hidden]],
    ...['q_proj', 'k_proj', 'v_proj', 'o_proj'].map((name): [string, readonly number[]] => [
      `${layer}.self_attn.${name}.weight`,
      [hidden, hidden],
    ]),
    [`${layer}.post_attention_layernorm.weight`, [hidden]],
    [`${layer}.mlp.fc1.weight`, [inner, hidden]],
    [`${layer}.mlp.fc2.weight`, [hidden, inner]],
  ];
}

/** Name and shape of every layer of a stack and of its last norm. */
export function stackShapes(
  part: string,
  layers: number,
  c: Omit<LayerSizes, 'num_attention_heads'>,
): [string, readonly number[]][] {
  const each = Array.from({ length: layers }, (_, i) => layerShapes(`${part}.layers.${i}`, c));
  return [...each.flat(), [`${part}.norm.weight`, [c.hidden_size]]];
}

/** Name and shape of every tensor of eyes and ears, in the order of models/README.md section 1. */
export function sensesShapes(c: SensesConfig): [string, readonly number[]][] {
  if (!hasSenses(c)) return [];
  const { feature_size: features = 0, adapter_intermediate_size: inner = 0, fusion_layers: layers = 0 } = c;
  return [
    ...(c.vision ? visionShapes(c.vision, features) : []),
    ...(c.speech ? speechShapes(c.speech, features) : []),
    ['adapter.norm.weight', [features]],
    ['adapter.mlp.fc1.weight', [inner, features]],
    ['adapter.mlp.fc2.weight', [c.hidden_size, inner]],
    ...stackShapes('fusion', layers, c),
  ];
}

function visionShapes(c: VisionConfig, features: number): [string, readonly number[]][] {
  const shapes: [string, readonly number[]][] = [];
  const widths = [3, ...c.stem_channels];
  for (const [i, out] of c.stem_channels.entries()) {
    shapes.push([`vision.patch_embed.stem.${i}.weight`, [out, widths[i]!, 3, 3]]);
    shapes.push([`vision.patch_embed.stem.${i}.bias`, [out]]);
    shapes.push([`vision.patch_embed.stem_norms.${i}.weight`, [out]]);
  }
  const rest = patchRest(c);
  shapes.push(['vision.patch_embed.proj.weight', [c.hidden_size, widths.at(-1)!, rest, rest]]);
  shapes.push(['vision.patch_embed.proj.bias', [c.hidden_size]]);
  shapes.push(...stackShapes('vision', c.layers, c));
  shapes.push(['vision.merge.weight', [features, c.merge_size ** 2 * c.hidden_size]]);
  return shapes;
}

function speechShapes(c: SpeechConfig, features: number): [string, readonly number[]][] {
  return [
    ['speech.wave_embed.filters.weight', [2 * c.filters, 1, c.filter_length]],
    ['speech.wave_embed.conv1.weight', [c.channels, c.filters, 3]],
    ['speech.wave_embed.conv1.bias', [c.channels]],
    ['speech.wave_embed.conv2.weight', [c.hidden_size, c.channels, 3]],
    ['speech.wave_embed.conv2.bias', [c.hidden_size]],
    ...stackShapes('speech', c.layers, c),
    ['speech.merge.weight', [features, c.stack * c.hidden_size]],
  ];
}
