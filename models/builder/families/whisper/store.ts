import type { BlockSize } from '../../quantize';
import type { TensorSource } from '../../source';
import { type Int8Choice, type Matrix, type Precision, Store } from '../../store';
import type { Stored, WeightsPlan } from '../../weights';
import type { WhisperConfig } from './config';
import { layersOf } from './tensors';

export interface Affine {
  readonly weight: Stored;
  readonly bias: Stored;
}

/** A matrix with its bias. */
export interface Projection {
  readonly matrix: Matrix;
  readonly bias: Stored;
}

interface StoredLayer {
  readonly selfNorm: Affine;
  /** Query, key and value: [3 * d, d]; keys have a bias of zeros. */
  readonly qkv: Projection;
  readonly out: Projection;
  readonly finalNorm: Affine;
  readonly fc1: Projection;
  readonly fc2: Projection;
}

interface StoredDecoderLayer extends StoredLayer {
  readonly crossNorm: Affine;
  readonly crossQuery: Projection;
  /** Key and value over the encoder's output: [2 * d, d]. */
  readonly crossKeyValue: Projection;
  readonly crossOut: Projection;
}

export interface StoredWhisper {
  readonly conv1: Affine;
  readonly conv2: Affine;
  readonly encoder: {
    readonly positions: Stored;
    readonly layers: readonly StoredLayer[];
    readonly norm: Affine;
  };
  /** Also the last projection. */
  readonly embedding: Matrix;
  readonly decoder: {
    readonly positions: Stored;
    readonly layers: readonly StoredDecoderLayer[];
    readonly norm: Affine;
  };
}

export interface WhisperStoreOptions {
  readonly precision: Precision;
  readonly blockSize: BlockSize;
  readonly int8?: Int8Choice;
}

/** Plans `weights.data` of a checkpoint (`withDerived`). */
export function storeWhisper(
  source: TensorSource,
  config: WhisperConfig,
  plan: WeightsPlan,
  options: WhisperStoreOptions,
): StoredWhisper {
  const store = new Store(source, plan, options);
  const affine = (name: string): Affine => ({
    weight: store.norm(`${name}.weight`),
    bias: store.norm(`${name}.bias`),
  });
  const projection = (name: string): Projection => ({
    matrix: store.matrix([`${name}.weight`]),
    bias: store.norm(`${name}.bias`),
  });
  const packed = (attention: string, matrices: readonly string[]): Projection => ({
    matrix: store.matrix(matrices.map((matrix) => `${attention}.${matrix}_proj.weight`)),
    bias: store.norm(`${attention}.${matrices.join('')}.bias`),
  });
  const layer = (name: string): StoredLayer => ({
    selfNorm: affine(`${name}.self_attn_layer_norm`),
    qkv: packed(`${name}.self_attn`, ['q', 'k', 'v']),
    out: projection(`${name}.self_attn.out_proj`),
    finalNorm: affine(`${name}.final_layer_norm`),
    fc1: projection(`${name}.fc1`),
    fc2: projection(`${name}.fc2`),
  });
  return {
    conv1: affine('model.encoder.conv1'),
    conv2: affine('model.encoder.conv2'),
    encoder: {
      positions: store.norm('model.encoder.embed_positions.weight'),
      layers: layersOf(config, 'encoder').map(layer),
      norm: affine('model.encoder.layer_norm'),
    },
    embedding: store.matrix(['model.decoder.embed_tokens.weight']),
    decoder: {
      positions: store.norm('model.decoder.embed_positions.weight'),
      layers: layersOf(config, 'decoder').map((name) => ({
        ...layer(name),
        crossNorm: affine(`${name}.encoder_attn_layer_norm`),
        crossQuery: projection(`${name}.encoder_attn.q_proj`),
        crossKeyValue: packed(`${name}.encoder_attn`, ['k', 'v']),
        crossOut: projection(`${name}.encoder_attn.out_proj`),
      })),
      norm: affine('model.decoder.layer_norm'),
    },
  };
}
