import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { EvaluationSchema } from './report';
import { groupOf, isOfMedia, readSets, subsetOf } from './sets';
import { everySecond, inDoubt, ofAsked, regressions, subsetGroups, withOthers } from './subset';
import { line, outcomes } from './testing/outcomes';

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

describe('half of the lines', () => {
  const all = outcomes('a', 10, 9);
  const subset = all.map((outcome) => outcome.line);
  const half = everySecond(subset);
  const asked = all.filter((outcome) => half.includes(outcome.line));
  const stored = subsetGroups(all);
  const losing = (id: string) =>
    asked.map((outcome) => (outcome.line.id === id ? { ...outcome, right: 0 } : outcome));

  test('are every second one of each group, whatever its tasks', () => {
    expect(half.map(({ id }) => id)).toEqual(['a-0', 'a-2', 'a-4', 'a-6', 'a-8']);
    const mixed = [line('m.add', 0), line('x', 0), line('m.sub', 0), line('m.sub', 1), line('x', 1)];
    expect(everySecond(mixed).map(({ id }) => id)).toEqual(['m.add-0', 'x-0', 'm.sub-1']);
  });

  test('are enough where none is lost that was right', () => {
    expect(stored[0]?.wrong).toEqual(['a-9']);
    expect(inDoubt(stored, asked)).toEqual(new Set());
    expect(inDoubt(stored, all)).toEqual(new Set());
    expect(inDoubt(stored, losing('a-4'))).toEqual(new Set(['a']));
  });

  test('are not where nobody knows which were right', () => {
    const [{ wrong: _, ...figures }] = stored as [(typeof stored)[0]];
    expect(inDoubt([figures], asked)).toEqual(new Set(['a']));
    expect(inDoubt([], asked)).toEqual(new Set(['a']));
    expect(ofAsked([figures], subset, half)).toEqual([figures]);
  });

  test('say nothing of answers without thinking, which are all asked', () => {
    const without = outcomes('a', 10, 5, false);
    expect(inDoubt(subsetGroups(outcomes('a', 10, 9, false)), without)).toEqual(new Set());
    expect(ofAsked(subsetGroups(without), subset, half)).toEqual(subsetGroups(without));
  });

  test('are compared with what was stored of them', () => {
    const known = ofAsked(stored, subset, half);
    expect(known).toMatchObject([{ name: 'a', n: 5, right: 5 }]);
    expect(regressions(known, subsetGroups(asked))).toEqual([]);
    const fallen = asked.map((outcome, i) => ({ ...outcome, right: i < 4 ? 0 : 1 }));
    expect(regressions(known, subsetGroups(fallen))).toContain(
      'a with thinking fell from 100 % to 20 % (5 lines).',
    );
    expect(ofAsked(stored, subset, subset)).toMatchObject([{ n: 10, right: 9 }]);
  });

  test('must be of the lines that were measured', () => {
    const more = [...subset, line('a', 10)];
    expect(regressions(ofAsked(stored, more, half), subsetGroups(asked))[0]).toMatch(/no figure for these 5/);
  });
});

test('the figures that npm test compares with have 150 lines of every text with thinking, so that two points are three lines', () => {
  const file = path.join(import.meta.dirname, '../nano/eval.json');
  const { subset } = EvaluationSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const text = subset.groups.filter(({ name, thinking }) => thinking && !isOfMedia(name) && name !== 'long');
  expect(text.length).toBeGreaterThanOrEqual(13);
  for (const { name, n, right, wrong } of text) {
    expect(n, name).toBeGreaterThanOrEqual(150);
    // What has been measured since they are written down; all lines are asked of others.
    if (wrong) expect(wrong, name).toHaveLength(n - right);
  }
});

describe('other precisions of the same weights', () => {
  const stored = [
    { name: 'a', thinking: true, n: 20, right: 18, wrong: ['a-1', 'a-2'], others: { int8: 19 } },
    { name: 'b', thinking: false, n: 2, right: 30, of: 40 },
  ];

  test('stand beside what was stored, one column after the other', () => {
    const measured = [
      { name: 'b', thinking: false, n: 2, right: 33, of: 40 },
      { name: 'a', thinking: true, n: 20, right: 17 },
      { name: 'c', thinking: true, n: 5, right: 5 },
    ];
    expect(withOthers(stored, 'fp32', measured)).toEqual([
      { ...stored[0], others: { int8: 19, fp32: 17 } },
      { ...stored[1], others: { fp32: 33 } },
    ]);
  });

  test.each([
    ['fewer lines', { name: 'a', thinking: true, n: 19, right: 18 }],
    ['the other mode', { name: 'a', thinking: false, n: 20, right: 18 }],
  ])('asked %s they are refused', (_, group) => {
    expect(() => withOthers(stored, 'fp32', [group])).toThrow('a: fp32 was not asked the lines of eval.json');
  });
});
