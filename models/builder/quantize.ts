import { fromFloat16Bits, roundHalfEven, toFloat16Bits } from '../../electron/engine/ort/float16';
import { ModelError } from './errors';

export const BLOCK_SIZES = [32, 64, 128] as const;
export type BlockSize = (typeof BLOCK_SIZES)[number];
export type Bits = 4 | 8;

/**
 * Weights that share a scale in a matrix of `columns` columns where blocks of `most` are asked for: `most`, or the largest smaller size
 * that divides the columns. Undefined where none does.
 */
export function blockFor(columns: number, most: BlockSize): BlockSize | undefined {
  return BLOCK_SIZES.findLast((size) => size <= most && columns % size === 0);
}

export interface Quantized {
  /** [rows, columns / blockSize, blockSize * bits / 8]; of two 4-bit codes in a byte the lower nibble comes first. */
  readonly codes: Uint8Array;
  /** [rows, columns / blockSize], float16 bits. */
  readonly scales: Uint16Array;
}

/**
 * Symmetric blockwise codes of models/README.md section 3, the same bits as `quantize` in models/train/autoglm_phone.py: per block
 * the value m of largest magnitude (the first of equals) gives scale = float16(m / -zero) and
 * q = clamp(round(w / scale) + zero, 0, 2 * zero - 1), zero = 2^(bits - 1), in float32 arithmetic, rounding half to even.
 *
 * `values` is [rows, columns] flattened; `blockSize` divides `columns`, so blocks simply follow one another.
 *
 * @throws ModelError for a value too large for a float16 scale.
 */
export function quantize(values: Float32Array, blockSize: BlockSize, bits: Bits, name: string): Quantized {
  const zero = 1 << (bits - 1);
  const blocks = values.length / blockSize;
  if (!Number.isInteger(blocks)) throw new RangeError(`${name}: ${values.length} values are no whole blocks`);
  const codes = new Uint8Array((values.length * bits) / 8);
  const scales = new Uint16Array(blocks);
  const pattern = new Int32Array(values.buffer, values.byteOffset, values.length);
  const step = (blockSize * bits) / 8;
  for (let block = 0; block < blocks; block++) {
    const start = block * blockSize;
    const m = largest(values, pattern, start, start + blockSize);
    const scaleBits = toFloat16Bits(m / -zero);
    if ((scaleBits & 0x7fff) >= 0x7c00) {
      throw new ModelError(`Tensor ${name} holds ${m}, too large for a float16 scale.`, {
        kind: 'tensor-values',
        tensor: name,
      });
    }
    scales[block] = scaleBits;
    const scale = fromFloat16Bits(scaleBits);
    if (scale === 0) codes.fill(bits === 4 ? 0x88 : zero, block * step, (block + 1) * step);
    else if (bits === 4) fill4(values, start, blockSize, scale, codes, block * step);
    else fill8(values, start, blockSize, scale, codes, block * step);
  }
  return { codes, scales };
}

/** The value of largest magnitude, the first of equals. Magnitudes of floats are ordered like the integers of their bits. */
function largest(values: Float32Array, pattern: Int32Array, start: number, end: number): number {
  let magnitude = 0;
  for (let i = start; i < end; i++) {
    const a = pattern[i]! & 0x7fffffff;
    magnitude = a > magnitude ? a : magnitude;
  }
  let at = start;
  while ((pattern[at]! & 0x7fffffff) !== magnitude) at++;
  return values[at]!;
}

/*
 * A product with the reciprocal is several times faster than a division, and in float64 it is off by less than 2^-50 of its size, so
 * it rounds as the float32 quotient does unless that lies within half a float32 step of a tie: there the definition is computed.
 */
const NEAR_TIE_4 = 1e-6; // float32 steps below 16 are 2^-20
const NEAR_TIE_8 = 1.6e-5; // below 256, 2^-16

function fill4(
  values: Float32Array,
  start: number,
  count: number,
  scale: number,
  codes: Uint8Array,
  out: number,
): void {
  const inverse = 1 / scale;
  for (let i = 0; i < count; i += 2) {
    const low = code4(values[start + i]!, inverse, scale);
    const high = code4(values[start + i + 1]!, inverse, scale);
    codes[out++] = low | (high << 4);
  }
}

function code4(value: number, inverse: number, scale: number): number {
  const shifted = value * inverse + 8.5;
  const q = shifted | 0;
  const fraction = shifted - q;
  if (fraction < NEAR_TIE_4 || fraction > 1 - NEAR_TIE_4) return exact(value, scale, 8);
  return q > 15 ? 15 : q;
}

function fill8(
  values: Float32Array,
  start: number,
  count: number,
  scale: number,
  codes: Uint8Array,
  out: number,
): void {
  const inverse = 1 / scale;
  for (let i = start; i < start + count; i++) {
    const shifted = values[i]! * inverse + 128.5;
    const q = shifted | 0;
    const fraction = shifted - q;
    if (fraction < NEAR_TIE_8 || fraction > 1 - NEAR_TIE_8) codes[out++] = exact(values[i]!, scale, 128);
    else codes[out++] = q > 255 ? 255 : q;
  }
}

function exact(value: number, scale: number, zero: number): number {
  const q = roundHalfEven(Math.fround(value / scale)) + zero;
  return q < 0 ? 0 : Math.min(q, 2 * zero - 1);
}

/** (q - zero) * scale, float32, the value ONNX Runtime computes with. */
export function dequantize({ codes, scales }: Quantized, blockSize: BlockSize, bits: Bits): Float32Array {
  const zero = 1 << (bits - 1);
  const out = new Float32Array(scales.length * blockSize);
  for (let i = 0; i < out.length; i++) {
    const code = bits === 8 ? codes[i]! : (codes[i >> 1]! >> ((i & 1) * 4)) & 15;
    out[i] = (code - zero) * fromFloat16Bits(scales[Math.floor(i / blockSize)]!);
  }
  return out;
}
