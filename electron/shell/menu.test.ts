import type { MenuItemConstructorOptions } from 'electron';
import { describe, expect, it, vi } from 'vitest';
import { type ActionName, actionNames } from '../contract/shortcuts';
import { toAccelerator } from './accelerator';
import { menuLanguage } from './labels';
import { type MenuOptions, menuTemplate } from './menu';

vi.mock('electron', () => ({ Menu: {} }));

function items(template: readonly MenuItemConstructorOptions[]): readonly MenuItemConstructorOptions[] {
  return template.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? items(item.submenu) : [])]);
}

function build(options: Partial<MenuOptions> = {}) {
  const heard: ActionName[] = [];
  const all = items(
    menuTemplate({
      platform: 'linux',
      language: 'en',
      shortcuts: {},
      command: (name) => heard.push(name),
      quickAsk: () => heard.push('quickAsk'),
      ...options,
    }),
  );
  return { all, heard, of: (label: string) => all.find((item) => item.label === label) };
}

describe('menuTemplate', () => {
  it.each(['linux', 'win32', 'darwin'] as const)(
    'offers every action of the conversation and the window once on %s, in both languages',
    (platform) => {
      for (const language of ['en', 'zh-CN'] as const) {
        const { all, heard } = build({ platform, language });
        for (const { click } of all) click?.({} as never, undefined, {} as never);
        // Themes and languages are settings, not things to do.
        const expected = actionNames.filter((name) => !/^(theme|language)/.test(name));
        expect(heard.toSorted()).toEqual(expected.toSorted());
        const accelerators = all.flatMap(({ accelerator }) => accelerator ?? []);
        expect(new Set(accelerators).size).toBe(accelerators.length);
        expect(all.every(({ type, label }) => type === 'separator' || label)).toBe(true);
        expect(all.some(({ role }) => role === 'quit')).toBe(true);
        expect(all.some(({ role }) => role === 'paste')).toBe(true);
      }
    },
  );

  it('shows the shortcuts as they were rebound', () => {
    const { of } = build({ shortcuts: { newChat: 'mod+alt+n', pin: 'f7', rename: '', next: '' } });
    expect(of('New chat')?.accelerator).toBe('CmdOrCtrl+Alt+N');
    expect(of('Pin or unpin')?.accelerator).toBe('F7');
    expect(of('Next conversation')).not.toHaveProperty('accelerator');
    expect(of('Settings…')?.accelerator).toBe('CmdOrCtrl+,');
  });

  it('leaves Escape to the page and the global shortcut to the system', () => {
    const { of } = build();
    expect(of('Stop the answer')).not.toHaveProperty('accelerator');
    expect(of('Quick ask')).toMatchObject({ registerAccelerator: false });
  });
});

describe('toAccelerator', () => {
  it.each([
    ['mod+shift+arrowdown', 'CmdOrCtrl+Shift+Down'],
    ['mod+shift+backspace', 'CmdOrCtrl+Shift+Backspace'],
    ['alt+space', 'Alt+Space'],
    ['mod+=', 'CmdOrCtrl+='],
    ['f12', 'F12'],
  ])('writes %s as %s', (keys, accelerator) => {
    expect(toAccelerator(keys)).toBe(accelerator);
  });
});

describe('menuLanguage', () => {
  it('follows the setting, then the system', () => {
    expect(menuLanguage('en', 'zh-CN')).toBe('en');
    expect(menuLanguage('system', 'zh-Hant-TW')).toBe('zh-CN');
    expect(menuLanguage('system', 'de')).toBe('en');
  });
});
