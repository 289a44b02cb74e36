import { type InferenceSession, Tensor } from 'onnxruntime-node';
import type { Activation } from '../../layers';
import { RunningCache, type Step, stepOf } from '../running-cache';
import { type Feeds, floatTensor, idTensor, openGraph } from '../testing';
import { type Config, headSize } from './config';

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
  private readonly activation: Activation;
  private readonly cache: RunningCache;
  /** Of a long prompt: what the encoder gives to the sparse decoder. */
  private summaries: Feeds = {};

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
    this.activation = activation;
    const { decoder_layers: layers, num_attention_heads: heads } = config;
    this.cache = new RunningCache({ layers, heads, headSize: headSize(config), rows }, activation);
  }

  /** `rows`: M, the KV cache's size. */
  static async load(
    folder: string,
    config: Config,
    rows: number,
    activation: Activation = 'float32',
  ): Promise<Runner> {
    const open = (name: string) => openGraph(folder, name, activation);
    const encoder = await open('encoder');
    const decoder = await open('decoder');
    const sparse = config.sparse_attention ? await open('decoder.sparse') : null;
    return new Runner(encoder, decoder, sparse, config, rows, activation);
  }

  /** Starts over with a new prompt; its keys and values fill the first rows of an empty cache. */
  async encode(ids: readonly number[], media?: RunnerMedia): Promise<void> {
    this.cache.clear();
    const takesMedia = this.encoder.inputNames.includes('source');
    const out = await this.cache.run(this.encoder, ids, takesMedia ? this.mediaFeeds(ids, media) : {});
    this.summaries = {};
    if (ids.length < (this.config.sparse_attention?.min_length ?? Number.POSITIVE_INFINITY)) return;
    for (const name of this.encoder.outputNames)
      if (name.startsWith('memory.')) this.summaries[name] = out[name]!;
    this.summaries.memory_rows = new Tensor('int64', [BigInt(ids.length)], [1]);
  }

  /** Appends tokens; returns the last one's logits and what the graph derives from them. */
  async decode(ids: readonly number[]): Promise<Step> {
    const sparse = ids.length === 1 && this.summaries.memory_rows ? this.sparseDecoder : null;
    return stepOf(await this.cache.run(sparse ?? this.decoder, ids, sparse ? this.summaries : {}));
  }

  /** Rows [H][used][D] of one layer's keys or values, flattened. */
  cacheRows(layer: number, kind: 'key' | 'value'): Float32Array {
    return this.cache.rows(layer, kind);
  }

  async release(): Promise<void> {
    await this.encoder.release();
    await this.decoder.release();
    await this.sparseDecoder?.release();
  }

  private mediaFeeds(ids: readonly number[], media?: RunnerMedia): Feeds {
    const hidden = this.config.hidden_size;
    const { features, source } = media ?? {
      features: new Float32Array(hidden),
      source: ids.map((_, i) => i),
    };
    return {
      features: floatTensor(this.activation, features, [features.length / hidden, hidden]),
      source: idTensor(source),
    };
  }
}
