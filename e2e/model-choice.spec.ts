import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeModel } from '../electron/app/testing/manifest';
import { paste, picture } from './support/files';
import { expect } from './support/fixtures';
import type { AppPage } from './support/page';
import { scriptedTest } from './support/scripted';
import { seedConversation } from './support/seed';

/** Which model answers, what of a conversation it is shown, and how it rests; over an engine that follows a script. */

const test = scriptedTest((home) => {
  // 2,048 tokens of context, where the built-in one has a million here.
  writeModel(join(home, 'models'), 'small');
  writeModel(join(home, 'models'), 'leaving');
  const long = Array.from({ length: 12 }, (_, index) => ({
    question: `Question ${index}.`,
    answer: `Answer ${index}. ${'Some words. '.repeat(100)}`,
  }));
  seedConversation(home, 'Long', long);
  seedConversation(home, 'Short', [{ question: 'Hello?', answer: 'Hello!' }]);
});

async function choose(app: AppPage, name: string): Promise<void> {
  await app.page
    .locator('main header')
    .getByRole('button', { name: /^Model: / })
    .click();
  await app.page.getByRole('menuitem', { name }).click();
}

const model = (app: AppPage) => app.page.locator('main header').getByRole('button', { name: /^Model: / });

test('a conversation keeps its model, and the others theirs', async ({ app }) => {
  await app.entry('Short').click();
  await expect(model(app)).toHaveText(/ · INT4$/);
  const usual = (await model(app).textContent()) ?? '';
  await choose(app, 'Model small');
  await expect(model(app)).toHaveText('Model small · INT4');
  await app.ask('write at 200 per second:\nAnswered by the small one.');
  await app.answered();
  await expect(app.text()).toContainText('Answered by the small one.');
  await app.newConversation();
  await expect(model(app)).toHaveText(usual);
  await app.page.reload();
  await app.entry('Short').click();
  await expect(model(app)).toHaveText('Model small · INT4');
  await app.page
    .locator('main header')
    .getByRole('button', { name: /^Model: / })
    .click();
  await app.page.getByRole('menuitem', { name: /Default model/ }).click();
  await expect(model(app)).toHaveText(usual);
});

test('what a smaller model cannot hold is marked, and left out only when asked for', async ({ app }) => {
  await app.entry('Long').click();
  await expect(app.answer).toContainText('Answer 11.');
  await expect(app.page.getByText(/Does not fit into the context/)).toHaveCount(0);
  await choose(app, 'Model small');
  const notice = app.page.getByRole('status').filter({ hasText: 'tokens too long for the model' });
  await expect(notice).toBeVisible();
  const leaveOut = notice.getByRole('button', { name: /^Leave out the first \d+ messages$/ });
  const count = Number(/\d+/.exec((await leaveOut.textContent()) ?? '')?.[0]);
  expect(count % 2).toBe(0);
  expect(count).toBeGreaterThan(10);
  // Up, to where what does not fit ends.
  await app.page.getByRole('region', { name: 'Conversation' }).press('Home');
  await expect(app.page.getByText('Does not fit into the context of Model small').first()).toBeVisible();
  await app.composer.fill('And?');
  await expect(app.send).toBeDisabled();

  await leaveOut.click();
  await expect(notice).toBeHidden();
  await expect(app.send).toBeEnabled();
  await expect(app.page.getByText('Not shown to the model').first()).toBeVisible();
  await app.ask('write at 200 per second:\nShort.');
  await app.answered();
  await app.page.getByRole('region', { name: 'Conversation' }).press('Home');
  await expect(app.page.getByText('Not shown to the model').first()).toBeVisible();
  const border = app.page.getByText('The model is shown what follows');
  for (let press = 0; press < 60 && !(await border.isVisible()); press++) {
    await app.page.getByRole('region', { name: 'Conversation' }).press(press === 30 ? 'Home' : 'PageDown');
    // What came into view is drawn.
    await app.page.evaluate(
      () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
    );
  }
  // The list may still be measuring what came into view, and move the button away under the click.
  await expect(async () => {
    const everything = app.page.getByRole('button', { name: 'Show it everything' });
    if (await everything.isVisible()) await everything.click({ timeout: 2_000 });
    await expect(app.page.getByText('Not shown to the model')).toHaveCount(0, { timeout: 2_000 });
  }).toPass();
});

test('an image that waits to be sent counts', async ({ app }) => {
  await app.entry('Short').click();
  // Another test's model may still be loaded; choosing loads the one that is chosen.
  await choose(app, 'Default model');
  const meter = app.page.getByRole('img', { name: /^Context: / });
  const used = async () =>
    Number(/Context: ([\d,]+)/.exec((await meter.getAttribute('aria-label')) ?? '')?.[1]);
  await expect(model(app)).toHaveText(/Nano · INT4$/);
  await expect(meter).toBeVisible();
  // Counted anew for the model that was chosen, and no longer changing.
  let before = Number.NaN;
  await expect
    .poll(
      async () => {
        const last = before;
        before = await used();
        return before - last;
      },
      { intervals: [500] },
    )
    .toBe(0);
  await paste(app.page, await picture('a.png', '#c33'));
  await expect.poll(used).toBe(before + 100);
});

test('a model that is gone is said to be, and the usual one answers', async ({ app, host }) => {
  await app.newConversation();
  await app.ask('write at 200 per second:\nFirst.');
  await app.answered();
  await choose(app, 'Model leaving');
  await expect(model(app)).toHaveText('Model leaving · INT4');
  rmSync(join(host.home, 'models', 'leaving'), { recursive: true });
  await app.page.reload();
  const notice = app.page
    .getByRole('status')
    .filter({ hasText: '“leaving” of this conversation is not installed' });
  await expect(notice).toBeVisible();
  await app.ask('write at 200 per second:\nStill answered.');
  await app.answered();
  await expect(app.text()).toContainText('Still answered.');
  await notice.getByRole('button', { name: /^Stay with / }).click();
  await expect(notice).toBeHidden();
});
