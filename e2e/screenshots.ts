import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser, Page } from '@playwright/test';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { build, type InlineConfig, type PreviewServer, preview } from 'vite';
import { readArguments, refuse } from '../build/scripts/arguments.mjs';
import { ensureChromium } from '../build/scripts/chromium.mjs';
import { licencesFile } from '../build/scripts/licences.mjs';
import { serious } from './support/axe';
import { browserHearing, joined, quiet, voice } from './support/microphone';
import { screens } from './support/screens/all';
import type { Screen } from './support/screens/steps';

/**
 * Every screen in both themes, both languages and two window sizes, taken of the page over the scripted app of
 * renderer/bridge/mock.ts, so that each shows the same state every time.
 */
const USAGE = `npm run screenshots -- [options] [FOLDER] [NAME…]

  FOLDER     where they go, with a slash in it (default: out/screenshots)
  NAME       only these screens, of: ${screens.map(({ name }) => name).join(', ')}
  --size     in windows of one size, as 360x640
  --axe      also list what is not accessible
  --readme   the pictures of README.md and README.zh-CN.md anew, in build/screenshots`;

const {
  values: { axe, size: asked, readme: forReadme },
  positionals,
} = readArguments(USAGE, {
  allowPositionals: true,
  options: {
    axe: { type: 'boolean', default: false },
    size: { type: 'string' },
    readme: { type: 'boolean', default: false },
  },
});
const isFolder = (argument: string) => /[\\/]/.test(argument);
const chosen = positionals.filter((argument) => !isFolder(argument));
const unknown = chosen.find((name) => !screens.some((screen) => screen.name === name));
if (unknown !== undefined) refuse(`There is no screen ${unknown}`);

/** What README.md and README.zh-CN.md show, each in the theme it is seen in there. */
const README: Readonly<Record<string, 'light' | 'dark'>> = {
  'reasoning-open': 'light',
  'palette-search': 'dark',
  recording: 'light',
  models: 'dark',
};

const AT_ONCE = 4;

interface Shot {
  readonly size: { readonly width: number; readonly height: number };
  readonly theme: 'light' | 'dark';
  readonly lang: string;
}

const sizes = asked
  ? [readSize(asked)]
  : [
      { width: 1280, height: 800 },
      { width: 900, height: 600 },
    ];

function readSize(text: string): Shot['size'] {
  const [, width, height] = /^(\d+)x(\d+)$/.exec(text) ?? refuse(`${text} is no size such as 360x640`);
  return { width: Number(width), height: Number(height) };
}

async function check(page: Page, where: string): Promise<void> {
  for (const fault of await serious(page)) {
    console.error(`${where}: ${fault}`);
    process.exitCode = 1;
  }
}

/** Each theme and language in a window of its own, all at the same time: most of it is waiting. */
async function take(browser: Browser, origin: string, folder: string, screen: Screen): Promise<void> {
  const shots = (screen.size && !asked ? [screen.size] : forReadme ? sizes.slice(0, 1) : sizes).flatMap(
    (size) =>
      (['light', 'dark'] as const)
        .filter((theme) => !forReadme || README[screen.name] === theme)
        .flatMap((theme) => ['en', 'zh'].map((lang) => ({ size, theme, lang }))),
  );
  for (let at = 0; at < shots.length; at += AT_ONCE) {
    await Promise.all(
      shots.slice(at, at + AT_ONCE).map((shot) => takeOne(browser, origin, folder, screen, shot)),
    );
  }
}

async function takeOne(
  browser: Browser,
  origin: string,
  folder: string,
  screen: Screen,
  { size, theme, lang }: Shot,
): Promise<void> {
  const context = await browser.newContext({ viewport: size, reducedMotion: 'reduce' });
  const page = await context.newPage();
  page.on('pageerror', (error) => console.error(`${screen.name}: ${error.message}`));
  const [query = '', hash = ''] = screen.address.split('#');
  const separator = query ? '&' : '?';
  await page.goto(`${origin}/${query}${separator}mock&theme=${theme}&lang=${lang}#${hash}`);
  // Every screen has a field to write in, and is ready for keys when it is there.
  await page.getByRole('textbox').first().waitFor();
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(250);
  await screen.prepare?.(page);
  await page.waitForTimeout(200);
  // Formulas bring their own.
  await page.evaluate(() => document.fonts.ready);
  if (axe) await check(page, `${screen.name}, ${theme}, ${lang}, ${size.width}`);
  const file = forReadme
    ? `${screen.name}-${lang}.png`
    : `${screen.name}-${theme}-${lang}-${size.width}x${size.height}.png`;
  await page.screenshot({ path: join(folder, file) });
  await context.close();
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
  const folder = resolve(positionals.find(isFolder) ?? (forReadme ? 'build/screenshots' : 'out/screenshots'));
  const names = forReadme ? Object.keys(README) : chosen;
  const found = await ensureChromium();
  if ('missing' in found) throw new Error(found.missing);
  await mkdir(folder, { recursive: true });
  const built = await mkdtemp(join(tmpdir(), 'autoglm-page-'));
  const server = await startPage(built);
  const browser = await browserHearing(joined(voice(3), quiet(0.6)));
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
