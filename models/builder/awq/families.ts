import path from 'node:path';
import { Tensor } from 'onnxruntime-node';
import { AppError } from '../../../electron/contract/errors';
import type { GenerationRequest } from '../../../electron/contract/generation';
import { normalizeWave } from '../../../electron/engine/families/autoglm-phone/clip';
import { MediaIndex, type Medium } from '../../../electron/engine/families/autoglm-phone/media';
import { readPicture } from '../../../electron/engine/families/autoglm-phone/picture';
import {
  type AutoglmPhonePrompt,
  buildPrompt,
  buildTranscriptionPrompt,
  type PlacedMedium,
} from '../../../electron/engine/families/autoglm-phone/prompt';
import { readSettings, type Settings } from '../../../electron/engine/families/autoglm-phone/settings';
import { RotaryTable, ropePositions } from '../../../electron/engine/families/glm4v/positions';
import { buildPrompt as buildGlm4vPrompt } from '../../../electron/engine/families/glm4v/prompt';
import { readSettings as readGlm4vSettings } from '../../../electron/engine/families/glm4v/settings';
import { readSound } from '../../../electron/engine/media/sound-file';
import { Tokenizer } from '../../../electron/engine/tokenizer/tokenizer';
import { ModelError } from '../errors';
import { buildPackage } from '../families/autoglm-phone/build';
import { headSize, loadConfig } from '../families/autoglm-phone/config';
import { quantizedSizes } from '../families/autoglm-phone/senses/config';
import { buildGlm4v } from '../families/glm4v/build';
import { loadGlm4vConfig } from '../families/glm4v/config';
import { modelType } from '../families/jobs';
import { checkBlocks } from '../families/package-folder';
import type { Bits, BlockSize } from '../quantize';
import type { TensorSource } from '../source';
import { Int8Choice, type Precision } from '../store';
import { readManifest } from '../verify';
import { autoglmPhonePlan } from './autoglm-phone';
import { type CalibrationLine, checkIds } from './calibration';
import type { Feeds } from './gather';
import { glm4vPlan } from './glm4v';
import type { BitsOf, Plan } from './plan';

/** What AWQ needs to know of a kind of model. */
export interface AwqFamily {
  readonly plan: Plan;
  /** Refuses sizes that no blocks divide. */
  check(blockSize: BlockSize): void;
  /** Writes the float32 package. */
  buildFloat(out: string): void;
  /** What of the float32 package in `folder` runs on the calibration set, in this order. @throws ModelError */
  parts(folder: string, lines: readonly CalibrationLine[]): Promise<FamilyPart[]>;
}

/** Graphs that run together on a sample. */
export interface FamilyPart {
  /** By prefix, in the order they run, and what each takes from the one before. */
  readonly graphs: Readonly<Record<string, string>>;
  readonly wires: ReadonlyMap<string, string>;
  readonly samples: readonly Sample[];
  /** What later parts read of each sample, by its key. */
  readonly output?: string;
}

export interface Sample {
  readonly key: string;
  /** Inputs of the part's graphs. @param made by earlier parts. */
  feeds(made: Made): Feeds | Promise<Feeds>;
}

export type Made = Map<string, Tensor>;

export interface FamilyInput {
  /** The checkpoint. */
  readonly folder: string;
  readonly source: TensorSource;
  readonly tokenizer: string;
  readonly precision: 'int4' | 'int8';
  /** Of glm4v's last projection. */
  readonly headPrecision?: Precision;
  /** Matrices of an int4 package that are stored in int8, by name. */
  readonly int8?: readonly string[];
}

const names = { id: 'calibration', name: 'Calibration', license: 'none', source: 'AWQ' };
const FLOAT = { names, precision: 'fp32', blockSize: 32 } as const;

/** @throws ModelError for a kind that AWQ does not know. */
export function awqFamily(input: FamilyInput): AwqFamily {
  const type = modelType(input.folder);
  if (type === undefined || type === 'autoglm-phone') return autoglmPhone(input);
  if (type === 'glm4v') return glm4v(input);
  throw new ModelError(`AWQ knows autoglm-phone and glm4v, not ${type}: build it without --awq.`);
}

/** As `Store` chooses them. */
function bitsOf({ precision, int8 = [] }: FamilyInput): BitsOf {
  const choice = new Int8Choice(int8);
  return (tensors) => (precision === 'int8' || tensors.some((name) => choice.has(name)) ? 8 : 4);
}

const BITS: Readonly<Partial<Record<Precision, Bits>>> = { int4: 4, int8: 8 };

