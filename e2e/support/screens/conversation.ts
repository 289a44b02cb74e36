import { find, openDetails, openReasoning, type Screen, send, toTop, written } from './steps';

/** A conversation: its messages, reasoning, tools, figures and context. */

export const conversation: readonly Screen[] = [
  { name: 'diagram', address: '#/c/c9', prepare: async (page) => page.waitForTimeout(2500) },
  { name: 'remote-new', address: '?remote=chosen#/', prepare: async (page) => page.waitForTimeout(500) },
  {
    name: 'remote-picker',
    address: '?remote#/c/c1',
    prepare: async (page) => {
      await page
        .locator('main header')
        .getByRole('button', { name: /^(Model: |模型：)/ })
        .click();
    },
  },
  {
    name: 'context-marks',
    address: '?context=30#/c/c10',
    prepare: async (page) => page.waitForTimeout(500),
  },
  {
    name: 'context-left-out',
    address: '?context=30#/c/c10',
    prepare: async (page) => {
      await page.waitForTimeout(500);
      await page.getByRole('button', { name: /^(Leave out|略去)/ }).click();
      await page.waitForTimeout(300);
    },
  },
  {
    name: 'context-meter',
    address: '#/c/c1',
    prepare: async (page) => {
      await written(page);
      await page.getByRole('img', { name: /^(Context: |上下文：)/ }).hover();
      await page.waitForTimeout(700);
    },
  },
  {
    name: 'quote',
    address: '#/c/c1',
    prepare: async (page) => {
      const first = page.locator('article p').first();
      await first.scrollIntoViewIfNeeded();
      await page.waitForTimeout(300);
      await first.dblclick({ position: { x: 16, y: 12 } });
      await page.waitForTimeout(400);
    },
  },
  { name: 'conversation', address: '#/c/c0' },
  {
    name: 'message-hover',
    address: '#/c/c0',
    prepare: async (page) => page.locator('article').first().hover(),
  },
  { name: 'markdown', address: '#/c/c1', prepare: written },
  { name: 'markdown-more', address: '#/c/c2', prepare: toTop },
  { name: 'markdown-end', address: '#/c/c2', prepare: async (page) => page.waitForTimeout(600) },
  {
    name: 'reasoning-live',
    address: '?hold=17#/',
    prepare: async (page) => {
      await send(page, '384 + 729');
      await page.waitForTimeout(900);
    },
  },
  {
    name: 'reasoning-open',
    address: '#/c/c0',
    prepare: openReasoning,
  },
  {
    name: 'answer-live',
    address: '?hold=140&rich=1&rate=250#/',
    prepare: async (page) => {
      await send(page, 'How do I sort a list?');
      await page.waitForTimeout(1500);
    },
  },
  { name: 'failed', address: '#/c/c3' },
  { name: 'stopped', address: '#/c/c4' },
  {
    name: 'edit',
    address: '#/c/c0',
    prepare: async (page) => {
      await page.locator('article').first().hover();
      await page.locator('article').first().getByRole('button').nth(1).click();
    },
  },
  {
    name: 'statistics',
    address: '#/c/c0',
    prepare: async (page) =>
      page
        .getByRole('button', { name: /tokens\/s|词元\/秒/ })
        .first()
        .click(),
  },
  {
    name: 'presets',
    address: '#/',
    prepare: async (page) => {
      await openDetails(page);
      await page.getByRole('button', { name: /^(Presets|预设)$/ }).click();
    },
  },
  {
    name: 'tool-calls',
    address: '?tools#/c/c5',
    prepare: async (page) => {
      await page.getByRole('article').getByRole('listitem').nth(1).getByRole('button').click();
      await page.waitForTimeout(200);
    },
  },
  {
    name: 'tool-consent',
    address: '?tools=asking#/c/c5',
    prepare: async (page) => {
      await page.getByRole('alert').first().waitFor();
    },
  },
  {
    name: 'add-menu',
    address: '?tools#/c/c5',
    prepare: async (page) => {
      await page.getByRole('button', { name: /^(Add images or files|添加图片或文件)$/ }).click();
      await page.getByRole('menuitem', { name: /^(Prompts|提示词)$/ }).press('ArrowRight');
      await page.waitForTimeout(200);
    },
  },
  {
    name: 'prompt-form',
    address: '?tools#/c/c5',
    prepare: async (page) => {
      await find('minutes')(page);
      await page.getByRole('combobox').fill('review a report');
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').getByRole('textbox').first().waitFor();
      await page.waitForTimeout(200);
    },
  },
  {
    name: 'tools-menu',
    address: '?tools#/c/c5',
    prepare: async (page) => {
      await page.getByRole('button', { name: /^(Tools|工具)[:：]/ }).click();
      await page.waitForTimeout(200);
    },
  },
  { name: 'details', address: '#/c/c0', prepare: openDetails },
  {
    name: 'context-over',
    address: '?context=40#/c/c0',
    prepare: async (page) => page.waitForTimeout(500),
  },
];
