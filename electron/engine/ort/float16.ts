import { createArray, type TypedArrays } from './backend';

/** IEEE 754 binary16: 1 sign, 5 exponent, 10 fraction bits. JavaScript has no array of its own for it before Node 24. */

const scratch = new ArrayBuffer(4);
const scratchFloat = new Float32Array(scratch);
const scratchBits = new Uint32Array(scratch);

/**
 * Bits of the nearest float16, ties to even; 65520 and more give infinity. `value` must already be a float32 for the result to be
 * PyTorch's `.half()`.
 */
export function toFloat16Bits(value: number): number {
  scratchFloat[0] = value;
  const bits = scratchBits[0]!;
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00; // NaN
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  // Below 2^-14 a float16 is a multiple of 2^-24.
  if (magnitude < 0x38800000) return sign | roundHalfEven(Math.abs(value) * 2 ** 24);
  return sign | ((magnitude + 0xfff + ((magnitude >>> 13) & 1) - 0x38000000) >>> 13);
}

/** Exact for |x| < 2^51: adding 1.5 * 2^52 leaves no bit for a fraction, and the addition rounds half to even. */
export function roundHalfEven(x: number): number {
  return x + 6755399441055744 - 6755399441055744;
}

/** Every bit pattern's value, 256 KiB, made on first use. */
let table: Float32Array | null = null;

function createTable(): Float32Array {
  const values = new Float32Array(1 << 16);
  for (let bits = 0; bits < values.length; bits++) {
    const exponent = (bits >> 10) & 0x1f;
    const fraction = bits & 0x3ff;
    const magnitude =
      exponent === 0
        ? fraction * 2 ** -24
        : exponent === 31
          ? fraction
            ? Number.NaN
            : Number.POSITIVE_INFINITY
          : (1 + fraction / 1024) * 2 ** (exponent - 15);
    values[bits] = bits & 0x8000 ? -magnitude : magnitude;
  }
  return values;
}

export function fromFloat16Bits(bits: number): number {
  table ??= createTable();
  return table[bits]!;
}

/** Widens float16 bit patterns to float32, exactly. Both arrays have the same length. */
export function halvesToFloats(halves: Uint16Array, floats: Float32Array): void {
  table ??= createTable();
  for (let i = 0; i < halves.length; i++) floats[i] = table[halves[i]!]!;
}

/** Values in a graph's own type, over memory that native code may read. */
export function castFloats<T extends 'float32' | 'float16'>(type: T, values: Float32Array): TypedArrays[T] {
  const out = createArray(type, values.length);
  if (out instanceof Float32Array) out.set(values);
  else for (let i = 0; i < values.length; i++) out[i] = toFloat16Bits(values[i]!);
  return out;
}
