import type { Outcome } from '../pool';
import type { Line } from '../sets';

export const line = (task: string, i: number, kind: Line['expect']['kind'] = 'exact'): Line => ({
  id: `${task}-${i}`,
  task,
  lang: 'en',
  messages: [{ role: 'user', content: '?' }],
  expect: { kind, values: ['x'] },
  metric: kind,
});

/** The first `right` of `n` lines right, in one mode. */
export function outcomes(task: string, n: number, right: number, thinking = true): Outcome[] {
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
