import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../contract/settings';
import { EVENT_CHANNEL } from './channels';
import { calls, run, Window } from './testing/run-main';

describe('quick ask', () => {
  it('comes and goes with its shortcut, and is left to its own page', async () => {
    const { globalShortcut, listen, host, emitter } = await run();
    const press = globalShortcut.registered.get('CmdOrCtrl+Shift+Space')!;
    press();
    const [main, quick] = Window.all as [Window, Window];
    expect(Window.all).toHaveLength(2);
    quick.emit('ready-to-show');
    expect(quick.visible).toBe(true);
    press();
    expect(quick.visible).toBe(false);
    press();
    expect([quick.visible, Window.all.length]).toEqual([true, 2]);

    listen(main.webContents);
    listen(quick.webContents);
    emitter.emit({ name: 'conversation.removed', payload: { id: 'a' } });
    expect(quick.webContents.sent).toContainEqual([EVENT_CHANNEL, 'conversation.removed', { id: 'a' }]);
    await host['shell.openConversation']('abc');
    expect(quick.visible).toBe(false);
    const link = [EVENT_CHANNEL, 'app.link', { kind: 'conversation', id: 'abc' }];
    expect(main.webContents.sent).toContainEqual(link);
    expect(quick.webContents.sent).not.toContainEqual(link);
  });

  it('grows no further than its screen', async () => {
    const { host } = await run();
    await host['shell.sizeQuickAsk'](500);
    await host['shell.showQuickAsk']();
    const quick = Window.last!;
    await host['shell.sizeQuickAsk'](500);
    expect(quick.bounds.height).toBe(500);
    quick.bounds = { ...quick.bounds, y: 900 };
    await host['shell.sizeQuickAsk'](500);
    expect(quick.bounds.height).toBe(180);
  });

  it('says when another program has its shortcut, and follows a new one', async () => {
    const { host, emitter, listen, globalShortcut } = await run({ taken: 'CmdOrCtrl+Shift+Space' });
    expect(await host['shell.status']()).toMatchObject({
      quickAsk: 'taken',
      update: { state: 'unavailable' },
    });
    const { webContents } = Window.last!;
    listen(webContents);
    emitter.emit({
      name: 'settings.changed',
      payload: { ...defaultSettings, shortcuts: { quickAsk: 'alt+space' } },
    });
    expect([...globalShortcut.registered.keys()]).toContain('Alt+Space');
    expect(webContents.sent).toContainEqual([
      EVENT_CHANNEL,
      'shell.status',
      expect.objectContaining({ quickAsk: 'registered' }),
    ]);
    emitter.emit({ name: 'settings.changed', payload: { ...defaultSettings, shortcuts: { quickAsk: '' } } });
    expect([...globalShortcut.registered.keys()]).not.toContain('Alt+Space');
    expect(await host['shell.status']()).toMatchObject({ quickAsk: 'off' });
  });

  it('leaves talking to the page in front, and does not come forward for it', async () => {
    const { globalShortcut, listen, host } = await run();
    const keys = 'CmdOrCtrl+Shift+D';
    const main = Window.last!;
    listen(main.webContents);
    main.emit('focus');
    // Only a page hears when a key is let go.
    expect(globalShortcut.registered.has(keys)).toBe(false);
    expect(await host['shell.status']()).toMatchObject({ talk: 'registered' });
    main.emit('blur');
    calls.length = 0;
    globalShortcut.registered.get(keys)!();
    expect(main.webContents.sent).toContainEqual([EVENT_CHANNEL, 'app.command', 'talk']);
    expect(calls).toEqual([]);
    main.emit('focus');
    globalShortcut.taken.add(keys);
    main.emit('blur');
    expect(await host['shell.status']()).toMatchObject({ talk: 'taken', quickAsk: 'registered' });
  });

  it('opens a window to talk to where there is none', async () => {
    const { globalShortcut } = await run();
    Window.last!.emit('closed');
    const before = Window.all.length;
    globalShortcut.registered.get('CmdOrCtrl+Shift+D')!();
    expect(Window.all).toHaveLength(before + 1);
  });

  it('ends with the main window', async () => {
    const { host } = await run();
    const main = Window.last!;
    await host['shell.showQuickAsk']();
    main.emit('closed');
    if (process.platform !== 'darwin') expect(Window.last?.destroyed).toBe(true);
  });
});
