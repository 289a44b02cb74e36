import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      'electron/**/*.test.ts',
      'models/**/*.test.ts',
      'build/**/*.test.ts',
      'renderer/**/*.test.{ts,tsx}',
    ],
    testTimeout: 30_000,
    // Two cores are the machine we promise to work on; more workers only make timing tests flaky.
    maxWorkers: 2,
  },
});
