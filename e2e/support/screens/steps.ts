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

/** The menu of a conversation in the sidebar. */
export const openRowMenu = async (page: Page) => {
  await page.locator('[data-conversation=c1]').hover();
  await page.locator('[data-conversation=c1] + div button').click();
};

/** The archive or the bin: an entry of the sidebar's menu, counted from its top. */
export const library = (entry: number) => async (page: Page) => {
  await page.locator('aside button[aria-haspopup=menu]').first().click();
  await page.getByRole('menuitem').nth(entry).click();
  await page.getByRole('dialog').waitFor();
  await page.waitForTimeout(200);
};

/** Opens the palette and looks for something. */
export const find = (query: string) => async (page: Page) => {
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill(query);
  await page.waitForTimeout(400);
};

/** Holds the microphone's button. */
export const speakFor = async (page: Page, ms: number) => {
  await page.getByRole('button', { name: /^(Talk: hold|说话：按住)/ }).hover();
  await page.mouse.down();
  await page.waitForTimeout(ms);
};

/** The models page, where models are got. */
export const openGetModel = async (page: Page) => {
  await openModels(page);
  await page.getByRole('button', { name: /^(Get a model…|获取模型…)$/ }).click();
  await page.waitForTimeout(200);
};

/** What the engine says of itself, beside the settings. */
export const openEngine = async (page: Page) => page.locator('aside button[aria-haspopup=dialog]').click();

/** The details beside the conversation. */
export const openDetails = async (page: Page) => page.keyboard.press('Control+Shift+B');

/** The last entry of the model menu. */
export const openModels = async (page: Page) => {
  await page.getByRole('button', { name: /^(Model: |模型[：:])/ }).click();
  await page.getByRole('menuitem', { name: /^(Manage models…|管理模型…)$/ }).click();
  await page.getByRole('dialog').getByRole('heading', { level: 3 }).first().waitFor();
  await page.waitForTimeout(200);
};

/** The ways to get another model. */
export const addModel = async (page: Page) => {
  await openModels(page);
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^(Add from a folder|从文件夹添加)/ })
    .click();
  await page.waitForTimeout(200);
};
