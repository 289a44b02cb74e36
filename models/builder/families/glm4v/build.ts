import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { type Manifest, ManifestSchema } from '../../../../electron/contract/manifest';
import type { CudaLayout } from '../../cuda-layout';
import { ModelError } from '../../errors';
import type { Activation } from '../../layers';
import { DRAFT_ROWS } from '../../next-tokens';
import type { Precision } from '../../store';
import type { WeightsPlan } from '../../weights';
import {
  accuracyLevelOf,
  buildWith,
  type CheckpointFiles,
  type PackageFacts,
  type PackageOptions,
  planWith,
  type Recipe,
  SUFFIX,
} from '../recipe';
import type { Glm4vConfig } from './config';
import { glm4vDecoderGraph } from './decoder';
import { type GraphChoiceName, graphChoice } from './graph-choice';
import { type StoredGlm4v, storeGlm4v } from './store';
import { tensorShapes, withDerived } from './tensors';
import { glm4vVisionGraph } from './vision';

export interface Glm4vBuildOptions extends PackageOptions, CheckpointFiles {
  readonly config: Glm4vConfig;
  /** Of the last projection; `precision` unless told. int8 costs 0.3 GB of a 9 B model and spares the choice of tokens. */
  readonly headPrecision?: Precision;
  /** Orders the matrices for CUDA's mixed products, which then need no reordering at every start: a package for CUDA alone. */
  readonly cudaLayout?: CudaLayout;
  /** Of CUDA's graphs; `CUDA_CHOICES` unless told. */
  readonly cudaGraph?: readonly GraphChoiceName[];
  readonly images?: ImageLimits;
}

/** Pixels over both frames of an image: `size` of `preprocessor_config.json`. */
export interface ImageLimits {
  readonly shortest_edge: number;
  readonly longest_edge: number;
}

/** Defaults of transformers' Glm4vImageProcessor. */
const IMAGE_LIMITS: ImageLimits = { shortest_edge: 112 * 112, longest_edge: 28 * 28 * 15_000 };

/** What each is worth: models/bench/NOTES.md. */
const CUDA_CHOICES: readonly GraphChoiceName[] = ['gate-apart', 'summing-norms', 'pixels', 'vision-parts'];

const PROVIDERS = { cpu: 'float32', cuda: 'float16' } as const satisfies Record<string, Activation>;

function checkLayout({ precision, blockSize, cudaLayout }: Glm4vBuildOptions): void {
  if (cudaLayout && precision !== 'int4' && precision !== 'int8') {
    throw new ModelError(`--cuda-prepack orders int4 and int8 matrices; ${precision} has none.`);
  }
  if (cudaLayout === 'sm90' && blockSize === 32) {
    throw new ModelError('--cuda-prepack sm90 needs blocks of 64 or 128: add --block 64.');
  }
}

/** @throws ModelError for everything that can be refused before work begins. */
export function planGlm4v(options: Glm4vBuildOptions): WeightsPlan {
  checkLayout(options);
  return planWith(options, recipe(options));
}

/** Builds a package of `vision.*.onnx` and `decoder.*.onnx` over one `weights.data`. */
export function buildGlm4v(options: Glm4vBuildOptions): Manifest {
  checkLayout(options);
  return buildWith(options, recipe(options));
}

function recipe(options: Glm4vBuildOptions): Recipe<StoredGlm4v> {
  const { config, precision, blockSize, headPrecision, cudaLayout: layout } = options;
  const { text, vision } = config;
  const source = withDerived(options.source, config);
  return {
    family: 'glm4v',
    shapes: tensorShapes(config),
    checked: options.source,
    quantizedSizes: {
      'text_config.hidden_size': text.hidden_size,
      'text_config.intermediate_size': text.intermediate_size,
      'vision_config.hidden_size': vision.hidden_size,
      'vision_config.out_hidden_size': vision.out_hidden_size,
      'vision_config.intermediate_size': vision.intermediate_size,
    },
    store: (plan, int8) =>
      storeGlm4v(source, config, plan, { precision, blockSize, headPrecision, int8, layout }),
    writeGraphs: (folder, stored) => {
      for (const [provider, activation] of providers(options)) {
        const level = accuracyLevelOf(options, activation);
        const choice = choiceOf(options, provider);
        const suffix = SUFFIX[activation];
        folder.add(
          `vision.${suffix}.onnx`,
          glm4vVisionGraph(vision, stored.vision, activation, level, choice),
        );
        folder.add(`decoder.${suffix}.onnx`, glm4vDecoderGraph(text, stored.text, activation, level, choice));
      }
    },
    manifest: (facts) => manifest(options, facts),
  };
}

