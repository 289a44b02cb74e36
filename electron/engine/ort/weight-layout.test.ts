import { describe, expect, test } from 'vitest';
import { WeightLayout } from './weight-layout';

describe('parts of files in one piece of memory', () => {
  const range = (offset: number, bytes: number, file = '/a') => ({ file, offset, bytes });

  test('stand there each byte once, in few long reads, aligned', () => {
    const layout = new WeightLayout([
      range(0, 1000),
      range(1024, 4096),
      range(1024, 4096),
      range(2048, 512),
      range(1_000_192, 77),
      range(0, 300, '/b'),
    ]);
    expect(layout.extents).toEqual([
      { file: '/a', offset: 0, bytes: 5120, at: 0 },
      { file: '/a', offset: 1_000_192, bytes: 77, at: 5120 },
      { file: '/b', offset: 0, bytes: 300, at: 5376 },
    ]);
    expect(layout.bytes).toBe(5676);
    expect(layout.find(range(2048, 512))).toBe(2048);
    expect(layout.find(range(0, 300, '/b'))).toBe(5376);
    expect(() => layout.find(range(0, 301, '/b'))).toThrow(RangeError);
  });

  test('have a place of their own where they would not be aligned within another', () => {
    const layout = new WeightLayout([range(0, 4096), range(100, 50), range(100, 50), range(4100, 20)]);
    expect(layout.find(range(100, 50)) % 256).toBe(0);
    expect(layout.find(range(4100, 20)) % 256).toBe(0);
    expect(layout.extents.length).toBe(3);
    expect(layout.bytes).toBeLessThan(4096 + 2 * 256 + 50);
  });
});
