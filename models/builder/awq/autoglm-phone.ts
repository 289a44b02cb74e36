import { type Config, layersOf } from '../families/autoglm-phone/config';
import type { BitsOf, Plan, Product, ScaleGroup } from './plan';

/**
 * AWQ for the family `autoglm-phone`.
 *
 * | matrices | their scales are folded into |
 * | --- | --- |
 * | encoder q, k, v of a layer | its `input_layernorm` |
 * | decoder q, k, v of **all** layers, one vector of scales | `encoder.norm` and every decoder layer's `input_layernorm` |
 * | o of a layer, either part | the rows of its v |
 * | fc1 of a layer, either part | its `post_attention_layernorm` |
 * | fc2 | nothing: GELU lies between fc1 and fc2, so it is only clipped |
 * | embedding | nothing: it also makes the inputs of both parts, so it is only clipped |
 * | vision, speech, adapter, fusion | nothing: the calibration set is text, so they are clipped for their own sake |
 *
 * Decoder keys and values of every layer read the same memory, the output of `encoder.norm`, and their layer's own rows. A layer's
 * scale s must divide both inputs; memory can be divided once, so s is the same in every layer. Queries share their input with
 * keys and values, so s is theirs too. It is the only exact choice that adds nothing to the graphs.
 */
export function autoglmPhonePlan(config: Config, bitsOf: BitsOf): Plan {
  const hidden = config.hidden_size;
  const groups: ScaleGroup[] = [];
  const unscaled: Product[] = [];
  const shared: Product[] = [];
  const sharedFolds = [{ tensor: 'encoder.norm.weight' }];
  for (const part of ['encoder', 'decoder'] as const) {
    for (let i = 0; i < layersOf(config, part); i++) {
      const layer = `${part}.layers.${i}`;
      const attention = `${layer}.self_attn`;
      const own = (name: string): Product => {
        const tensor = `${layer}.${name}.weight`;
        return { tensor, bits: bitsOf([tensor]), taps: [`${part}/${tensor}`] };
      };
      const qkv = ['q', 'k', 'v'].map((letter) => `${attention}.${letter}_proj.weight`);
      const inputs = qkv.map((tensor, at): Product => {
        const taps = [`${part}/${attention}.qkv_proj.weight`];
        // Where the encoder graph multiplies memory by the decoder's keys and values.
        if (part === 'decoder' && at > 0) taps.push(`encoder/${attention}.k_proj.weight`);
        return { tensor, bits: bitsOf(qkv), taps };
      });
      const inputNorm = { tensor: `${layer}.input_layernorm.weight` };
      if (part === 'encoder') {
        groups.push({ products: inputs, folds: [inputNorm], channels: hidden });
      } else {
        shared.push(...inputs);
        sharedFolds.push(inputNorm);
      }
      groups.push({
        products: [own('self_attn.o_proj')],
        folds: [{ tensor: `${attention}.v_proj.weight` }],
        channels: hidden,
      });
      groups.push({
        products: [own('mlp.fc1')],
        folds: [{ tensor: `${layer}.post_attention_layernorm.weight` }],
        channels: hidden,
      });
      unscaled.push(own('mlp.fc2'));
    }
  }
  groups.push({ products: shared, folds: sharedFolds, channels: hidden });
  const embedding = 'embed_tokens.weight';
  unscaled.push({
    tensor: embedding,
    bits: bitsOf([embedding]),
    taps: [`decoder/${embedding}`],
    looked: true,
  });
  unscaled.push(...senses(config, bitsOf));
  return { groups, unscaled };
}

/** Matrices of eyes and ears. Their inputs are not known, so their clips are those of the least error of the weights themselves. */
function senses(config: Config, bitsOf: BitsOf): Product[] {
  const { vision, speech, fusion_layers: fusion = 0 } = config;
  if (!vision && !speech) return [];
  const alone = (tensors: readonly string[]): Product[] =>
    tensors.map((tensor) => ({ tensor, bits: bitsOf(tensors), taps: [], looked: true }));
  const layers = (part: string, count: number) =>
    Array.from({ length: count }, (_, i) => `${part}.layers.${i}`).flatMap((layer) => [
      ...alone(['q', 'k', 'v'].map((letter) => `${layer}.self_attn.${letter}_proj.weight`)),
      ...['self_attn.o_proj', 'mlp.fc1', 'mlp.fc2'].flatMap((name) => alone([`${layer}.${name}.weight`])),
    ]);
  const single = ['adapter.mlp.fc1.weight', 'adapter.mlp.fc2.weight'];
  if (vision) single.push('vision.merge.weight');
  if (speech) single.push('speech.merge.weight');
  return [
    ...layers('vision', vision?.layers ?? 0),
    ...layers('speech', speech?.layers ?? 0),
    ...layers('fusion', fusion),
    ...single.flatMap((tensor) => alone([tensor])),
  ];
}
