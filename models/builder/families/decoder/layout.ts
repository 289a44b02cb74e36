import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { ModelError } from '../../errors';
import { readDescription } from '../../json-file';

/** What a folder's own configuration says of its decoder, whichever of the two layouts it has. */
export interface DecoderLayout {
  /** Path of the graph in the folder. */
  readonly graph: string;
  readonly layers: number;
  readonly kvHeads: number;
  readonly headSize: number;
  readonly vocabulary: number;
  /** An estimate where the configuration does not say. */
  readonly parameters: number;
  readonly contextLength: number;
  readonly eos: readonly number[];
  readonly pad: number;
  /** Key and value, `%d` for the layer. */
  readonly pastNames: readonly [string, string];
  readonly presentNames: readonly [string, string];
  readonly generation: { readonly temperature: number; readonly topP?: number; readonly topK?: number };
}

const size = z.number().int().positive();
const ids = z.union([z.number().int(), z.array(z.number().int()).min(1)]);

/** onnxruntime.ai/docs/genai/reference/config.html */
const GenaiSchema = z.object({
  model: z.object({
    context_length: size,
    eos_token_id: ids,
    pad_token_id: z.number().int().optional(),
    vocab_size: size,
    decoder: z.object({
      filename: z.string(),
      head_size: size,
      hidden_size: size,
      num_attention_heads: size,
      num_hidden_layers: size,
      num_key_value_heads: size,
      inputs: z.object({ past_key_names: z.string(), past_value_names: z.string() }),
      outputs: z.object({ present_key_names: z.string(), present_value_names: z.string() }),
    }),
  }),
  search: z
    .object({ do_sample: z.boolean(), temperature: z.number(), top_p: z.number(), top_k: z.number() })
    .partial()
    .default({}),
});

/** `config.json` of transformers, as Transformers.js' folders have it. */
const ConfigSchema = z.object({
  num_hidden_layers: size,
  num_attention_heads: size,
  num_key_value_heads: size.optional(),
  hidden_size: size,
  intermediate_size: size.optional(),
  head_dim: size.nullish(),
  vocab_size: size,
  max_position_embeddings: size,
  eos_token_id: ids.nullish(),
  pad_token_id: z.number().int().nullish(),
});
const GenerationSchema = z
  .object({
    eos_token_id: ids,
    pad_token_id: z.number().int(),
    do_sample: z.boolean(),
    temperature: z.number(),
    top_p: z.number(),
    top_k: z.number(),
  })
  .partial();

/** Graphs of a Transformers.js folder, the smallest that keeps its quality first. */
const GRAPHS = ['model_q4', 'model_q4f16', 'model_int8', 'model_quantized', 'model_fp16', 'model'];

/** @throws ModelError when the folder is of neither layout. */
export function readLayout(folder: string): DecoderLayout {
  if (existsSync(path.join(folder, 'genai_config.json'))) return readGenai(folder);
  if (existsSync(path.join(folder, 'config.json')) && existsSync(path.join(folder, 'onnx'))) {
    return readTransformersJs(folder);
  }
  throw new ModelError(
    `${folder} has neither genai_config.json (onnxruntime-genai) nor config.json beside onnx/ (Transformers.js).`,
    { kind: 'folder-holds-no-model', folder },
  );
}

function readGenai(folder: string): DecoderLayout {
  const { model, search } = read(folder, 'genai_config.json', GenaiSchema);
  const { decoder } = model;
  const eos = list(model.eos_token_id);
  // Windows' tools write its separators.
  const graph = path.posix.normalize(decoder.filename.replaceAll('\\', '/'));
  if (/^(\.\.)?\/|^\.\.$|:/.test(graph)) {
    throw new ModelError(`genai_config.json names a graph outside of the folder: ${decoder.filename}.`, {
      kind: 'checkpoint-description',
      file: 'genai_config.json',
    });
  }
  return {
    graph,
    layers: decoder.num_hidden_layers,
    kvHeads: decoder.num_key_value_heads,
    headSize: decoder.head_size,
    vocabulary: model.vocab_size,
    parameters: estimate(decoder.hidden_size, decoder.num_hidden_layers, model.vocab_size),
    contextLength: model.context_length,
    eos,
    pad: model.pad_token_id ?? eos[0]!,
    pastNames: [decoder.inputs.past_key_names, decoder.inputs.past_value_names],
    presentNames: [decoder.outputs.present_key_names, decoder.outputs.present_value_names],
    generation: sampling(search),
  };
}

function readTransformersJs(folder: string): DecoderLayout {
  const config = read(folder, 'config.json', ConfigSchema);
  const hasGeneration = existsSync(path.join(folder, 'generation_config.json'));
  const generation = hasGeneration ? read(folder, 'generation_config.json', GenerationSchema) : {};
  const graph = GRAPHS.map((name) => `onnx/${name}.onnx`).find((name) => existsSync(path.join(folder, name)));
  if (!graph) {
    throw new ModelError(`${folder}/onnx has none of ${GRAPHS.join(', ')} (.onnx).`, {
      kind: 'checkpoint-file-missing',
      file: `onnx/${GRAPHS[0]}.onnx`,
    });
  }
  const end = generation.eos_token_id ?? config.eos_token_id;
  if (end === undefined || end === null)
    throw new ModelError(`${folder} does not say which token ends a text.`, {
      kind: 'checkpoint-description',
      file: 'generation_config.json',
    });
  return {
    graph,
    layers: config.num_hidden_layers,
    kvHeads: config.num_key_value_heads ?? config.num_attention_heads,
    headSize: config.head_dim ?? config.hidden_size / config.num_attention_heads,
    vocabulary: config.vocab_size,
    parameters: estimate(
      config.hidden_size,
      config.num_hidden_layers,
      config.vocab_size,
      config.intermediate_size,
    ),
    contextLength: config.max_position_embeddings,
    eos: list(end),
    pad: generation.pad_token_id ?? config.pad_token_id ?? list(end)[0]!,
    pastNames: ['past_key_values.%d.key', 'past_key_values.%d.value'],
    presentNames: ['present.%d.key', 'present.%d.value'],
    generation: sampling(generation),
  };
}

const list = (value: number | readonly number[]): readonly number[] =>
  typeof value === 'number' ? [value] : value;

function sampling(from: { do_sample?: boolean; temperature?: number; top_p?: number; top_k?: number }) {
  if (!from.do_sample) return { temperature: 0 };
  return {
    temperature: from.temperature ?? 1,
    ...(from.top_p === undefined ? {} : { topP: from.top_p }),
    ...(from.top_k === undefined ? {} : { topK: from.top_k }),
  };
}

/** Weights of a usual decoder of these sizes: attention with as many heads as queries, a gated feed-forward net, a tied embedding. */
function estimate(hidden: number, layers: number, vocabulary: number, intermediate = 4 * hidden): number {
  return layers * (4 * hidden ** 2 + 3 * hidden * intermediate) + vocabulary * hidden;
}

const read = <T>(folder: string, name: string, schema: z.ZodType<T>): T =>
  readDescription(path.join(folder, name), schema, 'a decoder');
