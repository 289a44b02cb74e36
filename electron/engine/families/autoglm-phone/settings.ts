import { z } from 'zod';
import type { Manifest } from '../../../contract/manifest';
import { SPEECH_RATE } from '../../../contract/wav';
import type { ElementType, SparseAttention } from '../../ort/backend';
import { readArchitecture } from '../architecture';
import type { PictureSettings } from './picture';

const size = z.number().int().positive();

/** `config.json` as the manifest carries it (models/README.md §1). */
const ArchitectureSchema = z.object({
  vocab_size: size,
  hidden_size: size,
  num_attention_heads: size,
  decoder_layers: size,
  vision: z.object({ patch_size: size, merge_size: size, max_cells: size }).optional(),
  sparse_attention: z
    .object({ k: size, window: size, block: size, query_block: size, share: size, min_length: size })
    .optional(),
  speech: z.object({ sample_rate: z.literal(SPEECH_RATE), filter_stride: size, stack: size }).optional(),
});

type Architecture = z.infer<typeof ArchitectureSchema>;

/** Sizes that every tensor of the graphs follows from. */
export interface Settings {
  readonly layers: number;
  readonly heads: number;
  readonly headSize: number;
  readonly hidden: number;
  readonly vocabulary: number;
  /** Rows of the KV cache. */
  readonly rows: number;
  /** Type of activations and logits, and of the cache unless `cacheType` says otherwise. */
  readonly activation: ElementType & ('float32' | 'float16');
  readonly cacheType?: 'int8';
  /** Rows that the decoder gives `row_logits` of; 0: it has no such output. */
  readonly draftRows: number;
  /** Of a model that attends sparsely to long prompts. */
  readonly sparse?: SparseAttention;
  /** Of a model that sees. */
  readonly picture?: PictureSettings;
  /** Of a model that hears. */
  readonly sound?: SoundSettings;
}

export interface SoundSettings {
  /** Samples that one row of the encoder's sequence stands for. */
  readonly cell: number;
}

/** The manifest's graphs for one kind of provider. */
type Graphs = NonNullable<Manifest['graphs']['cpu']>;

/** @throws AppError `model-unsupported` when the manifest lacks a size. */
export function readSettings(manifest: Manifest, graphs: Graphs, rows: number): Settings {
  const {
    hidden_size: hidden,
    num_attention_heads: heads,
    vision,
    speech,
    sparse_attention: sparse,
    ...a
  } = readArchitecture(manifest, ArchitectureSchema);
  return {
    layers: a.decoder_layers,
    heads,
    headSize: hidden / heads,
    hidden,
    vocabulary: a.vocab_size,
    rows,
    activation: graphs.activation,
    draftRows: graphs.draftRows ?? 0,
    ...(sparse && { sparse: sparseSettings(sparse, hidden / heads) }),
    ...(vision && { picture: { cell: vision.patch_size * vision.merge_size, maxCells: vision.max_cells } }),
    // The second convolution of Wav2Vec-Bridge halves the frames.
    ...(speech && { sound: { cell: 2 * speech.filter_stride * speech.stack } }),
  };
}

function sparseSettings(
  { query_block: queryBlock, min_length: minLength, ...rest }: NonNullable<Architecture['sparse_attention']>,
  headSize: number,
): SparseAttention {
  return { ...rest, queryBlock, minLength, headSize };
}
