import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      'electron/**/*.test.ts',
      'models/**/*.test.ts',
      'build/**/*.test.ts',
      'renderer/**/*.test.{ts,tsx}',
    ],
    // For what hangs. How fast something is, tests measure otherwise: on a busy machine everything takes long.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
    // Two cores are the machine we promise to work on; more workers only keep each other waiting.
    maxWorkers: 2,
  },
});
