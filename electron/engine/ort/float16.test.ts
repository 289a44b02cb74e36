import { describe, expect, test } from 'vitest';
import { castFloats, fromFloat16Bits, roundHalfEven, toFloat16Bits } from './float16';

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

  test('overflow is infinity from 65520 on', () => {
    expect(toFloat16Bits(65519)).toBe(0x7bff);
    expect(toFloat16Bits(65520)).toBe(0x7c00);
    expect(toFloat16Bits(-1e30)).toBe(0xfc00);
  });
});

test('halves round to even', () => {
  expect([0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 2.4999, 7.5].map((x) => roundHalfEven(x) + 0)).toEqual([
    0, 2, 2, 0, -2, -2, 2, 8,
  ]);
});

test('floats are cast to the type of a graph, each over memory of its own', () => {
  const values = Float32Array.of(1, -2, 0.1);
  const same = castFloats('float32', values);
  expect([...same]).toEqual([...values]);
  expect(same.buffer).not.toBe(values.buffer);
  expect([...castFloats('float16', values)]).toEqual([0x3c00, 0xc000, 0x2e66]);
});
