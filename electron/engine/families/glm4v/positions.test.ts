import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { RotaryTable, ropePositions } from './positions';

/** Against transformers' `get_rope_index`: models/builder/fixtures/make_glm4v.py. */

interface Row {
  readonly name?: string;
  readonly grids: readonly (readonly [number, number, number])[];
  readonly input_ids: readonly number[];
  readonly position_ids: readonly (readonly number[])[];
  readonly rope_delta: number;
}

const fixture = path.join(import.meta.dirname, '../../../../models/builder/fixtures/glm4v');
const { cases, rope } = JSON.parse(readFileSync(path.join(fixture, 'cases.json'), 'utf8')) as {
  cases: Row[];
  rope: Row[];
};
const IMAGE = 526;

describe('positions', () => {
  test.each([...cases, ...rope])(
    'of $grids',
    ({ grids, input_ids: ids, position_ids: expected, rope_delta }) => {
      const positions = ropePositions(
        ids,
        IMAGE,
        grids.map(([, rows, columns]) => [rows, columns] as const),
      );
      expect([positions.frame, positions.row, positions.column].map((axis) => [...axis])).toEqual(expected);
      expect(positions.next - ids.length).toBe(rope_delta);
    },
  );

  test('an image whose tokens do not match its size is refused', () => {
    expect(() => ropePositions([IMAGE, IMAGE, 7], IMAGE, [[4, 4]])).toThrow(RangeError);
    expect(() => ropePositions([IMAGE], IMAGE, [])).toThrow(RangeError);
  });

  test('each component turns its own section of the frequencies, and text goes on after them', () => {
    const table = new RotaryTable({ theta: 10_000, size: 16, sections: [2, 3, 3] }, 12, 'float32');
    const prompt = {
      frame: Int32Array.of(0, 5),
      row: Int32Array.of(0, 7),
      column: Int32Array.of(0, 9),
      next: 10,
    };
    const cos = new Float32Array(3 * 8);
    const sin = new Float32Array(3 * 8);
    table.write(prompt, 1, cos, sin);
    expect([...cos.subarray(0, 8)]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    const positions = [5, 5, 7, 7, 7, 9, 9, 9, 10, 10, 10, 10, 10, 10, 10, 10];
    for (const [i, position] of positions.entries()) {
      const angle = position * 10_000 ** (-(i % 8) / 8);
      expect(cos[8 + i]).toBeCloseTo(Math.cos(angle), 5);
      expect(sin[8 + i]).toBeCloseTo(Math.sin(angle), 5);
    }
  });
});
