import { fileURLToPath } from 'node:url';
import type { Locator, Page } from '@playwright/test';
import { writeModel } from '../electron/app/testing/manifest';
import { startOAuthServer } from '../electron/mcp/testing/oauth-server';
import { expectAccessible } from './support/axe';
import { expect } from './support/fixtures';
import type { AppPage } from './support/page';
import { scriptedTest } from './support/scripted';

/**
 * Tools of a real MCP server, over an engine that follows a script: set up by hand, asked for before they are called, shown as a line.
 * What can go wrong with servers is in electron/mcp/servers.test.ts, with calls in electron/app/tools.
 */

const SERVER = fileURLToPath(new URL('../electron/mcp/testing/stdio-server.mjs', import.meta.url));

// It can call no tools, where the built-in one can here.
const test = scriptedTest((home) => writeModel(`${home}/models`, 'small'));

test.use({ contextOptions: { reducedMotion: 'reduce' } });

async function openTools(page: Page): Promise<Locator> {
  await page.keyboard.press('Control+Comma');
  const settings = page.getByRole('dialog', { name: 'Settings' });
  await settings.getByRole('button', { name: 'Tools', exact: true }).click();
  return settings;
}

const line = (app: AppPage, tool: string) =>
  app.answer.getByRole('listitem', { name: `Call of ${tool}` }).getByRole('button');

test('a server is added, its tool asked for and called, and what it returned is kept', async ({ app }) => {
  const { page } = app;
  await expect(page.getByRole('button', { name: /^Tools: / })).toBeHidden();
  const settings = await openTools(page);
  await settings.getByRole('button', { name: 'Add a server' }).click();
  const form = settings.getByRole('form', { name: 'New server' });
  await form.getByRole('textbox', { name: 'Name' }).fill('Numbers');
  await form.getByRole('button', { name: 'Add and start' }).click();
  await expect(form.getByRole('alert')).toHaveText('Say which program to start.');
  await form.getByRole('textbox', { name: 'Command' }).fill(process.execPath);
  await form.getByRole('textbox', { name: 'Arguments, one a line' }).fill(`${SERVER}\nchatty`);
  await form.getByRole('button', { name: 'Add and start' }).click();
  const row = settings.getByRole('listitem', { name: 'Numbers' });
  await expect(row.getByRole('status')).toHaveText('Ready · 12 tools');
  await row.getByRole('button', { name: 'Details of Numbers' }).click();
  await expect(row.getByText('Adds two numbers.')).toBeVisible();
  await expect(row.getByText('Welcome to the server!')).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press('Escape');

  const use = page.getByRole('button', { name: 'Tools: 12 tools for this conversation' });
  await expect(use).toBeVisible();
  await app.ask('call add {"a":384,"b":729}');
  // The question has the focus, and its first answer is one of those that follow.
  const question = page.getByRole('region', { name: 'May the model use “\u2068Add numbers\u2069”?' });
  await expect(question).toBeFocused();
  await expect(question).toContainText('"a": 384');
  await expectAccessible(page);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await expect(question.getByRole('button', { name: 'Allow once' })).toBeFocused();
  await page.keyboard.press('Enter');
  await app.answered();
  await expect(app.composer).toBeFocused();
  await expect(app.answer).toContainText('Let me see.');
  await expect(app.answer).toContainText('The tool said: 1113');

  await page.reload();
  await expect(line(app, 'Add numbers')).toContainText('Add numbers · Numbers');
  await line(app, 'Add numbers').click();
  await expect(app.answer.getByRole('region', { name: 'Arguments' })).toContainText('"b": 729');
  await expect(app.answer.getByRole('region', { name: 'Result' })).toHaveText('1113');
  await expectAccessible(page);

  // Always, and then it is stopped.
  await app.ask('call never {}');
  await page.getByRole('button', { name: 'Always for this tool' }).click();
  await expect(line(app, 'never')).toContainText('running');
  await page.keyboard.press('Escape');
  await app.answered();
  await expect(line(app, 'never')).toContainText('stopped');

  // A picture that it draws is there without opening anything, and after a reload.
  await app.ask('call chart {}');
  await page.getByRole('button', { name: 'Allow once' }).click();
  await app.answered();
  await page.reload();
  const picture = app.answer.getByRole('listitem', { name: 'Call of chart' }).getByRole('button', {
    name: /image\.png/,
  });
  await expect
    .poll(() => picture.locator('img').evaluate((image) => (image as HTMLImageElement).naturalWidth))
    .toBe(240);
  await picture.click();
  await expect(page.getByRole('dialog')).toContainText('image.png');
  await page.keyboard.press('Escape');
  await expect(picture).toBeFocused();

  // What the server has ready for a message.
  const add = page.getByRole('button', { name: 'Add images or files' });
  await add.click();
  // What the server offers may come in while the menu is open.
  await expect(async () => {
    await page.getByRole('menuitem', { name: 'Prompts' }).press('ArrowRight', { timeout: 2_000 });
    await page.getByRole('menuitem', { name: /^Review a text/ }).click({ timeout: 2_000 });
  }).toPass();
  const prompt = page.getByRole('dialog', { name: 'Review a text' });
  await expect(prompt.getByRole('button', { name: 'Put into the message' })).toBeDisabled();
  await expect(prompt.getByRole('textbox', { name: 'text' })).toBeFocused();
  await page.keyboard.type('A plan.');
  await expectAccessible(page);
  await prompt.getByRole('button', { name: 'Put into the message' }).click();
  await expect(app.composer).toHaveValue('Review this kindly: A plan.');
  await expect(app.composer).toBeFocused();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('minutes numbers');
  await page.getByRole('option', { name: /^Minutes of the meeting/ }).click();
  await expect(page.getByRole('button', { name: /^Read minutes\.md/ })).toBeVisible();
  await expect(app.composer).toBeFocused();
  await page.getByRole('button', { name: /^Remove minutes\.md/ }).click();
  await app.composer.fill('');

  // What the conversation does not use, and a model that cannot.
  await use.click();
  await page.getByRole('menuitemcheckbox', { name: /^Numbers/ }).click();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Tools: No tools for this conversation' })).toBeVisible();
  await app.ask('call add {"a":1,"b":1}');
  await app.answered();
  await expect(line(app, 'Add numbers')).toBeHidden();
  await app.page
    .locator('main header')
    .getByRole('button', { name: /^Model: / })
    .click();
  await page.getByRole('menuitem', { name: 'Model small' }).click();
  await expect(page.getByRole('button', { name: /^Tools: .*Model small.* cannot call tools/ })).toBeVisible();
  await app.ask('write at 300 per second:\nAll the same.');
  await app.answered();
  await expect(app.answer).toContainText('All the same.');
});

