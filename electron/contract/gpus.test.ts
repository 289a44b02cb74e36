import { expect, test } from 'vitest';
import { roomiestGpu } from './gpus';
import type { Gpu } from './models';

const gpu = (id: number, totalBytes: number, freeBytes: number | null): Gpu => ({
  id,
  name: 'NVIDIA GeForce RTX 4090',
  totalBytes,
  freeBytes,
});

test('a model goes to the GPU with the most free memory', () => {
  expect(roomiestGpu([gpu(0, 24, 2), gpu(1, 24, 20), gpu(2, 16, 15)])?.id).toBe(1);
  // A smaller card that nobody uses is better than a larger one that is full.
  expect(roomiestGpu([gpu(0, 80, 3), gpu(1, 8, 7)])?.id).toBe(1);
});

test('of equal ones to the first, and where nobody counts to the largest', () => {
  expect(roomiestGpu([gpu(0, 24, 20), gpu(1, 24, 20)])?.id).toBe(0);
  expect(roomiestGpu([gpu(0, 8, null), gpu(1, 24, null)])?.id).toBe(1);
  expect(roomiestGpu([])).toBeUndefined();
});
