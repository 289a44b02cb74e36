import { test as plain } from '@playwright/test';
import { expect, open, watch } from './support/fixtures';
import { Host } from './support/host';
import type { AppPage } from './support/page';

/** One app asks another: a second headless host with Nano is the engine that the first connects to. */

const test = plain.extend<{ readonly app: AppPage }, { readonly near: Host; readonly far: Host }>({
  far: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads which fixtures a fixture needs from here.
    async ({}, use) => {
      const host = await Host.start();
      await host.modelReady();
      await use(host);
      await host.stop();
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  near: [
    // biome-ignore lint/correctness/noEmptyPattern: as above.
    async ({}, use) => {
      const host = await Host.start();
      await host.modelReady();
      await use(host);
      await host.stop();
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  app: async ({ page, near }, use) => {
    const problems = watch(page);
    await use(await open(page, near.url));
    expect(problems, 'what the page complained of').toEqual([]);
  },
});

test('a model of another engine is added, chosen, seen to be elsewhere, and answers with its reasoning', async ({
  app,
  far,
}) => {
  const { page } = app;
  await page.keyboard.press('Control+Comma');
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Connections', exact: true }).click();
  await dialog.getByRole('button', { name: 'Add a connection' }).click();
  const address = dialog.getByRole('textbox', { name: 'Address' });
  // Nobody is there; the sentence says so, and what was typed stays.
  await address.fill('127.0.0.1:9');
  await address.press('Enter');
  await expect(dialog.getByRole('alert')).toContainText('127.0.0.1:9');
  await address.fill(`127.0.0.1:${far.port}`);
  await address.press('Enter');
  await expect(dialog.getByText(/AutoGLM Desktop at .+ has 1 model/)).toBeVisible();
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Far away');
  await dialog.getByRole('button', { name: 'Save' }).click();
  const row = dialog.getByRole('listitem', { name: 'Far away' });
  await expect(row.getByRole('status')).toHaveText('1 model');
  await page.keyboard.press('Escape');

  const picker = page.locator('main header').getByRole('button', { name: /^Model: / });
  await picker.click();
  await page.getByRole('menuitem', { name: /on .*Far away/ }).click();
  await expect(picker).toContainText('Far away');
  const notice = page.getByRole('status').filter({ hasText: 'What you write here is sent to' });
  await expect(notice).toContainText(`127.0.0.1:${far.port}`);

  await app.ask('What is 384 + 729?');
  await app.answered();
  await expect(app.text()).toContainText('1113');
  await expect(page.getByRole('button', { name: /^Thought for/ })).toBeVisible();
  await expect(page.locator('article').getByText(`127.0.0.1:${far.port}`)).toBeVisible();
  // Said before anything was sent; from then on the name of the model shows it.
  await expect(notice).toBeHidden();
  await expect(picker.getByLabel(/^Answers on /)).toBeVisible();

  await far.stop();
  await app.ask('And 2 + 2?');
  const gone = page.getByRole('status').filter({ hasText: 'does not answer' });
  await gone.getByRole('button', { name: /^Ask .*Nano.* instead$/ }).click();
  await expect(picker).toContainText('Nano');
  await app.newConversation();
  await app.ask('What is 384 + 729?');
  await app.answered();
  await expect(app.text()).toContainText('1113');
});
