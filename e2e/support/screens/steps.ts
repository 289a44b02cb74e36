import type { Page } from '@playwright/test';

export interface Screen {
  readonly name: string;
  /** Where it is seen in a window of its own size. */
  readonly size?: { readonly width: number; readonly height: number };
  /** What the address asks of the scripted app, and the conversation it opens. */
  readonly address: string;
  readonly prepare?: (page: Page) => Promise<void>;
}

export const send = async (page: Page, text: string) => {
  await page.getByRole('textbox').first().fill(text);
  await page.keyboard.press('Enter');
};

export const settings = (section: number) => async (page: Page) => {
  await page.keyboard.press('Control+Comma');
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button').nth(section).click();
};

export const openReasoning = async (page: Page) =>
  page.locator('article button[aria-expanded=false]').first().click();

/** As the settings would have it, and as a language that is written from the right would. */
export const look =
  (attributes: Readonly<Record<string, string>>, fontSize = 15) =>
  (page: Page) =>
    page.evaluate(
      ([given, size]) => {
        const root = document.documentElement;
        for (const [name, value] of Object.entries(given)) root.setAttribute(name, value);
        root.style.setProperty('--font-size', String(size));
      },
      [attributes, fontSize] as const,
    );

export const toTop = async (page: Page) => {
  await page.waitForTimeout(600);
  await page.getByRole('region', { name: /^(Conversation|对话)$/ }).evaluate((list) => list.scrollTo(0, 0));
  await page.waitForTimeout(300);
};

/** The formula is the last thing that is drawn of an answer. */
export const written = (page: Page) => page.locator('.katex').first().waitFor();

export const inChinese = (page: Page) => page.url().includes('lang=zh');

/** The last entry of the model menu. */
export const openModels = async (page: Page) => {
  await page.getByRole('button', { name: /^(Model: |模型[：:])/ }).click();
  await page.getByRole('menuitem').last().click();
  await page.getByRole('dialog').getByRole('heading', { level: 3 }).first().waitFor();
  await page.waitForTimeout(200);
};
