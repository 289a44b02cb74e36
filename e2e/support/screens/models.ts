import { addModel, openEngine, openModels, type Screen } from './steps';

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
  {
    name: 'model-picker',
    address: '#/c/c0',
    prepare: async (page) => page.locator('header button[aria-haspopup=menu]').first().click(),
  },
  { name: 'engine-details', address: '#/c/c0', prepare: openEngine },
  { name: 'engine-loading', address: '?engine=loading#/c/c0' },
  { name: 'engine-failed', address: '?engine=failed#/c/c0', prepare: openEngine },
];