function autoglmPhone(input: FamilyInput): AwqFamily {
  const { folder, source, tokenizer } = input;
  const config = loadConfig(path.join(folder, 'config.json'));
  const layers = Array.from({ length: config.decoder_layers }, (_, i) => i);
  return {
    plan: autoglmPhonePlan(config, bitsOf(input)),
    check: (blockSize) => {
      const { hidden_size, intermediate_size } = config;
      checkBlocks({ hidden_size, intermediate_size, ...quantizedSizes(config) }, blockSize);
    },
    // Sparse attention chooses keys for long prompts; matrices are the same with it and without.
    buildFloat: (out) => {
      const dense = { ...config, sparse_attention: undefined };
      buildPackage({ ...FLOAT, config: dense, source, tokenizer: { path: tokenizer }, out });
    },
    async parts(float, lines) {
      const reader = await readTokenizer(tokenizer);
      const limit = config.max_position_embeddings;
      const settings = readSettings(readManifest(float), { activation: 'float32', files: {} }, limit);
      const index = new MediaIndex(settings);
      const senses = new Map<string, Sample & { readonly kind: PlacedMedium['kind'] }>();
      const samples: Sample[] = [];
      for (const { where, request, transcript } of lines) {
        const prompt = await readable(where, promptOf(request, transcript, reader, limit, index));
        const { encoder, decoder } = prompt.parts;
        checkIds([...encoder, ...decoder], config.vocab_size, where);
        for (const medium of prompt.media) senses.set(medium.key, mediumSample(medium, settings));
        const rows = encoder.length + decoder.length;
        const shape = [1, config.num_attention_heads, rows, headSize(config)];
        samples.push({
          key: where,
          feeds: (made) => ({
            ...idFeeds('encoder', encoder, encoder.length),
            ...idFeeds('decoder', decoder, rows),
            ...emptyCache('encoder', layers, shape),
            ...featureFeeds(encoder.length, prompt.media, made, config.hidden_size),
          }),
        });
      }
      const sense = (graph: 'vision' | 'speech', kind: PlacedMedium['kind']): FamilyPart => ({
        graphs: { [graph]: `${graph}.fp32.onnx` },
        wires: new Map(),
        samples: [...senses.values()].filter((sample) => sample.kind === kind),
        output: `${graph}/features`,
      });
      const text = {
        graphs: { encoder: 'encoder.fp32.onnx', decoder: 'decoder.fp32.onnx' },
        wires: new Map(
          cacheNames(layers).map((name) => [`decoder/past_key_values.${name}`, `encoder/present.${name}`]),
        ),
        samples,
      };
      return [sense('vision', 'image'), sense('speech', 'audio'), text].filter(
        (part) => part.samples.length > 0,
      );
    },
  };
}

function glm4v(input: FamilyInput): AwqFamily {
  const { folder, source, tokenizer, precision } = input;
  const config = loadGlm4vConfig(path.join(folder, 'config.json'));
  const { text } = config;
  const layers = Array.from({ length: text.num_hidden_layers }, (_, i) => i);
  return {
    plan: glm4vPlan(config, bitsOf(input), BITS[input.headPrecision ?? precision]),
    // Its own builder checks more sizes; this is what would stop the search.
    check: (blockSize) => {
      const { hidden_size, intermediate_size } = text;
      checkBlocks({ hidden_size, intermediate_size }, blockSize);
    },
    buildFloat: (out) => void buildGlm4v({ ...FLOAT, config, source, tokenizer: { path: tokenizer }, out }),
    async parts(float, lines) {
      const reader = await readTokenizer(tokenizer);
      const settings = readGlm4vSettings(
        readManifest(float),
        { activation: 'float32', files: {} },
        text.max_position_embeddings,
      );
      const samples: Sample[] = [];
      for (const { where, request, files } of lines) {
        if (files.length > 0)
          throw new ModelError(`${where} has a picture or a clip; glm4v is calibrated on text.`);
        const { parts } = await readable(where, buildGlm4vPrompt(request, reader, settings));
        const ids = parts.tokens;
        checkIds(ids, text.vocab_size, where);
        const rows = ids.length;
        const half = text.rotary_dim / 2;
        const cache = [1, text.num_key_value_heads, rows, text.head_dim];
        const feeds = () => {
          const cos = new Float32Array(rows * half);
          const sin = new Float32Array(rows * half);
          const positions = ropePositions(ids, config.image_token_id, []);
          new RotaryTable(settings.rotary, rows, 'float32').write(positions, 0, cos, sin);
          return {
            ...idFeeds('decoder', ids, rows),
            ...emptyCache('decoder', layers, cache),
            'decoder/rotary_cos': new Tensor('float32', cos, [rows, half]),
            'decoder/rotary_sin': new Tensor('float32', sin, [rows, half]),
            'decoder/image_features': zeros([1, text.hidden_size]),
            'decoder/image_rows': new Tensor('int64', new BigInt64Array(rows).fill(-1n), [1, rows]),
          };
        };
        samples.push({ key: where, feeds });
      }
      return [{ graphs: { decoder: 'decoder.fp32.onnx' }, wires: new Map(), samples }];
    },
  };
}

