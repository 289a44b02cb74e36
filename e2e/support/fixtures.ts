import { test as base, expect, type Page } from '@playwright/test';
import type { AppProcess } from './app-process';
import { Host, type HostOptions } from './host';
import { AppPage } from './page';

export interface AppFixtures {
  /** A window on a new conversation, with the model loaded and nothing said by the page that should not be. */
  readonly app: AppPage;
  /** Another window on the same app. */
  readonly anotherWindow: () => Promise<AppPage>;
}

export interface AppWorkerFixtures {
  /** The app behind the window: one for all the tests of a file, as each has its own conversations. */
  readonly running: AppProcess;
}

interface HostFixtures extends AppWorkerFixtures {
  readonly host: Host;
  readonly hostOptions: HostOptions;
}

/** The app served to Chromium by its headless host. */
export const test = base.extend<AppFixtures, HostFixtures>({
  hostOptions: [{}, { option: true, scope: 'worker' }],
  host: [
    async ({ hostOptions }, use) => {
      const host = await Host.start(hostOptions);
      await host.modelReady();
      await use(host);
      await host.stop();
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  running: [async ({ host }, use) => use(host), { scope: 'worker' }],
  app: async ({ page, host }, use) => {
    const problems = watch(page);
    await use(await open(page, host.url));
    expect(problems, 'what the page complained of').toEqual([]);
  },
  anotherWindow: async ({ context, host }, use) => {
    await use(async () => open(await context.newPage(), host.url));
  },
});

export async function open(page: Page, url: string): Promise<AppPage> {
  await page.goto(url);
  const app = new AppPage(page);
  await expect(app.composer).toBeVisible();
  return app;
}

/** Errors nobody caught, and what the content security policy stopped: there should be none of either. */
export function watch(page: Page): readonly string[] {
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    const text = message.text();
    // Playwright's trace asks Chromium to load an image's body again, in the page's name, when the page has let go of it.
    if (text.startsWith("Connecting to 'blob:")) return;
    if (message.type() === 'error' && /Content.Security.Policy/i.test(text)) {
      problems.push(text);
    }
  });
  return problems;
}

export { expect };
