import { fromFloat16Bits, toFloat16Bits } from '../../../electron/engine/ort/float16';
import type { Bits } from '../quantize';

/**
 * Ways to choose a block's scale: 0 is that of rounding to nearest, which the value of largest magnitude sets; the others let the
 * largest negative or the largest positive value, shrunk by `1 - i * step`, set it, so that what is larger is cut off. Of a symmetric
 * code's range -2^(bits - 1) … 2^(bits - 1) - 1 the side that sets the scale has one step more, so the side matters.
 */
export interface Ways {
  readonly steps: number;
  /** Of 256 steps little may be cut off, of 16 more. */
  readonly step: Readonly<Record<Bits, number>>;
}

/** What a package is rounded by. */
export const WAYS: Ways = { steps: 16, step: { 4: 0.03, 8: 0.003 } };
/** Enough to compare scales of channels. */
export const FEW_WAYS: Ways = { steps: 3, step: { 4: 0.12, 8: 0.012 } };

export const countOf = ({ steps }: Ways): number => 1 + 2 * steps;

/** What the scales of a block follow from: its largest negative and positive value, and the first of largest magnitude. */
export interface Extremes {
  readonly low: number;
  readonly high: number;
  readonly first: number;
}

export function extremesOf(values: Float32Array, at: number, size: number): Extremes {
  let [low, high, first, magnitude] = [0, 0, 0, 0];
  for (let i = at; i < at + size; i++) {
    const w = values[i]!;
    if (w < low) low = w;
    else if (w > high) high = w;
    const a = w < 0 ? -w : w;
    if (a > magnitude) {
      magnitude = a;
      first = w;
    }
  }
  return { low, high, first };
}

/** The scale of a block by the way of this number: a float16's value. */
export function scaleOf({ low, high, first }: Extremes, ways: Ways, way: number, bits: Bits): number {
  const zero = 1 << (bits - 1);
  if (way === 0) return float16(first / -zero);
  const shrunk = 1 - ways.step[bits] * ((way - 1) >> 1);
  return float16(((way % 2 === 1 ? low : high) * shrunk) / -zero);
}

const float16 = (value: number): number => fromFloat16Bits(toFloat16Bits(value));

/** A value's code, without the zero point: whole, -2^(bits - 1) … 2^(bits - 1) - 1. */
export function codeOf(value: number, inverse: number, zero: number): number {
  const q = Math.floor(value * inverse + 0.5);
  return q < -zero ? -zero : q >= zero ? zero - 1 : q;
}

/** What is left of the block of `size` values at `at` when it is rounded by `scale`, in place. */
export function roundBlock(values: Float32Array, at: number, size: number, scale: number, bits: Bits): void {
  const end = at + size;
  if (scale === 0) {
    values.fill(0, at, end);
    return;
  }
  const zero = 1 << (bits - 1);
  const inverse = 1 / scale;
  for (let i = at; i < end; i++) values[i] = codeOf(values[i]!, inverse, zero) * scale;
}
