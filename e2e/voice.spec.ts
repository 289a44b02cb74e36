import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import type { Browser, Page } from '@playwright/test';
import { test as base, expect, open, watch } from './support/fixtures';
import { appFolder, Host, hostProgram } from './support/host';
import { measure } from './support/measure';
import {
  browserHearing,
  clipOfSets,
  joined,
  openTracks,
  prepare,
  quiet,
  said,
  saidToEnd,
  unplug,
  voice,
} from './support/microphone';
import type { AppPage } from './support/page';

/** Talking, with the real detector of voices and the built-in model; the recogniser counts the bursts it hears. */

const program = hostProgram('hearing-host');

interface VoiceFixtures {
  readonly talking: Browser;
  readonly silent: Browser;
}

const test = base.extend<object, VoiceFixtures>({
  // A burst of 0.8 s every 1.4 s, for ever.
  talking: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the pattern.
    async ({}, use) => {
      const browser = await browserHearing(joined(voice(3), quiet(0.6)));
      await use(browser);
      await browser.close();
    },
    { scope: 'worker' },
  ],
  silent: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the pattern.
    async ({}, use) => {
      const browser = await browserHearing(quiet(2));
      await use(browser);
      await browser.close();
    },
    { scope: 'worker' },
  ],
});

test.use({ hostOptions: { program } });

