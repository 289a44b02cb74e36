import { createArray, type TypedArrays } from '../ort/backend';

const scratch = new ArrayBuffer(4);
const scratchFloat = new Float32Array(scratch);
const scratchBits = new Uint32Array(scratch);

/** Bits of the nearest float16, ties to even (IEEE 754 binary16). */
export function toHalf(value: number): number {
  scratchFloat[0] = value;
  const bits = scratchBits[0]!;
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  // Below 2^-14 a float16 is a multiple of 2^-24; adding 1.5 * 2^52 rounds a double to a whole number, half to even.
  const tiny = 1.5 * 2 ** 52;
  if (magnitude < 0x38800000) return sign | (Math.abs(value) * 2 ** 24 + tiny - tiny);
  return sign | ((magnitude + 0xfff + ((magnitude >>> 13) & 1) - 0x38000000) >>> 13);
}

/** Values in a graph's own type, over memory that native code may read. */
export function convert<T extends 'float32' | 'float16'>(type: T, values: Float32Array): TypedArrays[T] {
  const out = createArray(type, values.length);
  if (out instanceof Float32Array) out.set(values);
  else for (let i = 0; i < values.length; i++) out[i] = toHalf(values[i]!);
  return out;
}
