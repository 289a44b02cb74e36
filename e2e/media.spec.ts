import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expectAccessible } from './support/axe';
import { drop, dropVideo, hover, hugePicture, paste, picture, silence } from './support/files';
import { test as base, expect, open } from './support/fixtures';
import { appFolder, Host, hostProgram, removeHome, temporaryHome } from './support/host';
import { writeTextOnly } from './support/text-only-model';

/** Images and other files, with a model that takes images. */
const test = base.extend({});
test.use({ hostOptions: { program: hostProgram('seeing-host') } });

const nano = join(appFolder, 'models', 'nano');
const tray = (page: Page) => page.getByRole('list', { name: 'Images' }).last();
const thumbnails = (page: Page) => tray(page).getByRole('button', { name: /^View / });
/** All of them have arrived in the app. */
const kept = (page: Page) => expect(thumbnails(page).and(page.locator('[aria-busy=true]'))).toHaveCount(0);
const notice = (page: Page) => page.getByRole('status').filter({ hasText: /added|read|takes|damaged/ });

test('a dropped image is shown, sent, and remembered by the questions after it', async ({ app }) => {
  const { page } = app;
  const release = await hover(page, [await picture('house.png', '#c33')]);
  await expect(page.getByText('Drop to ask about it')).toBeVisible();
  await release();
  await expect(page.getByText('Drop to ask about it')).toBeHidden();
  await expect(thumbnails(page)).toHaveCount(1);
  await app.ask('What is this?');
  await expect(app.answer).toContainText('I see 1 of 1 images.');
  await expect(app.questions.last().getByRole('button', { name: 'View house.png, 1 of 1' })).toBeVisible();
  await expect(app.questions.last().locator('img')).toHaveJSProperty('naturalWidth', 320);
  await app.ask('And now?');
  await expect(app.answer).toContainText('I see 1 of 1 images.');
  await page.reload();
  await expect(app.questions.first().locator('img')).toHaveJSProperty('naturalWidth', 320);
});

test('the first run asks about a picture of its own where the model sees', async ({ app }) => {
  await app.page.getByRole('button', { name: 'A question about a picture' }).click();
  await expect(app.answer).toContainText('I see 1 of 1 images.');
  const shown = app.questions.last().getByRole('button', { name: 'View Shapes.svg, 1 of 1' });
  await expect(shown.locator('img')).toHaveJSProperty('complete', true);
});

test('images are pasted and picked, removed and moved with the keyboard, and outlive a reload', async ({
  app,
}) => {
  const { page } = app;
  await app.composer.focus();
  await paste(page, await picture('red.png', '#c33'));
  await expect(thumbnails(page)).toHaveCount(1);
  const choosing = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Add images or files' }).click();
  await page.getByRole('menuitem', { name: 'Choose files…' }).click();
  const [green, blue] = await Promise.all([picture('green.png', '#3c3'), picture('blue.png', '#33c')]);
  await (await choosing).setFiles(
    [green, blue].map(({ name, bytes }) => ({ name, mimeType: 'image/png', buffer: Buffer.from(bytes) })),
  );
  await expect(thumbnails(page)).toHaveCount(3);
  await thumbnails(page).first().focus();
  await page.keyboard.press('Alt+ArrowRight');
  await expect(thumbnails(page).nth(1)).toHaveAccessibleName('View red.png, 2 of 3');
  await page.keyboard.press('Delete');
  await expect(thumbnails(page)).toHaveCount(2);
  await expect(app.composer).toBeFocused();
  await kept(page);
  await page.reload();
  await expect(thumbnails(page)).toHaveCount(2);
  // Without a word, and both arrive.
  await app.composer.press('Enter');
  await expect(app.answer).toContainText('I see 2 of 2 images.');
});

test('the full view zooms, pans and steps by keyboard', async ({ app }) => {
  const { page } = app;
  await drop(page, await picture('a.png', '#c33', 900, 600), await picture('b.png', '#3c3'));
  await thumbnails(page).first().click();
  const viewer = page.getByRole('dialog', { name: 'a.png' });
  await expect(viewer).toBeVisible();
  await page.keyboard.press('+');
  await expect(viewer).toContainText('125%');
  await page.keyboard.press('ArrowRight');
  await expect(viewer.locator('img')).toHaveCSS('transform', 'matrix(1.25, 0, 0, 1.25, -60, 0)');
  await page.keyboard.press('0');
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('dialog', { name: 'b.png' })).toBeVisible();
  await page.mouse.move(500, 400);
  await page.mouse.wheel(0, -300);
  await expect(page.getByRole('dialog')).toContainText('272%');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
});

