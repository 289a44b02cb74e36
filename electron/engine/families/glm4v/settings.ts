import { z } from 'zod';
import type { Manifest } from '../../../contract/manifest';
import { readArchitecture } from '../architecture';
import type { ImageSettings } from './image';
import type { RotarySettings } from './positions';
import type { VisionSizes } from './vision-inputs';

const size = z.number().int().positive();

/** The manifest's `architecture`, as models/builder/families/glm4v/build.ts writes it. */
const ArchitectureSchema = z.object({
  vocab_size: size,
  hidden_size: size,
  num_hidden_layers: size,
  num_key_value_heads: size,
  head_dim: size,
  rope_theta: z.number().positive(),
  rotary_dim: size,
  mrope_section_frames: size,
  mrope_section_rows: size,
  mrope_section_columns: size,
  image_token_id: z.number().int().nonnegative(),
  vision_head_dim: size,
  vision_grid_size: size,
  vision_patch_size: size,
  image_min_pixels: size,
  image_max_pixels: size,
});

/** Sizes that every tensor of the graphs follows from. */
export interface Settings {
  readonly layers: number;
  readonly kvHeads: number;
  readonly headSize: number;
  readonly hidden: number;
  readonly vocabulary: number;
  /** Rows of the KV cache. */
  readonly rows: number;
  /** Type of activations, cache and logits. */
  readonly activation: 'float32' | 'float16';
  /** Rows that the decoder gives `row_logits` of; 0: it has no such output. */
  readonly draftRows: number;
  readonly imageToken: number;
  readonly rotary: RotarySettings;
  readonly vision: VisionSizes;
  readonly image: ImageSettings;
}

/** The manifest's graphs for one kind of provider. */
type Graphs = NonNullable<Manifest['graphs']['cpu']>;

/** @throws AppError `model-unsupported` when the manifest lacks a size. */
export function readSettings(manifest: Manifest, graphs: Graphs, rows: number): Settings {
  const a = readArchitecture(manifest, ArchitectureSchema);
  return {
    layers: a.num_hidden_layers,
    kvHeads: a.num_key_value_heads,
    headSize: a.head_dim,
    hidden: a.hidden_size,
    vocabulary: a.vocab_size,
    rows,
    activation: graphs.activation,
    draftRows: graphs.draftRows ?? 0,
    imageToken: a.image_token_id,
    rotary: {
      theta: a.rope_theta,
      size: a.rotary_dim,
      sections: [a.mrope_section_frames, a.mrope_section_rows, a.mrope_section_columns],
    },
    vision: { headSize: a.vision_head_dim, positions: a.vision_grid_size },
    image: { patchSize: a.vision_patch_size, minPixels: a.image_min_pixels, maxPixels: a.image_max_pixels },
  };
}
