import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Download, Locator, Page } from '@playwright/test';
import type { ExportedConversation } from '../electron/contract/transfer';
import { askHost } from './support/ask-host';
import { hover } from './support/files';
import { test as base, expect, open } from './support/fixtures';
import type { AppPage } from './support/page';

/** What a person does with conversations as a whole, and with single messages of one. */

const titles = ['Garden wall', 'Reading list', '周末的天气', 'Names for the cat'] as const;

const test = base.extend<{ readonly seeded: AppPage }>({
  seeded: async ({ page, host }, use) => {
    await askHost(host, 'data.deleteAll');
    await askHost(host, 'conversations.import', {
      id: randomUUID(),
      conversations: titles.map(about),
      last: true,
    });
    await use(await open(page, host.url));
    // The app is that of other files too. A page that is open would load itself anew, and Chromium hangs where it is closed meanwhile.
    await page.goto('about:blank');
    await askHost(host, 'data.deleteAll');
  },
});

function about(title: string): ExportedConversation {
  const words = [
    [`About ${title}: what first?`, `First, **measure** the ${title}.`],
    ['And then?', '然后看看天气。'],
  ];
  const ids = words.flat().map(() => randomUUID());
  const now = Date.now();
  return {
    id: randomUUID(),
    title,
    titleIsManual: false,
    createdAt: now,
    updatedAt: now,
    pinned: false,
    archived: false,
    folder: null,
    options: {},
    leafId: ids.at(-1) ?? null,
    messages: words.flat().map((text, index) => {
      const common = {
        id: ids[index] ?? '',
        parentId: ids[index - 1] ?? null,
        selectedChildId: ids[index + 1] ?? null,
        createdAt: now,
        text,
      };
      if (index % 2 === 0) return { ...common, role: 'user', attachments: [] };
      return {
        ...common,
        role: 'assistant',
        state: 'done',
        reasoning: index === 1 ? 'Think.' : '',
        modelId: 'autoglm-phone-nano',
        thinking: index === 1,
        finishReason: 'stop',
        stats: null,
        error: null,
      };
    }),
  };
}

const menuOf = async (app: AppPage, title: string) => {
  await app.entry(title).hover();
  await app.page.getByRole('button', { name: `Options for “${title}”` }).click();
};
const choose = (page: Page, name: string) => page.getByRole('menuitem', { name, exact: true }).click();
const undo = (page: Page) => page.getByRole('button', { name: 'Undo' }).last().click();
const library = (page: Page): Locator => page.getByRole('dialog', { name: 'Archive and bin' });
const more = async (page: Page, name: string) => {
  await page.getByRole('button', { name: 'More about conversations' }).click();
  await choose(page, name);
};

async function text(download: Download): Promise<string> {
  return readFileSync((await download.path()) ?? '', 'utf8');
}

test('sorts conversations into folders by menu and by dragging; a deleted folder keeps them', async ({
  seeded: app,
}) => {
  const { page } = app;
  await more(page, 'New folder…');
  const name = page.getByRole('textbox', { name: 'Name of the folder' });
  await name.fill('House');
  await name.press('Enter');
  const folder = app.conversations.locator('[data-folder]');
  await expect(folder).toHaveText(/House/);
  await menuOf(app, 'Garden wall');
  await page.getByRole('menuitem', { name: 'Move to a folder' }).click();
  await choose(page, 'House');
  const inside = app.conversations.locator('[data-inside]');
  await expect(inside).toHaveText(['Garden wall']);
  await app.entry('Reading list').dragTo(folder);
  await expect(inside).toHaveCount(2);
  await app.entry('Reading list').dragTo(app.conversations.getByRole('heading', { name: 'Today' }));
  await expect(inside).toHaveText(['Garden wall']);
  await folder.click();
  await expect(app.entry('Garden wall')).toHaveCount(0);
  await page.reload();
  await expect(folder).toHaveAttribute('aria-expanded', 'false');
  await folder.hover();
  await page.getByRole('button', { name: 'Options for “House”' }).click();
  await choose(page, 'Delete the folder, keep its conversations');
  await expect(folder).toHaveCount(0);
  await expect(app.entry('Garden wall')).toBeVisible();
  await undo(page);
  await expect(folder).toHaveText(/House/);
  await expect(inside).toHaveText(['Garden wall']);
});

