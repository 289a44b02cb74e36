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
 * | fc2 | nothing: GELU lies between fc1 and fc2 |
 * | embedding | nothing: it also makes the inputs of both parts |
 * | vision's, speech's and fusion's layers | as the encoder's |
 * | `merge` of vision and speech | their last norm, one scale for the rows that lie side by side |
 * | the adapter's fc1 | its norm |
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
  addSenses(config, bitsOf, { groups, unscaled });
  return { groups, unscaled };
}

/** Matrices of eyes and ears. Adapter and fusion layers see what both give them. */
function addSenses(config: Config, bitsOf: BitsOf, { groups, unscaled }: PlanParts): void {
  const senses = (['vision', 'speech'] as const).filter((sense) => config[sense]);
  const tapped = (names: readonly string[], weight: string) => names.map((name) => `${name}/${weight}`);
  for (const sense of senses) {
    const { layers, hidden_size: hidden } = config[sense]!;
    for (let i = 0; i < layers; i++)
      addLayer({ groups, unscaled }, `${sense}.layers.${i}`, [sense], hidden, bitsOf);
    // Rows that lie side by side, normed one by one.
    const tensor = `${sense}.merge.weight`;
    const times = sense === 'vision' ? config.vision!.merge_size ** 2 : config.speech!.stack;
    groups.push({
      products: [{ tensor, bits: bitsOf([tensor]), taps: tapped([sense], tensor) }],
      folds: [{ tensor: `${sense}.norm.weight` }],
      channels: hidden,
      shared: { size: hidden, times },
    });
  }
  if (senses.length === 0) return;
  const [first, second] = ['adapter.mlp.fc1.weight', 'adapter.mlp.fc2.weight'].map((tensor) => ({
    tensor,
    bits: bitsOf([tensor]),
    taps: tapped(senses, tensor),
  }));
  groups.push({
    products: [first!],
    folds: [{ tensor: 'adapter.norm.weight' }],
    channels: config.feature_size!,
  });
  unscaled.push(second!);
  for (let i = 0; i < (config.fusion_layers ?? 0); i++)
    addLayer({ groups, unscaled }, `fusion.layers.${i}`, senses, config.hidden_size, bitsOf);
}

interface PlanParts {
  readonly groups: ScaleGroup[];
  readonly unscaled: Product[];
}

/** A layer whose rows see each other and nothing else, in the graphs of these names. */
function addLayer(
  { groups, unscaled }: PlanParts,
  layer: string,
  graphs: readonly string[],
  channels: number,
  bitsOf: BitsOf,
): void {
  const own = (name: string): Product => {
    const tensor = `${layer}.${name}.weight`;
    return { tensor, bits: bitsOf([tensor]), taps: graphs.map((graph) => `${graph}/${tensor}`) };
  };
  const qkv = ['q', 'k', 'v'].map((letter) => `${layer}.self_attn.${letter}_proj.weight`);
  const taps = graphs.map((graph) => `${graph}/${layer}.self_attn.qkv_proj.weight`);
  groups.push({
    products: qkv.map((tensor) => ({ tensor, bits: bitsOf(qkv), taps })),
    folds: [{ tensor: `${layer}.input_layernorm.weight` }],
    channels,
  });
  groups.push({
    products: [own('self_attn.o_proj')],
    folds: [{ tensor: `${layer}.self_attn.v_proj.weight` }],
    channels,
  });
  groups.push({
    products: [own('mlp.fc1')],
    folds: [{ tensor: `${layer}.post_attention_layernorm.weight` }],
    channels,
  });
  unscaled.push(own('mlp.fc2'));
}
