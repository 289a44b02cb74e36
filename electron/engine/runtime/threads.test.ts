import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import { defaultThreads } from './threads';

test('at least one thread, at most what this process may use', () => {
  expect(defaultThreads()).toBeGreaterThanOrEqual(1);
  expect(defaultThreads()).toBeLessThanOrEqual(availableParallelism());
  expect(Number.isInteger(defaultThreads())).toBe(true);
});
