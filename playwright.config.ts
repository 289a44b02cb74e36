import { defineConfig } from '@playwright/test';
import { CHROMIUM_FLAGS, systemChromium } from './build/scripts/chromium.mjs';

/** The browser tests: the app behind its headless host, driven in a real Chromium. Each spec starts the host it needs. */
export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  outputDir: 'out/e2e',
  timeout: 90_000,
  // A machine that does other work as well takes its time; a test that passes waits for none of it.
  expect: { timeout: 15_000 },
  // One at a time: the specs measure time, and a model runs behind each of them on as few as two cores.
  workers: 1,
  fullyParallel: false,
  retries: 0,
  use: {
    headless: true,
    locale: 'en-US',
    viewport: { width: 1280, height: 800 },
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: systemChromium() ?? undefined,
      args: [...CHROMIUM_FLAGS],
    },
  },
});
