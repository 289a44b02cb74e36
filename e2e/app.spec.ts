import { expect, open, test } from './support/fixtures';
import { Host, removeHome, temporaryHome } from './support/host';
import { seedConversation } from './support/seed';

/** What lies around the conversation: the list, search, language and theme, the keyboard, and what must do no harm. */

test('names a conversation after its question, lists, renames, deletes it and takes that back', async ({
  app,
}) => {
  await app.ask('What is 17 + 25? Show it.');
  await app.answered();
  const { page } = app;
  const title = 'What is 17 + 25?';
  await expect(app.entry(title)).toBeVisible();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);

  await app.entry(title).hover();
  await page.getByRole('button', { name: `Options for “${title}”` }).click();
  await page.getByRole('menuitem', { name: 'Rename' }).click();
  const field = page.getByRole('textbox', { name: 'Name of the conversation' });
  await expect(field).toBeFocused();
  await field.fill('Forty-two, once more');
  await field.press('Enter');
  await expect(app.entry('Forty-two, once more')).toBeVisible();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Forty-two, once more');
  await expect(page).toHaveTitle('Forty-two, once more – AutoGLM');
  await page.reload();
  await expect(app.entry('Forty-two, once more')).toBeVisible();

  await app.entry('Forty-two, once more').hover();
  await page.getByRole('button', { name: 'Options for “Forty-two, once more”' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await expect(app.entry('Forty-two, once more')).toHaveCount(0);
  await expect(app.questions).toHaveCount(0);
  await expect(page).toHaveTitle('AutoGLM');
  await page.getByRole('button', { name: 'Undo' }).click();
  await app.entry('Forty-two, once more').click();
  await expect(app.questions).toHaveText('What is 17 + 25? Show it.');
});

test('finds a Chinese word of two characters and opens the conversation at the message', async ({ app }) => {
  await app.ask('987 加 654 等于多少?请算');
  await app.answered();
  await app.newConversation();
  await app.page.getByRole('button', { name: 'Search' }).click();
  await app.palette.getByRole('combobox').fill('多少');
  const hit = app.palette.getByRole('group', { name: 'In messages' }).getByRole('option').first();
  await expect(hit.locator('mark')).toHaveText('多少');
  await hit.click();
  await expect(app.palette).toHaveCount(0);
  await expect(app.questions).toContainText('987 加 654 等于多少');

  await app.page.keyboard.press('Control+k');
  await app.palette.getByRole('combobox').fill('没有的词');
  await expect(app.palette).toContainText('Nothing found.');
});

test('speaks Chinese and turns dark when told to, at once and after a reload', async ({ app }) => {
  const { page } = app;
  const run = async (command: string) => {
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill(command);
    await page.getByRole('option', { name: command }).click();
  };
  const html = page.locator('html');
  await expect(html).toHaveAttribute('data-theme', 'light');
  await page.keyboard.press('Control+Comma');
  await page.getByRole('dialog').getByRole('combobox', { name: 'Language' }).click();
  await page.getByRole('option', { name: '简体中文' }).click();
  try {
    await expect(page.getByRole('dialog', { name: '设置' })).toBeVisible();
    await page.keyboard.press('Escape');
    await run('深色');
    await expect(html).toHaveAttribute('data-theme', 'dark');
    await page.reload();
    await expect(html).toHaveAttribute('data-theme', 'dark');
    await expect(html).toHaveAttribute('lang', 'zh-CN');
    await expect(page.getByRole('textbox', { name: 'Message' })).toHaveCount(0);
  } finally {
    await run('English');
    await expect(app.composer).toBeVisible();
    await run('Theme of the system');
    await expect(html).toHaveAttribute('data-theme', 'light');
  }
});

test('works by keyboard alone: new conversation, question, stop, palette', async ({ app, running }) => {
  const { page } = app;
  const { keyboard } = page;
  await expect(app.composer).toBeFocused();
  await keyboard.type('What is 4821 * 397?');
  running.slowEngine();
  await keyboard.press('Enter');
  await app.reasons();
  await keyboard.press('Escape');
  running.resumeEngine();
  await app.answered();
  await expect(app.answer).toContainText('Stopped');

  await keyboard.press('Control+Shift+O');
  await expect(app.questions).toHaveCount(0);
  await expect(app.composer).toBeFocused();
  await keyboard.press('Control+Shift+E');
  await expect(app.think).toHaveAttribute('aria-pressed', 'false');
  await keyboard.type('What is 30 + 3?');
  await keyboard.press('Shift+Enter');
  await expect(app.composer).toHaveValue('What is 30 + 3?\n');
  await keyboard.press('Backspace');
  await keyboard.press('Enter');
  await app.answered();
  await expect(app.text()).toContainText('33');

  await keyboard.press('Control+k');
  await expect(app.palette.getByRole('combobox')).toBeFocused();
  await keyboard.type('4821');
  await expect(app.palette.getByRole('option', { name: /4821/ }).first()).toHaveAttribute(
    'aria-selected',
    'true',
  );
  await keyboard.press('Enter');
  await expect(app.questions).toHaveText('What is 4821 * 397?');
  await keyboard.press('Control+k');
  await keyboard.press('Escape');
  await expect(app.palette).toHaveCount(0);
});

test('says how long a prompt of 200 KB is, and stays usable', async ({ app }) => {
  // Typed, not pasted: that would become a document, of which passages are read.
  await app.composer.fill('The quick brown fox. '.repeat(10_000));
  await expect(app.page.getByText(/This is [\d,]{5,} tokens too long for the model/)).toBeVisible();
  await expect(app.send).toBeDisabled();
  await app.composer.fill('');
  await expect(app.page.getByText('too long for the model')).toHaveCount(0);

  // Sent before it was counted, it is refused with the figures.
  await app.composer.fill('Jumps over the dogs. '.repeat(10_000));
  await app.composer.press('Enter');
  await expect(app.answer.getByRole('alert')).toContainText(
    /Too long for the model.*[\d,]{5,} tokens; the model has room for [\d,]{4,5}/s,
  );
  await app.answer.getByRole('button', { name: 'New conversation' }).click();
  await app.ask('What is 384 + 729?');
  await app.answered();
  await expect(app.text()).toHaveText('384 + 729 = 1113');
});

test.describe('an answer that means harm', () => {
  const answer = `<script>window.harm = 1</script>
<img src="https://tracker.example/a.png" onerror="window.harm = 2">
<iframe src="https://tracker.example/"></iframe> <a href="javascript:window.harm=3">raw link</a>

![picture](https://tracker.example/b.png) [click](javascript:window.harm=4) [file](file:///etc/passwd)
[site](https://example.com/page) <style>body { display: none }</style>

$\\href{javascript:window.harm=5}{x}$

The end.`;

  test('runs nothing, loads nothing and styles nothing', async ({ page }) => {
    const home = temporaryHome();
    const id = seedConversation(home, 'Harm', [{ question: 'Hello', answer }]);
    const host = await Host.start({ home });
    try {
      const foreign: string[] = [];
      page.on('request', (sent) => {
        const address = sent.url();
        if (!/^(data|blob):/.test(address) && !address.startsWith(host.url)) foreign.push(address);
      });
      const app = await open(page, `${host.url}/#/c/${id}`);
      await expect(app.text()).toContainText('The end.');
      await expect(app.text()).toContainText('Image from tracker.example, not loaded');
      await expect(app.answer.locator('img, iframe, script, style')).toHaveCount(0);
      const links = app.answer.locator('a[href]');
      await expect(links).toHaveCount(1);
      await expect(links).toHaveAttribute('href', 'https://example.com/page');
      await expect(links).toHaveAttribute('rel', /noopener/);
      for (const words of ['click', 'raw link', 'file']) {
        const plain = app.answer.getByText(words, { exact: true });
        if ((await plain.count()) > 0) await plain.first().click();
      }
      expect(await page.evaluate(() => 'harm' in window)).toBe(false);
      expect(foreign).toEqual([]);
      await expect(app.composer).toBeVisible();
    } finally {
      await host.stop();
      removeHome(home);
    }
  });
});
