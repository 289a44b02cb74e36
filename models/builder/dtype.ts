import { halvesToFloats } from '../../electron/engine/ort/float16';
import { ModelError } from './errors';

/** Element types of a checkpoint that the builder reads, with their bytes. */
export const DTYPE_BYTES = { F32: 4, F16: 2, BF16: 2 } as const;
export type Dtype = keyof typeof DTYPE_BYTES;

const scratch = new ArrayBuffer(4);
const scratchF32 = new Float32Array(scratch);
const scratchU32 = new Uint32Array(scratch);

/**
 * Nearest float16 of a float32, ties to even, as its 16 bits (IEEE 754 binary16; overflow gives infinity). `value` must already be
 * a float32 for the result to be PyTorch's `.half()`.
 */
export function toFloat16Bits(value: number): number {
  scratchF32[0] = value;
  const bits = scratchU32[0]!;
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00; // NaN
  if (magnitude >= 0x477ff000) return sign | 0x7c00; // 65520 and more round to infinity
  if (magnitude < 0x38800000) {
    // Below 2^-14: a multiple of 2^-24, by exact scaling and rounding half to even.
    return sign | roundHalfEven(Math.abs(value) * 2 ** 24);
  }
  const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
  return sign | ((rounded - 0x38000000) >>> 13);
}

/** Exact for |x| < 2^51: adding 1.5 * 2^52 leaves no bit for a fraction, and the addition rounds half to even. */
export function roundHalfEven(x: number): number {
  return x + 6755399441055744 - 6755399441055744;
}

const float16Values = new Float32Array(1 << 16);
halvesToFloats(
  Uint16Array.from(float16Values, (_, bits) => bits),
  float16Values,
);

export const fromFloat16Bits = (bits: number): number => float16Values[bits]!;

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
      for (let i = 0; i < from.length; i++) to[i] = float16Values[from[i]!]!;
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