test('archives, and takes out of the archive', async ({ seeded: app }) => {
  const { page } = app;
  await menuOf(app, 'Reading list');
  await choose(page, 'Archive');
  await expect(app.entry('Reading list')).toHaveCount(0);
  await undo(page);
  await expect(app.entry('Reading list')).toBeVisible();
  await menuOf(app, 'Reading list');
  await choose(page, 'Archive');
  await more(page, 'Archive');
  await library(page).getByRole('button', { name: 'Take out of the archive: Reading list' }).click();
  await expect(library(page).getByText('Archived conversations leave the sidebar')).toBeVisible();
  await library(page).getByRole('button', { name: 'Close' }).click();
  await expect(app.entry('Reading list')).toBeVisible();
});

test('keeps what was deleted in the bin, restores it, and deletes for good only when asked', async ({
  seeded: app,
}) => {
  const { page } = app;
  await app.entry(titles[0]).click({ modifiers: ['Control'] });
  await app.entry(titles[1]).click({ modifiers: ['Control'] });
  await page.getByRole('toolbar').getByRole('button', { name: 'Delete' }).click();
  await expect(app.conversations.locator('[data-conversation]')).toHaveCount(2);
  await more(page, 'Bin');
  await library(page)
    .getByRole('button', { name: `Restore: ${titles[0]}` })
    .click();
  await library(page)
    .getByRole('button', { name: `Delete for good: ${titles[1]}` })
    .click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click();
  await library(page).getByRole('button', { name: 'Empty the bin' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete for good' }).click();
  await expect(library(page).getByText('The bin is empty.')).toBeVisible();
  await library(page).getByRole('button', { name: 'Close' }).click();
  await expect(app.conversations.locator('[data-conversation]')).toHaveCount(3);
});

test('selects a range and all, by mouse and by keyboard, and deletes with a way back', async ({
  seeded: app,
}) => {
  const { page } = app;
  const rows = app.conversations.locator('[data-conversation]');
  // The list is one stop, not one for every conversation.
  await page.getByRole('button', { name: 'Search' }).focus();
  await page.keyboard.press('Tab');
  await expect(rows.nth(0)).toBeFocused();
  for (let stops = 0; stops < 2; stops++) await page.keyboard.press('Tab');
  await expect(app.conversations.locator(':focus')).toHaveCount(0);
  await rows.nth(0).focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect(rows.nth(2)).toBeFocused();
  await rows.nth(2).click({ modifiers: ['Shift'] });
  await expect(page.getByRole('toolbar', { name: '3 selected' })).toBeVisible();
  await rows.nth(2).focus();
  await page.keyboard.press('Control+a');
  await expect(page.getByRole('toolbar', { name: '4 selected' })).toBeVisible();
  await page.keyboard.press('Delete');
  await expect(rows).toHaveCount(0);
  await undo(page);
  await expect(rows).toHaveCount(4);
});

test('exports everything, reads it back beside what is there, and refuses what it cannot read', async ({
  seeded: app,
  host,
}) => {
  const { page } = app;
  await page.getByRole('button', { name: 'More about conversations' }).click();
  await page.getByRole('menuitem', { name: 'Export all' }).click();
  const [json] = await Promise.all([page.waitForEvent('download'), choose(page, 'Save as JSON…')]);
  const content = await text(json);
  expect(JSON.parse(content)).toMatchObject({ format: 'autoglm-conversations', version: 1 });
  const put = async (file: string, words: string) => {
    const path = join(host.home, file);
    writeFileSync(path, words);
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), more(page, 'Import…')]);
    await chooser.setFiles(path);
  };
  await put('all.json', content);
  await expect(page.getByText('4 conversations imported', { exact: true })).toBeVisible();
  await expect(app.conversations.locator('[data-conversation]')).toHaveCount(8);
  await undo(page);
  await expect(app.conversations.locator('[data-conversation]')).toHaveCount(4);
  await put('broken.json', content.slice(0, -20));
  await expect(page.getByText('“broken.json” is not JSON.').first()).toBeVisible();
  await put('other.json', '{"name": "x"}');
  await expect(page.getByText('“other.json” holds no AutoGLM conversations.').first()).toBeVisible();
  await put('changed.json', content.replaceAll('"role":"user"', '"role":"robot"'));
  await expect(page.getByText('“changed.json” is damaged').first()).toBeVisible();
});