test('files that are not what they say are refused with one sentence, and the good ones stay', async ({
  app,
}) => {
  const { page } = app;
  const good = await picture('good.png', '#c33', 600, 600);
  await drop(page, { name: 'cut.png', type: 'image/png', bytes: good.bytes.slice(0, good.bytes.length / 2) });
  await expect(notice(page)).toContainText('cut.png\u2069 is damaged or incomplete');
  await drop(page, {
    name: 'noise.png',
    type: 'image/png',
    bytes: Buffer.from('\0\x01\x02 no picture, no text'),
  });
  await expect(notice(page).last()).toContainText('noise.png\u2069 was not added: AutoGLM takes images');
  await drop(page, { name: 'none.jpg', bytes: new Uint8Array() }, good);
  await expect(notice(page).last()).toContainText('none.jpg\u2069 is empty');
  await drop(page, await hugePicture());
  await expect(notice(page).last()).toContainText('100 megapixels at most');
  await expect(thumbnails(page)).toHaveCount(1);
});

test('an SVG with a script is shown and runs nothing', async ({ app, context }) => {
  const { page } = app;
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" width="80" height="60" onload="parent.ran=1"><script>document.title="ran"</script><rect width="80" height="60" fill="teal"/></svg>';
  await drop(page, { name: 'a.svg', type: 'image/svg+xml', bytes: Buffer.from(svg) });
  await expect(thumbnails(page)).toHaveCount(1);
  await kept(page);
  await thumbnails(page).first().click();
  const image = page.getByRole('dialog').locator('img');
  await expect(image).toHaveJSProperty('naturalWidth', 80);
  const address = new URL((await image.getAttribute('src')) ?? '', page.url()).href;
  // Opened by itself it is still nobody's page.
  const alone = await context.newPage();
  const answer = await alone.goto(address);
  expect(answer?.headers()['content-security-policy']).toMatch(/default-src 'none'.*sandbox$/);
  expect(await alone.title()).not.toBe('ran');
  await alone.close();
});

test('a screen is captured; giving up the choice says nothing, and what the system forbids is explained', async ({
  page,
  host,
}) => {
  await page.addInitScript(() => {
    const answers: (() => Promise<MediaStream>)[] = [
      async () => {
        const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 400 });
        const context = canvas.getContext('2d');
        setInterval(() => context?.fillRect(0, 0, 640 * Math.random(), 400), 20);
        return canvas.captureStream(25);
      },
      () => Promise.reject(new DOMException('Permission denied', 'NotAllowedError')),
      () => Promise.reject(new DOMException('Permission denied by system', 'NotAllowedError')),
    ];
    // A machine without a display has no screen to choose.
    navigator.mediaDevices.getDisplayMedia = () =>
      answers.shift()?.() ?? Promise.reject(new Error('asked again'));
  });
  await open(page, host.url);
  const capture = async () => {
    await page.getByRole('button', { name: 'Add images or files' }).click();
    await page.getByRole('menuitem', { name: 'Capture a screen or window…' }).click();
  };
  await capture();
  await expect(thumbnails(page)).toHaveCount(1);
  await expect(thumbnails(page).locator('img')).toHaveJSProperty('naturalWidth', 640);
  await capture();
  await capture();
  await expect(page.getByText('The system does not let AutoGLM see the screen.').first()).toBeVisible();
  await expect(thumbnails(page)).toHaveCount(1);
});

test('odd names are shown on one line and in order', async ({ app }) => {
  const { page } = app;
  const { bytes } = await picture('x', '#c33');
  await drop(page, { name: '家 🏡 "q" \u202Egnp.exe\nb.png', bytes });
  await expect(thumbnails(page)).toHaveAccessibleName('View 家 🏡 "q" gnp.exe b.png, 1 of 1');
});

test('of 200 files a message takes 20, and says so', async ({ app }) => {
  const { page } = app;
  const files = await Promise.all(
    Array.from({ length: 200 }, (_, index) =>
      picture(`${index}.png`, `hsl(${index}, 60%, 50%)`, 16 + index, 16),
    ),
  );
  await drop(page, ...files);
  await expect(notice(page).last()).toContainText('A message takes 20 files; 180 were left out.');
  await expect(thumbnails(page)).toHaveCount(20);
});

test('sound is named for what it is, with what can be done about it', async ({ app }) => {
  const { page } = app;
  await drop(page, silence());
  await expect(tray(page)).toContainText('0:02 · Wave · PCM');
  await expect(tray(page)).toContainText('Turn it into voice input');
});

