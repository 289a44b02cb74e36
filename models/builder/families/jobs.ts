import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Manifest } from '../../../electron/contract/manifest';
import { ModelError } from '../errors';
import type { AccuracyLevel } from '../layers';
import type { PackageNames } from '../manifest';
import type { BlockSize } from '../quantize';
import { RandomTensors } from '../random';
import type { TensorSource } from '../source';
import type { Precision } from '../store';
import { buildGlm4v, readImageLimits } from './glm4v/build';
import { loadGlm4vConfig } from './glm4v/config';
import { glm4vByteTokenizer, glm4vPresets } from './glm4v/presets';
import { tensorShapes as glm4vShapes } from './glm4v/tensors';
import { buildWhisper } from './whisper/build';
import { loadWhisperConfig, loadWhisperGeneration } from './whisper/config';
import { tensorShapes as whisperShapes } from './whisper/tensors';

/** What every family's builder takes from the command line. */
export interface JobOptions {
  readonly names: PackageNames;
  readonly out: string;
  readonly precision: Precision;
  readonly blockSize: BlockSize;
  readonly headPrecision?: Precision;
  readonly accuracyLevel?: AccuracyLevel;
  readonly onProgress?: (done: number, total: number) => void;
}

/** A package to be built. */
export interface Job {
  readonly parameters: number;
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

/** The job of building a checkpoint of transformers; undefined for a type that is none of `families/`. */
export function checkpointJob(
  folder: string,
  type: string | undefined,
  source: TensorSource,
  tokenizerPath = path.join(folder, 'tokenizer.json'),
): Job | undefined {
  const tokenizer = { path: tokenizerPath };
  const configPath = path.join(folder, 'config.json');
  if (type === 'glm4v') {
    const config = loadGlm4vConfig(configPath);
    const images = readImageLimits(folder);
    return {
      parameters: count(glm4vShapes(config)),
      run: (options) => result(buildGlm4v({ ...options, config, source, tokenizer, images })),
    };
  }
  if (type === 'whisper') {
    const config = loadWhisperConfig(configPath);
    const generation = loadWhisperGeneration(path.join(folder, 'generation_config.json'));
    return {
      parameters: count(whisperShapes(config)),
      run: (options) => result(buildWhisper({ ...options, config, generation, source, tokenizer })),
    };
  }
  return undefined;
}

/** The job of building a preset of `families/` with random weights; undefined for a name that is none. */
export function randomJob(preset: string, seed: number): Job | undefined {
  const config = glm4vPresets[preset];
  if (!config) return undefined;
  const shapes = glm4vShapes(config);
  const layers = Math.sqrt(2 * config.text.num_hidden_layers);
  // As an initialised model: what writes to the residual stream is smaller.
  const deviation = (name: string) =>
    /(o_proj|down_proj|attn\.proj)\.weight$/.test(name) ? 0.02 / layers : 0.02;
  const source = new RandomTensors(shapes, seed, deviation);
  const tokenizer = { text: glm4vByteTokenizer(config) };
  return {
    parameters: count(shapes),
    run: (options) => result(buildGlm4v({ ...options, config, source, tokenizer })),
  };
}

export const randomPresets: readonly string[] = Object.keys(glm4vPresets);

/** @throws ModelError naming what the builder knows. */
export function unknownType(type: string | undefined): ModelError {
  return new ModelError(
    `This checkpoint is of the type ${type ?? 'unknown'}; the builder knows autoglm-phone, glm4v and whisper.`,
  );
}

function count(shapes: ReadonlyMap<string, readonly number[]>): number {
  return [...shapes.values()].reduce((sum, shape) => sum + shape.reduce((a, b) => a * b), 0);
}

function result(manifest: Manifest): { parameters: number; bytes: number } {
  return {
    parameters: manifest.parameters,
    bytes: manifest.files.reduce((sum, file) => sum + file.bytes, 0),
  };
}