const choiceOf = ({ cudaGraph = CUDA_CHOICES }: Glm4vBuildOptions, provider: string) =>
  graphChoice(provider === 'cuda' ? cudaGraph : ['drafts']);

/** Graphs to write. What is ordered for CUDA nothing else can read. */
function providers({ cudaLayout }: Glm4vBuildOptions) {
  const all = Object.entries(PROVIDERS) as (readonly [keyof typeof PROVIDERS, Activation])[];
  return all.filter(([provider]) => !cudaLayout || provider === 'cuda');
}

function manifest(options: Glm4vBuildOptions, { parameters, weights, files }: PackageFacts): Manifest {
  const { config, names, images = IMAGE_LIMITS } = options;
  const { text, vision } = config;
  const [frames, rows, columns] = text.mrope_section;
  return ManifestSchema.parse({
    format: 1,
    id: names.id,
    family: 'glm4v',
    name: names.name,
    license: names.license,
    source: names.source,
    parameters,
    modalities: ['text', 'image'],
    precision: options.precision,
    ...(options.quantizer && { quantizer: options.quantizer }),
    contextLength: text.max_position_embeddings,
    maxOutputTokens: text.max_position_embeddings,
    architecture: {
      vocab_size: text.vocab_size,
      hidden_size: text.hidden_size,
      num_hidden_layers: text.num_hidden_layers,
      num_attention_heads: text.num_attention_heads,
      num_key_value_heads: text.num_key_value_heads,
      head_dim: text.head_dim,
      rope_theta: text.rope_theta,
      rotary_dim: text.rotary_dim,
      mrope_section_frames: frames,
      mrope_section_rows: rows,
      mrope_section_columns: columns,
      image_token_id: config.image_token_id,
      vision_head_dim: vision.head_dim,
      vision_grid_size: vision.grid_size,
      vision_patch_size: vision.patch_size,
      image_min_pixels: images.shortest_edge,
      image_max_pixels: images.longest_edge,
      ...(options.cudaLayout && { weight_layout: options.cudaLayout }),
    },
    graphs: Object.fromEntries(
      providers(options).map(([provider, activation]) => {
        const suffix = SUFFIX[activation];
        const choice = choiceOf(options, provider);
        const role = choice.pixels ? 'vision_pixels' : 'vision';
        const files = { [role]: `vision.${suffix}.onnx`, decoder: `decoder.${suffix}.onnx` };
        return [provider, { activation, files, ...(choice.drafts && { draftRows: DRAFT_ROWS }) }];
      }),
    ),
    tokenizer: 'tokenizer.json',
    // A causal model has no start token of its own; the prompt begins with [gMASK]<sop>.
    tokens: { pad: text.pad_token_id, eos: text.eos_token_ids, decoderStart: text.pad_token_id },
    reasoning: {
      open: '<think>',
      close: '</think>',
      default: true,
      answer: { open: '<answer>', close: '</answer>' },
    },
    // What the authors of AutoGLM-Phone use.
    generation: { temperature: 0, topP: 0.85 },
    memory: {
      weights,
      kvPerToken: 2 * text.num_hidden_layers * text.num_key_value_heads * text.head_dim * 4,
    },
    files,
  });
}

const PreprocessorSchema = z.object({
  size: z
    .object({ shortest_edge: z.number().int().positive(), longest_edge: z.number().int().positive() })
    .optional(),
});

/** Limits from a checkpoint's `preprocessor_config.json`; undefined where it has none. */
export function readImageLimits(folder: string): ImageLimits | undefined {
  const file = path.join(folder, 'preprocessor_config.json');
  if (!existsSync(file)) return undefined;
  try {
    return PreprocessorSchema.parse(JSON.parse(readFileSync(file, 'utf8'))).size;
  } catch (error) {
    throw new ModelError(`${file} cannot be used: ${(error as Error).message}`, {
      kind: 'checkpoint-description',
      file,
    });
  }
}
