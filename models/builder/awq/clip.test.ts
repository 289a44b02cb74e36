import fc from 'fast-check';
import { Tensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { BLOCK_SIZES, type BlockSize, dequantize, type Quantized, quantize } from '../quantize';
import type { TensorSource } from '../source';
import { countOf, extremesOf, roundBlock, scaleOf, WAYS } from './clip';
import { ErrorMeter } from './error-meter';
import type { Product } from './plan';
import { roundMatrix, weighing } from './rounding';
import type { Statistics } from './statistics';

const values = (size: number) =>
  fc.array(
    fc.oneof(fc.float({ min: -4, max: 4, noNaN: true }), fc.constantFrom(0, -0, 1, -1, 0.5, 1e-8, 3e4)),
    { minLength: size, maxLength: size },
  );

describe.each([4, 8] as const)('%i bits', (bits) => {
  test.each(BLOCK_SIZES)('the first way of a block of %i is rounding to nearest', (size) => {
    fc.assert(
      fc.property(values(size), (list) => {
        const block = Float32Array.from(list);
        const scale = scaleOf(extremesOf(block, 0, size), WAYS, 0, bits);
        const expected = dequantize(quantize(block, size, bits, 'w'), size, bits);
        roundBlock(block, 0, size, scale, bits);
        // Halfway between two codes either is nearest.
        for (const [i, v] of block.entries())
          expect(Math.abs(v - list[i]!)).toBeCloseTo(Math.abs(expected[i]! - list[i]!), 6);
      }),
      { numRuns: 200 },
    );
  });

  test('no way makes a value change its sign, or be off by more than a step unless it is cut off', () => {
    fc.assert(
      fc.property(values(32), fc.integer({ min: 0, max: countOf(WAYS) - 1 }), (list, way) => {
        const block = Float32Array.from(list);
        const scale = scaleOf(extremesOf(block, 0, 32), WAYS, way, bits);
        const to = block.slice();
        roundBlock(to, 0, 32, scale, bits);
        for (const [i, v] of to.entries()) {
          expect(v * block[i]!).toBeGreaterThanOrEqual(0);
          const cut = Math.abs(block[i]!) > Math.abs(scale) * ((1 << (bits - 1)) - 1);
          if (!cut && scale !== 0)
            expect(Math.abs(v - block[i]!)).toBeLessThanOrEqual(Math.abs(scale) * 0.501);
        }
      }),
    );
  });

  test('the side that sets the scale gets its exact value', () => {
    const block = new Float32Array(32).fill(0.01);
    block[3] = -1;
    block[9] = 0.9;
    const rounded = (way: number) => {
      const out = block.slice();
      roundBlock(out, 0, 32, scaleOf(extremesOf(block, 0, 32), WAYS, way, bits), bits);
      return out;
    };
    expect(rounded(1)[3]).toBe(-1);
    // Its float16 scale decides by how much it is off.
    expect(rounded(2)[9]).toBeCloseTo(0.9, 3);
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

/** A matrix rounded for inputs x, and to nearest. */
async function rounded(
  w: Float32Array,
  x: Float32Array,
  columns: number,
  width: number,
  size: BlockSize,
  bits: 4 | 8,
) {
  const gram = new Float32Array(columns * width);
  for (let i = 0; i < columns; i++) {
    const start = i - (i % width);
    for (let j = 0; j < width; j++) {
      for (let t = 0; t < x.length; t += columns) gram[i * width + j]! += x[t + i]! * x[t + start + j]!;
    }
  }
  const statistics: Statistics = { columns, tokens: 50, magnitude: new Float64Array(columns), gram, width };
  const product: Product = { tensor: 'w', bits, taps: [] };
  const errors = { before: 0, after: 0 };
  const meter = await ErrorMeter.create(1);
  const weighed = weighing(product, statistics, columns, size);
  const source = sourceOf(w, w.length / columns, columns);
  const pieces: Quantized[] = [];
  for await (const piece of roundMatrix(meter, source, product, weighed, errors)) pieces.push(piece);
  await meter.release();
  expect(pieces).toHaveLength(1);
  return {
    errors,
    values: dequantize(pieces[0]!, size, bits),
    nearest: dequantize(quantize(w, size, bits, 'w'), size, bits),
  };
}

const total = (errors: readonly number[]) => errors.reduce((a, b) => a + b);

test.each([
  [32, 256, 4],
  [64, 128, 4],
  [128, 128, 4],
  [128, 256, 4],
  [32, 256, 8],
] as const)(
  'blocks of %i, Gram matrix in blocks of %i, %i bits: no part of a row gets worse, the whole far better',
  async (size, width, bits) => {
    const [columns, tokens] = [256, 50];
    const w = matrix(12, columns);
    // Inputs that go together, as those of a model do.
    const x = matrix(tokens, columns).map(
      (v, i) => (v + Math.sin(Math.floor(i / columns) + (i % columns) / 40)) * (1 + (i % 7)),
    );
    const { errors, values, nearest } = await rounded(w, x, columns, width, size, bits);
    const before = blockErrors(w, nearest, x, columns, width);
    const after = blockErrors(w, values, x, columns, width);
    for (const [i, error] of after.entries())
      expect(error).toBeLessThanOrEqual(before[i]! * (1 + 1e-3) + 1e-6);
    expect(total(after)).toBeLessThan(0.5 * total(before));
    expect(errors.before / total(before)).toBeCloseTo(1, 2);
    expect(errors.after / total(after)).toBeCloseTo(1, 1);
  },
);

test('inputs that do not go together have no feedback: each block is at least as good by itself', async () => {
  const [columns, size] = [64, 32] as const;
  const w = matrix(6, columns);
  const x = new Float32Array(columns * columns);
  for (let i = 0; i < columns; i++) x[i * columns + i] = 1 + (i % 3);
  const { values, nearest } = await rounded(w, x, columns, columns, size, 4);
  const before = blockErrors(w, nearest, x, columns, size);
  for (const [i, error] of blockErrors(w, values, x, columns, size).entries())
    expect(error).toBeLessThanOrEqual(before[i]! * (1 + 1e-4));
});

test('a block of zeros, inputs that are never seen, and a value that no float16 scale reaches', async () => {
  const columns = 64;
  const w = matrix(2, columns).fill(0, 0, 32);
  const { values } = await rounded(w, new Float32Array(columns * 4), columns, columns, 32, 4);
  expect([...values.subarray(0, 32)].every((v) => v === 0)).toBe(true);
  expect([...values].every(Number.isFinite)).toBe(true);
  w[40] = 1e9;
  await expect(rounded(w, new Float32Array(columns * 4).fill(1), columns, columns, 32, 4)).rejects.toThrow(
    /too large for a float16 scale/,
  );
});

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
