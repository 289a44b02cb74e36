import { createHash } from 'node:crypto';
import { closeSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';

export type ElementType = 'float32' | 'float16' | 'uint8';

const ELEMENT_BYTES: Readonly<Record<ElementType, number>> = { float32: 4, float16: 2, uint8: 1 };

/** A tensor in `weights.data`. */
export interface Stored {
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** Bytes from the start of the file. */
  readonly offset: number;
  readonly bytes: number;
}

/** Rows `start` to `start + count - 1` of the first axis, in place: nothing is stored twice. */
export function storedRows(tensor: Stored, start: number, count: number): Stored {
  const rowBytes = tensor.bytes / tensor.shape[0]!;
  return {
    type: tensor.type,
    shape: [count, ...tensor.shape.slice(1)],
    offset: tensor.offset + start * rowBytes,
    bytes: count * rowBytes,
  };
}

/** The same bytes under another shape. */
export function storedAs(tensor: Stored, shape: readonly number[]): Stored {
  return { ...tensor, shape };
}

interface ByteRange {
  /** Bytes from the start of the file. */
  readonly offset: number;
  readonly bytes: number;
}

/** A piece of the work, small enough to be held in memory. Tasks depend on nothing but the checkpoint, and not on each other. */
export interface WeightsTask {
  /** Name of the tensor that is read. */
  readonly name: string;
  /** Weights that are read: the measure of progress. */
  readonly weights: number;
  /** What the task writes, in the order in which `run` returns it. */
  readonly ranges: readonly ByteRange[];
  /** The arrays are valid until the next task of the same source runs. @throws ModelError for values that cannot be stored. */
  run(): readonly ArrayBufferView[];
}

/**
 * What `weights.data` will hold: first every tensor is given its place, which is all that the graphs need to know, then the tasks fill
 * the file, in any order and by any number of threads.
 */
export class WeightsPlan {
  /** A cache line and more than any vector load; ONNX Runtime maps pages and asks for no more. */
  static readonly ALIGNMENT = 256;

  readonly tasks: WeightsTask[] = [];
  /** Matrices that are stored in blocks: how many weights, and the bytes of their codes and scales. */
  readonly quantized = { weights: 0, bytes: 0 };
  private position = 0;

  /** Of the whole file. */
  get bytes(): number {
    return this.position;
  }

  /** Weights that all tasks read. */
  get weights(): number {
    return this.tasks.reduce((sum, task) => sum + task.weights, 0);
  }

  reserve(type: ElementType, shape: readonly number[]): Stored {
    const { ALIGNMENT } = WeightsPlan;
    const offset = Math.ceil(this.position / ALIGNMENT) * ALIGNMENT;
    const bytes = shape.reduce((a, b) => a * b, 1) * ELEMENT_BYTES[type];
    this.position = offset + bytes;
    return { type, shape, offset, bytes };
  }
}

export interface WeightsFile {
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

/** Runs one task and writes what it makes. @returns what was written, in the order of the task's ranges. */
export function runTask(task: WeightsTask, file: number): readonly Uint8Array[] {
  return task.run().map((part, i) => {
    const data = new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
    const range = task.ranges[i]!;
    if (data.length !== range.bytes) {
      throw new RangeError(`${task.name}: made ${data.length} bytes for a place of ${range.bytes}`);
    }
    for (let done = 0; done < data.length; ) {
      done += writeSync(file, data, done, data.length - done, range.offset + done);
    }
    return data;
  });
}

/** Fills `weights.data` on this thread. */
export function writeWeights(
  plan: WeightsPlan,
  path: string,
  onProgress?: (weights: number) => void,
): WeightsFile {
  const file = openSync(path, 'w+');
  try {
    let done = 0;
    for (const task of plan.tasks) {
      runTask(task, file);
      done += task.weights;
      onProgress?.(done);
    }
    ftruncateSync(file, plan.bytes);
    return { bytes: plan.bytes, sha256: hashFile(file) };
  } finally {
    closeSync(file);
  }
}

function hashFile(file: number): string {
  const hash = createHash('sha256');
  const chunk = Buffer.allocUnsafe(4 << 20);
  for (let at = 0; ; ) {
    const read = readSync(file, chunk, 0, chunk.length, at);
    if (read === 0) return hash.digest('hex');
    hash.update(chunk.subarray(0, read));
    at += read;
  }
}
