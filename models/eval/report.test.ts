import { describe, expect, test } from 'vitest';
import { EvaluationSchema, mergeRows, table, tally } from './report';
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

describe('merging', () => {
  const measured = [{ column: 'int4' as const, tallies: tally(outcomes('a', 10, 9), groupOf) }];
  const row = { name: 'a', metric: 'exact', n: 10, thinking: true };

  test('keeps the columns that were not measured', () => {
    expect(mergeRows([{ ...row, fp32: 95, int4: 10 }], measured)).toEqual([{ ...row, fp32: 95, int4: 90 }]);
  });

  test('drops them when the set has changed, and rows of sets that are gone', () => {
    const old = [
      { ...row, n: 11, fp32: 95 },
      { ...row, name: 'gone', fp32: 1 },
    ];
    expect(mergeRows(old, measured)).toEqual([{ ...row, int4: 90 }]);
  });

  test('two packages give two columns', () => {
    const both = [...measured, { column: 'fp32' as const, tallies: tally(outcomes('a', 10, 10), groupOf) }];
    expect(mergeRows([], both)).toEqual([{ ...row, int4: 90, fp32: 100 }]);
  });
});

test('figures beyond 100 % are no figures', () => {
  const empty = { tasks: [], groups: [], subset: { size: 1, precision: 'int4', groups: [] } };
  expect(EvaluationSchema.safeParse(empty).success).toBe(true);
  const row = { name: 'a', metric: 'exact', n: 1, thinking: true, int4: 101 };
  expect(EvaluationSchema.safeParse({ ...empty, tasks: [row] }).success).toBe(false);
});
