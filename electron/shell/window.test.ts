import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import type { BrowserWindowConstructorOptions } from 'electron';
import { describe, expect, it, vi } from 'vitest';
import { temporaryHome } from '../app/testing/temporary-home';
import { PageOrigin } from './page-origin';
import { FakeWebContents } from './testing/fake-electron';
import { createWindow } from './window';
import { readWindowState } from './window-state';

const { made } = vi.hoisted(() => ({
  made: [] as { options: BrowserWindowConstructorOptions; calls: string[] }[],
}));

vi.mock('electron', () => ({
  nativeTheme: { shouldUseDarkColors: true },
  screen: { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }] },
  shell: { openExternal: async () => {} },
  systemPreferences: {},
  BrowserWindow: class extends EventEmitter {
    readonly webContents = new FakeWebContents('app://autoglm/');
    readonly calls: string[] = [];
    constructor(options: BrowserWindowConstructorOptions) {
      super();
      made.push({ options, calls: this.calls });
    }
    show = () => this.calls.push('show');
    maximize = () => this.calls.push('maximize');
    isDestroyed = () => false;
    isMinimized = () => false;
    isMaximized = () => true;
    getNormalBounds = () => ({ x: 5, y: 6, width: 900, height: 600 });
  },
}));

describe('createWindow', () => {
  const origin = new PageOrigin();

  it('isolates and sandboxes the page', () => {
    createWindow({ origin, preload: '/preload.cjs', stateFile: join(temporaryHome(), 'w.json') });
    expect(made.at(-1)?.options.webPreferences).toMatchObject({
      preload: '/preload.cjs',
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webviewTag: false,
    });
    expect(made.at(-1)?.options.webPreferences).not.toHaveProperty('webSecurity');
  });

  it('is shown with its first frame, where it was left', () => {
    const stateFile = join(temporaryHome(), 'w.json');
    const window = createWindow({ origin, preload: '', stateFile });
    expect(made.at(-1)).toMatchObject({ options: { show: false }, calls: [] });
    window.emit('ready-to-show');
    expect(made.at(-1)?.calls).toEqual(['show']);
    window.emit('close');
    expect(readWindowState(stateFile)).toEqual({
      bounds: { x: 5, y: 6, width: 900, height: 600 },
      maximized: true,
    });
    createWindow({ origin, preload: '', stateFile });
    expect(made.at(-1)).toMatchObject({
      options: { x: 5, y: 6, width: 900, height: 600 },
      calls: ['maximize'],
    });
  });
});
