import type { Page } from '@playwright/test';
import { serious } from './support/axe';
import { expect, test } from './support/fixtures';

/** What lies around the conversation, as far as a page shows it. What needs a window of our own is tested in electron/shell. */

async function openSection(page: Page, name: string) {
  await page.keyboard.press('Control+Comma');
  const dialog = page.getByRole('dialog', { name: 'Settings' });
  await dialog.getByRole('button', { name, exact: true }).click();
  return dialog;
}

async function assertAccessible(page: Page): Promise<void> {
  expect(await serious(page)).toEqual([]);
}

test.describe('shortcuts', () => {
  test('are recorded, work at once, outlive a reload and go back to their defaults', async ({ app }) => {
    const { page } = app;
    const dialog = await openSection(page, 'Shortcuts');
    const record = dialog.getByRole('button', { name: 'Change the shortcut of “Show or hide the sidebar”' });
    await record.click();
    await expect(record).toHaveText('Press the new shortcut…');
    await assertAccessible(page);
    await page.keyboard.press('Control+j');
    await expect(record).toHaveText('Ctrl J');
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();

    const sidebar = page.getByRole('complementary', { name: 'Conversations' });
    await page.keyboard.press('Control+b');
    await expect(sidebar).toBeVisible();
    await page.keyboard.press('Control+j');
    await expect(sidebar).toBeHidden();
    await page.reload();
    const show = page.getByRole('button', { name: 'Show the sidebar' });
    await expect(show).toHaveAttribute('aria-keyshortcuts', 'Control+J');
    await page.keyboard.press('Control+j');
    await expect(sidebar).toBeVisible();

    await openSection(page, 'Shortcuts');
    await dialog.getByRole('button', { name: 'Restore the default of “Show or hide the sidebar”' }).click();
    await expect(record).toHaveText('Ctrl B');
  });

  test('say whose they are, and what cannot be one', async ({ app }) => {
    const { page } = app;
    const dialog = await openSection(page, 'Shortcuts');
    const record = dialog.getByRole('button', { name: 'Change the shortcut of “Go to the message field”' });
    await record.click();
    await page.keyboard.press('x');
    await expect(dialog).toContainText('a key alone would be typed as text');
    await page.keyboard.press('Control+c');
    await expect(dialog).toContainText('Ctrl C is used for editing text');
    await page.keyboard.press('Control+b');
    await expect(dialog).toContainText('Ctrl B belongs to “Show or hide the sidebar”.');
    await dialog.getByRole('button', { name: 'Use it here instead' }).click();
    await expect(record).toHaveText('Ctrl B');
    await expect(
      dialog.getByRole('button', { name: 'Set a shortcut for “Show or hide the sidebar”' }),
    ).toHaveText('None');
    await dialog.getByRole('button', { name: 'Restore all defaults' }).click();
    await expect(record).toHaveText('Ctrl L');
    // Escape ends the recording, not the dialog.
    await record.click();
    await page.keyboard.press('Escape');
    await expect(record).toHaveText('Ctrl L');
    await expect(dialog).toBeVisible();
  });

  test('that only a window of our own can hear are not offered in a browser', async ({ app }) => {
    const dialog = await openSection(app.page, 'Shortcuts');
    await expect(dialog.getByText('New conversation')).toBeVisible();
    await expect(dialog.getByText('Quick ask')).toHaveCount(0);
  });
});

test('the server page says where the API is, and its example works', async ({ app, host }) => {
  const { page } = app;
  const dialog = await openSection(page, 'Server');
  await expect(dialog.getByRole('status')).toHaveText('Running');
  await expect(dialog.getByText(`${host.url}/v1`, { exact: true })).toBeVisible();
  // The port was chosen when the host was started.
  await expect(dialog.getByRole('switch')).toHaveCount(0);
  await assertAccessible(page);
  const example = (await dialog.locator('code').last().textContent()) ?? '';
  const [, url = '', body = ''] = /curl (\S+) [\s\S]*-d '([\s\S]*)'$/.exec(example) ?? [];
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  expect(answer.status).toBe(200);
  expect(await answer.text()).toContain('data: [DONE]');
});

test('quick ask answers, opens its conversation in the main page, and Escape leaves it', async ({
  app,
  host,
}) => {
  const { page } = app;
  await page.goto('about:blank');
  await page.goto(`${host.url}/#/quick`);
  await expect(page.getByRole('heading', { name: 'Quick ask' })).toBeVisible();
  await expect(app.composer).toBeFocused();
  await assertAccessible(page);
  await app.ask('What is 384 + 729?');
  const answer = await app.answered();
  await expect(app.text(answer)).toContainText('1113');
  await expect(page).toHaveURL(/#\/quick$/);
  await page.getByRole('button', { name: 'Open in the main window' }).click();
  await expect(page.getByRole('complementary', { name: 'Conversations' })).toBeVisible();
  await expect(app.text()).toContainText('1113');

  await page.goto('about:blank');
  await page.goto(`${host.url}/#/quick`);
  await app.composer.fill('only here');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('complementary', { name: 'Conversations' })).toBeVisible();
  // Its drafts are its own.
  await expect(app.composer).toHaveValue('');
});

test('the privacy page says where things lie, and deletes them all after a question', async ({ app }) => {
  const { page } = app;
  await app.ask('What is the capital of Japan?');
  await app.answered();
  await app.newConversation();
  await app.composer.fill('a draft');
  await expect(app.conversations.getByRole('button').first()).toBeVisible();
  const dialog = await openSection(page, 'Privacy');
  await expect(dialog.getByText('autoglm.db')).toBeVisible();
  await assertAccessible(page);
  await dialog.getByRole('button', { name: 'Delete all data' }).click();
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await dialog.getByRole('button', { name: 'Delete all data' }).click();
  await dialog.getByRole('button', { name: 'Delete everything' }).click();
  await expect(page.getByText('Conversations appear here.')).toBeVisible();
  await expect(app.composer).toHaveValue('');
  await page.reload();
  await expect(page.getByText('Conversations appear here.')).toBeVisible();
  await expect(app.composer).toHaveValue('');
});
