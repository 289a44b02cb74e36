import { defineConfig } from '@playwright/test';
import { CHROMIUM_FLAGS, systemChromium } from './build/scripts/chromium.mjs';

/** The browser tests: the app behind its headless host, driven in a real Chromium. Each spec starts the host it needs. */
export default defineConfig({
  testDir: 'e2e',
  // The longest first, so that no worker has it left at the end.
  projects: [
    { name: 'voice', testMatch: '**/voice*.spec.ts' },
    { name: 'others', testMatch: '**/*.spec.ts', testIgnore: '**/voice*.spec.ts' },
  ],
  outputDir: 'out/e2e',
  timeout: 90_000,
  // A machine that does other work as well takes its time; a test that passes waits for none of it.
  expect: { timeout: 15_000 },
  // One at a time, also for what is measured; `npm test` runs what is not tagged @alone in two workers, and tries once more.
  workers: 1,
  fullyParallel: false,
  use: {
    headless: true,
    // A new context for each test costs a second of the processor, most of it to compile the page again. What it would keep apart lies with
    // the host anyway, which a file's tests share: the page itself keeps drafts and folded folders, and that is cleared.
    reuseContext: true,
    locale: 'en-US',
    viewport: { width: 1280, height: 800 },
    // Recording takes a sixth of the time.
    trace: 'on-first-retry',
    launchOptions: {
      executablePath: systemChromium() ?? undefined,
      args: [...CHROMIUM_FLAGS],
    },
  },
});
