import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Manifest } from '../../../electron/contract/manifest';
import { readChanges } from '../awq/changes';
import { AwqSource } from '../awq/source';
import type { CudaLayout } from '../cuda-layout';
import { ModelError } from '../errors';
import type { AttentionKind } from '../layers';
import { RandomTensors } from '../random';
import { SafetensorsSource } from '../safetensors';
import type { TensorSource } from '../source';
import type { Precision } from '../store';
import { byteTokenizer } from '../tokenizer';
import type { WeightsPlan } from '../weights';
import { buildPackage, planPackage } from './autoglm-phone/build';
import { type Config, loadConfig, parameterRows, presets } from './autoglm-phone/config';
import { RandomSource } from './autoglm-phone/random-source';
import { buildGlm4v, type ImageLimits, planGlm4v, readImageLimits } from './glm4v/build';
import { type Glm4vConfig, loadGlm4vConfig } from './glm4v/config';
import type { GraphChoiceName } from './glm4v/graph-choice';
import { glm4vByteTokenizer, glm4vPresets } from './glm4v/presets';
import { tensorShapes as glm4vShapes } from './glm4v/tensors';
import type { TokenizerFile } from './package-folder';
import { countParameters, type PackageOptions } from './recipe';
import { buildWhisper, planWhisper } from './whisper/build';
import { loadWhisperConfig, loadWhisperGeneration } from './whisper/config';
import { tensorShapes as whisperShapes } from './whisper/tensors';

/** What can be asked for on the command line, whatever the family. */
export interface JobOptions extends PackageOptions {
  readonly headPrecision?: Precision;
  readonly attention?: AttentionKind;
  /** glm4v: orders the matrices for CUDA alone. */
  readonly cudaLayout?: CudaLayout;
  /** glm4v: how CUDA's graphs are written. */
  readonly cudaGraph?: readonly GraphChoiceName[];
}

/** A package to be built. */
export interface Job {
  readonly family: string;
  readonly parameters: number;
  /** @throws ModelError for everything that can be refused before work begins. */
  plan(options: JobOptions): WeightsPlan;
  run(options: JobOptions): { readonly parameters: number; readonly bytes: number };
}

/** `model_type` of a checkpoint; undefined where it has no config.json or none that can be read. */
export function modelType(folder: string): string | undefined {
  const file = path.join(folder, 'config.json');
  if (!existsSync(file)) return undefined;
  try {
    const config: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof config !== 'object' || config === null || !('model_type' in config)) return undefined;
    return typeof config.model_type === 'string' ? config.model_type : undefined;
  } catch {
    return undefined;
  }
}

/** Where weights come from, in words that another thread or a later run can open again. */
export type Checkpoint =
  | {
      readonly kind: 'folder';
      readonly folder: string;
      readonly tokenizer?: string;
      /** What AWQ found for it (`prepareAwq`). */
      readonly awq?: string;
    }
  /** A preset or the path of a config.json, with random weights: the same ones for the same seed. */
  | { readonly kind: 'random'; readonly config: string; readonly seed: number; readonly tokenizer?: string };

/** A job and the files that it holds open. */
export interface OpenJob extends Job {
  close(): void;
}

/** @throws ModelError naming what is missing, damaged or unknown. */
export function openJob(checkpoint: Checkpoint): OpenJob {
  if (checkpoint.kind === 'random') return { ...randomJob(checkpoint), close: () => {} };
  const { folder } = checkpoint;
  const tokenizer = checkpoint.tokenizer ?? path.join(folder, 'tokenizer.json');
  return checkpointJob(folder, tokenizer, checkpoint.awq);
}

function checkpointJob(folder: string, tokenizerPath: string, awq: string | undefined): OpenJob {
  const type = modelType(folder);
  const configPath = path.join(folder, 'config.json');
  const tokenizer = { path: tokenizerPath };
  // The configuration first: what is no checkpoint at all has no weights either.
  const make = familyJob(type, configPath, folder);
  const changes = awq === undefined ? undefined : readChanges(awq);
  const checkpoint = openSource(folder);
  const source = changes ? new AwqSource(checkpoint, changes) : checkpoint;
  try {
    return { ...make(source, tokenizer), close: () => source.close() };
  } catch (error) {
    source.close();
    throw error;
  }
}

