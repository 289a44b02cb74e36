import { describe, expect, test } from 'vitest';
import { fromFloat16Bits, roundHalfEven, toFloat16Array, toFloat16Bits, toFloat32 } from './dtype';

describe('float16', () => {
  test('every value survives the way there and back', () => {
    for (let bits = 0; bits < 65536; bits++) {
      const value = fromFloat16Bits(bits);
      if (Number.isNaN(value)) expect(Number.isNaN(fromFloat16Bits(toFloat16Bits(value)))).toBe(true);
      else if (toFloat16Bits(value) !== bits) throw new Error(`${bits} became ${toFloat16Bits(value)}`);
    }
  });

  test('between two neighbours the nearer wins, the even one in the middle', () => {
    for (let bits = 0; bits < 0x7bff; bits++) {
      const low = fromFloat16Bits(bits);
      const high = fromFloat16Bits(bits + 1);
      const middle = (low + high) / 2;
      const even = bits % 2 === 0 ? bits : bits + 1;
      const got = [toFloat16Bits(middle), toFloat16Bits(-middle), toFloat16Bits(low + (high - low) * 0.49)];
      if (got.join() !== [even, even | 0x8000, bits].join())
        throw new Error(`between ${bits} and ${bits + 1}: ${got}`);
    }
  });

  test('overflow is infinity from 65520 on, and an array with one is refused by name', () => {
    expect(toFloat16Bits(65519)).toBe(0x7bff);
    expect(toFloat16Bits(65520)).toBe(0x7c00);
    expect(toFloat16Bits(-1e30)).toBe(0xfc00);
    expect(() => toFloat16Array(Float32Array.of(1, 70000), 'w')).toThrow(/Tensor w holds 70000/);
  });
});

test('raw elements of each dtype, at any offset', () => {
  const bytes = new Uint8Array([99, 0x00, 0x3c, 0x00, 0xc0]).subarray(1);
  expect([...toFloat32(bytes, 'F16')]).toEqual([1, -2]);
  expect([...toFloat32(new Uint8Array([0x80, 0x3f, 0x00, 0xc0]), 'BF16')]).toEqual([1, -2]);
  expect([...toFloat32(new Uint8Array([0, 0, 0x80, 0x3f]), 'F32')]).toEqual([1]);
});

test('halves round to even', () => {
  expect([0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 2.4999, 7.5].map((x) => roundHalfEven(x) + 0)).toEqual([
    0, 2, 2, 0, -2, -2, 2, 8,
  ]);
});
