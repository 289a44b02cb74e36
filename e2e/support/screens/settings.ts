import { type Screen, settings } from './steps';

/** The settings, section by section. */

export const settingsScreens: readonly Screen[] = [
  { name: 'settings-general', address: '#/c/c0', prepare: settings(1) },
  { name: 'settings-appearance', address: '#/c/c0', prepare: settings(2) },
  { name: 'settings-model', address: '#/c/c0', prepare: settings(3) },
  { name: 'settings-connections-empty', address: '#/c/c0', prepare: settings(4) },
  {
    name: 'settings-connections',
    address: '?remote#/c/c0',
    prepare: async (page) => {
      await settings(4)(page);
      await page.getByRole('button', { name: /^(More about GPU box|GPU box 的更多信息)$/ }).click();
      await page.getByRole('button', { name: /AutoGLM-Phone-9B/ }).click();
      await page.waitForTimeout(200);
    },
  },
  {
    name: 'settings-connections-form',
    address: '?remote#/c/c0',
    prepare: async (page) => {
      await settings(4)(page);
      await page.getByRole('button', { name: /^(Add a connection|添加连接)$/ }).click();
      await page.getByRole('textbox', { name: /^(Address|地址)$/ }).fill('gpu-box.local:8000');
      await page.getByRole('button', { name: /^(Look for models|查找模型)$/ }).click();
      await page.getByRole('button', { name: /^(Save|保存)$/ }).scrollIntoViewIfNeeded();
    },
  },
  { name: 'settings-voice', address: '#/c/c0', prepare: settings(5) },
  {
    name: 'settings-voice-details',
    address: '#/c/c0',
    prepare: async (page) => {
      await settings(5)(page);
      const details = page.getByRole('button', { name: /^(More about “|关于“)/ });
      for (const more of await details.all()) await more.click();
      await page.mouse.move(0, 0);
    },
  },
  { name: 'settings-tools-empty', address: '#/c/c0', prepare: settings(6) },
  {
    name: 'settings-tools',
    address: '?tools#/c/c0',
    prepare: async (page) => {
      await settings(6)(page);
      await page.getByRole('button', { name: /^(Add a server|添加服务器)$/ }).waitFor();
    },
  },
  {
    name: 'settings-tools-open',
    address: '?tools#/c/c0',
    prepare: async (page) => {
      await settings(6)(page);
      await page.getByRole('button', { name: /^(Details of Files|Files 的详情)$/ }).click();
      await page.waitForTimeout(200);
    },
  },
  {
    name: 'settings-tools-sign-in',
    address: '?tools=sign-in#/c/c0',
    prepare: async (page) => {
      await settings(6)(page);
      await page.getByRole('button', { name: /^(Sign in|登录)$/ }).waitFor();
    },
  },
  {
    name: 'settings-tools-signing-in',
    address: '?tools=sign-in#/c/c0',
    prepare: async (page) => {
      await settings(6)(page);
      await page.getByRole('button', { name: /^(Sign in|登录)$/ }).click();
      await page.getByRole('button', { name: /^(The browser is on|浏览器在另一台)/ }).click();
      await page.bringToFront();
    },
  },
  {
    name: 'settings-tools-form',
    address: '?tools#/c/c0',
    prepare: async (page) => {
      await settings(6)(page);
      await page.getByRole('button', { name: /^(Add a server|添加服务器)$/ }).click();
      await page.getByRole('button', { name: /^(Add a variable|添加变量)$/ }).click();
      await page.getByRole('form').getByRole('textbox').last().scrollIntoViewIfNeeded();
    },
  },
  { name: 'settings-server', address: '#/c/c0', prepare: settings(7) },
  { name: 'settings-server-own', address: '?electron&server=running#/c/c0', prepare: settings(7) },
  { name: 'settings-server-taken', address: '?electron&server=failed#/c/c0', prepare: settings(7) },
  { name: 'settings-shortcuts', address: '#/c/c0', prepare: settings(8) },
  {
    name: 'settings-shortcut-taken',
    address: '?electron&shortcut=taken#/c/c0',
    prepare: async (page) => {
      await settings(8)(page);
      await page.getByRole('listitem').nth(5).getByRole('button').first().click();
      await page.keyboard.press('Control+b');
    },
  },
  { name: 'settings-privacy', address: '?electron#/c/c0', prepare: settings(9) },
  {
    name: 'settings-delete-all',
    address: '#/c/c0',
    prepare: async (page) => {
      await settings(9)(page);
      await page.getByRole('dialog').getByRole('button').last().click();
    },
  },
  { name: 'settings-about', address: '#/c/c0', prepare: settings(10) },
  {
    name: 'settings-licences',
    address: '#/c/c0',
    prepare: async (page) => {
      await settings(10)(page);
      await page.getByRole('button', { name: /^(Licences|许可证)$/ }).click();
      await page.waitForTimeout(200);
    },
  },
  { name: 'settings-desktop', address: '?electron&update=available#/c/c0', prepare: settings(1) },
  { name: 'update-asked', address: '?electron&update=idle#/c/c0' },
];
