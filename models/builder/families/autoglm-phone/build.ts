import type { Manifest } from '../../../../electron/contract/manifest';
import type { Activation, AttentionKind } from '../../layers';
import { DRAFT_ROWS } from '../../next-tokens';
import type { Precision } from '../../store';
import type { WeightsPlan } from '../../weights';
import {
  accuracyLevelOf,
  buildWith,
  type CheckpointFiles,
  type PackageOptions,
  planWith,
  type Recipe,
  SUFFIX,
} from '../recipe';
import type { Config } from './config';
import { tensorShapes } from './config';
import { decoderGraph } from './decoder';
import { encoderGraph } from './encoder';
import { manifest } from './manifest';
import { quantizedSizes } from './senses/config';
import { speechGraph } from './senses/speech';
import { visionGraph } from './senses/vision';
import { type StoredModel, storeModel } from './store';

export interface BuildOptions extends PackageOptions, CheckpointFiles {
  readonly config: Config;
  /** `gqa` unless told. With `mha` an fp32 package computes in float32 on CUDA too. */
  readonly attention?: AttentionKind;
  /**
   * Activations whose graphs have sparse attention where the configuration has it; float32 unless told. On CUDA its operators are slower than fused attention and a
   * decoder of them cannot be recorded as a CUDA graph: over dense graphs the engine has kernels for the encoder's.
   */
  readonly sparse?: readonly Activation[];
  /**
   * Activations whose vision graph resizes pictures itself, where it has no stem; float16 unless told. A processor does that as fast
   * without large matrices.
   */
  readonly pixels?: readonly Activation[];
  /** Activations whose decoder gives the logits of several rows, by which drafts are checked; float32 unless told. */
  readonly drafts?: readonly Activation[];
}

/** @throws ModelError for everything that can be refused before work begins. */
export const planPackage = (options: BuildOptions): WeightsPlan => planWith(options, recipe(options));

/** Builds a package of the family autoglm-phone: the graphs of models/README.md section 4 over one `weights.data`. */
export const buildPackage = (options: BuildOptions): Manifest => buildWith(options, recipe(options));

/** The type of activations by kind of provider. CUDA's GroupQueryAttention knows no float32. */
function activations(precision: Precision, attention: AttentionKind): Record<'cpu' | 'cuda', Activation> {
  return { cpu: 'float32', cuda: precision === 'fp32' && attention === 'mha' ? 'float32' : 'float16' };
}

function recipe(options: BuildOptions): Recipe<StoredModel> {
  const { config, source, precision, blockSize, attention = 'gqa' } = options;
  const { hidden_size, intermediate_size } = config;
  const providers = activations(precision, attention);
  const sparseOf = (activation: Activation) =>
    (options.sparse ?? ['float32']).includes(activation) ? config.sparse_attention : undefined;
  const takesPixels = (activation: Activation) =>
    config.vision?.stem_channels.length === 0 && (options.pixels ?? ['float16']).includes(activation);
  const hasDrafts = (activation: Activation) => (options.drafts ?? ['float32']).includes(activation);
  return {
    family: 'autoglm-phone',
    shapes: tensorShapes(config),
    quantizedSizes: { hidden_size, intermediate_size, ...quantizedSizes(config) },
    store: (plan, int8) => storeModel(source, config, plan, { precision, blockSize, int8 }),
    writeGraphs: (folder, model) => {
      for (const activation of new Set(Object.values(providers))) {
        const suffix = SUFFIX[activation];
        const sparse = sparseOf(activation);
        const own = { ...config, sparse_attention: sparse };
        const accuracyLevel = accuracyLevelOf(options, activation);
        const context = { config: own, model, activation, accuracyLevel, attention };
        folder.add(`encoder.${suffix}.onnx`, encoderGraph(context));
        folder.add(`decoder.${suffix}.onnx`, decoderGraph(context, { drafts: hasDrafts(activation) }));
        if (config.vision) {
          folder.add(`vision.${suffix}.onnx`, visionGraph(context, { pixels: takesPixels(activation) }));
        }
        if (config.speech) folder.add(`speech.${suffix}.onnx`, speechGraph(context));
        if (sparse) folder.add(`decoder.sparse.${suffix}.onnx`, decoderGraph(context, { sparse }));
      }
    },
    manifest: ({ parameters, files }) =>
      manifest({
        names: options.names,
        config,
        precision,
        quantizer: options.quantizer,
        blockSize,
        parameters,
        files,
        graphs: Object.fromEntries(
          Object.entries(providers).map(([provider, activation]) => {
            const file = (role: string) => `${role}.${SUFFIX[activation]}.onnx`;
            return [
              provider,
              {
                activation,
                ...(hasDrafts(activation) && { draftRows: DRAFT_ROWS }),
                files: {
                  encoder: file('encoder'),
                  decoder: file('decoder'),
                  ...(config.vision && {
                    [takesPixels(activation) ? 'vision_pixels' : 'vision']: file('vision'),
                  }),
                  ...(config.speech && { speech: file('speech') }),
                  ...(sparseOf(activation) && { 'decoder.sparse': file('decoder.sparse') }),
                },
              },
            ];
          }),
        ),
      }),
  };
}
