import { addModel, openEngine, openGetModel, openModels, type Screen } from './steps';

/** Models and the engine. */

export const models: readonly Screen[] = [
  { name: 'models', address: '?task=running#/c/c0', prepare: openModels },
  {
    name: 'models-options',
    address: '?gpu=2#/c/c0',
    prepare: async (page) => {
      await openModels(page);
      await page.getByRole('dialog').locator('li button[aria-haspopup=menu]').first().click();
      await page.getByRole('menuitem', { name: /^(Provider and context|运行设备与上下文)/ }).click();
      await page.waitForTimeout(200);
    },
  },
  { name: 'models-gpu', address: '?gpu=2&cuda=absent&task=failed#/c/c0', prepare: openModels },
  { name: 'models-add', address: '#/c/c0', prepare: addModel },
  {
    name: 'models-convert',
    address: '#/c/c0',
    prepare: async (page) => {
      await addModel(page);
      await page.getByRole('button', { name: /AutoGLM-Phone-9B/ }).click();
      await page.waitForTimeout(300);
    },
  },
  { name: 'models-downloads', address: '?downloads#/c/c0', prepare: openModels },
  { name: 'models-get', address: '#/c/c0', prepare: openGetModel },
  {
    name: 'models-get-search',
    address: '#/c/c0',
    prepare: async (page) => {
      await openGetModel(page);
      await page.getByRole('dialog').getByRole('textbox').first().fill('chat');
      await page.keyboard.press('Enter');
      await page.waitForTimeout(200);
    },
  },
  {
    name: 'models-get-checkpoint',
    address: '?gated#/c/c0',
    prepare: async (page) => {
      await openGetModel(page);
      await page.getByRole('button', { name: /AutoGLM-Phone-9B/ }).click();
      await page.waitForTimeout(200);
    },
  },
  {
    name: 'models-get-export',
    address: '#/c/c0',
    prepare: async (page) => {
      await openGetModel(page);
      await page.getByRole('button', { name: /Qwen2\.5-0\.5B/ }).click();
      await page.getByRole('button', { name: /^(Show the files|显示文件)$/ }).click();
      await page.waitForTimeout(200);
    },
  },
  {
    name: 'models-get-source',
    address: '?unreachable#/c/c0',
    prepare: async (page) => {
      await openGetModel(page);
      await page.getByRole('button', { name: /whisper-tiny/ }).click();
      await page.getByRole('button', { name: /^(From |来自 )/ }).click();
      await page.getByRole('radio', { name: 'hf-mirror.com' }).click();
      await page.waitForTimeout(200);
    },
  },
  {
    name: 'model-picker',
    address: '#/c/c0',
    prepare: async (page) => page.locator('header button[aria-haspopup=menu]').first().click(),
  },
  { name: 'engine-details', address: '#/c/c0', prepare: openEngine },
  { name: 'engine-loading', address: '?engine=loading#/c/c0' },
  { name: 'engine-failed', address: '?engine=failed#/c/c0', prepare: openEngine },
];
