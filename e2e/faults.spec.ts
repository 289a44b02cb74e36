import { once } from 'node:events';
import {
  closeSync,
  cpSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test as base } from '@playwright/test';
import { expect, open, test } from './support/fixtures';
import { appFolder, Host, removeHome, temporaryHome } from './support/host';
import { openReasoning } from './support/page';

const LONG = 'What is 4821 * 397?';
const LONG_RESULT = '4821 × 397 = 1913937';

test('an engine killed in the middle of an answer: what streamed stays, and retry works', async ({
  app,
  host,
}) => {
  host.slowEngine();
  await app.ask(LONG);
  await app.reasons();
  host.pauseEngine();
  await openReasoning(app);
  const before = await app.reasoning().innerText();
  const killed = host.enginePid;
  host.killEngine();
  const alert = app.answer.getByRole('alert');
  await expect(alert).toContainText('The engine stopped');
  await expect(app.answer).toHaveAttribute('aria-busy', 'false');
  await openReasoning(app);
  expect(wordsOf(await app.reasoning().innerText())).toContain(wordsOf(before));

  await alert.getByRole('button', { name: 'Retry' }).click();
  await expect(app.text()).toHaveText(LONG_RESULT, { timeout: 30_000 });
  await expect(app.answer.getByRole('alert')).toHaveCount(0);
  expect(host.enginePid).not.toBe(killed);
  // And the same app goes on as if nothing had been.
  await app.ask('What is 384 + 729?');
  await app.answered();
  await expect(app.text()).toHaveText('384 + 729 = 1113');
});

/** The reasoning without its label, and without the line breaks that depend on how it is shown. */
function wordsOf(reasoning: string): string {
  return reasoning.replace(/^.*tokens/, '').replace(/\s+/g, '');
}

base(
  'an app killed in the middle of an answer: all but the last half second is there again',
  async ({ page }) => {
    const home = temporaryHome();
    let host = await Host.start({ home });
    try {
      await host.modelReady();
      const app = await open(page, host.url);
      host.slowEngine();
      await app.ask(LONG);
      await app.reasons();
      host.pauseEngine();
      await openReasoning(app);
      // What stands in the page now must be there again if the app dies later than half a second from now: how exactly it keeps to
      // that is measured by its own clock in electron/app/app.test.ts.
      const seen = await app.reasoning().innerText();
      await page.waitForTimeout(1_000);
      await expect(app.answer).toHaveAttribute('aria-busy', 'true');
      const { port } = host;
      await host.crash();
      host.resumeEngine();
      await expect(page.getByRole('alert')).toContainText('The connection to AutoGLM is lost');
      await app.composer.fill('Typed while it was away');

      host = await Host.start({ home, port });
      await expect(page.getByText('The connection to AutoGLM is lost')).toHaveCount(0, { timeout: 30_000 });
      await expect(app.answer.getByRole('alert')).toContainText('The answer was cut short', {
        timeout: 15_000,
      });
      await expect(app.questions).toHaveText(LONG);
      await openReasoning(app);
      expect(wordsOf(await app.reasoning().innerText())).toContain(wordsOf(seen).slice(0, -1));
      await expect(app.composer).toHaveValue('Typed while it was away');

      await app.answer.getByRole('button', { name: 'Retry' }).click();
      await expect(app.text()).toHaveText(LONG_RESULT, { timeout: 30_000 });
    } finally {
      await host.stop();
      removeHome(home);
    }
  },
);

base('a damaged model file is named with its checksum, and the app still opens', async ({ page }) => {
  const home = temporaryHome();
  const model = join(home, 'models', 'damaged');
  mkdirSync(model, { recursive: true });
  cpSync(join(appFolder, 'models', 'nano'), model, { recursive: true });
  const manifest = join(model, 'autoglm.json');
  writeFileSync(
    manifest,
    readFileSync(manifest, 'utf8')
      .replace('"autoglm-phone-nano"', '"damaged"')
      .replace('"AutoGLM-Phone Nano"', '"A damaged one"'),
  );
  flipByte(join(model, 'weights.data'));
  const host = await Host.start({ home, args: ['--model', 'damaged'] });
  try {
    const app = await open(page, host.url);
    const status = page.getByRole('complementary', { name: 'Conversations' });
    const failed = status.getByRole('button', { name: /The model’s files are damaged/ });
    await expect(failed).toBeVisible({ timeout: 30_000 });
    await failed.click();
    const details = page.getByRole('dialog', { name: 'About the model' });
    await expect(details).toContainText('weights.data');
    await expect(details).toContainText('sha256');
    await page.keyboard.press('Escape');
    await app.ask('What is 384 + 729?');
    await expect(app.answer.getByRole('alert')).toContainText('The model’s files are damaged');
    await expect(app.answer.getByRole('alert')).toContainText('weights.data');
    // The app is whole: another model answers.
    await page.getByRole('button', { name: /^Model: / }).click();
    await page.getByRole('menu').getByText('AutoGLM-Phone Nano').click();
    await host.modelReady();
    await app.newConversation();
    await app.ask('What is 384 + 729?');
    await app.answered();
    await expect(app.text()).toHaveText('384 + 729 = 1113');
  } finally {
    await host.stop();
    removeHome(home);
  }
});

function flipByte(path: string): void {
  const handle = openSync(path, 'r+');
  const at = Math.floor(statSync(path).size / 2);
  const byte = Buffer.alloc(1);
  readSync(handle, byte, 0, 1, at);
  byte[0] = (byte[0] ?? 0) ^ 0xff;
  writeSync(handle, byte, 0, 1, at);
  closeSync(handle);
}

base('a taken port ends the app with a sentence that names a free one', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const host = new Host({ port });
  try {
    expect(await host.exit()).toBe(1);
    const said = host.lines.join('\n');
    expect(said).toContain(`Port ${port} on 127.0.0.1 is already in use`);
    const free = Number(/Port (\d+) is free: start with --port \1/.exec(said)?.[1]);
    expect(free).not.toBe(port);
    // It really is.
    const probe = createServer().listen(free, '127.0.0.1');
    await once(probe, 'listening');
    probe.close();
  } finally {
    other.close();
    await host.stop();
  }
});
