import { fromFloat16Bits, roundHalfEven, toFloat16Bits } from './dtype';
import { ModelError } from './errors';

export const BLOCK_SIZES = [32, 64, 128] as const;
export type BlockSize = (typeof BLOCK_SIZES)[number];
export type Bits = 4 | 8;

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
 */
export function quantize(values: Float32Array, blockSize: BlockSize, bits: Bits, name: string): Quantized {
  const zero = 1 << (bits - 1);
  const top = 2 * zero - 1;
  const blocks = values.length / blockSize;
  if (!Number.isInteger(blocks)) throw new RangeError(`${name}: ${values.length} values are no whole blocks`);
  const codes = new Uint8Array((values.length * bits) / 8);
  const scales = new Uint16Array(blocks);
  let at = 0;
  let out = 0;
  for (let block = 0; block < blocks; block++) {
    const end = at + blockSize;
    let m = 0;
    let magnitude = 0;
    for (let i = at; i < end; i++) {
      const w = values[i]!;
      const a = w < 0 ? -w : w;
      if (a > magnitude) {
        magnitude = a;
        m = w;
      }
    }
    const scaleBits = toFloat16Bits(m / -zero);
    if ((scaleBits & 0x7fff) >= 0x7c00) {
      throw new ModelError(`Tensor ${name} holds ${m}, too large for a float16 scale.`);
    }
    scales[block] = scaleBits;
    const scale = fromFloat16Bits(scaleBits);
    if (scale === 0) {
      codes.fill(bits === 4 ? 0x88 : zero, out, out + (blockSize * bits) / 8);
      out += (blockSize * bits) / 8;
      at = end;
    } else if (bits === 4) {
      for (; at < end; at += 2) {
        let low = roundHalfEven(Math.fround(values[at]! / scale)) + 8;
        let high = roundHalfEven(Math.fround(values[at + 1]! / scale)) + 8;
        low = low < 0 ? 0 : Math.min(low, 15);
        high = high < 0 ? 0 : Math.min(high, 15);
        codes[out++] = low | (high << 4);
      }
    } else {
      for (; at < end; at++) {
        const q = roundHalfEven(Math.fround(values[at]! / scale)) + zero;
        codes[out++] = q < 0 ? 0 : Math.min(q, top);
      }
    }
  }
  return { codes, scales };
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
