import { describe, expect, test } from 'vitest';
import { EvaluationSchema, rowsOf, table, tally } from './report';
import { groupOf } from './sets';
import { line, outcomes } from './testing/outcomes';

describe('tallies', () => {
  const all = [
    ...outcomes('maths.add', 4, 3),
    ...outcomes('maths.sub', 2, 2),
    ...outcomes('maths.add', 4, 1, false),
  ];

  test('by task and by group, thinking first', () => {
    expect(
      tally(all, (task) => task).map(({ name, thinking, n, right }) => [name, thinking, n, right]),
    ).toEqual([
      ['maths.add', true, 4, 3],
      ['maths.add', false, 4, 1],
      ['maths.sub', true, 2, 2],
    ]);
    expect(tally(all, groupOf)).toMatchObject([
      { name: 'maths', thinking: true, n: 6, right: 5, tokens: 60, metric: 'exact' },
      { name: 'maths', thinking: false, n: 4, right: 1 },
    ]);
  });

  test('a task with several kinds of expectation has a mixed metric', () => {
    const mixed = [...outcomes('a', 1, 1), { ...outcomes('a', 1, 1)[0]!, line: line('a', 2, 'final') }];
    expect(tally(mixed, groupOf)[0]?.metric).toBe('mixed');
  });

  test('the table shows a column for each precision and mode', () => {
    const text = table([{ label: 'int4', tallies: tally(all, groupOf) }]);
    expect(text.split('\n').map((row) => row.split(/\s{2,}/))).toEqual([
      ['', 'n', 'int4 think', 'int4 no think', 'tokens'],
      ['maths', '6', '83.3', '25.0', '10'],
    ]);
  });
});

test("a package's rows have its own column", () => {
  expect(rowsOf('int4', tally(outcomes('a', 10, 9), groupOf))).toEqual([
    { name: 'a', metric: 'exact', n: 10, thinking: true, int4: 90 },
  ]);
});

test('figures beyond 100 % are no figures', () => {
  const empty = { tasks: [], groups: [], subset: { size: 1, precision: 'int4', groups: [] } };
  expect(EvaluationSchema.safeParse(empty).success).toBe(true);
  const row = { name: 'a', metric: 'exact', n: 1, thinking: true, int4: 101 };
  expect(EvaluationSchema.safeParse({ ...empty, tasks: [row] }).success).toBe(false);
});
