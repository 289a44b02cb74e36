import fc from 'fast-check';
import { Tensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { BLOCK_SIZES, dequantize, quantize } from '../quantize';
import type { TensorSource } from '../source';
import { CLIPS, clipBlock, roundBlock } from './clip';
import { ErrorMeter, searchClips } from './search';
import { AwqSource } from './source';
import type { Statistics } from './statistics';

const values = (size: number) =>
  fc.array(
    fc.oneof(fc.float({ min: -4, max: 4, noNaN: true }), fc.constantFrom(0, -0, 1, -1, 0.5, 1e-8, 3e4)),
    { minLength: size, maxLength: size },
  );

describe.each([4, 8] as const)('%i bits', (bits) => {
  test.each(BLOCK_SIZES)('a block of %i is rounded as the package rounds it, however clipped', (size) => {
    fc.assert(
      fc.property(values(size), fc.integer({ min: 0, max: CLIPS - 1 }), (block, clip) => {
        const clipped = Float32Array.from(block);
        clipBlock(clipped, 0, size, clip, bits);
        const rounded = clipped.slice();
        roundBlock(rounded, 0, size, bits);
        const expected = dequantize(quantize(clipped, size, bits, 'w'), size, bits);
        expect([...rounded].map((v) => v + 0)).toEqual([...expected].map((v) => v + 0));
      }),
      { numRuns: 200 },
    );
  });

  test('clipping keeps signs and makes no value larger', () => {
    fc.assert(
      fc.property(values(32), fc.integer({ min: 0, max: CLIPS - 1 }), (block, clip) => {
        const from = Float32Array.from(block);
        const to = from.slice();
        clipBlock(to, 0, 32, clip, bits);
        for (const [i, v] of to.entries()) {
          expect(Math.abs(v)).toBeLessThanOrEqual(Math.abs(from[i]!));
          expect(v * from[i]!).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });

  test('the side that sets the scale gets its exact value', () => {
    const block = new Float32Array(32).fill(0.01);
    block[3] = -1;
    block[9] = 0.9;
    const negative = block.slice();
    clipBlock(negative, 0, 32, 1, bits);
    roundBlock(negative, 0, 32, bits);
    expect(negative[3]).toBe(-1);
    const positive = block.slice();
    clipBlock(positive, 0, 32, 2, bits);
    const top = positive[9]!;
    roundBlock(positive, 0, 32, bits);
    expect(top).toBeCloseTo(0.9, 6);
    // Its float16 scale decides by how much it is off.
    expect(positive[9]).toBeCloseTo(0.9, 3);
  });
});

/** A matrix [rows, columns] of values without a pattern, a few of them large. */
function matrix(rows: number, columns: number): Float32Array {
  const out = new Float32Array(rows * columns);
  for (let i = 0, x = 7; i < out.length; i++) {
    x = (Math.imul(x, 1_664_525) + 1_013_904_223) | 0;
    out[i] = (x / 2 ** 31) * (i % 41 === 0 ? 3 : 0.4);
  }
  return out;
}

const sourceOf = (data: Float32Array, rows: number, columns: number): TensorSource => ({
  names: ['w'],
  shape: () => [rows, columns],
  rows: (_, start, count) => data.subarray(start * columns, (start + count) * columns),
  close: () => {},
});

/** Squared error that each block adds to the output, computed from the activations x themselves. */
function blockErrors(
  w: Float32Array,
  q: Float32Array,
  x: Float32Array,
  columns: number,
  size: number,
): number[] {
  const errors: number[] = [];
  for (let at = 0; at < w.length; at += size) {
    let error = 0;
    for (let token = 0; token < x.length; token += columns) {
      let difference = 0;
      for (let i = 0; i < size; i++)
        difference += (w[at + i]! - q[at + i]!) * x[token + ((at + i) % columns)]!;
      error += difference ** 2;
    }
    errors.push(error);
  }
  return errors;
}

test.each([
  [32, 4],
  [64, 4],
  [128, 4],
  [32, 8],
] as const)(
  'clips found for blocks of %i in %i bits: no block gets worse, many get better',
  async (size, bits) => {
    const [rows, columns, tokens] = [12, 256, 50];
    const w = matrix(rows, columns);
    const x = matrix(tokens, columns).map((v, i) => v * (1 + (i % 7)));
    const gram = new Float32Array(columns * columns);
    for (let i = 0; i < columns; i++) {
      for (let j = 0; j < columns; j++) {
        for (let t = 0; t < x.length; t += columns) gram[i * columns + j]! += x[t + i]! * x[t + j]!;
      }
    }
    const magnitude = new Float64Array(columns);
    const statistics: Statistics = { columns, tokens, magnitude, gram, width: columns };
    const source = sourceOf(w, rows, columns);
    const meter = await ErrorMeter.create(1);
    const product = { tensor: 'w', bits, taps: [] };
    const found = await searchClips(meter, source, product, statistics, size);
    await meter.release();

    const nearest = dequantize(quantize(w, size, bits, 'w'), size, bits);
    const clipped = new AwqSource(source, new Map([['w', { clips: found.clips, bits }]])).rows('w', 0, rows);
    const before = blockErrors(w, nearest, x, columns, size);
    const after = blockErrors(
      w,
      dequantize(quantize(clipped, size, bits, 'w'), size, bits),
      x,
      columns,
      size,
    );
    for (const [i, error] of after.entries()) expect(error).toBeLessThanOrEqual(before[i]! * (1 + 1e-4));
    const better = after.filter((error, i) => error < before[i]! * 0.99).length;
    expect(better).toBeGreaterThan(after.length / 5);
    const total = before.reduce((a, b) => a + b);
    expect(found.before / total).toBeCloseTo(1, 3);
  },
);

test('the meter adds up what each block of columns does', async () => {
  const [rows, columns, width] = [3, 8, 4];
  const d = Float32Array.from({ length: rows * columns }, (_, i) => i - 11);
  const gram = Float32Array.from({ length: columns * width }, (_, i) => (i % 5) - 2);
  const meter = await ErrorMeter.create(1);
  const errors = await meter.errors(d, columns, new Tensor('float32', gram, [columns / width, width, width]));
  await meter.release();
  for (let block = 0; block < columns / width; block++) {
    for (let row = 0; row < rows; row++) {
      let expected = 0;
      for (let i = 0; i < width; i++) {
        for (let j = 0; j < width; j++) {
          const at = row * columns + block * width;
          expected += d[at + i]! * gram[(block * width + i) * width + j]! * d[at + j]!;
        }
      }
      expect(errors[block * rows + row]).toBeCloseTo(expected, 3);
    }
  }
});
