import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Outcome } from './pool';
import { EvaluationSchema, mergeRows, regressions, subsetGroups, table, tally } from './report';
import { groupOf, isOfMedia, type Line, readSets, subsetOf } from './sets';

const line = (task: string, i: number, kind: Line['expect']['kind'] = 'exact'): Line => ({
  id: `${task}-${i}`,
  task,
  lang: 'en',
  messages: [{ role: 'user', content: '?' }],
  expect: { kind, values: ['x'] },
  metric: kind,
});

/** `right` of `n` lines right, in one mode. */
function outcomes(task: string, n: number, right: number, thinking = true): Outcome[] {
  return Array.from({ length: n }, (_, i) => ({
    line: line(task, i),
    thinking,
    answer: '',
    reasoning: '',
    right: i < right ? 1 : 0,
    of: 1,
    tokens: 10,
  }));
}

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

describe('the subset', () => {
  const stored = subsetGroups(outcomes('a', 60, 58));

  test('may lose up to two points', () => {
    const many = subsetGroups(outcomes('a', 280, 270));
    expect(regressions(many, subsetGroups(outcomes('a', 280, 275)))).toEqual([]);
    expect(regressions(many, subsetGroups(outcomes('a', 280, 268)))).toEqual([]);
    expect(regressions(many, subsetGroups(outcomes('a', 280, 264)))).toContain(
      'a with thinking fell from 96.43 % to 94.29 % (280 lines).',
    );
  });

  test('may lose three lines where that is more', () => {
    expect(regressions(stored, subsetGroups(outcomes('a', 60, 55)))).toEqual([]);
    expect(regressions(stored, subsetGroups(outcomes('a', 60, 54)))).toContain(
      'a with thinking fell from 96.67 % to 90 % (60 lines).',
    );
    const small = subsetGroups(outcomes('a', 26, 21));
    expect(regressions(small, subsetGroups(outcomes('a', 26, 18)))).toEqual([]);
    expect(regressions(small, subsetGroups(outcomes('a', 26, 17)))).toContain(
      'a with thinking fell from 80.77 % to 65.38 % (26 lines).',
    );
  });

  test('may not all lose a line', () => {
    const groups = (lost: number) =>
      subsetGroups(['a', 'b', 'c', 'd'].flatMap((name, i) => outcomes(name, 60, i < lost ? 49 : 50)));
    expect(regressions(groups(0), groups(1))).toEqual([]);
    expect(regressions(groups(0), groups(4))).toEqual([
      'All groups together fell from 83.33 % to 81.67 % (240 lines).',
    ]);
  });

  test('are counted by words or characters where those are right or wrong', () => {
    const words = (right: number) => [{ name: 'w', thinking: false, n: 20, right, of: 200 }];
    expect(regressions(words(190), words(178))).toEqual([]);
    expect(regressions(words(190), words(177))).toEqual([
      'w without thinking fell from 95 % to 88.5 % (20 lines).',
    ]);
  });

  test('must be the subset that was measured', () => {
    expect(regressions(stored, subsetGroups(outcomes('a', 50, 50)))[0]).toMatch(
      /no figure for these 50 lines/,
    );
    expect(regressions(stored, subsetGroups(outcomes('b', 60, 60)))[0]).toMatch(
      /^b with thinking: eval.json has no/,
    );
  });

  test('takes each group’s share evenly from its tasks and lines', () => {
    const sets = new Map(
      ['m.add', 'm.sub', 'x'].map((task) => [task, Array.from({ length: 100 }, (_, i) => line(task, i))]),
    );
    const ids = [...subsetOf(sets, 4)];
    expect(ids).toEqual(['m.add-0', 'm.add-50', 'm.sub-0', 'm.sub-50', 'x-0', 'x-25', 'x-50', 'x-75']);
  });
});

test('the sets are well formed, their files are there, and every group has a subset of 20 lines', () => {
  const sets = readSets();
  const ids = subsetOf(sets, 20);
  const groups = new Map<string, { all: number; chosen: number }>();
  const files = new Set<string>();
  const seen = new Set<string>();
  for (const set of sets.values()) {
    for (const { id, task, images = [], audio = [] } of set) {
      const group = groups.get(groupOf(task)) ?? { all: 0, chosen: 0 };
      groups.set(groupOf(task), { all: group.all + 1, chosen: group.chosen + (ids.has(id) ? 1 : 0) });
      for (const file of [...images, ...audio]) files.add(file);
      expect(seen.has(id)).toBe(false);
      seen.add(id);
    }
  }
  for (const [name, { all, chosen }] of groups) {
    expect(chosen, name).toBeGreaterThanOrEqual(isOfMedia(name) ? Math.min(all, 12) : 20);
  }
  for (const file of files) expect(existsSync(file), file).toBe(true);
  expect(groups.size).toBeGreaterThan(5);
});

test('the figures that npm test compares with have 150 lines of every text with thinking, so that two points are three lines', () => {
  const file = path.join(import.meta.dirname, '../nano/eval.json');
  const { subset } = EvaluationSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const text = subset.groups.filter(({ name, thinking }) => thinking && !isOfMedia(name) && name !== 'long');
  expect(text.length).toBeGreaterThanOrEqual(13);
  for (const { name, n } of text) expect(n, name).toBeGreaterThanOrEqual(150);
});

test('figures beyond 100 % are no figures', () => {
  const empty = { tasks: [], groups: [], subset: { size: 1, precision: 'int4', groups: [] } };
  expect(EvaluationSchema.safeParse(empty).success).toBe(true);
  const row = { name: 'a', metric: 'exact', n: 1, thinking: true, int4: 101 };
  expect(EvaluationSchema.safeParse({ ...empty, tasks: [row] }).success).toBe(false);
});
