import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { Config } from './config';
import { parameterRows, tensorShapes } from './config';
import { decoderGraph } from './decoder';
import { encoderGraph } from './encoder';
import { ModelError } from './errors';
import { WEIGHTS_FILE } from './graph';
import type { AccuracyLevel, Activation, AttentionKind } from './layers';
import { MANIFEST_FILE, manifest, type PackageFile, type PackageNames } from './manifest';
import type { BlockSize } from './quantize';
import { checkTensors, type TensorSource } from './source';
import { type Precision, type StoredModel, storeModel } from './store';
import { WeightsWriter } from './weights';

export interface BuildOptions {
  readonly names: PackageNames;
  readonly config: Config;
  readonly source: TensorSource;
  /** A `tokenizer.json`: a path to copy, or its text. */
  readonly tokenizer: { readonly path: string } | { readonly text: string };
  readonly out: string;
  readonly precision: Precision;
  readonly blockSize: BlockSize;
  /** For the CPU's graphs; 4 unless told. */
  readonly accuracyLevel?: AccuracyLevel;
  /** `gqa` unless told. With `mha` an fp32 package computes in float32 on CUDA too. */
  readonly attention?: AttentionKind;
  /** Weights written, of how many. */
  readonly onProgress?: (done: number, total: number) => void;
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

/**
 * Builds a package. Everything that can be refused is refused before work begins; the package is written beside its place and
 * moved there when it is whole, so a failed build leaves what was there.
 */
export function buildPackage(options: BuildOptions): BuildResult {
  const { config, source, out, precision, blockSize } = options;
  const shapes = tensorShapes(config);
  checkTensors(source, shapes);
  checkBlocks(config, precision, blockSize);
  checkTarget(out);
  if ('path' in options.tokenizer && !existsSync(options.tokenizer.path)) {
    throw new ModelError(`There is no tokenizer at ${options.tokenizer.path}.`);
  }
  const folder = `${path.resolve(out)}.part`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  try {
    const files: PackageFile[] = [];
    const { total } = parameterRows(config);
    const writer = new WeightsWriter(path.join(folder, WEIGHTS_FILE));
    let model: StoredModel;
    try {
      const onProgress = (done: number) => options.onProgress?.(done, total);
      model = storeModel(source, config, writer, { precision, blockSize, onProgress });
    } catch (error) {
      writer.abort();
      throw error;
    }
    files.push({ path: WEIGHTS_FILE, bytes: writer.bytes, sha256: writer.finish() });

    const add = (name: string, data: Uint8Array) => {
      writeFileSync(path.join(folder, name), data);
      files.push({ path: name, bytes: data.length, sha256: createHash('sha256').update(data).digest('hex') });
    };
    const attention = options.attention ?? 'gqa';
    const providers = activations(precision, attention);
    for (const activation of new Set(Object.values(providers))) {
      const accuracyLevel = activation === 'float32' ? (options.accuracyLevel ?? 4) : 0;
      const context = { config, model, activation, accuracyLevel, attention };
      add(`encoder.${SUFFIX[activation]}.onnx`, encoderGraph(context));
      add(`decoder.${SUFFIX[activation]}.onnx`, decoderGraph(context));
    }
    const { tokenizer } = options;
    add('tokenizer.json', 'path' in tokenizer ? readFileSync(tokenizer.path) : Buffer.from(tokenizer.text));

    const document = manifest({
      names: options.names,
      config,
      precision,
      blockSize,
      parameters: total,
      files,
      graphs: Object.fromEntries(
        Object.entries(providers).map(([provider, activation]) => [
          provider,
          {
            activation,
            files: {
              encoder: `encoder.${SUFFIX[activation]}.onnx`,
              decoder: `decoder.${SUFFIX[activation]}.onnx`,
            },
          },
        ]),
      ),
    });
    writeFileSync(path.join(folder, MANIFEST_FILE), `${JSON.stringify(document, null, 2)}\n`);
    keepOthers(out, folder);
    rmSync(out, { recursive: true, force: true });
    renameSync(folder, out);
    return { parameters: total, bytes: files.reduce((sum, file) => sum + file.bytes, 0) };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

function checkBlocks(config: Config, precision: Precision, blockSize: BlockSize): void {
  if (precision !== 'int4' && precision !== 'int8') return;
  for (const key of ['hidden_size', 'intermediate_size'] as const) {
    if (config[key] % blockSize !== 0) {
      throw new ModelError(
        `Block size ${blockSize} does not divide ${key}, ${config[key]}: choose a smaller block.`,
      );
    }
  }
}

function checkTarget(out: string): void {
  if (!existsSync(out)) return;
  const entries = readdirSync(out);
  if (entries.length > 0 && !entries.some((entry) => entry === MANIFEST_FILE || entry === 'tokenizer.json')) {
    throw new ModelError(`${out} is not empty and holds no model package; it was left as it is.`);
  }
}

/** Files of the old package that the builder does not make (evaluation, notices) move over to the new one. */
function keepOthers(from: string, to: string): void {
  if (!existsSync(from)) return;
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const target = path.join(to, entry.name);
    if (!entry.name.endsWith('.onnx') && !existsSync(target)) {
      cpSync(path.join(from, entry.name), target, { recursive: true });
    }
  }
}
