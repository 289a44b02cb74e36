import type { Browser, BrowserContext, Page } from '@playwright/test';
import { test as base, expect, open, watch } from './fixtures';
import { browserHearing, joined, prepare, quiet, voice } from './microphone';
import type { AppPage } from './page';

/** What the tests of talking share: browsers whose microphone says something, or nothing, and how one talks to them. */

interface VoiceFixtures {
  readonly talking: Browser;
  readonly silent: Browser;
}

export const test = base.extend<object, VoiceFixtures>({
  // A burst of 0.8 s every 1.4 s, for ever.
  talking: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the pattern.
    async ({}, use) => {
      const browser = await browserHearing(joined(voice(3), quiet(0.6)));
      await use(browser);
      await browser.close();
    },
    { scope: 'worker' },
  ],
  silent: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the pattern.
    async ({}, use) => {
      const browser = await browserHearing(quiet(2));
      await use(browser);
      await browser.close();
    },
    { scope: 'worker' },
  ],
});

/** A window of its own, on which nothing may be complained of. */
export async function windowOf(browser: Browser, url: string): Promise<AppPage & { end(): Promise<void> }> {
  const context = await contextOf(browser);
  const page = await context.newPage();
  const problems = watch(page);
  await prepare(page);
  const app = await open(page, url);
  return Object.assign(app, {
    end: async () => {
      await page.close();
      await forget(context, url);
      expect(problems, 'what the page complained of').toEqual([]);
    },
  });
}

/**
 * One for all of a browser's windows, as `reuseContext` of playwright.config.ts does it: what was compiled of the page for the first is
 * there for the others. Its first page stays blank; with the last one that is closed all of that would go.
 */
async function contextOf(browser: Browser): Promise<BrowserContext> {
  const [kept] = browser.contexts();
  if (kept) return kept;
  const context = await browser.newContext({ locale: 'en-US', viewport: { width: 1280, height: 800 } });
  await context.newPage();
  return context;
}

/** What a window left for the next one. */
async function forget(context: BrowserContext, url: string): Promise<void> {
  const [blank] = context.pages();
  if (!blank) return;
  const session = await context.newCDPSession(blank);
  await session.send('Storage.clearDataForOrigin', { origin: new URL(url).origin, storageTypes: 'all' });
  await session.detach();
}

export const microphone = (page: Page) => page.getByRole('button', { name: /^(Talk: hold|Done talking)/ });
export const recording = (page: Page) => page.getByText('Recording.');
export const clips = (page: Page) => page.getByRole('button', { name: 'Play', exact: true });
export const COUNTED = /^What is ([1-9]) \+ \1\?$/;
/** Long enough for a burst and a pause; a busy machine records for longer. */
export const A_WHILE = 2_000;

export async function hold(page: Page, milliseconds: number): Promise<void> {
  await microphone(page).hover();
  await page.mouse.down();
  await expect(recording(page)).toBeVisible();
  await page.waitForTimeout(milliseconds);
  await page.mouse.up();
}

/** By one setting of the app, as if it had been changed in the dialog. */
export async function set(page: Page, switchName: string): Promise<void> {
  await page.keyboard.press('Control+,');
  const dialog = page.getByRole('dialog', { name: 'Settings' });
  await dialog.getByRole('button', { name: 'Voice', exact: true }).click();
  await dialog.getByRole('switch', { name: switchName }).click();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
}
