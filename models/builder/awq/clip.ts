import { fromFloat16Bits, roundHalfEven, toFloat16Bits } from '../../../electron/engine/ort/float16';
import type { Bits } from '../quantize';

/**
 * Ways to clip a block before it is rounded to nearest: 0 leaves it as it is; 2 * i + 1 and 2 * i + 2 let the largest negative and the
 * largest positive value, shrunk by `1 - i * step`, set the block's scale. Of a symmetric code's range -2^(bits - 1) … 2^(bits - 1) - 1
 * the side that sets the scale has one step more, so the side matters.
 */
export const CLIPS = 21;
/** Of 256 steps little may be cut off, of 16 more. */
const STEP: Readonly<Record<Bits, number>> = { 4: 0.05, 8: 0.005 };

/** Clips the block of `size` values at `at`, in place. */
export function clipBlock(values: Float32Array, at: number, size: number, clip: number, bits: Bits): void {
  if (clip === 0) return;
  const sign = clip % 2 === 1 ? -1 : 1;
  const end = at + size;
  let most = 0;
  for (let i = at; i < end; i++) {
    const w = sign * values[i]!;
    most = w > most ? w : most;
  }
  if (most === 0) return;
  const zero = 1 << (bits - 1);
  const limit = Math.fround(most * (1 - STEP[bits] * ((clip - 1) >> 1)));
  const other = Math.fround((limit * (zero - 1)) / zero);
  const low = sign < 0 ? -limit : -other;
  const high = sign < 0 ? other : limit;
  for (let i = at; i < end; i++) {
    const w = values[i]!;
    values[i] = w < low ? low : w > high ? high : w;
  }
}

/** What a package holds of a block after `quantize`, in place: the search asks millions of times, so nothing is packed. */
export function roundBlock(values: Float32Array, at: number, size: number, bits: Bits): void {
  const zero = 1 << (bits - 1);
  const end = at + size;
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
  const scale = fromFloat16Bits(toFloat16Bits(m / -zero));
  if (scale === 0) {
    values.fill(0, at, end);
    return;
  }
  for (let i = at; i < end; i++) {
    const q = roundHalfEven(Math.fround(values[i]! / scale));
    values[i] = (q < -zero ? -zero : q > zero - 1 ? zero - 1 : q) * scale;
  }
}
