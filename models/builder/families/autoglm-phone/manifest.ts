import { type Manifest, ManifestSchema } from '../../../../electron/contract/manifest';
import type { PackageFile, PackageNames, Quantizer } from '../../manifest';
import { type BlockSize, blockFor } from '../../quantize';
import type { Precision } from '../../store';
import { type Config, parameterRows } from './config';

export interface ManifestParts {
  readonly names: PackageNames;
  readonly config: Config;
  readonly precision: Precision;
  readonly quantizer?: Quantizer;
  readonly blockSize: BlockSize;
  readonly parameters: number;
  readonly files: readonly PackageFile[];
  readonly graphs: Manifest['graphs'];
}

/** `autoglm.json` of an autoglm-phone model. */
export function manifest(parts: ManifestParts): Manifest {
  const { config, files, names } = parts;
  return ManifestSchema.parse({
    format: 1,
    id: names.id,
    family: config.model_type,
    name: names.name,
    license: names.license,
    source: names.source,
    parameters: parts.parameters,
    modalities: ['text', ...(config.vision ? ['image'] : []), ...(config.speech ? ['audio'] : [])],
    precision: parts.precision,
    ...(parts.quantizer && { quantizer: parts.quantizer }),
    contextLength: config.max_position_embeddings,
    maxOutputTokens: config.max_position_embeddings,
    architecture: Object.fromEntries(Object.entries(config).filter(([, value]) => (value ?? null) !== null)),
    graphs: parts.graphs,
    tokenizer: 'tokenizer.json',
    tokens: {
      pad: config.pad_token_id,
      eos: [config.eos_token_id],
      decoderStart: config.decoder_start_token_id,
    },
    reasoning: { open: '<think>', close: '</think>', default: true },
    generation: { temperature: 0 },
    memory: {
      weights: loadedBytes(parts),
      // Keys and values of every decoder layer, float32 (half of it where activations are float16).
      kvPerToken: 2 * config.decoder_layers * config.hidden_size * 4,
    },
    files,
  });
}

/**
 * Bytes of the weights as the CPU's sessions hold them, an estimate (nano's text in int4: 40 MB, its sessions take 46 MB): the encoder
 * has the decoder's key and value matrices too, the embedding is there three times, to read in both and to write with, and adapter and
 * fusion layers with vision and with speech. Each session repacks its matrices, with a float32 scale and a float32 sum for every block.
 */
function loadedBytes({ config: c, precision, blockSize, parameters }: ManifestParts): number {
  const shared = countOf(c, 'fusion');
  const weights =
    parameters +
    2 * c.vocab_size * c.hidden_size +
    2 * c.hidden_size ** 2 * c.decoder_layers +
    (c.vision && c.speech ? shared : 0);
  if (precision === 'fp32' || precision === 'fp16') return weights * 4;
  const bytes = (count: number, columns: number) =>
    count * ((precision === 'int4' ? 0.5 : 1) + 8 / (blockFor(columns, blockSize) ?? blockSize));
  let [text, sum] = [weights, 0];
  for (const sense of ['vision', 'speech'] as const) {
    const count = countOf(c, sense);
    text -= count;
    sum += bytes(count, c[sense]?.hidden_size ?? c.hidden_size);
  }
  return Math.round(sum + bytes(text, c.hidden_size));
}

const countOf = (c: Config, name: string): number =>
  parameterRows(c).rows.find(({ module }) => module.startsWith(name))?.count ?? 0;
