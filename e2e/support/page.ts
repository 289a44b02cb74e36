import { expect, type Locator, type Page } from '@playwright/test';

/** The page as a person sees it: everything is found by its role and name, in English. */
export class AppPage {
  readonly page: Page;
  readonly composer: Locator;
  readonly send: Locator;
  readonly stop: Locator;
  readonly think: Locator;
  readonly questions: Locator;
  readonly answers: Locator;
  readonly conversations: Locator;
  readonly palette: Locator;

  constructor(page: Page) {
    this.page = page;
    this.composer = page.getByRole('textbox', { name: 'Message', exact: true });
    this.send = page.getByRole('button', { name: 'Send', exact: true });
    this.stop = page.getByRole('button', { name: 'Stop', exact: true });
    this.think = page.getByRole('button', { name: 'Think', exact: true });
    this.questions = page.getByRole('article', { name: 'You' });
    this.answers = page.getByRole('article', { name: 'AutoGLM' });
    this.conversations = page.getByRole('navigation', { name: 'Conversations' });
    this.palette = page.getByRole('dialog', { name: 'Search and commands' });
  }

  /** The answer last in view. */
  get answer(): Locator {
    return this.answers.last();
  }

  /** A conversation's entry in the sidebar. */
  entry(title: string): Locator {
    return this.conversations.getByRole('button', { name: title, exact: true });
  }

  reasoning(answer: Locator = this.answer): Locator {
    return answer.getByRole('region', { name: 'Thought' });
  }

  statistics(answer: Locator = this.answer): Locator {
    return answer.getByRole('button', { name: /tokens\/s · first token/ });
  }

  async newConversation(): Promise<void> {
    await this.page
      .getByRole('complementary', { name: 'Conversations' })
      .getByRole('button', { name: 'New conversation' })
      .click();
    await expect(this.page.getByRole('heading', { name: 'What would you like to know?' })).toBeVisible();
  }

  async ask(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press('Enter');
    await expect(this.composer).toHaveValue('');
    await expect(this.questions.last()).toContainText(text);
  }

  /** Until some reasoning has arrived. */
  async reasons(): Promise<void> {
    await expect(this.reasoning().getByRole('button')).toHaveText(
      /^Thinking · \d+(\.\d)? m?s · \d{2,} tokens$/,
    );
  }

  /** Until the answer in view is no longer being written. */
  async answered(): Promise<Locator> {
    await expect(this.answer).toHaveAttribute('aria-busy', 'false', { timeout: 30_000 });
    return this.answer;
  }

  /** The model's own words for an answer, without what stands around them. */
  text(answer: Locator = this.answer): Locator {
    return answer.locator('.prose');
  }
}

export async function openReasoning(app: AppPage): Promise<void> {
  const toggle = app.reasoning().getByRole('button');
  if ((await toggle.getAttribute('aria-expanded')) === 'false') await toggle.click();
  await expect(toggle).toHaveAttribute('aria-expanded', 'true');
}

/** All that the last answer shows, for comparing two windows, or before and after. */
export async function shown(app: AppPage): Promise<{ reasoning: string; answer: string }> {
  await openReasoning(app);
  await expect(app.reasoning().getByRole('button')).toHaveText(/^Thought/);
  const lines = app.reasoning().locator('.whitespace-pre-wrap');
  return {
    reasoning: (await lines.allTextContents()).join('\n'),
    answer: (await app.text().textContent()) ?? '',
  };
}
