import type { Backend, ElementType, HostTensor, LikelyTokens, Tensor, TypedArrays } from '../ort/backend';
import { halvesToFloats } from '../ort/float16';
import { argMax } from '../runtime/arg-max';

/** The small tensors that runs of every family take and give. */

/** Ids as int64 [1, n], ready for a run. */
export function idTensor(backend: Backend, ids: readonly number[]): HostTensor<'int64'> {
  const tensor = backend.buffer('int64', [1, ids.length]);
  writeIds(tensor, ids);
  return tensor;
}

/** A tensor of these values, ready for a run. */
export function upload<T extends ElementType>(
  backend: Backend,
  type: T,
  values: TypedArrays[T] | Uint8Array,
  shape: readonly number[],
): HostTensor<T> {
  const tensor = backend.buffer(type, shape);
  (tensor.data as TypedArrays['float32']).set(values as ArrayLike<number>);
  tensor.upload();
  return tensor;
}

/** Replaces what a tensor of as many ids holds. */
export function writeIds(tensor: HostTensor<'int64'>, ids: readonly number[]): void {
  for (let i = 0; i < ids.length; i++) tensor.data[i] = BigInt(ids[i] as number);
  tensor.upload();
}

/** How far the cache is filled after a run, as GroupQueryAttention asks for it. */
export class Lengths {
  /** Rows minus one, int32 [1]; and the same as a length, int32 [], which the operator reads on the CPU. */
  readonly inputs: {
    readonly seqlens_k: HostTensor<'int32'>;
    readonly total_sequence_length: HostTensor<'int32'>;
  };

  constructor(backend: Backend) {
    this.inputs = {
      seqlens_k: backend.buffer('int32', [1]),
      total_sequence_length: backend.buffer('int32', [], 'host'),
    };
  }

  /** @param total what launch sizes follow from, where that is not `rows`. */
  set(rows: number, total = rows): void {
    const { seqlens_k: last, total_sequence_length: length } = this.inputs;
    last.data[0] = rows - 1;
    length.data[0] = total;
    last.upload();
    length.upload();
  }

  dispose(): void {
    disposeAll(Object.values(this.inputs));
  }
}

/** Logits of one or more rows, where a run writes them. */
export class Logits {
  readonly tensor: HostTensor<'float32' | 'float16'>;
  readonly #vocabulary: number;
  readonly #floats: Float32Array | null;
  readonly #backend: Backend;
  #fetched = false;
  #likely: LikelyTokens | null | undefined;

  /** @param shape [..., vocabulary] */
  constructor(backend: Backend, type: 'float32' | 'float16', shape: readonly number[]) {
    this.#backend = backend;
    this.#vocabulary = shape.at(-1)!;
    this.tensor = backend.buffer(type, shape);
    this.#floats = type === 'float32' ? null : new Float32Array(this.#vocabulary);
  }

  /** A run is about to write them. */
  renew(): void {
    this.#fetched = false;
  }

  /** One row of the last run, [vocabulary]; may be written to, and is overwritten by the next row's or the next run. */
  row(i: number): Float32Array {
    if (!this.#fetched) this.tensor.download();
    this.#fetched = true;
    const { data } = this.tensor;
    const from = i * this.#vocabulary;
    const row = data.subarray(from, from + this.#vocabulary);
    if (row instanceof Float32Array) return row;
    halvesToFloats(row, this.#floats!);
    return this.#floats!;
  }

  /** Of a run that gave one row. */
  read(): Float32Array {
    this.renew();
    return this.row(0);
  }

  /** Of a run that gave one row: how to find its likeliest tokens without reading it; null where it is to be read. */
  get likely(): LikelyTokens | null {
    if (this.#likely === undefined) {
      const isRow = this.tensor.data.length === this.#vocabulary;
      this.#likely = (isRow && this.#backend.likelyTokens?.(this.tensor)) || null;
    }
    return this.#likely;
  }

  /** Of a run that gave one row: the likeliest token, of equals the first. */
  greedy(): number {
    const found = this.likely?.find({ temperature: 1, mass: 0, least: 1, reach: 0 });
    if (!found) return argMax(this.read());
    return found.ids.reduce(
      (first, id, i) => (found.logits[i] === found.top && id < first ? id : first),
      Number.POSITIVE_INFINITY,
    );
  }

  dispose(): void {
    this.#likely?.dispose();
    this.tensor.dispose();
  }
}

export function disposeAll(tensors: Iterable<Pick<Tensor, 'dispose'>>): void {
  for (const tensor of tensors) tensor.dispose();
}
