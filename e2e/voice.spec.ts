import { expect } from './support/fixtures';
import { Host, hostProgram } from './support/host';
import { browserHearing, openTracks, quiet, unplug } from './support/microphone';
import { A_WHILE, COUNTED, clips, hold, microphone, recording, set, test, windowOf } from './support/talking';

/** Push to talk, with the real detector of voices and the built-in model; the recogniser counts the bursts it hears. */

const program = hostProgram('hearing-host');
test.use({ hostOptions: { program } });

test('held, the microphone writes down what was said, to be corrected, sent and played', async ({
  host,
  talking,
}) => {
  const app = await windowOf(talking, host.url);
  const { page } = app;
  await hold(page, A_WHILE);
  await expect(app.composer).toHaveValue(COUNTED);
  await expect.poll(() => openTracks(page)).toBe(0);
  await expect(app.composer).toBeFocused();
  await expect(clips(page)).toHaveCount(1);
  await app.composer.fill('What is 20 + 3?');
  await app.composer.press('Enter');
  await expect(await app.answered()).toContainText('23');
  // Kept with the message, and played from there.
  const question = app.questions.last();
  await question.getByRole('button', { name: 'Play', exact: true }).click();
  await expect(question.getByRole('button', { name: 'Pause', exact: true })).toBeVisible();
  await expect
    .poll(() => question.locator('audio').evaluate((audio: HTMLAudioElement) => audio.currentTime))
    .toBeGreaterThan(0.2);
  await page.reload();
  await expect(clips(page)).toHaveCount(1);
  await app.end();
});

test('the first run offers to hold and speak, where what is said would be understood', async ({
  host,
  talking,
}) => {
  const app = await windowOf(talking, host.url);
  const { page } = app;
  const examples = page.getByRole('list', { name: 'Examples' }).getByRole('listitem');
  await expect(examples).toHaveCount(3);
  // The model reads text only, the recogniser beside it hears.
  await expect(page.getByRole('button', { name: 'A question about a picture' })).toHaveCount(0);
  await examples.getByRole('button', { name: 'Hold and speak' }).hover();
  await page.mouse.down();
  await expect(recording(page)).toBeVisible();
  await page.waitForTimeout(A_WHILE);
  await page.mouse.up();
  await expect(app.composer).toHaveValue(COUNTED);
  await app.end();
});

test('Space held outside of the text field talks; inside it types', async ({ host, talking }) => {
  const app = await windowOf(talking, host.url);
  const { page } = app;
  await app.composer.fill('a');
  await page.keyboard.press('Space');
  await expect(app.composer).toHaveValue('a ');
  await app.composer.fill('');
  await app.composer.blur();
  await page.keyboard.down('Space');
  await expect(recording(page)).toBeVisible();
  await page.waitForTimeout(A_WHILE);
  await page.keyboard.up('Space');
  await expect(app.composer).toHaveValue(COUNTED);
  await app.end();
});

test('the shortcut held talks, also from the text field', async ({ host, talking }) => {
  const app = await windowOf(talking, host.url);
  const { page } = app;
  await app.composer.fill('Listen:');
  await page.keyboard.down('Control');
  await page.keyboard.down('Shift');
  await page.keyboard.down('KeyD');
  await expect(recording(page)).toBeVisible();
  await page.waitForTimeout(A_WHILE);
  await page.keyboard.up('KeyD');
  await page.keyboard.up('Shift');
  await page.keyboard.up('Control');
  await expect(app.composer).toHaveValue(/^Listen: What is [1-9] \+ /);
  await app.end();
});

test('a short press begins, the next one ends; the time runs meanwhile', async ({ host, talking }) => {
  const app = await windowOf(talking, host.url);
  const { page } = app;
  await microphone(page).click();
  await expect(recording(page)).toBeVisible();
  await expect(page.getByText('Press again when you are done.')).toBeVisible();
  await expect(page.getByRole('timer')).toHaveText(/^0:(0[2-9]|[1-9])/);
  await microphone(page).click();
  await expect(app.composer).toHaveValue(COUNTED);
  // By keyboard alone as well.
  await app.composer.fill('');
  await microphone(page).focus();
  await page.keyboard.press('Enter');
  await expect(recording(page)).toBeVisible();
  await page.waitForTimeout(A_WHILE);
  await page.keyboard.press('Enter');
  await expect(app.composer).toHaveValue(COUNTED);
  await app.end();
});

test('Escape discards the recording and lets go of the microphone', async ({ host, talking }) => {
  const app = await windowOf(talking, host.url);
  const { page } = app;
  await microphone(page).click();
  await expect(recording(page)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(recording(page)).toBeHidden();
  await expect.poll(() => openTracks(page)).toBe(0);
  await page.waitForTimeout(500);
  await expect(app.composer).toHaveValue('');
  await expect(clips(page)).toHaveCount(0);
  await app.end();
});

test('sent by itself where so set', async ({ host, talking }) => {
  const app = await windowOf(talking, host.url);
  const { page } = app;
  await set(page, 'Send when you stop talking');
  await hold(page, A_WHILE);
  await expect(app.questions.last()).toContainText(/What is ([1-9]) \+ \1\?/);
  const [, count] = /What is (\d)/.exec((await app.questions.last().textContent()) ?? '') ?? [];
  await expect(await app.answered()).toContainText(String(2 * Number(count)));
  await expect(app.composer).toHaveValue('');
  await set(page, 'Send when you stop talking');
  await app.end();
});

test('silence is said to be silence', async ({ host, silent }) => {
  const app = await windowOf(silent, host.url);
  await hold(app.page, 1_500);
  await expect(app.page.getByText('No voice was heard.').first()).toBeVisible();
  await expect(app.composer).toHaveValue('');
  await expect(clips(app.page)).toHaveCount(0);
  await app.end();
});

test('a microphone unplugged while recording keeps what was said', async ({ host, talking }) => {
  const app = await windowOf(talking, host.url);
  const { page } = app;
  await microphone(page).click();
  await expect(page.getByRole('timer')).toHaveText(/^0:(0[2-9]|[1-9])/);
  await unplug(page);
  await expect(page.getByText('The microphone was disconnected.').first()).toBeVisible();
  await expect(app.composer).toHaveValue(COUNTED);
  await app.end();
});

test('a denied microphone is explained', async ({ host }) => {
  const browser = await browserHearing(quiet(1), { denied: true });
  const app = await windowOf(browser, host.url);
  const { page } = app;
  await microphone(page).click();
  const notice = page.getByRole('alert');
  await expect(notice).toContainText('This page may not use the microphone.');
  await notice.getByRole('button', { name: 'Voice settings' }).click();
  await expect(page.getByRole('dialog', { name: 'Settings' })).toContainText('Speech recognition');
  await page.keyboard.press('Escape');
  await notice.getByRole('button', { name: 'Dismiss' }).click();
  await expect(notice).toBeHidden();
  await app.end();
  await browser.close();
});

test('with nothing that understands speech it says so instead of recording', async ({ talking }) => {
  const host = await Host.start({ program, args: ['--deaf'] });
  await host.modelReady();
  const app = await windowOf(talking, host.url);
  await microphone(app.page).click();
  await expect(app.page.getByRole('alert')).toContainText('Nothing that is installed can understand speech.');
  await expect.poll(() => openTracks(app.page)).toBe(0);
  await app.end();
  await host.stop();
});