type MakeJob = (source: TensorSource, tokenizer: TokenizerFile) => Job;

function familyJob(type: string | undefined, configPath: string, folder: string): MakeJob {
  switch (type) {
    case 'glm4v': {
      const config = loadGlm4vConfig(configPath);
      return (source, tokenizer) => glm4vJob(config, source, tokenizer, readImageLimits(folder));
    }
    case 'whisper': {
      const config = loadWhisperConfig(configPath);
      const generation = loadWhisperGeneration(path.join(folder, 'generation_config.json'));
      return (source, tokenizer) => {
        const full = (options: JobOptions) => ({ ...options, config, generation, source, tokenizer });
        return {
          family: 'whisper',
          parameters: countParameters(whisperShapes(config)),
          plan: (options) => planWhisper(full(options)),
          run: (options) => result(buildWhisper(full(options))),
        };
      };
    }
    case undefined:
    case 'autoglm-phone': {
      // Without a type it says what is missing.
      const config = loadConfig(configPath);
      return (source, tokenizer) => phoneJob(config, source, tokenizer);
    }
    default:
      throw new ModelError(
        `This checkpoint is of the type ${type}; the builder knows autoglm-phone, glm4v and whisper.`,
        { kind: 'checkpoint-type', type: String(type) },
      );
  }
}

function openSource(folder: string): TensorSource {
  const whole = ['model.safetensors', 'model.safetensors.index.json'];
  if (!whole.some((name) => existsSync(path.join(folder, name)))) {
    const pickled = readdirSync(folder).find((name) => /\.(bin|pt|pth|ckpt|gguf)$/.test(name));
    if (pickled) {
      throw new ModelError(
        `${folder} holds ${pickled} and no safetensors: get the checkpoint in safetensors, or save it again with save_pretrained.`,
        { kind: 'checkpoint-pickled', file: pickled },
      );
    }
  }
  return new SafetensorsSource(folder);
}

function phoneJob(config: Config, source: TensorSource, tokenizer: TokenizerFile): Job {
  const full = (options: JobOptions) => ({ ...options, config, source, tokenizer });
  return {
    family: 'autoglm-phone',
    parameters: parameterRows(config).total,
    plan: (options) => planPackage(full(options)),
    run: (options) => result(buildPackage(full(options))),
  };
}

function glm4vJob(
  config: Glm4vConfig,
  source: TensorSource,
  tokenizer: TokenizerFile,
  images?: ImageLimits,
): Job {
  const full = (options: JobOptions) => ({ ...options, config, source, tokenizer, images });
  return {
    family: 'glm4v',
    parameters: countParameters(glm4vShapes(config)),
    plan: (options) => planGlm4v(full(options)),
    run: (options) => result(buildGlm4v(full(options))),
  };
}

function randomJob({ config: name, seed, tokenizer: own }: Checkpoint & { kind: 'random' }): Job {
  const glm4v = glm4vPresets[name];
  const tokenizer = own === undefined ? undefined : { path: own };
  if (glm4v) {
    const layers = Math.sqrt(2 * glm4v.text.num_hidden_layers);
    // As an initialised model: what writes to the residual stream is smaller.
    const deviation = (tensor: string) =>
      /(o_proj|down_proj|attn\.proj)\.weight$/.test(tensor) ? 0.02 / layers : 0.02;
    const source = new RandomTensors(glm4vShapes(glm4v), seed, deviation);
    return glm4vJob(glm4v, source, tokenizer ?? { text: glm4vByteTokenizer(glm4v) });
  }
  const config = loadConfig(name);
  return phoneJob(config, new RandomSource(config, seed), tokenizer ?? { text: byteTokenizer() });
}

export const randomPresets: readonly string[] = [...Object.keys(presets), ...Object.keys(glm4vPresets)];

function result(manifest: Manifest): { parameters: number; bytes: number } {
  return {
    parameters: manifest.parameters,
    bytes: manifest.files.reduce((sum, file) => sum + file.bytes, 0),
  };
}