/** A window of its own, on which nothing may be complained of. */
async function windowOf(browser: Browser, url: string): Promise<AppPage & { end(): Promise<void> }> {
  const context = await browser.newContext({ locale: 'en-US', viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  const problems = watch(page);
  await prepare(page);
  const app = await open(page, url);
  return Object.assign(app, {
    end: async () => {
      await context.close();
      expect(problems, 'what the page complained of').toEqual([]);
    },
  });
}

const microphone = (page: Page) => page.getByRole('button', { name: /^(Talk: hold|Done talking)/ });
const recording = (page: Page) => page.getByText('Recording.');
const clips = (page: Page) => page.getByRole('button', { name: 'Play', exact: true });
const COUNTED = /^What is ([1-9]) \+ \1\?$/;
/** Long enough for a burst and a pause; a busy machine records for longer. */
const A_WHILE = 2_000;

async function hold(page: Page, milliseconds: number): Promise<void> {
  await microphone(page).hover();
  await page.mouse.down();
  await expect(recording(page)).toBeVisible();
  await page.waitForTimeout(milliseconds);
  await page.mouse.up();
}

/** By one setting of the app, as if it had been changed in the dialog. */
async function set(page: Page, switchName: string): Promise<void> {
  await page.keyboard.press('Control+,');
  const dialog = page.getByRole('dialog', { name: 'Settings' });
  await dialog.getByRole('button', { name: 'Voice', exact: true }).click();
  await dialog.getByRole('switch', { name: switchName }).click();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
}

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
  await page.waitForTimeout(3_500);
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

test('hands-free sends each thing said at its pause, until it is turned off', async ({ host }) => {
  const browser = await browserHearing(
    joined(quiet(1.5), voice(6), quiet(6), voice(4), quiet(0.4), voice(4), quiet(60)),
    { once: true },
  );
  const app = await windowOf(browser, host.url);
  const { page } = app;
  const start = page.getByRole('button', { name: 'Hands-free: just speak' });
  await expect(start).toBeHidden();
  await set(page, 'Hands-free button');
  await start.click();
  const bar = page.getByRole('region', { name: 'Hands-free is on' });
  await expect(bar).toContainText('Listening.');
  await expect(bar).toContainText('You are speaking…');
  await expect(app.questions).toHaveCount(1);
  await expect(app.questions.first()).toContainText('What is 1 + 1?');
  await expect(app.answers.first()).toContainText('2', { timeout: 30_000 });
  await expect(app.questions).toHaveCount(2);
  await expect(app.questions.last()).toContainText('What is 2 + 2?');
  await expect(await app.answered()).toContainText('4');
  await expect(bar).toContainText('Listening.');
  await bar.getByRole('button', { name: 'Turn off' }).click();
  await expect(bar).toBeHidden();
  await expect.poll(() => openTracks(page)).toBe(0);
  await set(page, 'Hands-free button');
  await app.end();
  await browser.close();
});

test('an answer is read aloud when asked, without its marks, until it is stopped', async ({
  host,
  talking,
}) => {
  const app = await windowOf(talking, host.url);
  const { page } = app;
  await app.ask('What is 384 + 729?');
  const answer = await app.answered();
  const words = (await app.text(answer).textContent())?.replace(/\s+/g, ' ').trim() ?? '';
  await answer.getByRole('button', { name: 'Read aloud' }).click();
  await expect.poll(() => said(page)).toEqual([`en-US: ${words}`]);
  await expect(answer.getByRole('button', { name: 'Stop reading' })).toBeVisible();
  await saidToEnd(page);
  await expect(answer.getByRole('button', { name: 'Read aloud' })).toBeVisible();
  // Escape stops it, and so does speaking.
  await page.keyboard.press('Control+Shift+KeyS');
  await expect(answer.getByRole('button', { name: 'Stop reading' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(answer.getByRole('button', { name: 'Read aloud' })).toBeVisible();
  await page.keyboard.press('Control+Shift+KeyS');
  await expect(answer.getByRole('button', { name: 'Stop reading' })).toBeVisible();
  await microphone(page).click();
  await expect(recording(page)).toBeVisible();
  await expect(answer.getByRole('button', { name: 'Read aloud' })).toBeVisible();
  expect((await said(page)).filter((text) => text === '(silence)')).toHaveLength(2);
  await page.keyboard.press('Escape');
  await app.end();
});

test('answers to spoken questions are read by themselves where so set', async ({ host, talking }) => {
  const app = await windowOf(talking, host.url);
  const { page } = app;
  await page.keyboard.press('Control+,');
  const dialog = page.getByRole('dialog', { name: 'Settings' });
  await dialog.getByRole('button', { name: 'Voice', exact: true }).click();
  await dialog.getByRole('radio', { name: 'To spoken questions' }).click();
  await page.keyboard.press('Escape');
  await app.ask('What is 1 + 2?');
  await app.answered();
  expect(await said(page)).toEqual([]);
  await hold(page, A_WHILE);
  await expect(app.composer).toHaveValue(COUNTED);
  await app.composer.press('Enter');
  await app.answered();
  await expect.poll(async () => (await said(page)).length).toBeGreaterThan(0);
  expect((await said(page))[0]).toMatch(/^en-US: .*\d/);
  await app.end();
});

test('a dropped sound becomes voice input', async ({ host, talking }) => {
  const app = await windowOf(talking, host.url);
  const { page } = app;
  const { encodeWav } = await import('../electron/contract/wav');
  const { drop } = await import('./support/files');
  const bytes = encodeWav(joined(quiet(1), voice(4), quiet(0.5), voice(4), quiet(1)));
  await drop(page, { name: 'memo.wav', type: 'audio/wav', bytes });
  await page.getByRole('button', { name: 'Use the sound' }).click();
  await expect(page.getByText('Not written down yet.')).toBeVisible();
  // Sent as it is, nobody would hear it.
  await expect(page.getByRole('status').filter({ hasText: 'cannot hear recordings' })).toBeVisible();
  await page.getByRole('button', { name: 'Write down' }).click();
  await expect(app.composer).toHaveValue('What is 2 + 2?');
  await expect(page.getByText('Its words are in the message.')).toBeVisible();
  await expect(page.getByText('memo.wav')).toBeVisible();
  await app.composer.press('Enter');
  const sent = app.questions.last().getByRole('list', { name: 'Recordings' });
  await expect(sent).toContainText('memo.wav');
  await expect(sent).toContainText('0:04');
  await app.end();
});

test('a model that hears answers the recording itself where so set', async ({ talking }) => {
  const host = await Host.start({ program: hostProgram('seeing-host'), settings: { voiceInput: 'hear' } });
  await host.modelReady();
  const app = await windowOf(talking, host.url);
  const { page } = app;
  await hold(page, A_WHILE);
  await expect(page.getByText('The model will hear this.')).toBeVisible();
  await expect(app.composer).toHaveValue('');
  await app.composer.press('Enter');
  await expect(app.answer).toContainText('I hear 1 of 1 recordings.');
  await expect(app.questions.last().getByRole('button', { name: 'Play', exact: true })).toBeVisible();
  // It stays part of the conversation.
  await app.ask('And now?');
  await expect(app.answer).toContainText('I hear 1 of 1 recordings.');
  await app.end();
  await host.stop();
});

test('axe finds nothing serious while talking, with a recording, hands-free and in the settings', async ({
  host,
  talking,
}) => {
  const app = await windowOf(talking, host.url);
  const { page } = app;
  const look = async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
    }
  };
  await microphone(page).click();
  await expect(recording(page)).toBeVisible();
  await look();
  await microphone(page).click();
  await expect(clips(page)).toHaveCount(1);
  await look();
  await app.composer.press('Enter');
  await app.answered();
  await look();
  await page.keyboard.press('Control+k');
  await app.palette.getByRole('combobox').fill('Hands-free');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('region', { name: 'Hands-free is on' })).toBeVisible();
  await look();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('region', { name: 'Hands-free is on' })).toBeHidden();
  await page.keyboard.press('Control+,');
  await page.getByRole('dialog').getByRole('button', { name: 'Voice', exact: true }).click();
  await look();
  await app.end();
});

test('the built-in model writes down five seconds in less than one', { tag: '@alone' }, async () => {
  const host = await Host.start();
  await host.modelReady();
  const browser = await browserHearing(joined(voice(18), quiet(0.1)));
  const app = await windowOf(browser, host.url);
  let said = 0;
  await measure('from letting go to the text of 5 s', 'ms', 1_000, async () => {
    await hold(app.page, 5_000);
    const released = performance.now();
    // A voice without words may give none; either way it has been read.
    await expect(recording(app.page)).toBeHidden();
    await expect(clips(app.page)).toHaveCount(++said);
    return performance.now() - released;
  });
  await app.end();
  await browser.close();
  await host.stop();
});

test('a question that is spoken is written down and answered by the built-in model', async () => {
  const sound = clipOfSets(join(appFolder, 'models/eval/sets/speech/audio/speech-answer-000.wav'));
  const host = await Host.start();
  await host.modelReady();
  // The microphone plays from the moment it is opened, which is some time before the page has recorded anything: nobody speaks yet then.
  const browser = await browserHearing(joined(quiet(2), sound, quiet(60)), { once: true });
  const app = await windowOf(browser, host.url);
  await hold(app.page, 2_000 + (sound.length / 16_000) * 1_000 + 1_000);
  await expect(app.composer).toHaveValue(/Guinea .* continent/);
  await app.composer.press('Enter');
  await expect(await app.answered()).toContainText('Africa');
  await app.end();
  await browser.close();
  await host.stop();
});

test('the settings try the microphone and say what was understood', async ({ host, talking }) => {
  const app = await windowOf(talking, host.url);
  const { page } = app;
  await page.keyboard.press('Control+,');
  const dialog = page.getByRole('dialog', { name: 'Settings' });
  await dialog.getByRole('button', { name: 'Voice', exact: true }).click();
  await expect(dialog).toContainText('Counter');
  await dialog.getByRole('button', { name: 'Start', exact: true }).click();
  await expect
    .poll(async () =>
      Number(await dialog.getByRole('meter', { name: 'Level' }).getAttribute('aria-valuenow')),
    )
    .toBeGreaterThan(10);
  await page.waitForTimeout(A_WHILE);
  await dialog.getByRole('button', { name: 'Stop', exact: true }).click();
  await expect(dialog.getByText(/Understood: What is [1-9] \+/)).toBeVisible();
  await expect.poll(() => openTracks(page)).toBe(0);
  await dialog.getByRole('combobox', { name: 'Microphone' }).click();
  await expect(page.getByRole('option')).not.toHaveCount(1);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await app.end();
});
