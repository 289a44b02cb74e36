import { setImmediate as tick } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { AppError } from './contract/errors';
import { defaultSettings } from './contract/settings';
import { EVENT_CHANNEL } from './shell/channels';
import { calls, PAGE, run, Window } from './shell/testing/run-main';

describe('main', () => {
  it('sandboxes everything before it opens our page in one window', async () => {
    await run();
    expect(calls).toEqual([
      'path userData',
      'id org.autoglm.desktop',
      'sandbox',
      'scheme',
      'links autoglm',
      'app',
      'protocol',
      'window',
      `load ${PAGE}`,
    ]);
  });

  it('comes to the front instead of starting twice', async () => {
    await run({ lock: false });
    expect(calls).toEqual(['path userData', 'id org.autoglm.desktop', 'sandbox', 'scheme', 'quit']);
    const { application } = await run();
    calls.length = 0;
    application.emit('second-instance', {}, ['autoglm-desktop']);
    expect(calls).toEqual(['restore', 'show', 'focus']);
  });

  it('says why it cannot start', async () => {
    const { errors } = await run({ failure: new AppError('database', 'The database is in use.') });
    expect(errors).toEqual(['The database is in use.']);
    expect(calls.at(-1)).toBe('exit 1');
    expect(Window.all).toEqual([]);
  });

  it('keeps what is being written before it quits', async () => {
    const { application, finishClosing } = await run();
    const quit = () => {
      let prevented = false;
      application.emit('before-quit', {
        preventDefault: () => {
          prevented = true;
        },
      });
      return prevented;
    };
    calls.length = 0;
    expect(quit()).toBe(true);
    await tick();
    expect(calls).toEqual(['close']);
    finishClosing();
    await tick();
    await tick();
    expect(calls).toEqual(['close', 'quit']);
    expect(quit()).toBe(false);
  });

  it('follows the settings, and sends menu commands to a page that listens', async () => {
    const { menus, nativeTheme, emitter, listen } = await run();
    expect(JSON.stringify(menus.at(-1))).toContain('新建对话');
    emitter.emit({
      name: 'settings.changed',
      payload: { ...defaultSettings, language: 'en', theme: 'dark', shortcuts: { newChat: 'f4' } },
    });
    expect(nativeTheme.themeSource).toBe('dark');
    expect(JSON.stringify(menus.at(-1))).toContain('"label":"New chat","accelerator":"F4"');
    const menu = menus.at(-1) as { label: string; submenu: { label: string; click?: () => void }[] }[];
    const file = menu.find(({ label }) => label === 'File');
    file?.submenu.find(({ label }) => label === 'New chat')?.click?.();
    const { webContents } = Window.last!;
    expect(webContents.sent).toEqual([]);
    listen(webContents);
    expect(webContents.sent.at(-1)).toEqual([EVENT_CHANNEL, 'app.command', 'newChat']);
    // The system's choice of files opens only after a gesture in the page, which a menu is not.
    for (const label of ['Import conversations…', 'Add images or files…', 'Capture a screen or window…']) {
      webContents.sent.length = 0;
      menu
        .flatMap(({ submenu }) => submenu)
        .find((item) => item.label === label)
        ?.click?.();
      await tick();
      expect(webContents.sent).toEqual([
        ['gesture', true, 'undefined'],
        [EVENT_CHANNEL, 'app.command', expect.any(String)],
      ]);
    }
  });

  it('quits with its last window, except on macOS, where it opens one again', async () => {
    const { application } = await run();
    Window.last?.emit('closed');
    calls.length = 0;
    application.emit('window-all-closed');
    expect(calls).toEqual(process.platform === 'darwin' ? [] : ['quit']);
    application.emit('activate');
    expect(calls).toContain('window');
  });
});
