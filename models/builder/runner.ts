import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { type Config, headSize } from './config';
import { fromFloat16Bits, toFloat16Array } from './dtype';
import type { Activation } from './layers';

type Feeds = Record<string, Tensor>;

/** Rows of pictures and clips for a prompt: `features` [N, hidden] and the prompt's `source`. */
export interface RunnerMedia {
  readonly features: Float32Array;
  readonly source: readonly number[];
}

/**
 * A package's graphs over onnxruntime-node on the CPU, for parity tests: plain, and slower than the engine because past and present
 * are copied at every step. The float16 graphs, meant for CUDA, run too: ONNX Runtime casts around what the CPU lacks.
 */
export class Runner {
  private readonly encoder: InferenceSession;
  private readonly decoder: InferenceSession;
  private readonly sparseDecoder: InferenceSession | null;
  private readonly config: Config;
  private readonly rows: number;
  private readonly activation: Activation;
  private cache: Feeds = {};
  /** Of a long prompt: what the encoder gives to the sparse decoder. */
  private summaries: Feeds = {};
  private used = 0;

  private constructor(
    encoder: InferenceSession,
    decoder: InferenceSession,
    sparseDecoder: InferenceSession | null,
    config: Config,
    rows: number,
    activation: Activation,
  ) {
    this.encoder = encoder;
    this.decoder = decoder;
    this.sparseDecoder = sparseDecoder;
    this.config = config;
    this.rows = rows;
    this.activation = activation;
  }

  /** `rows`: M, the KV cache's size. */
  static async load(
    folder: string,
    config: Config,
    rows: number,
    activation: Activation = 'float32',
  ): Promise<Runner> {
    const options: InferenceSession.SessionOptions = {
      executionProviders: ['cpu'],
      intraOpNumThreads: 1,
      logSeverityLevel: 3,
    };
    const open = (name: string) => InferenceSession.create(path.join(folder, name), options);
    const suffix = activation === 'float32' ? 'fp32.onnx' : 'fp16.onnx';
    const encoder = await open(`encoder.${suffix}`);
    const decoder = await open(`decoder.${suffix}`);
    const sparse = config.sparse_attention ? await open(`decoder.sparse.${suffix}`) : null;
    return new Runner(encoder, decoder, sparse, config, rows, activation);
  }

  /** Starts over with a new prompt; its keys and values fill the first rows of an empty cache. */
  async encode(ids: readonly number[], media?: RunnerMedia): Promise<void> {
    const shape = [1, this.config.num_attention_heads, this.rows, headSize(this.config)];
    const size = shape.reduce((a, b) => a * b, 1);
    this.cache = {};
    for (let i = 0; i < this.config.decoder_layers; i++) {
      for (const kind of ['key', 'value']) {
        this.cache[`past_key_values.${i}.${kind}`] = this.zeros(size, shape);
      }
    }
    this.used = 0;
    const out = await this.run(
      this.encoder,
      ids,
      this.encoder.inputNames.includes('source') ? this.mediaFeeds(ids, media) : {},
    );
    this.summaries = {};
    if (ids.length < (this.config.sparse_attention?.min_length ?? Number.POSITIVE_INFINITY)) return;
    for (const name of this.encoder.outputNames)
      if (name.startsWith('memory.')) this.summaries[name] = out[name]!;
    this.summaries.memory_rows = new Tensor('int64', [BigInt(ids.length)], [1]);
  }

  /** Appends tokens; returns the last one's logits and what the graph derives from them. */
  async decode(
    ids: readonly number[],
  ): Promise<{ logits: Float32Array; nextToken: number; nextLength: number }> {
    const sparse = ids.length === 1 && this.summaries.memory_rows ? this.sparseDecoder : null;
    const out = await this.run(sparse ?? this.decoder, ids, sparse ? this.summaries : {});
    return {
      logits: floats(out.logits!),
      nextToken: Number((out.next_token!.data as BigInt64Array)[0]),
      nextLength: (out.seqlens_k_next!.data as Int32Array)[0]!,
    };
  }

  /** Rows [H][used][D] of one layer's keys or values, flattened. */
  cacheRows(layer: number, kind: 'key' | 'value'): Float32Array {
    const tensor = this.cache[`past_key_values.${layer}.${kind}`]!;
    const values = floats(tensor);
    const size = headSize(this.config);
    const out = new Float32Array(this.config.num_attention_heads * this.used * size);
    for (let head = 0; head < this.config.num_attention_heads; head++) {
      const from = head * this.rows * size;
      out.set(values.subarray(from, from + this.used * size), head * this.used * size);
    }
    return out;
  }

  private mediaFeeds(ids: readonly number[], media?: RunnerMedia): Feeds {
    const hidden = this.config.hidden_size;
    const { features, source } = media ?? {
      features: new Float32Array(hidden),
      source: ids.map((_, i) => i),
    };
    const shape = [features.length / hidden, hidden];
    const values = this.activation === 'float32' ? features : toFloat16Array(features, 'features');
    return {
      features: new Tensor(this.activation, values, shape),
      source: new Tensor('int64', BigInt64Array.from(source.map(BigInt)), [1, source.length]),
    };
  }

  private zeros(size: number, shape: readonly number[]): Tensor {
    if (this.activation === 'float32') return new Tensor('float32', new Float32Array(size), shape);
    return new Tensor('float16', new Uint16Array(size), shape);
  }

  async release(): Promise<void> {
    await this.encoder.release();
    await this.decoder.release();
    await this.sparseDecoder?.release();
  }

  private async run(
    session: InferenceSession,
    ids: readonly number[],
    more: Feeds = {},
  ): Promise<InferenceSession.ReturnType> {
    const total = this.used + ids.length;
    const out = await session.run({
      input_ids: new Tensor('int64', BigInt64Array.from(ids.map(BigInt)), [1, ids.length]),
      seqlens_k: new Tensor('int32', Int32Array.of(total - 1), [1]),
      total_sequence_length: new Tensor('int32', Int32Array.of(total), []),
      ...more,
      ...this.cache,
    });
    for (const name of Object.keys(this.cache))
      this.cache[name] = out[name.replace('past_key_values', 'present')]!;
    this.used = total;
    return out;
  }
}

function floats(tensor: Tensor): Float32Array {
  if (tensor.type === 'float32') return tensor.data as Float32Array;
  const { buffer, byteOffset, byteLength } = tensor.data as Uint16Array;
  return Float32Array.from(new Uint16Array(buffer, byteOffset, byteLength / 2), fromFloat16Bits);
}
