import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { type Config, headSize } from './config';

type Feeds = Record<string, Tensor>;

/**
 * A package's CPU graphs over onnxruntime-node, for parity tests: plain, and slower than the engine because past and present
 * are copied at every step.
 */
export class Runner {
  private readonly encoder: InferenceSession;
  private readonly decoder: InferenceSession;
  private readonly config: Config;
  private readonly rows: number;
  private cache: Feeds = {};
  private used = 0;

  private constructor(encoder: InferenceSession, decoder: InferenceSession, config: Config, rows: number) {
    this.encoder = encoder;
    this.decoder = decoder;
    this.config = config;
    this.rows = rows;
  }

  /** `rows`: M, the KV cache's size. */
  static async load(folder: string, config: Config, rows: number): Promise<Runner> {
    const options: InferenceSession.SessionOptions = {
      executionProviders: ['cpu'],
      intraOpNumThreads: 1,
      logSeverityLevel: 3,
    };
    const open = (name: string) => InferenceSession.create(path.join(folder, name), options);
    return new Runner(await open('encoder.fp32.onnx'), await open('decoder.fp32.onnx'), config, rows);
  }

  /** Starts over with a new prompt; its keys and values fill the first rows of an empty cache. */
  async encode(ids: readonly number[]): Promise<void> {
    const shape = [1, this.config.num_attention_heads, this.rows, headSize(this.config)];
    const size = shape.reduce((a, b) => a * b, 1);
    this.cache = {};
    for (let i = 0; i < this.config.decoder_layers; i++) {
      for (const kind of ['key', 'value']) {
        this.cache[`past_key_values.${i}.${kind}`] = new Tensor('float32', new Float32Array(size), shape);
      }
    }
    this.used = 0;
    await this.run(this.encoder, ids);
  }

  /** Appends tokens; returns the last one's logits and what the graph derives from them. */
  async decode(
    ids: readonly number[],
  ): Promise<{ logits: Float32Array; nextToken: number; nextLength: number }> {
    const out = await this.run(this.decoder, ids);
    return {
      logits: out.logits!.data as Float32Array,
      nextToken: Number((out.next_token!.data as BigInt64Array)[0]),
      nextLength: (out.seqlens_k_next!.data as Int32Array)[0]!,
    };
  }

  /** Rows [H][used][D] of one layer's keys or values, flattened. */
  cacheRows(layer: number, kind: 'key' | 'value'): Float32Array {
    const tensor = this.cache[`past_key_values.${layer}.${kind}`]!;
    const size = headSize(this.config);
    const out = new Float32Array(this.config.num_attention_heads * this.used * size);
    for (let head = 0; head < this.config.num_attention_heads; head++) {
      const from = head * this.rows * size;
      out.set((tensor.data as Float32Array).subarray(from, from + this.used * size), head * this.used * size);
    }
    return out;
  }

  async release(): Promise<void> {
    await this.encoder.release();
    await this.decoder.release();
  }

  private async run(session: InferenceSession, ids: readonly number[]): Promise<InferenceSession.ReturnType> {
    const total = this.used + ids.length;
    const out = await session.run({
      input_ids: new Tensor('int64', BigInt64Array.from(ids.map(BigInt)), [1, ids.length]),
      seqlens_k: new Tensor('int32', Int32Array.of(total - 1), [1]),
      total_sequence_length: new Tensor('int32', Int32Array.of(total), []),
      ...this.cache,
    });
    for (const name of Object.keys(this.cache))
      this.cache[name] = out[name.replace('past_key_values', 'present')]!;
    this.used = total;
    return out;
  }
}
