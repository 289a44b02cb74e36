import type { Config } from './config';
import { parameterRows, tensorShapes } from './config';
import { decoderGraph } from './decoder';
import { encoderGraph } from './encoder';
import {
  checkBlocks,
  type PreparedWeights,
  readTokenizer,
  type TokenizerFile,
  writePackage,
} from './families/package-folder';
import type { AccuracyLevel, Activation, AttentionKind } from './layers';
import { manifest, type PackageNames, type Quantizer } from './manifest';
import { DRAFT_ROWS } from './next-tokens';
import type { BlockSize } from './quantize';
import { quantizedSizes } from './senses/config';
import { speechGraph } from './senses/speech';
import { visionGraph } from './senses/vision';
import { checkTensors, type TensorSource } from './source';
import { Int8Choice, type Precision, storeModel } from './store';
import { WeightsPlan } from './weights';

export interface BuildOptions {
  readonly names: PackageNames;
  readonly config: Config;
  readonly source: TensorSource;
  readonly tokenizer: TokenizerFile;
  readonly out: string;
  readonly precision: Precision;
  readonly blockSize: BlockSize;
  /** Matrices of an int4 package that are stored in int8, by name; `*` stands for anything. */
  readonly int8?: readonly string[];
  /** For the CPU's graphs; 4 unless told. */
  readonly accuracyLevel?: AccuracyLevel;
  /** `gqa` unless told. With `mha` an fp32 package computes in float32 on CUDA too. */
  readonly attention?: AttentionKind;
  /**
   * Activations whose graphs have sparse attention where the configuration has it; float32 unless told. CUDA's fused attention takes as
   * little memory, a sparse decoder cannot be recorded as a CUDA graph, and nobody has measured there what is faster.
   */
  readonly sparse?: readonly Activation[];
  /** Activations whose decoder gives the logits of several rows, by which drafts are checked; float32 unless told. */
  readonly drafts?: readonly Activation[];
  readonly quantizer?: Quantizer;
  /** Weights written, of how many. */
  readonly onProgress?: (done: number, total: number) => void;
  readonly prepared?: PreparedWeights;
}

export interface BuildResult {
  readonly parameters: number;
  readonly bytes: number;
}

/** The type of activations by kind of provider. CUDA's GroupQueryAttention knows no float32. */
function activations(precision: Precision, attention: AttentionKind): Record<'cpu' | 'cuda', Activation> {
  return { cpu: 'float32', cuda: precision === 'fp32' && attention === 'mha' ? 'float32' : 'float16' };
}

const SUFFIX: Readonly<Record<Activation, string>> = { float32: 'fp32', float16: 'fp16' };

/** What `weights.data` will hold. @throws ModelError for everything that can be refused before work begins. */
export function planPackage(options: BuildOptions): WeightsPlan {
  const { config, source, precision, blockSize } = options;
  checkTensors(source, tensorShapes(config));
  if (precision === 'int4' || precision === 'int8') {
    const { hidden_size, intermediate_size } = config;
    checkBlocks({ hidden_size, intermediate_size, ...quantizedSizes(config) }, blockSize);
  }
  readTokenizer(options.tokenizer);
  const plan = new WeightsPlan();
  const int8 = new Int8Choice(options.int8 ?? []);
  storeModel(source, config, plan, { precision, blockSize, int8 });
  int8.check();
  return plan;
}

/**
 * Builds a package. Everything that can be refused is refused before work begins; the package is written beside its place and
 * moved there when it is whole, so a failed build leaves what was there.
 */
export function buildPackage(options: BuildOptions): BuildResult {
  const { config, source, precision, blockSize, prepared } = options;
  planPackage(options);
  const { total } = parameterRows(config);
  const built = writePackage(options.out, (folder) => {
    const int8 = new Int8Choice(options.int8 ?? []);
    const model = folder.weights((plan) => storeModel(source, config, plan, { precision, blockSize, int8 }), {
      prepared,
      onProgress: (done) => options.onProgress?.(done, total),
    });
    const attention = options.attention ?? 'gqa';
    const providers = activations(precision, attention);
    const sparseOf = (activation: Activation) =>
      (options.sparse ?? ['float32']).includes(activation) ? config.sparse_attention : undefined;
    const hasDrafts = (activation: Activation) => (options.drafts ?? ['float32']).includes(activation);
    for (const activation of new Set(Object.values(providers))) {
      const accuracyLevel = activation === 'float32' ? (options.accuracyLevel ?? 4) : 0;
      const sparse = sparseOf(activation);
      const own = { ...config, sparse_attention: sparse };
      const context = { config: own, model, activation, accuracyLevel, attention };
      folder.add(`encoder.${SUFFIX[activation]}.onnx`, encoderGraph(context));
      folder.add(
        `decoder.${SUFFIX[activation]}.onnx`,
        decoderGraph(context, { drafts: hasDrafts(activation) }),
      );
      if (config.vision) folder.add(`vision.${SUFFIX[activation]}.onnx`, visionGraph(context));
      if (config.speech) folder.add(`speech.${SUFFIX[activation]}.onnx`, speechGraph(context));
      if (sparse) folder.add(`decoder.sparse.${SUFFIX[activation]}.onnx`, decoderGraph(context, { sparse }));
    }
    folder.add('tokenizer.json', readTokenizer(options.tokenizer));
    return manifest({
      names: options.names,
      config,
      precision,
      quantizer: options.quantizer,
      blockSize,
      parameters: total,
      files: folder.files,
      graphs: Object.fromEntries(
        Object.entries(providers).map(([provider, activation]) => [
          provider,
          {
            activation,
            ...(hasDrafts(activation) && { draftRows: DRAFT_ROWS }),
            files: {
              encoder: `encoder.${SUFFIX[activation]}.onnx`,
              decoder: `decoder.${SUFFIX[activation]}.onnx`,
              ...(config.vision && { vision: `vision.${SUFFIX[activation]}.onnx` }),
              ...(config.speech && { speech: `speech.${SUFFIX[activation]}.onnx` }),
              ...(sparseOf(activation) && {
                'decoder.sparse': `decoder.sparse.${SUFFIX[activation]}.onnx`,
              }),
            },
          },
        ]),
      ),
    });
  });
  return { parameters: total, bytes: built.files.reduce((sum, file) => sum + file.bytes, 0) };
}
