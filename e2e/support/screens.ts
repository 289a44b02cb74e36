import type { Page } from '@playwright/test';
import { drop, dropVideo, hover, picture } from './files';

export interface Screen {
  readonly name: string;
  /** Where it is seen in a window of its own size. */
  readonly size?: { readonly width: number; readonly height: number };
  /** What the address asks of the scripted app, and the conversation it opens. */
  readonly address: string;
  readonly prepare?: (page: Page) => Promise<void>;
}

const send = async (page: Page, text: string) => {
  await page.getByRole('textbox').first().fill(text);
  await page.keyboard.press('Enter');
};

const settings = (section: number) => async (page: Page) => {
  await page.keyboard.press('Control+Comma');
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button').nth(section).click();
};

const openReasoning = async (page: Page) =>
  page.locator('article button[aria-expanded=false]').first().click();

/** As the settings would have it, and as a language that is written from the right would. */
const look =
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

const toTop = async (page: Page) => {
  await page.waitForTimeout(600);
  await page.getByRole('region', { name: /^(Conversation|对话)$/ }).evaluate((list) => list.scrollTo(0, 0));
  await page.waitForTimeout(300);
};

/** The formula is the last thing that is drawn of an answer. */
const written = (page: Page) => page.locator('.katex').first().waitFor();

/** Screens that show most of what there is, in one look. */
const inLook = (name: string, ...changes: Parameters<typeof look>): Screen[] => [
  {
    name,
    address: '?folders#/c/c1',
    prepare: async (page) => {
      await look(...changes)(page);
      await written(page);
    },
  },
  {
    name: `${name}-settings`,
    address: '#/c/c0',
    prepare: async (page) => {
      await look(...changes)(page);
      await settings(4)(page);
    },
  },
  {
    name: `${name}-models`,
    address: '?gpu=2&cuda=absent&task=failed#/c/c0',
    prepare: async (page) => {
      await look(...changes)(page);
      await openModels(page);
    },
  },
];

const inChinese = (page: Page) => page.url().includes('lang=zh');

const PICTURES = [
  ['sunset.png', '#e08a4f'],
  ['harbour.png', '#4f86a8'],
] as const;

/** The last entry of the model menu. */
const openModels = async (page: Page) => {
  await page.getByRole('button', { name: /^(Model: |模型[：:])/ }).click();
  await page.getByRole('menuitem').last().click();
  await page.getByRole('dialog').getByRole('heading', { level: 3 }).first().waitFor();
  await page.waitForTimeout(200);
};

