import type { Manifest } from '../../../electron/contract/manifest';
import type { AccuracyLevel, Activation } from '../layers';
import type { PackageFile, PackageNames, Quantizer } from '../manifest';
import type { BlockSize } from '../quantize';
import { checkTensors, type TensorSource } from '../source';
import { Int8Choice, type Precision } from '../store';
import { WeightsPlan } from '../weights';
import {
  checkBlocks,
  type PackageFolder,
  type PreparedWeights,
  readTokenizer,
  type TokenizerFile,
  writePackage,
} from './package-folder';

/** How a package is built, whatever its family. */
export interface PackageOptions {
  readonly names: PackageNames;
  readonly out: string;
  readonly precision: Precision;
  readonly blockSize: BlockSize;
  /** Matrices of an int4 package that are stored in int8, by name; `*` stands for anything. */
  readonly int8?: readonly string[];
  /** For the CPU's graphs; 4 unless told. */
  readonly accuracyLevel?: AccuracyLevel;
  /** How the weights were made ready for rounding, for the manifest. */
  readonly quantizer?: Quantizer;
  /** Weights written, of how many. */
  readonly onProgress?: (done: number, total: number) => void;
  readonly prepared?: PreparedWeights;
}

export interface CheckpointFiles {
  readonly source: TensorSource;
  readonly tokenizer: TokenizerFile;
}

/** What a family adds to the steps that all share: `Stored` is its weights' places in `weights.data`. */
export interface Recipe<Stored> {
  readonly family: string;
  /** Every tensor that the checkpoint must have. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** The checkpoint as its file has it, where `source` is not that. */
  readonly checked?: TensorSource;
  /** Widths that blocks of a quantized package, if only the smallest, must divide. */
  readonly quantizedSizes: Readonly<Record<string, number>>;
  store(plan: WeightsPlan, int8: Int8Choice): Stored;
  writeGraphs(folder: PackageFolder, stored: Stored): void;
  manifest(facts: PackageFacts): Manifest;
}

/** What a manifest says of the files that were written. */
export interface PackageFacts {
  readonly parameters: number;
  /** Bytes of `weights.data`. */
  readonly weights: number;
  readonly files: readonly PackageFile[];
}

type Options = PackageOptions & CheckpointFiles;

export const SUFFIX: Readonly<Record<Activation, string>> = { float32: 'fp32', float16: 'fp16' };

/** Of a graph with these activations: float16 is for CUDA, whose products have no such choice. */
export const accuracyLevelOf = (options: PackageOptions, activation: Activation): AccuracyLevel | 0 =>
  activation === 'float32' ? (options.accuracyLevel ?? 4) : 0;

export const countParameters = (shapes: Recipe<unknown>['shapes']): number =>
  [...shapes.values()].reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 1), 0);

/** What `weights.data` will hold. @throws ModelError for everything that can be refused before work begins. */
export function planWith<Stored>(options: Options, recipe: Recipe<Stored>): WeightsPlan {
  const { precision, blockSize, source, tokenizer } = options;
  checkTensors(recipe.checked ?? source, recipe.shapes, recipe.family);
  if (precision === 'int4' || precision === 'int8') checkBlocks(recipe.quantizedSizes, blockSize);
  readTokenizer(tokenizer);
  const plan = new WeightsPlan();
  const int8 = new Int8Choice(options.int8 ?? []);
  recipe.store(plan, int8);
  int8.check();
  return plan;
}

/**
 * Builds a package. Everything that can be refused is refused before work begins; the package is written beside its place and
 * moved there when it is whole, so a failed build leaves what was there.
 */
export function buildWith<Stored>(options: Options, recipe: Recipe<Stored>): Manifest {
  planWith(options, recipe);
  const { prepared, onProgress } = options;
  const parameters = countParameters(recipe.shapes);
  return writePackage(options.out, (folder) => {
    const stored = folder.weights((plan) => recipe.store(plan, new Int8Choice(options.int8 ?? [])), {
      prepared,
      onProgress: (done) => onProgress?.(done, parameters),
    });
    // Folded and repeated weights count differently on the way.
    onProgress?.(parameters, parameters);
    recipe.writeGraphs(folder, stored);
    folder.add('tokenizer.json', readTokenizer(options.tokenizer));
    const weights = folder.files[0]!.bytes;
    return recipe.manifest({ parameters, weights, files: folder.files });
  });
}
