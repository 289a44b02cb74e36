import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ropePositions, rotaryRows, textPositions } from './positions';

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

  test('each component turns its own section of the frequencies', () => {
    const settings = { theta: 10_000, size: 16, sections: [2, 3, 3] as const };
    const one = { frame: Int32Array.of(5), row: Int32Array.of(7), column: Int32Array.of(9), next: 10 };
    const { cos, sin } = rotaryRows(one, settings);
    const angle = (position: number, i: number) => position * 10_000 ** (-i / 8);
    const positions = [5, 5, 7, 7, 7, 9, 9, 9];
    for (const [i, position] of positions.entries()) {
      expect(cos[i]).toBeCloseTo(Math.cos(angle(position, i)), 5);
      expect(sin[i]).toBeCloseTo(Math.sin(angle(position, i)), 5);
    }
  });

  test('text after a prompt counts on', () => {
    expect([...textPositions(12, 3).column]).toEqual([12, 13, 14]);
  });
});
