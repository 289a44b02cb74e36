import { ModelError } from './errors';
import type { Bits, BlockSize, Quantized } from './quantize';

/** Where a checkpoint's tensors come from: safetensors files, or a random generator. */
export interface TensorSource {
  readonly names: readonly string[];
  shape(name: string): readonly number[];
  /**
   * Rows `start` to `start + count - 1` of the first axis as float32, flattened. Only this part is in memory; the array may be
   * reused by the next call.
   */
  rows(name: string, start: number, count: number): Float32Array;
  /** The same rows as they are to be stored, where that is known better than by rounding them to nearest. */
  quantized?(
    name: string,
    start: number,
    count: number,
    blockSize: BlockSize,
    bits: Bits,
  ): Quantized | undefined;
  close(): void;
}

/** Refuses a checkpoint whose tensors are not those `expected` lists, all faults at once, before anything is read. */
export function checkTensors(
  source: TensorSource,
  expected: ReadonlyMap<string, readonly number[]>,
  family = 'autoglm-phone',
): void {
  const present = new Set(source.names);
  const faults: string[] = [];
  for (const [name, shape] of expected) {
    if (!present.has(name)) {
      faults.push(`Tensor ${name} [${shape.join(', ')}] is missing.`);
      continue;
    }
    const actual = source.shape(name);
    if (actual.join() !== shape.join()) {
      faults.push(
        `Tensor ${name} has shape [${actual.join(', ')}]; config.json asks for [${shape.join(', ')}].`,
      );
    }
  }
  for (const name of source.names)
    if (!expected.has(name)) faults.push(`Tensor ${name} is unknown to ${family}.`);
  if (faults.length > 0) {
    const shown = faults.slice(0, 10);
    if (faults.length > shown.length) shown.push(`… and ${faults.length - shown.length} more.`);
    throw new ModelError(shown.join('\n'), { kind: 'checkpoint-tensors' });
  }
}

/** NaN and infinity would silently spoil a whole block. */
export function checkFinite(values: Float32Array, name: string, start: number, columns: number): void {
  // A sum is NaN or infinite if any value is (magnitudes near 1e38, which could overflow it, are no weights either).
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * 0;
  if (sum === 0) return;
  const i = values.findIndex((v) => !Number.isFinite(v));
  const row = start + Math.floor(i / columns);
  throw new ModelError(`Tensor ${name} holds ${values[i]} in row ${row}, column ${i % columns}.`, {
    kind: 'tensor-values',
    tensor: name,
  });
}