export const screens: readonly Screen[] = [
  { name: 'first-run', address: '?empty#/' },
  { name: 'image-question', address: '#/c/c7', prepare: openReasoning },
  {
    name: 'image-draft',
    address: '#/',
    prepare: async (page) => {
      await drop(page, ...(await Promise.all(PICTURES.map(([name, color]) => picture(name, color)))));
      await page
        .getByRole('textbox')
        .first()
        .fill(inChinese(page) ? '哪一张更暖？' : 'Which one is warmer?');
      await page.waitForTimeout(400);
    },
  },
  {
    name: 'image-viewer',
    address: '#/c/c7',
    prepare: async (page) => {
      await page.locator('article ul button').first().click();
      await page.waitForTimeout(300);
    },
  },
  {
    name: 'drop-target',
    address: '#/c/c0',
    prepare: async (page) => {
      await hover(page, [await picture('fruit.png', '#c33')]);
    },
  },
  {
    name: 'media',
    address: '#/c/c0',
    prepare: async (page) => {
      await dropVideo(page, 'holiday.webm');
      await page.getByRole('list', { name: /^(Images|图片)$/ }).waitFor();
      await page.waitForTimeout(1500);
    },
  },
  {
    name: 'video-frames',
    address: '#/c/c0',
    prepare: async (page) => {
      await dropVideo(page, 'holiday.webm');
      await page.getByRole('button', { name: /^(Choose moments|选择瞬间)/ }).click();
      await page.getByRole('button', { name: /^(Keep this moment|保留这一瞬间)$/ }).click();
      await page.waitForTimeout(500);
    },
  },
  { name: 'document', address: '#/c/c6' },
  {
    name: 'document-viewer',
    address: '#/c/c6',
    prepare: async (page) => {
      await page.locator('article ul button').first().click();
      await page.getByRole('dialog').waitFor();
      await page.waitForTimeout(300);
    },
  },
  {
    name: 'document-draft',
    address: '#/c/c0',
    prepare: async (page) => {
      const text = Buffer.from('Date,Pier,Level\n'.repeat(400));
      await drop(
        page,
        { name: 'levels.csv', type: 'text/csv', bytes: text },
        await picture('site.png', '#8a9a5b'),
        {
          name: 'Minutes of the meeting about the western abutment.txt',
          type: 'text/plain',
          bytes: text,
        },
      );
      await page.waitForTimeout(600);
    },
  },
  { name: 'diagram', address: '#/c/c9', prepare: async (page) => page.waitForTimeout(2500) },
  {
    name: 'recording',
    address: '#/c/c0',
    prepare: async (page) => {
      await page.getByRole('button', { name: /^(Talk: hold|说话：按住)/ }).hover();
      await page.mouse.down();
      await page.waitForTimeout(6000);
    },
  },
  {
    name: 'recorded',
    address: '#/c/c0',
    prepare: async (page) => {
      await page.getByRole('button', { name: /^(Talk: hold|说话：按住)/ }).hover();
      await page.mouse.down();
      await page.waitForTimeout(2500);
      await page.mouse.up();
      await page.waitForTimeout(600);
    },
  },
  {
    name: 'hands-free',
    address: '?handsfree#/c/c0',
    prepare: async (page) => {
      await page.getByRole('button', { name: /^(Hands-free: just speak|免按键：直接说话)$/ }).click();
      await page.waitForTimeout(4000);
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
    name: 'focus-ring',
    address: '#/c/c0',
    prepare: async (page) => {
      await page.keyboard.press('Shift+Tab');
    },
  },
  {
    name: 'share-menu',
    address: '#/c/c0',
    prepare: async (page) => page.locator('header button[aria-haspopup=menu]').nth(1).click(),
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
  {
    name: 'models-add',
    address: '#/c/c0',
    prepare: async (page) => {
      await openModels(page);
      await page
        .getByRole('dialog')
        .getByRole('button', { name: /^(Add a model|添加模型)/ })
        .click();
      await page.waitForTimeout(200);
    },
  },
  {
    name: 'models-convert',
    address: '#/c/c0',
    prepare: async (page) => {
      await openModels(page);
      await page
        .getByRole('dialog')
        .getByRole('button', { name: /^(Add a model|添加模型)/ })
        .click();
      await page.getByRole('button', { name: /AutoGLM-Phone-9B/ }).click();
      await page.waitForTimeout(300);
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
    name: 'row-menu',
    address: '#/c/c0',
    prepare: async (page) => {
      await page.locator('[data-conversation=c1]').hover();
      await page.locator('[data-conversation=c1] + div button').click();
    },
  },
  {
    name: 'selection',
    address: '#/c/c0',
    prepare: async (page) => {
      for (const id of ['c1', 'c3', 'c4']) {
        await page.locator(`[data-conversation=${id}]`).click({ modifiers: ['Control'] });
      }
    },
  },
  {
    name: 'folders',
    address: '?folders#/c/c0',
    prepare: async (page) => {
      await page.locator('[data-conversation=c1]').hover();
      await page.locator('[data-conversation=c1] + div button').click();
      await page.getByRole('menuitem').nth(3).click();
    },
  },
  {
    name: 'archive',
    address: '?folders#/c/c0',
    prepare: async (page) => {
      await page.locator('aside button[aria-haspopup=menu]').first().click();
      await page.getByRole('menuitem').nth(2).click();
      await page.getByRole('dialog').waitFor();
      await page.waitForTimeout(200);
    },
  },
  {
    name: 'bin',
    address: '?folders#/c/c0',
    prepare: async (page) => {
      await page.locator('aside button[aria-haspopup=menu]').first().click();
      await page.getByRole('menuitem').nth(3).click();
      await page.getByRole('dialog').waitFor();
      await page.waitForTimeout(200);
    },
  },
  {
    name: 'presets',
    address: '#/',
    prepare: async (page) => {
      await page.keyboard.press('Control+Shift+B');
      await page.getByRole('button', { name: /^(Presets|预设)$/ }).click();
    },
  },
  {
    name: 'deleted',
    address: '#/c/c1',
    prepare: async (page) => {
      await page.keyboard.press('Control+Shift+Backspace');
      await page.waitForTimeout(300);
    },
  },
  {
    name: 'model-picker',
    address: '#/c/c0',
    prepare: async (page) => page.locator('header button[aria-haspopup=menu]').first().click(),
  },
  {
    name: 'engine-details',
    address: '#/c/c0',
    prepare: async (page) => page.locator('aside button[aria-haspopup=dialog]').click(),
  },
  { name: 'engine-loading', address: '?engine=loading#/c/c0' },
  {
    name: 'engine-failed',
    address: '?engine=failed#/c/c0',
    prepare: async (page) => page.locator('aside button[aria-haspopup=dialog]').click(),
  },
  { name: 'palette', address: '#/c/c0', prepare: async (page) => page.keyboard.press('Control+k') },
  {
    name: 'palette-search',
    address: '#/c/c0',
    prepare: async (page) => {
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox').fill('384');
      await page.waitForTimeout(400);
    },
  },
  { name: 'settings-general', address: '#/c/c0', prepare: settings(1) },
  { name: 'settings-appearance', address: '#/c/c0', prepare: settings(2) },
  { name: 'settings-model', address: '#/c/c0', prepare: settings(3) },
  { name: 'settings-voice', address: '#/c/c0', prepare: settings(4) },
  {
    name: 'settings-voice-details',
    address: '#/c/c0',
    prepare: async (page) => {
      await settings(4)(page);
      const details = page.getByRole('button', { name: /^(More about “|关于“)/ });
      for (const more of await details.all()) await more.click();
      await page.mouse.move(0, 0);
    },
  },
  { name: 'settings-tools-empty', address: '#/c/c0', prepare: settings(5) },
  {
    name: 'settings-tools',
    address: '?tools#/c/c0',
    prepare: async (page) => {
      await settings(5)(page);
      await page.getByRole('button', { name: /^(Add a server|添加服务器)$/ }).waitFor();
    },
  },
  {
    name: 'settings-tools-open',
    address: '?tools#/c/c0',
    prepare: async (page) => {
      await settings(5)(page);
      await page.getByRole('button', { name: /^(Details of Files|Files 的详情)$/ }).click();
      await page.waitForTimeout(200);
    },
  },
  {
    name: 'settings-tools-form',
    address: '?tools#/c/c0',
    prepare: async (page) => {
      await settings(5)(page);
      await page.getByRole('button', { name: /^(Add a server|添加服务器)$/ }).click();
      await page.getByRole('button', { name: /^(Add a variable|添加变量)$/ }).click();
      await page.getByRole('form').getByRole('textbox').last().scrollIntoViewIfNeeded();
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
    name: 'tools-menu',
    address: '?tools#/c/c5',
    prepare: async (page) => {
      await page.getByRole('button', { name: /^(Tools|工具)[:：]/ }).click();
      await page.waitForTimeout(200);
    },
  },
  { name: 'settings-server', address: '#/c/c0', prepare: settings(6) },
  { name: 'settings-server-own', address: '?electron&server=running#/c/c0', prepare: settings(6) },
  { name: 'settings-server-taken', address: '?electron&server=failed#/c/c0', prepare: settings(6) },
  { name: 'settings-shortcuts', address: '#/c/c0', prepare: settings(7) },
  {
    name: 'settings-shortcut-taken',
    address: '?electron&shortcut=taken#/c/c0',
    prepare: async (page) => {
      await settings(7)(page);
      await page.getByRole('listitem').nth(5).getByRole('button').first().click();
      await page.keyboard.press('Control+b');
    },
  },
  { name: 'settings-privacy', address: '?electron#/c/c0', prepare: settings(8) },
  {
    name: 'settings-delete-all',
    address: '#/c/c0',
    prepare: async (page) => {
      await settings(8)(page);
      await page.getByRole('dialog').getByRole('button').last().click();
    },
  },
  { name: 'settings-about', address: '#/c/c0', prepare: settings(9) },
  {
    name: 'settings-licences',
    address: '#/c/c0',
    prepare: async (page) => {
      await settings(9)(page);
      await page.getByRole('button', { name: /^(Licences|许可证)$/ }).click();
      await page.waitForTimeout(200);
    },
  },
  { name: 'settings-desktop', address: '?electron&update=available#/c/c0', prepare: settings(1) },
  { name: 'update-asked', address: '?electron&update=idle#/c/c0' },
  { name: 'quick-ask', address: '#/quick', size: { width: 680, height: 168 } },
  {
    name: 'quick-ask-drop',
    address: '#/quick',
    size: { width: 680, height: 168 },
    prepare: async (page) => {
      await hover(page, [await picture('fruit.png', '#c33')]);
    },
  },
  {
    name: 'quick-ask-answer',
    address: '?hold=140#/quick',
    size: { width: 680, height: 560 },
    prepare: async (page) => {
      await send(page, '384 + 729');
      await page.waitForTimeout(1500);
    },
  },
  {
    name: 'details',
    address: '#/c/c0',
    prepare: async (page) => page.keyboard.press('Control+Shift+B'),
  },
  {
    name: 'context-over',
    address: '?context=40#/c/c0',
    prepare: async (page) => page.waitForTimeout(500),
  },
  { name: 'connection-lost', address: '?lost#/c/c0' },
  ...inLook('high-contrast', { 'data-contrast': 'high' }),
  ...inLook('compact', { 'data-density': 'compact' }),
  ...inLook('text-12', {}, 12),
  ...inLook('text-20', {}, 20),
  ...inLook('right-to-left', { dir: 'rtl' }),
  { name: 'narrow', address: '#/c/c1', size: { width: 560, height: 700 }, prepare: written },
  {
    name: 'narrow-sidebar',
    address: '#/c/c0',
    size: { width: 560, height: 700 },
    prepare: async (page) => {
      await page.keyboard.press('Control+b');
      await page.waitForTimeout(300);
    },
  },
  {
    name: 'narrow-settings',
    address: '#/c/c0',
    size: { width: 560, height: 700 },
    prepare: settings(2),
  },
  {
    name: 'narrow-models',
    address: '#/c/c0',
    size: { width: 560, height: 700 },
    prepare: openModels,
  },
  {
    name: 'sidebar-hidden',
    address: '#/c/c0',
    prepare: async (page) => page.keyboard.press('Control+b'),
  },
];