test('servers of another assistant are pasted, stay off, and are removed with a way back', async ({
  app,
}) => {
  const { page } = app;
  const settings = await openTools(page);
  await settings.getByRole('button', { name: 'Paste JSON' }).click();
  const json = settings.getByRole('textbox', { name: 'JSON' });
  const add = settings.getByRole('button', { name: 'Add', exact: true });
  await json.fill('{"mcpServers": {');
  await add.click();
  await expect(settings.getByRole('alert')).toContainText('This is not valid JSON.');
  await json.fill('{"mcpServers": {"Broken": {"command": "no-such-program-here"}, "Empty": {}}}');
  await add.click();
  await expect(settings.getByRole('alert')).toContainText(/Empty.* has neither a command nor an http/);
  await settings.getByRole('button', { name: 'Cancel' }).click();

  const row = settings.getByRole('listitem', { name: 'Broken' });
  await expect(row.getByRole('status')).toHaveText('Off');
  await row.getByRole('switch', { name: 'Use Broken' }).click();
  await expect(row.getByRole('status')).toHaveText('Not running');
  await expect(row).toContainText(/The command .*no-such-program-here.* was not found/);
  await expectAccessible(page);
  await row.getByRole('button', { name: 'Details of Broken' }).click();
  await row.getByRole('button', { name: 'Remove' }).click();
  await expect(row).toBeHidden();
  await expect(settings.getByRole('button', { name: 'Undo' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(row.getByRole('status')).toHaveText('Not running');
});

test('a server that wants a sign-in gets one in the browser, keeps it, and gives it back', async ({
  app,
}) => {
  const { page } = app;
  const served = await startOAuthServer();
  try {
    const settings = await openTools(page);
    await settings.getByRole('button', { name: 'Add a server' }).click();
    const form = settings.getByRole('form', { name: 'New server' });
    await form.getByRole('textbox', { name: 'Name' }).fill('Remote');
    await form.getByRole('radio', { name: 'Address' }).click();
    await form.getByRole('textbox', { name: 'Address' }).fill(served.url);
    await form.getByRole('button', { name: 'Add and start' }).click();
    const row = settings.getByRole('listitem', { name: 'Remote' });
    await expect(row.getByRole('status')).toHaveText('Not signed in');
    await expectAccessible(page);
    const [browser] = await Promise.all([
      page.waitForEvent('popup'),
      row.getByRole('button', { name: 'Sign in' }).click(),
    ]);
    await expect(browser.getByText('You can close this page')).toBeVisible();
    await browser.close();
    await expect(row.getByRole('status')).toHaveText('Ready · 12 tools');
    await row.getByRole('button', { name: 'Details of Remote' }).click();
    await row.getByRole('button', { name: 'Sign out' }).click();
    await expect(row.getByRole('status')).toHaveText('Not signed in');
    await expect.poll(() => served.revoked.length).toBe(1);
    await row.getByRole('button', { name: 'Remove' }).click();
  } finally {
    await served.close();
  }
});