test('exports one as a page that is read anywhere', async ({ seeded: app, browser }) => {
  const { page } = app;
  await menuOf(app, '周末的天气');
  await page.getByRole('menuitem', { name: 'Export' }).click();
  const [download] = await Promise.all([page.waitForEvent('download'), choose(page, 'Save as HTML…')]);
  expect(download.suggestedFilename()).toBe('周末的天气.html');
  for (const colorScheme of ['light', 'dark'] as const) {
    const reader = await browser.newPage({ colorScheme, javaScriptEnabled: false });
    await reader.setContent(await text(download));
    await expect(reader.getByRole('heading', { level: 1 })).toHaveText('周末的天气');
    await expect(reader.locator('strong')).toHaveText('measure');
    await reader.close();
  }
});

test('duplicates a conversation', async ({ seeded: app }) => {
  await menuOf(app, 'Garden wall');
  await choose(app.page, 'Duplicate');
  await expect(app.entry('Garden wall (copy)')).toHaveAttribute('aria-current', 'page');
  await expect(app.answers).toHaveCount(2);
});

test('deletes a message with what follows, brings it back, and answers what is left unanswered', async ({
  seeded: app,
}) => {
  const { page } = app;
  await app.entry('Garden wall').click();
  await expect(app.answers).toHaveCount(2);
  await app.answers.first().getByRole('button', { name: 'More' }).click();
  await choose(page, 'Delete, with what follows');
  await expect(page.getByText('3 messages deleted', { exact: true })).toBeVisible();
  await expect(app.answers).toHaveCount(0);
  await undo(page);
  await expect(app.answers).toHaveCount(2);
  await app.answers.last().getByRole('button', { name: 'More' }).click();
  await choose(page, 'Delete, with what follows');
  await page.getByRole('button', { name: 'Answer', exact: true }).click();
  await expect(app.answers).toHaveCount(2);
  await app.answered();
});

test('quotes a selection by its button and by its shortcut', async ({ seeded: app }) => {
  const { page } = app;
  await app.entry('Garden wall').click();
  await expect(app.answers).toHaveCount(2);
  const words = app.text(app.answers.first()).locator('p');
  await words.click({ clickCount: 3 });
  await page.getByRole('button', { name: /^Quote Ctrl/ }).click();
  await expect(app.composer).toHaveValue('> First, measure the Garden wall.\n\n');
  await expect(app.composer).toBeFocused();
  await words.click({ clickCount: 3 });
  await page.keyboard.press('Control+Shift+9');
  await expect(app.composer).toHaveValue(/wall\.\n\n> First, measure/);
});

test('starts a conversation with a preset and parameters of its own', async ({ seeded: app }) => {
  const { page } = app;
  await app.newConversation();
  await page.keyboard.press('Control+Shift+B');
  const panel = page.getByRole('complementary', { name: 'Details' });
  await panel.getByRole('button', { name: 'Presets' }).click();
  await choose(page, 'Brief');
  const prompt = panel.getByRole('textbox', { name: 'System prompt' });
  await expect(prompt).toHaveValue(/one or two sentences/);
  const temperature = panel.getByRole('spinbutton', { name: 'Temperature' });
  await temperature.fill('0.5');
  await temperature.press('Enter');
  await app.ask('384 + 729');
  await app.answered();
  await page.reload();
  await expect(app.composer).toBeVisible();
  await page.keyboard.press('Control+Shift+B');
  await expect(prompt).toHaveValue(/one or two sentences/);
  await expect(temperature).toHaveValue('0.5');
  await panel.getByRole('button', { name: 'Follow the settings' }).click();
  await expect(temperature).toHaveValue('');
});

