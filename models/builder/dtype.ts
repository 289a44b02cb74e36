import { halvesToFloats, toFloat16Bits } from '../../electron/engine/ort/float16';
import { ModelError } from './errors';

/** Element types of a checkpoint that the builder reads, with their bytes. */
export const DTYPE_BYTES = { F32: 4, F16: 2, BF16: 2 } as const;
export type Dtype = keyof typeof DTYPE_BYTES;

/** Raw little-endian elements to float32. `bytes` may lie at any offset. */
export function toFloat32(bytes: Uint8Array, dtype: Dtype): Float32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  const { buffer, byteOffset, byteLength } = aligned;
  switch (dtype) {
    case 'F32':
      return new Float32Array(buffer, byteOffset, byteLength / 4);
    case 'F16': {
      const from = new Uint16Array(buffer, byteOffset, byteLength / 2);
      const to = new Float32Array(from.length);
      halvesToFloats(from, to);
      return to;
    }
    case 'BF16': {
      const from = new Uint16Array(buffer, byteOffset, byteLength / 2);
      const to = new Uint32Array(from.length);
      for (let i = 0; i < from.length; i++) to[i] = from[i]! << 16;
      return new Float32Array(to.buffer);
    }
  }
}

/** float32 to float16 bits; a finite value beyond float16's range is refused rather than turned into infinity. */
export function toFloat16Array(values: Float32Array, name: string): Uint16Array {
  const out = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const bits = toFloat16Bits(values[i]!);
    if ((bits & 0x7fff) === 0x7c00) {
      throw new ModelError(
        `Tensor ${name} holds ${values[i]}, beyond float16's largest value, 65504: build it as fp32.`,
        { kind: 'tensor-values', tensor: name },
      );
    }
    out[i] = bits;
  }
  return out;
}