/** What is written follows the prompt: of a transcript, the clip's; else the answer with its reasoning. */
async function promptOf(
  request: GenerationRequest,
  transcript: boolean,
  tokenizer: Tokenizer,
  limit: number,
  index: MediaIndex,
): Promise<Pick<AutoglmPhonePrompt, 'parts' | 'media'>> {
  if (!transcript) return buildPrompt(request, tokenizer, limit, index);
  const clips: Medium[] = [];
  for (const part of request.messages.at(-1)!.content) {
    if (part.type !== 'text') clips.push(...(await index.of(part)));
  }
  const { parts, media } = await buildTranscriptionPrompt(clips, tokenizer, limit);
  const written = tokenizer.encode(request.prefix?.answer ?? '');
  return { parts: { encoder: parts.encoder, decoder: [...parts.decoder, ...written] }, media };
}

/** A picture or a clip as the model's graph takes it. */
function mediumSample(medium: PlacedMedium, { picture, sound }: Settings) {
  const { key, kind } = medium;
  const feeds = async (): Promise<Feeds> => {
    if (medium.kind === 'image') {
      const { grid, path: file } = medium;
      const shape = [1, 3, grid.rows * picture!.cell, grid.columns * picture!.cell];
      return { 'vision/pixels': new Tensor('float32', await readPicture(file, grid, picture!), shape) };
    }
    const { start, end } = medium.span;
    const wave = normalizeWave((await readSound(medium.path)).subarray(start, end), sound!.cell);
    return { 'speech/wave': new Tensor('float32', wave, [1, wave.length]) };
  };
  return { key, kind, feeds };
}

/** Of a model with eyes or ears: which rows of the sequence are features, and these. */
function featureFeeds(length: number, media: readonly PlacedMedium[], made: Made, hidden: number): Feeds {
  const source = BigInt64Array.from({ length }, (_, i) => BigInt(i));
  const parts = media.map(({ key }) => made.get(key)!.data as Float32Array);
  let row = 0;
  for (const { start, rows } of media) {
    for (let i = 0; i < rows; i++) source[start + i] = BigInt(length + row++);
  }
  const features = new Float32Array(Math.max(1, row) * hidden);
  let at = 0;
  for (const part of parts) {
    features.set(part, at);
    at += part.length;
  }
  return {
    'encoder/features': new Tensor('float32', features, [Math.max(1, row), hidden]),
    'encoder/source': new Tensor('int64', source, [1, length]),
  };
}

const cacheNames = (layers: readonly number[]): string[] =>
  layers.flatMap((layer) => [`${layer}.key`, `${layer}.value`]);

const zeros = (shape: readonly number[]): Tensor =>
  new Tensor('float32', new Float32Array(shape.reduce((a, b) => a * b)), shape);

/** One tensor for all: the graphs read it and write another. */
function emptyCache(graph: string, layers: readonly number[], shape: readonly number[]): Feeds {
  const empty = zeros(shape);
  return Object.fromEntries(cacheNames(layers).map((name) => [`${graph}/past_key_values.${name}`, empty]));
}

/** @param rows in the cache after this. */
function idFeeds(graph: string, ids: readonly number[], rows: number): Feeds {
  return {
    [`${graph}/input_ids`]: new Tensor('int64', BigInt64Array.from(ids.map(BigInt)), [1, ids.length]),
    [`${graph}/seqlens_k`]: new Tensor('int32', Int32Array.of(rows - 1), [1]),
    [`${graph}/total_sequence_length`]: new Tensor('int32', Int32Array.of(rows), []),
  };
}

const readTokenizer = (file: string): Promise<Tokenizer> => readable('tokenizer', Tokenizer.read(file));

/** The engine's errors about a text are about the files given here. */
async function readable<T>(where: string, promise: Promise<T>): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof AppError) throw new ModelError(`${where}: ${error.message}`);
    throw error;
  }
}