test('finds English and Chinese words of two characters and opens at the message', async ({
  seeded: app,
}) => {
  const { page } = app;
  for (const query of ['天气', 'measure the Garden']) {
    await page.keyboard.press('Control+k');
    await app.palette.getByRole('combobox').fill(query);
    const hits = app.palette.getByRole('group', { name: 'In messages' }).getByRole('option');
    await expect(hits.first().locator('mark').first()).toBeVisible();
    await hits.first().click();
    await expect(app.answers.filter({ hasText: /天气|Garden/ }).first()).toBeInViewport();
  }
});

test('a row’s menu opens with the right button, at the pointer, and with the menu key', async ({
  seeded: app,
}) => {
  const { page } = app;
  const row = app.entry('Garden wall');
  await row.click({ button: 'right', position: { x: 40, y: 10 } });
  const menu = page.getByRole('menu');
  await expect(menu).toBeVisible();
  const fromPointer = async () => {
    const [box, at] = await Promise.all([menu.boundingBox(), row.boundingBox()]);
    return Math.abs((box?.x ?? 0) - (at?.x ?? 0) - 40);
  };
  await expect.poll(fromPointer).toBeLessThan(12);
  await page.keyboard.press('Escape');
  await expect(menu).toBeHidden();
  await expect(row).toBeFocused();
  await page.keyboard.press('Shift+F10');
  // Chromium without a window has no menu key of its own: what it would tell the page is told.
  if (!(await menu.isVisible())) await row.dispatchEvent('contextmenu', { button: 0 });
  await expect(menu).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await choose(page, 'Pin');
  await expect(app.conversations.getByRole('heading', { name: 'Pinned' })).toBeVisible();
});

test('Escape closes the archive also while a tooltip is open', async ({ seeded: app }) => {
  const { page } = app;
  await menuOf(app, 'Reading list');
  await choose(page, 'Archive');
  await more(page, 'Archive');
  await library(page).getByRole('button', { name: 'Take out of the archive: Reading list' }).hover();
  await expect(page.getByRole('tooltip')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(library(page)).toBeHidden();

  // A menu that is left gives the focus back, and no tooltip comes of that.
  const button = page.getByRole('button', { name: 'More about conversations' });
  await button.click();
  await page.getByRole('menuitem', { name: 'Archive' }).hover();
  await page.keyboard.press('Escape');
  await expect(button).toBeFocused();
  await expect(page.getByRole('tooltip')).toHaveCount(0);
});

test('a JSON export that is dropped onto the window is imported, and other JSON is a document', async ({
  seeded: app,
}) => {
  const { page } = app;
  await menuOf(app, 'Names for the cat');
  await page.getByRole('menuitem', { name: 'Export' }).hover();
  const [download] = await Promise.all([page.waitForEvent('download'), choose(page, 'Save as JSON…')]);
  const bytes = Buffer.from(await text(download));
  const release = await hover(page, [{ name: 'export.json', type: 'application/json', bytes }]);
  await expect(page.getByText('Drop to import the conversations')).toBeVisible();
  await release();
  await expect(app.entry('Names for the cat')).toHaveCount(2);
  await (await hover(page, [{ name: 'package.json', type: 'application/json', bytes: Buffer.from('{}') }]))();
  await expect(page.getByRole('button', { name: /^Read package\.json/ })).toBeVisible();
});

test('the sidebar tells its shortcuts, as the user has bound them', async ({ seeded: app }) => {
  const { page } = app;
  const search = page.getByRole('complementary').getByRole('button', { name: /^Search/ });
  await expect(search).toHaveAttribute('aria-keyshortcuts', 'Control+K');
  await page.keyboard.press('Control+Comma');
  const settings = page.getByRole('dialog', { name: 'Settings' });
  await settings.getByRole('button', { name: 'Shortcuts', exact: true }).click();
  await settings.getByRole('button', { name: 'Change the shortcut of “Search and commands”' }).click();
  await page.keyboard.press('Control+Shift+y');
  await page.keyboard.press('Escape');
  await expect(search).toHaveAttribute('aria-keyshortcuts', 'Control+Shift+Y');
});
