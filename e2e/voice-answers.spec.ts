import { join } from 'node:path';
import { encodeWav } from '../electron/contract/wav';
import { expectAccessible } from './support/axe';
import { drop, recordVideo } from './support/files';
import { expect } from './support/fixtures';
import { appFolder, Host, hostProgram } from './support/host';
import { measure } from './support/measure';
import {
  browserHearing,
  clipOfSets,
  joined,
  openTracks,
  quiet,
  said,
  saidToEnd,
  voice,
} from './support/microphone';
import { A_WHILE, COUNTED, clips, hold, microphone, recording, set, test, windowOf } from './support/talking';

/** Hands-free mode, answers that are read aloud, sound that the model hears itself, and how well all of it works. */

test.use({ hostOptions: { program: hostProgram('hearing-host') } });

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

test('of a dropped video the sound becomes voice input, and its moments can still be chosen', async ({
  host,
  talking,
}) => {
  const app = await windowOf(talking, host.url);
  const { page } = app;
  const bytes = await recordVideo(
    page,
    encodeWav(joined(quiet(1), voice(4), quiet(0.5), voice(4), quiet(1))),
  );
  await drop(page, { name: 'sea.webm', type: 'video/webm', bytes });
  await page.getByRole('button', { name: 'Use the sound' }).click();
  await page.getByRole('button', { name: 'Write down' }).click();
  await expect(app.composer).toHaveValue('What is 2 + 2?');
  await expect(page.getByRole('button', { name: 'Choose moments…' })).toBeVisible();
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
  const look = () => expectAccessible(page);
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
