import type { Locator, Page } from '@playwright/test';
import { drop, picture } from './support/files';
import { expect, open, test } from './support/fixtures';
import type { AppPage } from './support/page';

/** What is dragged from one window into another: the main window and the one for quick questions. */

/** What a real drag of an element puts into its DataTransfer. */
async function lift(element: Locator): Promise<readonly (readonly [type: string, text: string])[]> {
  return element.evaluate((node) => {
    const dataTransfer = new DataTransfer();
    const selected = getSelection();
    // What the browser itself puts in for selected words.
    if (selected && !selected.isCollapsed) dataTransfer.setData('text/plain', selected.toString());
    node.dispatchEvent(new DragEvent('dragstart', { dataTransfer, bubbles: true, cancelable: true }));
    const held = dataTransfer.types.map((type) => [type, dataTransfer.getData(type)] as const);
    node.dispatchEvent(new DragEvent('dragend', { dataTransfer, bubbles: true }));
    return held;
  });
}

/** Over another window with it, and let go there. `says` is what the window promises meanwhile. */
async function letGo(page: Page, held: Awaited<ReturnType<typeof lift>>, says: string): Promise<void> {
  const dataTransfer = await page.evaluateHandle((given) => {
    const data = new DataTransfer();
    for (const [type, text] of given) data.setData(type, text);
    return data;
  }, held);
  await page.dispatchEvent('main', 'dragenter', { dataTransfer });
  await page.dispatchEvent('main', 'dragover', { dataTransfer });
  await expect(page.getByText(says)).toBeVisible();
  await page.dispatchEvent('main', 'drop', { dataTransfer });
  await expect(page.getByText(says)).toBeHidden();
}

const thumbnails = (page: Page) =>
  page
    .getByRole('list', { name: 'Images' })
    .last()
    .getByRole('button', { name: /^View / });

async function select(app: AppPage, words: Locator): Promise<void> {
  await words.evaluate((node) => getSelection()?.selectAllChildren(node));
  await expect.poll(() => app.page.evaluate(() => getSelection()?.toString())).not.toBe('');
}

test('an image, a conversation and words of an answer go from the main window to the quick one and back', async ({
  app,
  context,
  host,
}) => {
  await app.ask('What is 384 + 729?');
  await expect(await app.answered()).toContainText('1113');
  const quick = await open(await context.newPage(), `${host.url}/#/quick`);

  await test.step('words, quoted into what is being written', async () => {
    await select(app, app.text());
    const words = await lift(app.text());
    await quick.composer.fill('Is this right?');
    await letGo(quick.page, words, 'Drop to quote it');
    await expect(quick.composer).toHaveValue(/^Is this right\?\n\n> .*1113\.?\n\n$/);
    await quick.composer.fill('');
  });

  await test.step('a conversation, opened there', async () => {
    const row = app.page.locator('[data-conversation][aria-current=page]');
    await letGo(quick.page, await lift(row), 'Drop to open it here');
    await expect(quick.questions).toHaveText(/What is 384 \+ 729\?/);
    await quick.ask('What is 20 + 3?');
    await expect(await quick.answered()).toContainText('23');
  });

  await test.step('and from there back', async () => {
    await app.newConversation();
    const button = quick.page.getByRole('button', { name: 'Open in the main window' });
    await letGo(app.page, await lift(button), 'Drop to open it here');
    await expect(app.questions).toHaveCount(2);
    await select(quick, quick.text());
    await letGo(app.page, await lift(quick.text()), 'Drop to quote it');
    await expect(app.composer).toHaveValue(/^> .*23\.?\n\n$/);
    await app.composer.fill('');
  });

  await test.step('an image that waits to be sent, in both directions', async () => {
    await drop(app.page, await picture('house.png', '#c33'));
    await expect(thumbnails(app.page)).toHaveCount(1);
    await expect(thumbnails(app.page).and(app.page.locator('[aria-busy=true]'))).toHaveCount(0);
    const image = await lift(thumbnails(app.page).first());
    await quick.page.getByRole('button', { name: 'New question' }).click();
    await letGo(quick.page, image, 'Drop to ask about it');
    await expect(thumbnails(quick.page)).toHaveCount(1);
    await expect(thumbnails(quick.page).locator('img')).toHaveJSProperty('naturalWidth', 320);
    await app.newConversation();
    await letGo(app.page, await lift(thumbnails(quick.page).first()), 'Drop to ask about it');
    await expect(thumbnails(app.page)).toHaveCount(1);
  });
});

test('in its own window a conversation and words stay what they are, and strangers’ data does nothing', async ({
  app,
}) => {
  const { page } = app;
  await app.ask('What is 20 + 3?');
  await app.answered();
  const forged: readonly (readonly [string, string])[] = [
    ['application/x-autoglm-conversations', '{"not": "a list"}'],
  ];
  await letGo(page, forged, 'Drop to open it here');
  await expect(app.questions).toHaveCount(1);
  // A drag that began here promises nothing over its own conversation.
  const promised = await page.locator('[data-conversation][aria-current=page]').evaluate(async (row) => {
    const dataTransfer = new DataTransfer();
    row.dispatchEvent(new DragEvent('dragstart', { dataTransfer, bubbles: true }));
    document
      .querySelector('main')
      ?.dispatchEvent(new DragEvent('dragenter', { dataTransfer, bubbles: true }));
    await new Promise((done) => setTimeout(done, 100));
    const text = document.querySelector('main')?.textContent ?? '';
    row.dispatchEvent(new DragEvent('dragend', { dataTransfer, bubbles: true }));
    return text.includes('Drop to open it here');
  });
  expect(promised).toBe(false);
});
