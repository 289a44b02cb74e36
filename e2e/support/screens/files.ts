import { drop, dropVideo, hover, picture } from '../files';
import { inChinese, openReasoning, type Screen, speakFor } from './steps';

/** What is shown, dropped and said to the model. */

const PICTURES = [
  ['sunset.png', '#e08a4f'],
  ['harbour.png', '#4f86a8'],
] as const;

export const files: readonly Screen[] = [
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
  {
    name: 'recording',
    address: '#/c/c0',
    prepare: (page) => speakFor(page, 6000),
  },
  {
    name: 'recorded',
    address: '#/c/c0',
    prepare: async (page) => {
      await speakFor(page, 2500);
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
];
