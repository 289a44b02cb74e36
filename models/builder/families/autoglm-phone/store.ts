import type { TensorSource } from '../../source';
import { type Matrix, Store, type StoreOptions } from '../../store';
import type { Stored, WeightsPlan } from '../../weights';
import { type Config, headSize } from './config';
import { type StoredSenses, storeSenses } from './senses/store';
import { type StoredStack, storeStack } from './stack';

export interface StoredModel {
  readonly embedding: Matrix;
  readonly encoder: StoredStack;
  readonly decoder: StoredStack;
  /** Of a model that sees or hears. */
  readonly senses?: StoredSenses;
  /** [max_position_embeddings, head size / 2] float32 each. */
  readonly rotary: { readonly cos: Stored; readonly sin: Stored };
}

/** Plans `weights.data`. Tensors must have been checked (`checkTensors`). */
export function storeModel(
  source: TensorSource,
  config: Config,
  plan: WeightsPlan,
  options: StoreOptions,
): StoredModel {
  const store = new Store(source, plan, options);
  return {
    embedding: store.matrix(['embed_tokens.weight']),
    encoder: storeStack(store, 'encoder', config.encoder_layers),
    decoder: storeStack(store, 'decoder', config.decoder_layers),
    rotary: storeRotary(plan, config),
    senses: storeSenses(store, config),
  };
}

/**
 * cos and sin of position * theta^(-i / (D / 2)), i < D / 2, in float32 steps like `rope_angles` in models/train/autoglm_phone.py
 * (rotary positions: Su et al. 2021, arXiv 2104.09864).
 */
function storeRotary(plan: WeightsPlan, config: Config): StoredModel['rotary'] {
  const half = headSize(config) / 2;
  const positions = config.max_position_embeddings;
  const cos = plan.reserve('float32', [positions, half]);
  const sin = plan.reserve('float32', [positions, half]);
  plan.tasks.push({ name: 'rotary', weights: 0, ranges: [cos, sin], run: () => rotary(config) });
  return { cos, sin };
}

function rotary(config: Config): readonly [Float32Array, Float32Array] {
  const half = headSize(config) / 2;
  const positions = config.max_position_embeddings;
  const cos = new Float32Array(positions * half);
  const sin = new Float32Array(positions * half);
  for (let i = 0; i < half; i++) {
    const frequency = Math.fround(config.rope_theta ** Math.fround(-i / half));
    for (let position = 0; position < positions; position++) {
      const angle = Math.fround(position * frequency);
      cos[position * half + i] = Math.cos(angle);
      sin[position * half + i] = Math.sin(angle);
    }
  }
  return [cos, sin];
}
