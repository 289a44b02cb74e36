import { hover, picture } from '../files';
import { find, library, look, openModels, openRowMenu, type Screen, send, settings, written } from './steps';

/** What lies around the conversation, and all of it in other looks and sizes. */

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
      await settings(5)(page);
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

export const around: readonly Screen[] = [
  { name: 'first-run', address: '?empty#/' },
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
    name: 'row-menu',
    address: '#/c/c0',
    prepare: openRowMenu,
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
      await openRowMenu(page);
      await page.getByRole('menuitem').nth(3).click();
    },
  },
  { name: 'archive', address: '?folders#/c/c0', prepare: library(2) },
  { name: 'bin', address: '?folders#/c/c0', prepare: library(3) },
  {
    name: 'deleted',
    address: '#/c/c1',
    prepare: async (page) => {
      await page.keyboard.press('Control+Shift+Backspace');
      await page.waitForTimeout(300);
    },
  },
  { name: 'palette', address: '#/c/c0', prepare: async (page) => page.keyboard.press('Control+k') },
  { name: 'palette-search', address: '#/c/c0', prepare: find('384') },
  { name: 'palette-everything', address: '?tools#/c/c0', prepare: find('re') },
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
