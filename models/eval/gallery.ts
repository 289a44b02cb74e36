import { readFileSync } from 'node:fs';
import path from 'node:path';
import { chromium } from '@playwright/test';
import sharp from 'sharp';
import { CHROMIUM_FLAGS, ensureChromium } from '../../build/scripts/chromium.mjs';
import { evaluate } from './evaluate';
import type { Outcome } from './pool';
import { type Line, readSets } from './sets';

/**
 * `npx tsx models/eval/gallery.ts [PACKAGE] [OUT.png]`: what a package says about held-out pictures, as the README shows it.
 * Nobody picks them: of every kind of question the first that was answered well, then the first of every kind that was not.
 */

const NAMES: readonly [task: string, title: string][] = [
  ['image.unseen.name', 'what is it'],
  ['image.unseen.count', 'how many'],
  ['image.unseen.where', 'where'],
  ['image.unseen.shape', 'shape'],
  ['image.unseen.colour', 'colour'],
  ['image.unseen.text.cer', 'text'],
  ['image.unseen.describe', 'describe'],
  ['image.unseen.larger', 'which is larger'],
  ['image.unseen.chart', 'chart'],
];
/** Lines of a kind that are asked until one of each outcome was seen. */
const MOST = 20;

const [folder = path.join(import.meta.dirname, '../nano'), out = 'build/screenshots/nano-pictures.png'] =
  process.argv.slice(2);
const sets = readSets();
const lines = NAMES.flatMap(([task]) => (sets.get(task) ?? []).slice(0, MOST));
const jobs = lines.map((line) => ({ line, thinking: true }));
const outcomes = await evaluate(folder, 'pictures', jobs, { maxTokens: 256, processes: 2 });
const first = (task: string, wanted: boolean) =>
  outcomes.find((one) => one.line.task === task && (one.right === one.of) === wanted);
const cards = [true, false].map((wanted) =>
  NAMES.map(([task, title]) => [title, first(task, wanted)] as const).filter(
    (card): card is readonly [string, Outcome] => card[1] !== undefined,
  ),
);

const escaped = (text: string) => text.replace(/[&<>]/g, (c) => `&#${c.charCodeAt(0)};`);
const picture = ({ images = [] }: Line) =>
  `data:image/webp;base64,${readFileSync(images[0] ?? '').toString('base64')}`;
const card = ([title, { line, reasoning, answer, right, of }]: readonly [string, Outcome]) => `
  <figure>
    <img src="${picture(line)}" alt="">
    <figcaption>
      <small>${title}</small>
      <p class="question">${escaped(line.messages?.at(-1)?.content ?? '')}</p>
      <p class="reasoning">${escaped(reasoning)}</p>
      <p>${escaped(answer)}</p>
      ${right === of ? '' : `<p class="right">right: ${escaped(line.expect.values[0] ?? '')}</p>`}
    </figcaption>
  </figure>`;

const html = `<!doctype html><meta charset="utf-8"><style>
  body { margin: 0; padding: 24px; width: 1280px; box-sizing: border-box; background: #fbfaf8; color: #23211e; font: 15px/1.4 system-ui, 'Noto Sans CJK SC', sans-serif; }
  h2 { font-size: 15px; font-weight: 600; margin: 4px 0 12px; }
  section { display: grid; grid-template-columns: repeat(3, 1fr); gap: 14px; margin-bottom: 24px; }
  figure { margin: 0; display: flex; gap: 14px; padding: 12px; background: #fff; border: 1px solid #e7e3dc; border-radius: 12px; min-width: 0; }
  img { width: 132px; height: 132px; object-fit: contain; border-radius: 8px; flex: none; background: #f4f1ec; }
  figcaption { min-width: 0; overflow-wrap: anywhere; } p { margin: 0 0 6px; white-space: pre-line; }
  small { color: #8a8378; } .question { font-weight: 600; } .reasoning { color: #8a8378; font-size: 13px; } .right { color: #a63d2f; font-size: 13px; }
</style>
<h2>Answered well</h2><section>${cards[0]?.map(card).join('')}</section>
<h2>Answered wrongly</h2><section>${cards[1]?.map(card).join('')}</section>`;

const found = await ensureChromium();
if ('missing' in found) throw new Error(found.missing);
const browser = await chromium.launch({ executablePath: found.executable, args: CHROMIUM_FLAGS });
const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, deviceScaleFactor: 1.5 });
await page.setContent(html);
await sharp(await page.screenshot({ fullPage: true }))
  .png({ palette: true, effort: 10 })
  .toFile(out);
await browser.close();
console.log(`Wrote ${out}.`);
