import type { MenuItemConstructorOptions } from 'electron';
import { describe, expect, it, vi } from 'vitest';
import type { AppCommand } from '../contract/api';
import { menuTemplate } from './menu';

vi.mock('electron', () => ({ Menu: {} }));

function items(template: readonly MenuItemConstructorOptions[]): readonly MenuItemConstructorOptions[] {
  return template.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? items(item.submenu) : [])]);
}

describe('menuTemplate', () => {
  it.each(['linux', 'win32', 'darwin'] as const)(
    'offers every command once on %s, in both languages',
    (platform) => {
      for (const language of ['en', 'zh-CN'] as const) {
        const heard: AppCommand[] = [];
        const all = items(
          menuTemplate({ platform, language, appName: 'AutoGLM', command: (name) => heard.push(name) }),
        );
        for (const { click } of all) click?.({} as never, undefined, {} as never);
        expect(heard.toSorted()).toEqual(['new-conversation', 'open-settings', 'search', 'toggle-sidebar']);
        const accelerators = all.flatMap(({ accelerator }) => accelerator ?? []);
        expect(new Set(accelerators).size).toBe(accelerators.length);
        expect(all.some(({ role }) => role === 'quit')).toBe(true);
        expect(all.some(({ role }) => role === 'paste')).toBe(true);
      }
    },
  );
});
