import type { InferenceSession } from 'onnxruntime-node';
import type { Activation } from '../layers';
import { type Feeds, floats, idTensor, lengthTensors, zeros } from './testing';

/** Sizes of a KV cache: `rows` is M. */
export interface CacheSizes {
  readonly layers: number;
  readonly heads: number;
  readonly headSize: number;
  readonly rows: number;
}

/** What a decoder gives for its last token. */
export interface Step {
  readonly logits: Float32Array;
  readonly nextToken: number;
  readonly nextLength: number;
  /** Of the last rows, where the graph gives them. */
  readonly rowLogits?: Float32Array;
}

/** A KV cache carried from run to run over onnxruntime-node: past goes in, present comes out and is the next past. */
export class RunningCache {
  private readonly sizes: CacheSizes;
  private readonly activation: Activation;
  private feeds: Feeds = {};
  /** Rows written. */
  used = 0;

  constructor(sizes: CacheSizes, activation: Activation) {
    this.sizes = sizes;
    this.activation = activation;
    this.clear();
  }

  clear(): void {
    const { layers, heads, headSize, rows } = this.sizes;
    this.used = 0;
    this.feeds = {};
    for (let i = 0; i < layers; i++) {
      for (const kind of ['key', 'value']) {
        this.feeds[`past_key_values.${i}.${kind}`] = zeros(this.activation, [1, heads, rows, headSize]);
      }
    }
  }

  /** Runs a graph that appends `ids` to the cache; `more` are its other inputs. */
  async run(
    session: InferenceSession,
    ids: readonly number[],
    more: Feeds = {},
  ): Promise<InferenceSession.ReturnType> {
    const total = this.used + ids.length;
    const out = await session.run({
      input_ids: idTensor(ids),
      ...lengthTensors(total),
      ...more,
      ...this.feeds,
    });
    for (const name of Object.keys(this.feeds)) {
      this.feeds[name] = out[name.replace('past_key_values', 'present')]!;
    }
    this.used = total;
    return out;
  }

  /** Rows [H][used][D] of one layer's keys or values, flattened. */
  rows(layer: number, kind: 'key' | 'value'): Float32Array {
    const { heads, headSize, rows } = this.sizes;
    const values = floats(this.feeds[`past_key_values.${layer}.${kind}`]!);
    const out = new Float32Array(heads * this.used * headSize);
    for (let head = 0; head < heads; head++) {
      const from = head * rows * headSize;
      out.set(values.subarray(from, from + this.used * headSize), head * this.used * headSize);
    }
    return out;
  }
}

export const stepOf = (out: InferenceSession.ReturnType): Step => ({
  logits: floats(out.logits!),
  nextToken: Number((out.next_token!.data as BigInt64Array)[0]),
  nextLength: (out.seqlens_k_next!.data as Int32Array)[0]!,
  ...(out.row_logits && { rowLogits: floats(out.row_logits) }),
});
