import { describe, expect, test } from 'vitest';
import { type Answers, type LineScores, paired, signTest } from './paired';

const column = (task: string, scores: readonly (readonly [number?, number?])[]): Answers =>
  Object.fromEntries(
    scores.map(([thinking, plain], i): [string, LineScores] => [`${task}-${i}`, { task, thinking, plain }]),
  );

describe('two columns, question by question', () => {
  test('a difference of every answer is known exactly', () => {
    const result = paired(column('add', [[1], [1], [1]]), column('add', [[0], [0], [0]]));
    expect(result).toMatchObject({ answers: 3, wins: 3, losses: 0 });
    expect(result!.byAnswer).toEqual({ points: 100, error: 0 });
  });

  test('the standard error is that of the differences, not of the scores', () => {
    // Both right of 50, both wrong of 50, and of 4 more the first three to one.
    const same = Array.from({ length: 100 }, (_, i): [number] => [i % 2]);
    const first = column('add', [...same, [1], [1], [1], [0]]);
    const second = column('add', [...same, [0], [0], [0], [1]]);
    const { byAnswer, wins, losses } = paired(first, second)!;
    expect([wins, losses]).toEqual([3, 1]);
    const mean = 2 / 104;
    const deviation = Math.sqrt((3 * (1 - mean) ** 2 + (1 + mean) ** 2 + 100 * mean ** 2) / 103);
    expect(byAnswer.points).toBeCloseTo(100 * mean, 9);
    expect(byAnswer.error).toBeCloseTo((100 * deviation) / Math.sqrt(104), 9);
  });

  test('both modes of a line are one draw', () => {
    const once = paired(column('add', [[1], [0], [1], [1]]), column('add', [[0], [1], [1], [0]]))!;
    const twice = paired(
      column('add', [
        [1, 1],
        [0, 0],
        [1, 1],
        [1, 1],
      ]),
      column('add', [
        [0, 0],
        [1, 1],
        [1, 1],
        [0, 0],
      ]),
    )!;
    expect(twice.answers).toBe(2 * once.answers);
    expect(twice.byAnswer.error).toBeCloseTo(once.byAnswer.error, 9);
  });

  test('tasks count alike by task and by their lines by answer', () => {
    const first = { ...column('add', Array(9).fill([1])), ...column('sort', [[0]]) };
    const second = { ...column('add', Array(9).fill([0])), ...column('sort', [[1]]) };
    const { byAnswer, byTask } = paired(first, second)!;
    expect(byAnswer.points).toBeCloseTo(80, 9);
    expect(byTask.points).toBeCloseTo(0, 9);
  });

  test('what only one of them answered is left out', () => {
    const first = column('add', [
      [1, 1],
      [1, 0],
    ]);
    const second = column('add', [[0]]);
    expect(paired(first, second)).toMatchObject({ answers: 1, wins: 1 });
    expect(paired(first, column('sort', [[0]]))).toBeUndefined();
  });

  test('the sign test', () => {
    expect(signTest(0, 0)).toBe(1);
    expect(signTest(3, 3)).toBe(1);
    // (1 + 10) / 1024 on either side.
    expect(signTest(9, 1)).toBeCloseTo(22 / 1024, 12);
    expect(signTest(1, 9)).toBeCloseTo(signTest(9, 1), 12);
    // No overflow where 2^n has none in floating point.
    expect(signTest(900, 700)).toBeLessThan(1e-5);
    expect(signTest(900, 700)).toBeGreaterThan(1e-8);
  });
});
