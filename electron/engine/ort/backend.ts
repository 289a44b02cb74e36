import type { Device } from '../../contract/device';
import type { Provider } from '../../contract/generation';

/**
 * What a model family needs of a runtime. ORT's C API: `cpu-backend.ts`, `cuda-backend.ts`, `webgpu-backend.ts`. The npm package
 * onnxruntime-node: `node-backend.ts`, the bench's baseline, which also serves DirectML and CoreML.
 */
export interface Backend {
  readonly provider: Provider;
  readonly device: Device;
  /** Tokens of a prompt that one run should read at most; undefined where a family may choose. */
  readonly prefillRows?: number;
  /** Nothing else may touch the device while `Binding.runAsync` runs. */
  readonly exclusive?: boolean;
  /** Operators of the opened graphs that the processor runs because the provider lacks them; sorted. */
  readonly operatorsOnCpu?: readonly string[];
  /**
   * Reads a graph and its weights.
   *
   * @param cudaGraphs the session will record and replay its runs; nothing where the backend is not CUDA.
   * @param sparse how the graph's attention of all rows to all is computed for long prompts where the backend has kernels for that; as the graph says elsewhere.
   * @throws AppError `engine-failed`, `out-of-memory`
   */
  open(path: string, cudaGraphs?: boolean, sparse?: SparseAttention): Promise<Session>;
  /**
   * Puts the weights of graphs that will be opened next on the device once, however many of them read the same; absent where each session has its
   * own. They are freed with the last of those sessions.
   *
   * @param graphs their files.
   * @param onProgress called with 0 … 1.
   * @returns whether there is something to share.
   * @throws AppError `out-of-memory`
   */
  shareWeights?(graphs: readonly string[], onProgress?: (fraction: number) => void): Promise<boolean>;
  /**
   * Whether the KV caches of graphs that will be opened next have 8 bits instead of 16, `past_key_values.…` and `present.…` as uint8 [1, heads, rows, head
   * size + 2]; absent where they never have. Asked before the first of them is opened.
   *
   * @param graphs files of all that read or write one cache.
   * @throws AppError `out-of-memory`
   */
  quantizeCache?(graphs: readonly string[]): Promise<boolean>;
  /** Graphs that are opened from now on keep the caches of their files. */
  keepCache?(reason: string): void;
  /** Uninitialised memory of the device, for the KV cache. @throws AppError `out-of-memory` */
  allocate(type: ElementType, shape: readonly number[]): Tensor;
  /**
   * A tensor with a view for JavaScript, for tokens, lengths and logits. `place: 'host'` is for the few inputs that an
   * operator reads on the CPU whatever the provider, such as GroupQueryAttention's `total_sequence_length`.
   */
  buffer<T extends ElementType>(type: T, shape: readonly number[], place?: 'device' | 'host'): HostTensor<T>;
  /** How to find the likeliest tokens of a row of logits that runs write; absent or null where they are to be read instead. The caller disposes of it. */
  likelyTokens?(logits: Tensor): LikelyTokens | null;
  memory(): MemoryUse;
  dispose(): void;
}

/** Block-routed sparse attention (models/README.md section 5); lengths in rows. */
export interface SparseAttention {
  readonly headSize: number;
  /** Keys that a block of queries chooses, or a `share`-th of all where that is more. */
  readonly k: number;
  readonly share: number;
  /** Around the queries, seen in any case. */
  readonly window: number;
  /** Keys, and queries, that go together. */
  readonly block: number;
  readonly queryBlock: number;
  /** Shorter prompts are attended to densely. */
  readonly minLength: number;
}

export interface MemoryUse {
  /** Bytes in use: resident memory of this process; on a GPU what the device has given out, to whomever. */
  readonly usedBytes: number;
  /** Highest value seen; on a GPU of the moments it was asked for. */
  readonly peakBytes: number;
  /** Bytes that can still be had on the device; Infinity where nobody counts. */
  readonly freeBytes: number;
}