test('a video gives images of chosen moments', async ({ app }) => {
  const { page } = app;
  await dropVideo(page, 'sea.webm');
  await expect(tray(page)).toContainText('VP8 320 × 180');
  await page.getByRole('button', { name: 'Choose moments…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Images from the video' });
  const slider = dialog.getByRole('slider');
  await expect.poll(() => slider.getAttribute('max').then(Number)).toBeGreaterThan(0.5);
  await slider.press('Enter');
  await expect(dialog.getByRole('listitem')).toHaveCount(1);
  for (let step = 0; step < 10; step++) await slider.press('ArrowRight');
  await dialog.getByRole('button', { name: 'Keep this moment' }).click();
  await dialog.getByRole('button', { name: 'Add 2 images' }).click();
  await expect(thumbnails(page)).toHaveCount(2);
  await app.ask('What happens?');
  await expect(app.answer).toContainText('I see 2 of 2 images.');
});

test('an image of the conversation is dragged into the next message without being added again', async ({
  app,
}) => {
  const { page } = app;
  await drop(page, await picture('house.png', '#c33'));
  await app.ask('What is this?');
  await app.answered();
  const dragged = await app.questions
    .last()
    .getByRole('button', { name: /^View/ })
    .evaluate((button) => {
      const data = new DataTransfer();
      button.dispatchEvent(new DragEvent('dragstart', { dataTransfer: data, bubbles: true }));
      const main = document.querySelector('main');
      main?.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
      return data.getData('DownloadURL');
    });
  expect(dragged).toMatch(/^image\/png:house\.png:http:\/\/127\.0\.0\.1:\d+\/attachments\/[0-9a-f]{64}$/);
  await expect(thumbnails(page)).toHaveCount(1);
});

test('pages of other origins and programs without the session get no file', async ({
  app,
  host,
  request,
}) => {
  const { page } = app;
  await drop(page, await picture('mine.png', '#c33'));
  await expect(thumbnails(page)).toHaveCount(1);
  await kept(page);
  await app.ask('What is this?');
  const address = await app.questions.last().locator('img').getAttribute('src');
  const file = new URL(address ?? '', host.url).href;
  expect((await request.get(file)).status()).toBe(403);
  expect((await request.post(`${host.url}/attachments?name=x`, { data: 'x' })).status()).toBe(403);
});

test('nothing serious is found by axe, in both themes', async ({ app }) => {
  const { page } = app;
  await drop(page, await picture('house.png', '#c33'), silence());
  await expect(thumbnails(page)).toHaveCount(1);
  await expectAccessible(page);
  await thumbnails(page).first().click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await expectAccessible(page);
});

test('a model that reads text only is named before anything is sent, and the image stays', async ({
  page,
}) => {
  const home = temporaryHome();
  writeTextOnly(nano, join(home, 'models', 'blind'), 'blind');
  const host = await Host.start({ home, args: ['--model', 'blind'] });
  try {
    await host.modelReady();
    const app = await open(page, host.url);
    await drop(page, await picture('house.png', '#c33'));
    await app.composer.fill('What is this?');
    await expect(page.getByText(/reads text only and cannot see images\./)).toBeVisible();
    await expect(app.send).toBeDisabled();
    await app.composer.press('Enter');
    await expect(thumbnails(page)).toHaveCount(1);
    await page.getByRole('button', { name: 'Choose another model' }).click();
    await expect(page.getByRole('dialog', { name: 'Settings' })).toBeVisible();
  } finally {
    await host.stop();
    removeHome(home);
  }
});

test('the built-in model names drawings in a style it was never trained on, in both languages', async ({
  page,
}) => {
  const host = await Host.start();
  try {
    await host.modelReady();
    const app = await open(page, host.url);
    for (const [file, question, answer] of [
      ['unseen-name-00.webp', 'What does this picture show?', 'fried egg'],
      ['unseen-name-01.webp', '这张图里是什么？', '牛排'],
    ] as const) {
      const bytes = readFileSync(join(appFolder, 'models/eval/sets/images', file));
      await drop(page, { name: file, type: 'image/webp', bytes });
      await expect(thumbnails(page)).toHaveCount(1);
      await app.composer.fill(question);
      await app.send.click();
      await expect(await app.answered()).toContainText(answer);
      await expect(app.questions.last().getByRole('button', { name: /^View / })).toHaveCount(1);
    }
  } finally {
    await host.stop();
  }
});
