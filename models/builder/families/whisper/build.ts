import { type Manifest, ManifestSchema } from '../../../../electron/contract/manifest';
import type { AccuracyLevel, Activation } from '../../layers';
import type { PackageFile, PackageNames } from '../../manifest';
import type { BlockSize } from '../../quantize';
import { checkTensors, type TensorSource } from '../../source';
import { Int8Choice, type Precision } from '../../store';
import { WeightsPlan } from '../../weights';
import {
  checkBlocks,
  type PreparedWeights,
  readTokenizer,
  type TokenizerFile,
  writePackage,
} from '../package-folder';
import type { WhisperConfig, WhisperGeneration } from './config';
import { whisperDecoderGraph } from './decoder';
import { whisperEncoderGraph } from './encoder';
import { storeWhisper } from './store';
import { tensorShapes, withDerived } from './tensors';

export interface WhisperBuildOptions {
  readonly names: PackageNames;
  readonly config: WhisperConfig;
  readonly generation: WhisperGeneration;
  readonly source: TensorSource;
  readonly tokenizer: TokenizerFile;
  readonly out: string;
  readonly precision: Precision;
  readonly blockSize: BlockSize;
  /** Matrices of an int4 package that are stored in int8, by name; `*` stands for anything. */
  readonly int8?: readonly string[];
  /** For the CPU's graphs; 4 unless told. */
  readonly accuracyLevel?: AccuracyLevel;
  /** Weights written, of how many. */
  readonly onProgress?: (done: number, total: number) => void;
  readonly prepared?: PreparedWeights;
}

const PROVIDERS = { cpu: 'float32', cuda: 'float16' } as const satisfies Record<string, Activation>;
const SUFFIX: Readonly<Record<Activation, string>> = { float32: 'fp32', float16: 'fp16' };

/** What `weights.data` will hold. @throws ModelError for everything that can be refused before work begins. */
export function planWhisper(options: WhisperBuildOptions): WeightsPlan {
  const { config, precision, blockSize } = options;
  checkTensors(withDerived(options.source, config).checkpoint, tensorShapes(config), 'whisper');
  if (precision === 'int4' || precision === 'int8') {
    const { d_model, encoder_ffn_dim, decoder_ffn_dim } = config;
    checkBlocks({ d_model, encoder_ffn_dim, decoder_ffn_dim }, blockSize);
  }
  readTokenizer(options.tokenizer);
  const plan = new WeightsPlan();
  store(options, plan).check();
  return plan;
}

/** Builds a package of `encoder.*.onnx` and `decoder.*.onnx` over one `weights.data`. */
export function buildWhisper(options: WhisperBuildOptions): Manifest {
  const { config, prepared } = options;
  planWhisper(options);
  const parameters = [...tensorShapes(config).values()].reduce(
    (sum, shape) => sum + shape.reduce((a, b) => a * b),
    0,
  );
  return writePackage(options.out, (folder) => {
    const stored = folder.weights((plan) => store(options, plan).stored, {
      prepared,
      onProgress: (done) => options.onProgress?.(done, parameters),
    });
    // Folded and repeated weights count differently on the way.
    options.onProgress?.(parameters, parameters);
    for (const activation of Object.values(PROVIDERS)) {
      const level = activation === 'float32' ? (options.accuracyLevel ?? 4) : 0;
      const suffix = SUFFIX[activation];
      folder.add(`encoder.${suffix}.onnx`, whisperEncoderGraph(config, stored, activation, level));
      folder.add(`decoder.${suffix}.onnx`, whisperDecoderGraph(config, stored, activation, level));
    }
    folder.add('tokenizer.json', readTokenizer(options.tokenizer));
    const weights = folder.files.find((file) => file.path === 'weights.data')?.bytes ?? 0;
    return manifest(options, parameters, weights, folder.files);
  });
}

function store(options: WhisperBuildOptions, plan: WeightsPlan) {
  const { config, precision, blockSize } = options;
  const int8 = new Int8Choice(options.int8 ?? []);
  const source = withDerived(options.source, config);
  const stored = storeWhisper(source, config, plan, { precision, blockSize, int8 });
  return { stored, check: () => int8.check() };
}

function manifest(
  options: WhisperBuildOptions,
  parameters: number,
  weights: number,
  files: readonly PackageFile[],
): Manifest {
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
