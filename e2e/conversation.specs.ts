import type { TestType } from '@playwright/test';
import { type AppFixtures, type AppWorkerFixtures, expect } from './support/fixtures';
import { openReasoning, shown } from './support/page';

// Answers of 300 tokens, so that there is a middle to look at; nano gets both right.
const LONG = 'What is 4821 * 397?';
const LONG_BEGIN = '4821*7';
const LONG_RESULT = '4821 × 397 = 1913937';

type AppTest<Args extends object, WorkerArgs extends object> = TestType<
  Args & AppFixtures,
  WorkerArgs & AppWorkerFixtures
>;

/** The conversation itself, with the real model; the same in Chromium and in Electron. */
export function conversationSpecs<A extends object, W extends object>(
  test: AppTest<A, W>,
  { windows = 2 }: { readonly windows?: 1 | 2 } = {},
): void {
  test.describe('a conversation', () => {
    test('shows the reasoning while it is written, folds it, and answers 1113', async ({ app }) => {
      await app.ask('What is 384 + 729?');
      await app.answered();
      await expect(app.text()).toHaveText('384 + 729 = 1113');
      const toggle = app.reasoning().getByRole('button');
      await expect(toggle).toHaveText(/^Thought for \d+(\.\d)? m?s · \d+ tokens$/);
      await expect(toggle).toHaveAttribute('aria-expanded', 'false');
      await expect(app.reasoning()).not.toContainText('384+729');
      await toggle.click();
      await expect(app.reasoning()).toContainText('384+729');
      await expect(app.reasoning()).toContainText('=> 1113');
      await toggle.click();
      await expect(app.reasoning()).not.toContainText('384+729');

      await expect(app.statistics()).toContainText(/\d+ tokens\/s · first token \d+ ms · \d+ tokens · CPU/);
      await app.statistics().click();
      const detail = app.page.getByRole('dialog', { name: 'Statistics of this answer' });
      await expect(detail).toContainText('INT4');
      await expect(detail).toContainText(/Of which reasoning\d+ tokens/);
      await expect(detail).toContainText(/Peak memory\d+ MB/);
    });

    test('reasons in view before it answers, with a running time', async ({ app, running }) => {
      running.slowEngine();
      await app.ask(LONG);
      await app.reasons();
      running.pauseEngine();
      try {
        const label = app.reasoning().getByRole('button');
        await expect(app.text()).toHaveCount(0);
        await expect(app.answer).toHaveAttribute('aria-busy', 'true');
        // Its last lines, without being asked for.
        await expect(app.reasoning()).toContainText(/\d\*7/);
        const before = (await label.textContent()) ?? '';
        await expect(label).not.toHaveText(before);
      } finally {
        running.resumeEngine();
      }
      await app.answered();
      await expect(app.text()).toHaveText(LONG_RESULT);
      await expect(app.reasoning().getByRole('button')).toHaveText(/^Thought for /);
    });

    test('answers Chinese in Chinese', async ({ app }) => {
      await app.ask('987654 除以 37 等于多少?');
      await app.answered();
      await expect(app.text()).toHaveText('987654 ÷ 37 = 26693 余 13');
    });

    test('answers at once when thinking is switched off', async ({ app }) => {
      await expect(app.think).toHaveAttribute('aria-pressed', 'true');
      await app.think.click();
      await expect(app.think).toHaveAttribute('aria-pressed', 'false');
      await app.ask('What is 21 + 34?');
      await app.answered();
      await expect(app.text()).toContainText('55');
      await expect(app.reasoning()).toHaveCount(0);
      // The choice stays with the conversation.
      await app.page.reload();
      await expect(app.think).toHaveAttribute('aria-pressed', 'false');
      await app.newConversation();
      await expect(app.think).toHaveAttribute('aria-pressed', 'true');
    });

    test('stops in the middle, keeps what there is and goes on from there', async ({ app, running }) => {
      running.slowEngine();
      await app.ask(LONG);
      await app.reasons();
      running.pauseEngine();
      await app.stop.click();
      running.resumeEngine();
      await app.answered();
      await expect(app.answer).toContainText('Stopped');
      await expect(app.send).toBeVisible();
      await openReasoning(app);
      await expect(app.reasoning()).toContainText(LONG_BEGIN);
      await expect(app.answer).not.toContainText('1913937');

      await app.answer.getByRole('button', { name: 'Continue' }).click();
      await expect(app.text()).toHaveText(LONG_RESULT, { timeout: 30_000 });
      await expect(app.answer).not.toContainText('Stopped');
    });

    test('loses and doubles nothing when the page reloads in the middle', async ({
      app,
      anotherWindow,
      running,
    }) => {
      // At temperature 0 the same question has the same answer.
      await app.ask(LONG);
      await app.answered();
      const whole = await shown(app);
      expect(whole.reasoning).toContain(LONG_BEGIN);

      await app.newConversation();
      running.slowEngine();
      await app.ask(LONG);
      await app.reasons();
      running.pauseEngine();
      const address = app.page.url();
      let second = app;
      try {
        await app.page.reload();
        await expect(app.answer).toHaveAttribute('aria-busy', 'true');
        await openReasoning(app);
        await expect(app.reasoning()).toContainText(LONG_BEGIN);
        if (windows === 2) {
          second = await anotherWindow();
          await second.page.goto(address);
        }
        await expect(second.answer).toHaveAttribute('aria-busy', 'true');
        await openReasoning(second);
        await expect(second.reasoning()).toContainText(LONG_BEGIN);
      } finally {
        running.resumeEngine();
      }
      await app.answered();
      expect(await shown(app)).toEqual(whole);
      // The other window saw the same stream.
      await second.answered();
      expect(await shown(second)).toEqual(whole);
    });

    test('answers again and switches between the versions', async ({ app }) => {
      await app.ask('What is 40 + 2?');
      await app.answered();
      await app.answer.getByRole('button', { name: 'Answer again' }).click();
      const version = (index: number) => app.answer.getByRole('group', { name: `Version ${index} of 2` });
      await expect(version(2)).toBeVisible();
      await app.answered();
      await version(2).getByRole('button', { name: 'Previous version' }).click();
      await expect(version(1)).toBeVisible();
      await expect(version(1).getByRole('button', { name: 'Previous version' })).toBeDisabled();
      await version(1).getByRole('button', { name: 'Next version' }).click();
      await expect(version(2)).toBeVisible();
      // The version in view is remembered.
      await app.page.reload();
      await expect(version(2)).toBeVisible();
    });

    test('edits a question, resends it and keeps the first version', async ({ app }) => {
      await app.ask('What is 12 + 13?');
      await app.answered();
      await expect(app.text()).toContainText('25');
      await app.questions.last().hover();
      await app.questions.last().getByRole('button', { name: 'Edit' }).click();
      const field = app.page.getByRole('textbox', { name: 'Edit your message' });
      await expect(field).toBeFocused();
      await field.fill('What is 12 + 14?');
      await field.press('Enter');
      await expect(app.text()).toContainText('26', { timeout: 30_000 });
      await app.answered();
      await expect(app.questions).toHaveCount(1);
      await app.questions.getByRole('group', { name: 'Version 2 of 2' }).getByRole('button').first().click();
      await expect(app.text()).toContainText('25');
      await expect(app.questions).toContainText('12 + 13');
    });

    test('cannot send an empty prompt', async ({ app }) => {
      await expect(app.send).toBeDisabled();
      await app.composer.fill('  \n  ');
      await expect(app.send).toBeDisabled();
      await app.composer.press('Enter');
      await expect(app.questions).toHaveCount(0);
      await app.composer.fill('x');
      await expect(app.send).toBeEnabled();
      await app.composer.fill('');
    });
  });
}
