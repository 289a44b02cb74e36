import type { Page } from '@playwright/test';
import { expect, test } from './support/fixtures';

/** What the settings and commands change, seen where it is used; what they hold is kept by unit tests. */

test.use({ contextOptions: { reducedMotion: 'reduce' } });

const settings = (page: Page) => page.getByRole('dialog', { name: 'Settings' });

async function openSection(page: Page, name: string): Promise<void> {
  await page.keyboard.press('Control+Comma');
  await settings(page).getByRole('button', { name, exact: true }).click();
}

async function run(page: Page, command: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill(command);
  await page.getByRole('option', { name: command }).click();
}

test('the search finds settings, shortcuts and what the sections hold, and says when there is nothing', async ({
  app: { page },
}) => {
  await page.keyboard.press('Control+Comma');
  const search = settings(page).getByRole('textbox', { name: 'Search the settings' });
  await expect(search).toBeFocused();
  await page.keyboard.type('contrast');
  await expect(settings(page).getByRole('radio', { name: 'High' })).toBeVisible();
  await search.fill('go to the message');
  await expect(settings(page).getByText('Go to the message field')).toBeVisible();
  await expect(settings(page).getByText(/^Nothing matches/)).toHaveCount(0);
  await search.fill('quixotic');
  await expect(settings(page).getByText('Nothing matches “quixotic”.')).toBeVisible();
  await search.fill('delete all');
  await settings(page)
    .getByRole('button', { name: /^Privacy Data folder/ })
    .click();
  await expect(settings(page).getByRole('button', { name: 'Delete all data' })).toBeVisible();
  // From the palette at the setting itself, which lies below what is in view.
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('temperature');
  await page.getByRole('option', { name: /^Temperature/ }).click();
  const temperature = settings(page).getByRole('spinbutton', { name: 'Temperature' });
  await expect(temperature).toBeFocused();
  await expect(temperature).toBeInViewport();
});

test('text size, density, contrast and motion are seen at once and after a reload', async ({
  app: { page },
}) => {
  const html = page.locator('html');
  const size = () => html.evaluate((root) => Number.parseFloat(getComputedStyle(root).fontSize));
  const before = await size();
  await openSection(page, 'Appearance');
  await settings(page).getByRole('button', { name: 'Larger text' }).click();
  for (const choice of ['Compact', 'High', 'Reduced'])
    await settings(page).getByRole('radio', { name: choice }).click();
  await page.reload();
  await expect(html).toHaveAttribute('data-density', 'compact');
  await expect(html).toHaveAttribute('data-contrast', 'high');
  await expect(html).toHaveAttribute('data-motion', 'reduced');
  expect(await size()).toBeGreaterThan(before);
  await openSection(page, 'Appearance');
  await settings(page).getByRole('button', { name: 'Smaller text' }).click();
  await settings(page).getByRole('radio', { name: 'Comfortable' }).click();
  for (const name of ['Contrast', 'Motion'])
    await settings(page).getByRole('radiogroup', { name }).getByRole('radio', { name: 'System' }).click();
  await expect(html).toHaveAttribute('data-density', 'comfortable');
  expect(await size()).toBe(before);
});

