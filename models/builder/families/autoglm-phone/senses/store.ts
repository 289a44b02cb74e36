import type { Matrix, Store } from '../../../store';
import type { Stored } from '../../../weights';
import { type StoredStack, storeStack } from '../stack';
import { hasSenses, type SensesConfig, type SpeechConfig, type VisionConfig } from './config';

/** A convolution, its weights in PyTorch's order [out, in, …]. */
export interface StoredConvolution {
  readonly weight: Stored;
  readonly bias: Stored;
}

export interface StoredVision extends StoredStack {
  readonly stem: readonly (StoredConvolution & { readonly norm: Stored })[];
  readonly proj: StoredConvolution;
  /** [feature_size, merge^2 * hidden] */
  readonly merge: Matrix;
}

export interface StoredSpeech extends StoredStack {
  /** [2 * filters, 1, filter_length] */
  readonly filters: Stored;
  readonly conv1: StoredConvolution;
  readonly conv2: StoredConvolution;
  /** [feature_size, stack * hidden] */
  readonly merge: Matrix;
}

/** Weights that the vision and the speech graph share. */
export interface StoredFusion extends StoredStack {
  readonly adapter: { readonly norm: Stored; readonly fc1: Matrix; readonly fc2: Matrix };
}

export interface StoredSenses {
  readonly vision?: StoredVision;
  readonly speech?: StoredSpeech;
  readonly fusion: StoredFusion;
}

export function storeSenses(store: Store, config: SensesConfig): StoredSenses | undefined {
  if (!hasSenses(config)) return undefined;
  return {
    ...(config.vision && { vision: storeVision(store, config.vision) }),
    ...(config.speech && { speech: storeSpeech(store, config.speech) }),
    fusion: {
      adapter: {
        norm: store.norm('adapter.norm.weight'),
        fc1: store.matrix(['adapter.mlp.fc1.weight']),
        fc2: store.matrix(['adapter.mlp.fc2.weight']),
      },
      ...storeStack(store, 'fusion', config.fusion_layers ?? 0),
    },
  };
}

function storeVision(store: Store, config: VisionConfig): StoredVision {
  return {
    stem: config.stem_channels.map((_, i) => ({
      ...convolution(store, `vision.patch_embed.stem.${i}`),
      norm: store.norm(`vision.patch_embed.stem_norms.${i}.weight`),
    })),
    proj: convolution(store, 'vision.patch_embed.proj'),
    ...storeStack(store, 'vision', config.layers),
    merge: store.matrix(['vision.merge.weight']),
  };
}

function storeSpeech(store: Store, config: SpeechConfig): StoredSpeech {
  return {
    filters: store.convolution('speech.wave_embed.filters.weight'),
    conv1: convolution(store, 'speech.wave_embed.conv1'),
    conv2: convolution(store, 'speech.wave_embed.conv2'),
    ...storeStack(store, 'speech', config.layers),
    merge: store.matrix(['speech.merge.weight']),
  };
}

const convolution = (store: Store, name: string): StoredConvolution => ({
  weight: store.convolution(`${name}.weight`),
  bias: store.norm(`${name}.bias`),
});
