import { z } from 'zod';
import type { Manifest } from '../../../contract/manifest';
import { readArchitecture } from '../architecture';

const size = z.number().int().positive();
const id = z.number().int().nonnegative();
const list = z.string().transform((text) => (text === '' ? [] : text.split(' ').map(Number)));

/** The manifest's `architecture`, as models/builder/families/whisper/build.ts writes it. */
const ArchitectureSchema = z.object({
  vocab_size: size,
  num_mel_bins: size,
  d_model: size,
  decoder_layers: size,
  decoder_attention_heads: size,
  max_source_positions: size,
  max_target_positions: size,
  is_multilingual: z.boolean(),
  no_timestamps_token_id: id,
  /** "en:50259 zh:50260 …" */
  languages: z.string().transform(
    (text) =>
      new Map(
        text
          .split(' ')
          .filter((entry) => entry !== '')
          .map((entry) => [
            entry.slice(0, entry.lastIndexOf(':')),
            Number(entry.slice(entry.lastIndexOf(':') + 1)),
          ]),
      ),
  ),
  transcribe_token_id: id.optional(),
  translate_token_id: id.optional(),
  prev_sot_token_id: id.optional(),
  suppress_tokens: list,
  begin_suppress_tokens: list,
  max_initial_timestamp_index: id.optional(),
});

export interface WhisperSettings extends z.infer<typeof ArchitectureSchema> {
  readonly activation: 'float32' | 'float16';
  readonly startToken: number;
  readonly endToken: number;
  /** Id of <|0.00|>; the next ones are 0.02 s apart. */
  readonly timestampBegin: number;
}

/** @throws AppError `model-unsupported` when the manifest lacks a size. */
export function readSettings(manifest: Manifest, activation: 'float32' | 'float16'): WhisperSettings {
  const architecture = readArchitecture(manifest, ArchitectureSchema);
  return {
    ...architecture,
    activation,
    startToken: manifest.tokens.decoderStart,
    endToken: manifest.tokens.eos[0]!,
    timestampBegin: architecture.no_timestamps_token_id + 1,
  };
}
