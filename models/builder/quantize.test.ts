import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromFloat16Bits, toFloat16Bits } from '../../electron/engine/ort/float16';
import { BLOCK_SIZES, dequantize, quantize } from './quantize';

/** models/README.md section 3 word by word, one value at a time. */
function reference(block: readonly number[], bits: 4 | 8): { scale: number; codes: number[] } {
  const zero = 2 ** (bits - 1);
  const m = block.reduce((best, w) => (Math.abs(w) > Math.abs(best) ? w : best), 0);
  const scale = fromFloat16Bits(toFloat16Bits(Math.fround(m / -zero)));
  if (scale === 0) return { scale, codes: block.map(() => zero) };
  const halfEven = (x: number) => {
    const floor = Math.floor(x);
    if (x - floor !== 0.5) return Math.round(x);
    return floor % 2 === 0 ? floor : floor + 1;
  };
  const codes = block.map((w) =>
    Math.min(2 * zero - 1, Math.max(0, halfEven(Math.fround(w / scale)) + zero)),
  );
  return { scale, codes };
}

function codesOf(packed: Uint8Array, bits: 4 | 8): number[] {
  return bits === 8 ? [...packed] : [...packed].flatMap((byte) => [byte & 15, byte >> 4]);
}

describe.each([4, 8] as const)('%i bits', (bits) => {
  test.each(BLOCK_SIZES)('block %i agrees with the definition', (size) => {
    const value = fc.oneof(
      fc.float({ min: -4, max: 4, noNaN: true }),
      fc.constantFrom(0, -0, 1, -1, 0.5, 1e-7, -1e-8, 3e4),
    );
    fc.assert(
      fc.property(fc.array(value, { minLength: 2 * size, maxLength: 2 * size }), (values) => {
        const packed = quantize(Float32Array.from(values), size, bits, 'w');
        const blocks = [values.slice(0, size), values.slice(size)].map((block) => reference(block, bits));
        expect([...packed.scales].map(fromFloat16Bits)).toEqual(blocks.map((b) => b.scale));
        expect(codesOf(packed.codes, bits)).toEqual(blocks.flatMap((b) => b.codes));
        const values2 = blocks.flatMap((b) =>
          b.codes.map((q) => Math.fround((q - 2 ** (bits - 1)) * b.scale)),
        );
        expect([...dequantize(packed, size, bits)].map((v) => v + 0)).toEqual(values2.map((v) => v + 0));
      }),
      { numRuns: 50 },
    );
  });

  test('the largest value of either sign is kept exactly, the first of equals sets the scale', () => {
    const values = new Float32Array(64);
    values.set([0.5, -2, 2], 0);
    values.set([3], 32);
    const packed = quantize(values, 32, bits, 'w');
    const zero = 2 ** (bits - 1);
    expect([...packed.scales].map(fromFloat16Bits)).toEqual([2 / zero, -3 / zero]);
    expect(dequantize(packed, 32, bits)[1]).toBe(-2);
    expect(dequantize(packed, 32, bits)[32]).toBe(3);
  });

  test('a block of zeros has scale 0 and the zero point as its codes', () => {
    const packed = quantize(new Float32Array(32), 32, bits, 'w');
    expect(packed.scales[0]! & 0x7fff).toBe(0);
    expect(codesOf(packed.codes, bits)).toEqual(new Array(32).fill(2 ** (bits - 1)));
  });

  test('a scale beyond float16 is refused by name', () => {
    expect(() => quantize(new Float32Array(32).fill(1e9), 32, bits, 'w')).toThrow(
      /Tensor w holds 1000000000/,
    );
  });
});
