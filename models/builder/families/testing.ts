import { readFileSync } from 'node:fs';
import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { fromFloat16Bits } from '../../../electron/engine/ort/float16';
import { toFloat16Array } from '../dtype';
import type { Activation } from '../layers';

/** Helpers of the parity tests: graphs over onnxruntime-node, and measures of error. */

export type Feeds = Record<string, Tensor>;

export function openGraph(folder: string, name: string, activation: Activation): Promise<InferenceSession> {
  const suffix = activation === 'float32' ? 'fp32' : 'fp16';
  return InferenceSession.create(path.join(folder, `${name}.${suffix}.onnx`), {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  });
}

export function floatTensor(activation: Activation, values: Float32Array, shape: readonly number[]): Tensor {
  if (activation === 'float32') return new Tensor('float32', values, shape);
  return new Tensor('float16', toFloat16Array(values, 'input'), shape);
}

export const zeros = (activation: Activation, shape: readonly number[]): Tensor =>
  floatTensor(activation, new Float32Array(shape.reduce((a, b) => a * b)), shape);

export const idTensor = (ids: readonly number[]): Tensor =>
  new Tensor('int64', BigInt64Array.from(ids.map(BigInt)), [1, ids.length]);

export const lengthTensors = (total: number): Feeds => ({
  seqlens_k: new Tensor('int32', Int32Array.of(total - 1), [1]),
  total_sequence_length: new Tensor('int32', Int32Array.of(total), []),
});

export function floats(tensor: Tensor): Float32Array {
  if (tensor.type === 'float32') return tensor.data as Float32Array;
  const { buffer, byteOffset, byteLength } = tensor.data as Uint16Array;
  return Float32Array.from(new Uint16Array(buffer, byteOffset, byteLength / 2), fromFloat16Bits);
}

/** Largest difference over the largest magnitude. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length)
    throw new RangeError(`${actual.length} values, not ${expected.length}`);
  let difference = 0;
  let magnitude = 0;
  for (let i = 0; i < expected.length; i++) {
    difference = Math.max(difference, Math.abs(actual[i]! - expected[i]!));
    magnitude = Math.max(magnitude, Math.abs(expected[i]!));
  }
  return difference / magnitude;
}

/** Cosine of the angle between two vectors: 1 when they point the same way. */
export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < b.length; i++) {
    ab += a[i]! * b[i]!;
    aa += a[i]! ** 2;
    bb += b[i]! ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}

interface Header {
  readonly [name: string]: { readonly shape: number[]; readonly data_offsets: [number, number] };
}

/** Reference tensors of a fixture, F32 or U8. */
export function readReference(file: string): (name: string) => Float32Array | Uint8Array {
  const bytes = readFileSync(file);
  const length = Number(bytes.readBigUInt64LE());
  const header = JSON.parse(bytes.subarray(8, 8 + length).toString()) as Header & {
    [name: string]: { dtype: string };
  };
  return (name) => {
    const entry = header[name];
    if (!entry) throw new RangeError(`no tensor ${name} in ${file}`);
    const [begin, end] = entry.data_offsets;
    const data = Uint8Array.from(bytes.subarray(8 + length + begin, 8 + length + end));
    return entry.dtype === 'U8' ? data : new Float32Array(data.buffer);
  };
}
