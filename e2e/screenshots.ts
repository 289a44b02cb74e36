import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { type Browser, chromium, type Page } from '@playwright/test';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { build, type InlineConfig, type PreviewServer, preview } from 'vite';
import { CHROMIUM_FLAGS, ensureChromium } from '../build/scripts/chromium.mjs';
import { licencesFile } from '../build/scripts/licences.mjs';

/**
 * `npm run screenshots [folder] [name…]`: every screen in both themes, both languages and two window sizes, taken of the page over
 * the scripted app of renderer/bridge/mock.ts, so that each shows the same state every time. Names choose screens; `--axe` also
 * lists what is not accessible; `--readme` makes the pictures of README.md and README.zh-CN.md anew, in build/screenshots.
 */

interface Screen {
  readonly name: string;
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

/** The last entry of the model menu. */
const openModels = async (page: Page) => {
  await page.getByRole('button', { name: /^(Model: |模型[：:])/ }).click();
  await page.getByRole('menuitem').last().click();
  await page.waitForTimeout(300);
};

const screens: readonly Screen[] = [
  { name: 'first-run', address: '?empty#/' },
  { name: 'conversation', address: '#/c/c0' },
  { name: 'markdown', address: '#/c/c1' },
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
    prepare: async (page) => page.locator('article button[aria-expanded=false]').first().click(),
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
    },
  },
  {
    name: 'bin',
    address: '?folders#/c/c0',
    prepare: async (page) => {
      await page.locator('aside button[aria-haspopup=menu]').first().click();
      await page.getByRole('menuitem').nth(3).click();
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
  { name: 'settings-server', address: '#/c/c0', prepare: settings(5) },
  { name: 'settings-server-own', address: '?electron&server=running#/c/c0', prepare: settings(5) },
  { name: 'settings-server-taken', address: '?electron&server=failed#/c/c0', prepare: settings(5) },
  { name: 'settings-shortcuts', address: '#/c/c0', prepare: settings(6) },
  {
    name: 'settings-shortcut-taken',
    address: '?electron&shortcut=taken#/c/c0',
    prepare: async (page) => {
      await settings(6)(page);
      await page.getByRole('listitem').nth(5).getByRole('button').first().click();
      await page.keyboard.press('Control+b');
    },
  },
  { name: 'settings-privacy', address: '?electron#/c/c0', prepare: settings(7) },
  {
    name: 'settings-delete-all',
    address: '#/c/c0',
    prepare: async (page) => {
      await settings(7)(page);
      await page.getByRole('dialog').getByRole('button').last().click();
    },
  },
  { name: 'settings-about', address: '#/c/c0', prepare: settings(8) },
  {
    name: 'settings-licences',
    address: '#/c/c0',
    prepare: async (page) => {
      await settings(8)(page);
      await page.getByRole('button', { name: /^(Licences|许可证)$/ }).click();
      await page.waitForTimeout(200);
    },
  },
  { name: 'settings-desktop', address: '?electron&update=available#/c/c0', prepare: settings(1) },
  { name: 'update-asked', address: '?electron&update=idle#/c/c0' },
  { name: 'quick-ask', address: '#/quick' },
  {
    name: 'quick-ask-answer',
    address: '?hold=140#/quick',
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
  {
    name: 'sidebar-hidden',
    address: '#/c/c0',
    prepare: async (page) => page.keyboard.press('Control+b'),
  },
];

const axe = process.argv.includes('--axe');

/** What README.md and README.zh-CN.md show, each in the theme it is seen in there. */
const README: Readonly<Record<string, 'light' | 'dark'>> = {
  'reasoning-open': 'light',
  details: 'dark',
  'palette-search': 'light',
  'settings-model': 'dark',
};
const forReadme = process.argv.includes('--readme');

const sizes = [
  { width: 1280, height: 800 },
  { width: 900, height: 600 },
];

/** What axe finds serious or worse. */
async function check(page: Page, where: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  for (const { id, impact, help, nodes } of violations) {
    if (impact !== 'serious' && impact !== 'critical') continue;
    console.error(`${where}: ${id} (${impact}), ${help}`);
    for (const { html, failureSummary } of nodes)
      console.error(`  ${html.slice(0, 200)}\n  ${failureSummary}`);
    process.exitCode = 1;
  }
}

async function take(browser: Browser, origin: string, folder: string, screen: Screen): Promise<void> {
  for (const size of forReadme ? sizes.slice(0, 1) : sizes) {
    for (const theme of ['light', 'dark']) {
      if (forReadme && README[screen.name] !== theme) continue;
      for (const lang of ['en', 'zh']) {
        const context = await browser.newContext({ viewport: size, reducedMotion: 'reduce' });
        const page = await context.newPage();
        page.on('pageerror', (error) => console.error(`${screen.name}: ${error.message}`));
        const [query = '', hash = ''] = screen.address.split('#');
        const separator = query ? '&' : '?';
        await page.goto(`${origin}/${query}${separator}mock&theme=${theme}&lang=${lang}#${hash}`);
        await page.locator('html:not(:has(#root:empty))').waitFor();
        await page.evaluate(() => document.fonts.ready);
        await page.waitForTimeout(250);
        await screen.prepare?.(page);
        await page.waitForTimeout(200);
        if (axe) await check(page, `${screen.name}, ${theme}, ${lang}, ${size.width}`);
        await page.screenshot({
          path: join(
            folder,
            forReadme
              ? `${screen.name}-${lang}.png`
              : `${screen.name}-${theme}-${lang}-${size.width}x${size.height}.png`,
          ),
        });
        await context.close();
      }
    }
  }
}

/** Built, not served from source: two hundred small files a visit would take most of the time. */
async function startPage(folder: string): Promise<PreviewServer> {
  const common = {
    configFile: false,
    root: resolve('renderer'),
    logLevel: 'error',
    plugins: [react(), tailwindcss(), licencesFile(resolve('.'))],
    // The scripted app is left out of production builds.
    mode: 'screenshots',
    worker: { format: 'es' },
    build: { outDir: folder, emptyOutDir: true },
  } as const satisfies InlineConfig;
  await build(common);
  return preview({ ...common, preview: { host: '127.0.0.1', port: 0 } });
}

async function main(): Promise<void> {
  const [first, ...rest] = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
  const known = new Set(screens.map(({ name }) => name));
  const usual = forReadme ? 'build/screenshots' : 'out/screenshots';
  const folder = resolve(first && !known.has(first) ? first : usual);
  const asked = [...(first && known.has(first) ? [first] : []), ...rest];
  const names = forReadme ? Object.keys(README) : asked;
  const found = await ensureChromium();
  if ('missing' in found) throw new Error(found.missing);
  await mkdir(folder, { recursive: true });
  const built = await mkdtemp(join(tmpdir(), 'autoglm-page-'));
  const server = await startPage(built);
  const browser = await chromium.launch({ executablePath: found.executable, args: CHROMIUM_FLAGS });
  try {
    const origin = server.resolvedUrls?.local[0]?.replace(/\/$/, '');
    if (!origin) throw new Error('The page’s server has no address.');
    for (const screen of screens) {
      if (names.length > 0 && !names.includes(screen.name)) continue;
      await take(browser, origin, folder, screen);
      console.log(screen.name);
    }
  } finally {
    await browser.close();
    await server.close();
    await rm(built, { recursive: true });
  }
  console.log(`Screenshots are in ${folder}`);
}

await main();
