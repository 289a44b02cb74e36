import { describe, expect, it } from 'vitest';
import { EVENT_CHANNEL } from './channels';
import { FakeTray } from './testing/fake-electron';
import { calls, PAGE, run, Window } from './testing/run-main';

describe('the tray', () => {
  const tray = () => FakeTray.all[0]!;

  it('opens, asks, begins and quits', async () => {
    const { listen } = await run({ settings: { language: 'en' } });
    listen(Window.last!.webContents);
    calls.length = 0;
    tray().choose('Open AutoGLM');
    expect(calls).toEqual(['restore', 'show', 'focus']);
    tray().choose('New chat');
    expect(Window.all[0]?.webContents.sent.at(-1)).toEqual([EVENT_CHANNEL, 'app.command', 'newChat']);
    tray().choose('Quick ask');
    expect(calls.at(-1)).toBe(`load ${PAGE}#/quick`);
    tray().choose('Quit');
    expect(calls.at(-1)).toBe('quit');
  });

  it('takes the closed window in if so set, and gives it back', async () => {
    await run({ settings: { closeToTray: true } });
    const window = Window.last!;
    expect(window.tries('close')).toBe(true);
    expect(window.visible).toBe(false);
    FakeTray.all[0]?.emit('click');
    if (process.platform !== 'darwin') expect(window.visible).toBe(true);
  });

  it('takes nothing in by default, nor while the app quits', async () => {
    await run();
    expect(Window.last!.tries('close')).toBe(false);
    const { application } = await run({ settings: { closeToTray: true } });
    application.emit('before-quit', { preventDefault: () => {} });
    expect(Window.last!.tries('close')).toBe(false);
  });

  it('is all there is after a start at login', async () => {
    await run({ argv: ['--hidden'] });
    if (process.platform !== 'darwin') expect(Window.all).toEqual([]);
  });
});