/** A graph, ready to run. Runs of one session must not overlap. */
export interface Session {
  /** Fixes the tensors of all later runs: ORT looks names and devices up once, here. */
  bind(inputs: Tensors, outputs: Tensors, options?: BindOptions): Binding;
  dispose(): void;
}

export type Tensors = Readonly<Record<string, Tensor>>;

/**
 * Which tokens are wanted: the likeliest ones that hold `mass` of the total weight, at least `least`, and all whose weight is e^-reach of the likeliest's or more. A
 * weight is exp(logit / temperature).
 */
export interface LikelyTokensAsked {
  readonly temperature: number;
  readonly mass: number;
  readonly least: number;
  readonly reach: number;
}

/** In any order, good until the next find. More than were asked for, but with each all that are likelier. */
export interface LikelyTokensFound {
  readonly ids: Int32Array;
  readonly logits: Float32Array;
  /** The largest logit. */
  readonly top: number;
  /** Sum of exp((logit - top) / temperature) over the whole vocabulary. */
  readonly total: number;
}

/** Finds them where the logits are, so that a vocabulary need not be copied and looked through for each token. */
export interface LikelyTokens {
  /** Found at most. */
  readonly most: number;
  /** Null where that is not enough, or cannot be had: the logits are to be read then. */
  find(asked: LikelyTokensAsked): LikelyTokensFound | null;
  dispose(): void;
}

export interface BindOptions {
  /** CUDA graph to record at the first run and replay at later ones; every bound address and shape stays what it is. */
  readonly cudaGraph?: number;
  /** The run is rare and takes much memory, which the device gets back afterwards where that can be had. */
  readonly large?: boolean;
}

export interface Binding {
  /** Blocks the thread: for steps shorter than a frame. A promise only where the runtime has nothing else. */
  run(): void | Promise<void>;
  /** Leaves this thread free. @throws AppError `aborted` soon after `signal` is. */
  runAsync(signal?: AbortSignal): Promise<void>;
  dispose(): void;
}

/** The arrays whose bits hold each type; float16 as its bit pattern. */
export interface TypedArrays {
  float32: Float32Array<ArrayBuffer>;
  float16: Uint16Array<ArrayBuffer>;
  int64: BigInt64Array<ArrayBuffer>;
  int32: Int32Array<ArrayBuffer>;
  uint8: Uint8Array<ArrayBuffer>;
}

export type ElementType = keyof TypedArrays;

export interface Tensor {
  readonly type: ElementType;
  readonly shape: readonly number[];
  dispose(): void;
}

export interface HostTensor<T extends ElementType = ElementType> extends Tensor {
  readonly type: T;
  readonly data: TypedArrays[T];
  /** Makes what was written to `data` visible to the next run. Free on the CPU. */
  upload(): void;
  /** Makes what the last run wrote visible in `data`. Free on the CPU. */
  download(): void;
}

/** `ONNXTensorElementDataType` and bytes of an element. */
export const ELEMENT: Readonly<Record<ElementType, { readonly onnx: number; readonly bytes: number }>> = {
  float32: { onnx: 1, bytes: 4 },
  float16: { onnx: 10, bytes: 2 },
  int64: { onnx: 7, bytes: 8 },
  int32: { onnx: 6, bytes: 4 },
  uint8: { onnx: 2, bytes: 1 },
};

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/**
 * A zeroed array over memory of its own. V8 keeps small typed arrays inside its moving heap until somebody asks for their
 * buffer; native code may only be given the address of one made over an ArrayBuffer.
 */
export function createArray<T extends ElementType>(type: T, length: number): TypedArrays[T] {
  const memory = new ArrayBuffer(length * ELEMENT[type].bytes);
  const make: { [K in ElementType]: () => TypedArrays[K] } = {
    float32: () => new Float32Array(memory),
    float16: () => new Uint16Array(memory),
    int64: () => new BigInt64Array(memory),
    int32: () => new Int32Array(memory),
    uint8: () => new Uint8Array(memory),
  };
  return make[type]();
}