test('the reasoning stays open where so set; a conversation’s figures add up; all of it can be copied', async ({
  app,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const { page } = app;
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  await openSection(page, 'General');
  await settings(page).getByRole('radio', { name: 'Always open' }).click();
  await page.keyboard.press('Escape');
  await app.ask('What is 384 + 729?');
  await app.answered();
  await expect(app.reasoning()).toContainText('=> 1113');
  await openSection(page, 'General');
  await settings(page).getByRole('radio', { name: 'Fold when done' }).click();
  await page.keyboard.press('Escape');
  await expect(app.reasoning()).not.toContainText('=> 1113');
  await openSection(page, 'General');
  await settings(page).getByRole('radio', { name: 'Hide', exact: true }).click();
  await page.keyboard.press('Escape');
  await expect(app.reasoning()).toHaveCount(0);
  await expect(app.answer).toContainText('384 + 729 = 1113');
  await openSection(page, 'General');
  await settings(page).getByRole('radio', { name: 'Fold when done' }).click();
  await page.keyboard.press('Escape');
  await expect(app.reasoning()).toHaveCount(1);

  await app.answer.getByRole('button', { name: 'Copy', exact: true }).click();
  await expect.poll(copied).toBe('384 + 729 = 1113');
  await run(page, 'Copy the conversation as Markdown');
  await expect.poll(copied).toMatch(/^# What is 384 \+ 729\?[\s\S]*384 \+ 729 = 1113/);

  const first = Number(/(\d+) tokens · CPU/.exec((await app.statistics().textContent()) ?? '')?.[1]);
  await app.ask('What is 20 + 3?');
  await app.answered();
  const second = Number(/(\d+) tokens · CPU/.exec((await app.statistics().textContent()) ?? '')?.[1]);
  await page.keyboard.press('Control+Shift+B');
  const details = page.getByRole('complementary', { name: 'Details' });
  await expect(details).toContainText(`Tokens written${first + second}`);
  await page.keyboard.press('Control+Shift+B');
});

test('commands save the conversation, open the models and choose files', async ({ app }) => {
  const { page } = app;
  await app.ask('What is 20 + 3?');
  await app.answered();
  for (const [kind, ending] of [
    ['Markdown', 'md'],
    ['HTML', 'html'],
    ['JSON', 'json'],
  ]) {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      run(page, `Save the conversation as ${kind}`),
    ]);
    expect(download.suggestedFilename()).toBe(`What is 20 + 3.${ending}`);
  }
  await run(page, 'Manage models');
  await expect(page.getByRole('dialog', { name: 'Models' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(app.composer).toBeFocused();
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), run(page, 'Add images or files')]);
  await chooser.setFiles({ name: 'note.txt', mimeType: 'text/plain', buffer: Buffer.from('A short note.') });
  await expect(page.getByRole('button', { name: /^Read note\.txt/ })).toBeVisible();
  await expect(app.composer).toBeFocused();
  await page.getByRole('button', { name: /^Remove note\.txt/ }).click();
  // By the button beside the field, too, which had the keys before.
  await page.getByRole('button', { name: 'Add images or files' }).click();
  const [again] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('menuitem', { name: 'Choose files…' }).click(),
  ]);
  await again.setFiles({ name: 'note.txt', mimeType: 'text/plain', buffer: Buffer.from('A short note.') });
  await expect(page.getByRole('button', { name: /^Read note\.txt/ })).toBeVisible();
  await expect(app.composer).toBeFocused();
  await page.getByRole('button', { name: /^Remove note\.txt/ }).click();
});

test('a preset of one’s own is made in the settings, chosen in a conversation, deleted and brought back', async ({
  app: { page },
}) => {
  await openSection(page, 'Model');
  await settings(page).getByRole('button', { name: 'New preset' }).click();
  const name = settings(page).getByRole('textbox', { name: 'Name of the preset' });
  await name.fill('Pirate');
  await settings(page)
    .getByRole('textbox', { name: 'System prompt of the preset' })
    .fill('Answer like a pirate.');
  await name.blur();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+Shift+B');
  const details = page.getByRole('complementary', { name: 'Details' });
  await details.getByRole('button', { name: 'Presets' }).click();
  await page.getByRole('menuitem', { name: 'Pirate' }).click();
  await expect(details.getByRole('textbox', { name: 'System prompt' })).toHaveValue('Answer like a pirate.');
  await openSection(page, 'Model');
  await settings(page).getByRole('button', { name: 'Delete “Pirate”' }).click();
  await expect(settings(page).getByRole('button', { name: 'Pirate', exact: true })).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(settings(page).getByRole('button', { name: 'Pirate', exact: true })).toBeVisible();
  // Escape closes what is below a toast, which keeps its way back.
  await settings(page).getByRole('button', { name: 'Delete “Pirate”' }).click();
  await expect(settings(page).getByRole('button', { name: 'Undo' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(settings(page)).toBeHidden();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('button', { name: 'Undo' })).toHaveCount(0);
});
