import { expect, test } from 'vitest';
import { toFloat16Array, toFloat32 } from './dtype';

test('a value that float16 cannot hold is refused by the name of its tensor', () => {
  expect([...toFloat16Array(Float32Array.of(1, 65504), 'w')]).toEqual([0x3c00, 0x7bff]);
  expect(() => toFloat16Array(Float32Array.of(1, 70000), 'w')).toThrow(/Tensor w holds 70000/);
});

test('raw elements of each dtype, at any offset', () => {
  const bytes = new Uint8Array([99, 0x00, 0x3c, 0x00, 0xc0]).subarray(1);
  expect([...toFloat32(bytes, 'F16')]).toEqual([1, -2]);
  expect([...toFloat32(new Uint8Array([0x80, 0x3f, 0x00, 0xc0]), 'BF16')]).toEqual([1, -2]);
  expect([...toFloat32(new Uint8Array([0, 0, 0x80, 0x3f]), 'F32')]).toEqual([1]);
});
