import { type Manifest, ManifestSchema } from '../../../../electron/contract/manifest';
import type { Activation } from '../../layers';
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
import type { WhisperConfig, WhisperGeneration } from './config';
import { whisperDecoderGraph } from './decoder';
import { whisperEncoderGraph } from './encoder';
import { type StoredWhisper, storeWhisper } from './store';
import { tensorShapes, withDerived } from './tensors';

export interface WhisperBuildOptions extends PackageOptions, CheckpointFiles {
  readonly config: WhisperConfig;
  readonly generation: WhisperGeneration;
}

const PROVIDERS = { cpu: 'float32', cuda: 'float16' } as const satisfies Record<string, Activation>;

/** @throws ModelError for everything that can be refused before work begins. */
export const planWhisper = (options: WhisperBuildOptions): WeightsPlan => planWith(options, recipe(options));

/** Builds a package of `encoder.*.onnx` and `decoder.*.onnx` over one `weights.data`. */
export const buildWhisper = (options: WhisperBuildOptions): Manifest => buildWith(options, recipe(options));

function recipe(options: WhisperBuildOptions): Recipe<StoredWhisper> {
  const { config, precision, blockSize } = options;
  const { d_model, encoder_ffn_dim, decoder_ffn_dim } = config;
  const source = withDerived(options.source, config);
  return {
    family: 'whisper',
    shapes: tensorShapes(config),
    checked: source.checkpoint,
    quantizedSizes: { d_model, encoder_ffn_dim, decoder_ffn_dim },
    store: (plan, int8) => storeWhisper(source, config, plan, { precision, blockSize, int8 }),
    writeGraphs: (folder, stored) => {
      for (const activation of Object.values(PROVIDERS)) {
        const level = accuracyLevelOf(options, activation);
        const suffix = SUFFIX[activation];
        folder.add(`encoder.${suffix}.onnx`, whisperEncoderGraph(config, stored, activation, level));
        folder.add(`decoder.${suffix}.onnx`, whisperDecoderGraph(config, stored, activation, level));
      }
    },
    manifest: (facts) => manifest(options, facts),
  };
}

function manifest(options: WhisperBuildOptions, { parameters, weights, files }: PackageFacts): Manifest {
  const { config, generation, names } = options;
  const { lang_to_id: languages, task_to_id: tasks } = generation;
  return ManifestSchema.parse({
    format: 1,
    id: names.id,
    family: 'whisper',
    name: names.name,
    license: names.license,
    source: names.source,
    parameters,
    modalities: ['audio'],
    precision: options.precision,
    contextLength: config.max_target_positions,
    maxOutputTokens: config.max_target_positions,
    architecture: {
      vocab_size: config.vocab_size,
      num_mel_bins: config.num_mel_bins,
      d_model: config.d_model,
      decoder_layers: config.decoder_layers,
      decoder_attention_heads: config.decoder_attention_heads,
      max_source_positions: config.max_source_positions,
      max_target_positions: config.max_target_positions,
      is_multilingual: generation.is_multilingual,
      no_timestamps_token_id: generation.no_timestamps_token_id,
      // Lists as text: the manifest's architecture is flat.
      languages: Object.entries(languages)
        .map(([token, id]) => `${token.replace(/[<|>]/g, '')}:${id}`)
        .join(' '),
      ...(tasks.transcribe === undefined ? {} : { transcribe_token_id: tasks.transcribe }),
      ...(tasks.translate === undefined ? {} : { translate_token_id: tasks.translate }),
      ...(generation.prev_sot_token_id == null ? {} : { prev_sot_token_id: generation.prev_sot_token_id }),
      suppress_tokens: (generation.suppress_tokens ?? []).join(' '),
      begin_suppress_tokens: (generation.begin_suppress_tokens ?? []).join(' '),
      ...(generation.max_initial_timestamp_index == null
        ? {}
        : { max_initial_timestamp_index: generation.max_initial_timestamp_index }),
    },
    graphs: Object.fromEntries(
      Object.entries(PROVIDERS).map(([provider, activation]) => {
        const suffix = SUFFIX[activation];
        return [
          provider,
          { activation, files: { encoder: `encoder.${suffix}.onnx`, decoder: `decoder.${suffix}.onnx` } },
        ];
      }),
    ),
    tokenizer: 'tokenizer.json',
    tokens: {
      pad: config.pad_token_id,
      eos: [config.eos_token_id],
      decoderStart: config.decoder_start_token_id,
    },
    generation: { temperature: 0 },
    memory: { weights, kvPerToken: 2 * config.decoder_layers * config.d_model * 4 },
    files,
  });
}
