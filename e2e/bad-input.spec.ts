import { closeSync, mkdtempSync, openSync, rmSync, truncateSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recordVideo } from './support/files';
import { expect, test } from './support/fixtures';

/** What is too much: handled with a sentence, and nothing lost. Names, counts and damage of files are in media.spec.ts. */

test('five megabytes that are pasted stand beside the field as a document, which stays quick, and can be taken out', async ({
  app,
}) => {
  const { page } = app;
  const typed = async (words: string) => {
    const begun = Date.now();
    await app.composer.pressSequentially(words);
    return Date.now() - begun;
  };
  const without = await typed('About this:');
  await app.composer.evaluate((field) => {
    const data = new DataTransfer();
    data.setData('text/plain', 'Five megabytes of text 🙂. '.repeat(200_000));
    field.dispatchEvent(
      new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }),
    );
  });
  const remove = page.getByRole('button', { name: 'Remove Pasted text.txt' });
  await expect(remove).toBeVisible();
  expect(await typed(' Sum it up.')).toBeLessThan(1_000 + 5 * without);
  await expect(app.composer).toHaveValue('About this: Sum it up.');
  await expect(
    page.getByText(/is too long for this model. It gets the \d+ of [\d,]{4,} passages/),
  ).toBeVisible({
    timeout: 60_000,
  });
  await remove.click();
  await expect(app.send).toBeEnabled();
  await expect(app.composer).toHaveValue('About this: Sum it up.');
});

test('a video of 2 GB is read where it lies, with what can be done about it', async ({ app }) => {
  const { page } = app;
  const folder = mkdtempSync(join(tmpdir(), 'autoglm-e2e-'));
  try {
    const path = join(folder, 'long film.webm');
    const file = openSync(path, 'w');
    writeSync(file, await recordVideo(page));
    closeSync(file);
    // Sparse: the size is real, what lies behind the first frames takes no room.
    truncateSync(path, 2 * 1024 ** 3);
    const choosing = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Add images or files' }).click();
    await page.getByRole('menuitem', { name: 'Choose files…' }).click();
    await (await choosing).setFiles(path);
    await expect(page.getByText('long film.webm')).toBeVisible({ timeout: 30_000 });
    await expect(page.getByText(/2(\.\d+)? GB/)).toBeVisible();
    await app.composer.fill('Still here');
    await expect(app.send).toBeEnabled();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
