import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Emitter } from '../app/emitter';
import type { RequestHandlers } from '../contract/api';
import { AppError } from '../contract/errors';
import { defaultSettings } from '../contract/settings';
import { EVENT_CHANNEL, LISTENING_CHANNEL, REQUEST_CHANNEL } from './channels';
import { IpcHost } from './ipc';
import { PageOrigin } from './page-origin';
import { FakeIpcMain, FakeWebContents, FakeWindow, fakeFrame } from './testing/fake-electron';

const electron = vi.hoisted(() => ({ ipcMain: {} as FakeIpcMain }));
vi.mock('electron', () => electron);

const PAGE = 'app://autoglm/index.html';
const event = { name: 'settings.changed', payload: defaultSettings } as const;

let ipcMain: FakeIpcMain;

beforeEach(() => {
  ipcMain = new FakeIpcMain();
  electron.ipcMain = ipcMain;
});

function setup() {
  const emitter = new Emitter();
  const handlers = {
    'settings.get': () => defaultSettings,
    'conversations.get': () => {
      throw new AppError('not-found', 'It is gone.', { conversationId: 'x' });
    },
    'conversations.list': () => {
      throw new TypeError('a bug');
    },
  } as unknown as RequestHandlers;
  const host = new IpcHost({ handlers, onEvent: emitter.on.bind(emitter) }, new PageOrigin());
  const window = new FakeWindow(PAGE);
  host.attach(window.real);
  const { webContents } = window;
  const invoke = (name: unknown, args: unknown) =>
    ipcMain.invoke(REQUEST_CHANNEL, webContents, webContents.mainFrame, name, args);
  const listen = () => ipcMain.send(LISTENING_CHANNEL, webContents, webContents.mainFrame);
  return { emitter, host, window, webContents, invoke, listen };
}

describe('requests', () => {
  it('are answered to our page', async () => {
    const { invoke } = setup();
    expect(await invoke('settings.get', [])).toEqual({ result: defaultSettings });
  });

  it('answer errors as data', async () => {
    const { invoke } = setup();
    expect(await invoke('conversations.get', ['x'])).toEqual({
      error: { code: 'not-found', message: 'It is gone.', details: { conversationId: 'x' } },
    });
    expect(await invoke('conversations.list', [])).toMatchObject({ error: { code: 'internal' } });
    expect(await invoke('conversations.get', [5])).toMatchObject({ error: { code: 'invalid-request' } });
    expect(await invoke('require', ['fs'])).toMatchObject({ error: { code: 'invalid-request' } });
  });

  it('are refused to everybody else', async () => {
    const { webContents } = setup();
    const message = expect.stringContaining('own window');
    const refused = { error: { code: 'invalid-request', message, details: { kind: 'stranger-window' } } };
    const from = (sender: FakeWebContents, frame: Parameters<FakeIpcMain['invoke']>[2]) =>
      ipcMain.invoke(REQUEST_CHANNEL, sender, frame, 'settings.get', []);
    const stranger = new FakeWebContents(PAGE);
    expect(await from(stranger, stranger.mainFrame)).toEqual(refused);
    // A frame inside our page, even of our own origin, and a frame that has gone.
    expect(await from(webContents, fakeFrame(PAGE))).toEqual(refused);
    expect(await from(webContents, null)).toEqual(refused);
  });

  it.each(['https://evil.example/', 'app://evil/index.html', 'file:///index.html', 'about:blank', ''])(
    'are refused to our window once it shows %j',
    async (url) => {
      const { host } = setup();
      const window = new FakeWindow(url);
      host.attach(window.real);
      const { webContents } = window;
      const answer = ipcMain.invoke(REQUEST_CHANNEL, webContents, webContents.mainFrame, 'settings.get', []);
      expect(await answer).toMatchObject({ error: { code: 'invalid-request' } });
    },
  );

  it('are refused before there is a window', async () => {
    const { window, webContents, invoke } = setup();
    window.emit('closed');
    expect(await invoke('settings.get', [])).toMatchObject({ error: { code: 'invalid-request' } });
    expect(webContents.sent).toEqual([]);
  });
});

describe('events', () => {
  const sent = [EVENT_CHANNEL, 'settings.changed', defaultSettings];

  it('wait until the page listens, then come in order', () => {
    const { emitter, webContents, listen } = setup();
    emitter.emit(event);
    emitter.emit({ name: 'conversation.removed', payload: { id: 'a' } });
    expect(webContents.sent).toEqual([]);
    listen();
    expect(webContents.sent).toEqual([sent, [EVENT_CHANNEL, 'conversation.removed', { id: 'a' }]]);
    emitter.emit(event);
    expect(webContents.sent).toHaveLength(3);
  });

  it('wait again while the page is reloaded, and for a new window', () => {
    const { emitter, host, window, webContents, listen } = setup();
    listen();
    webContents.emit('did-start-navigation', { isMainFrame: true, isSameDocument: true });
    emitter.emit(event);
    expect(webContents.sent).toHaveLength(1);
    webContents.emit('did-start-navigation', { isMainFrame: true, isSameDocument: false });
    emitter.emit(event);
    expect(webContents.sent).toHaveLength(1);
    window.emit('closed');
    const next = new FakeWindow(PAGE);
    host.attach(next.real);
    ipcMain.send(LISTENING_CHANNEL, next.webContents, next.webContents.mainFrame);
    expect(next.webContents.sent).toEqual([sent]);
  });

  it('are not given to a stranger who says that it listens', () => {
    const { emitter, webContents } = setup();
    const stranger = new FakeWebContents(PAGE);
    ipcMain.send(LISTENING_CHANNEL, stranger, stranger.mainFrame);
    emitter.emit(event);
    expect([stranger.sent, webContents.sent]).toEqual([[], []]);
  });

  it('that nobody takes do not pile up', () => {
    const { emitter, webContents, listen } = setup();
    for (let index = 0; index < 5_000; index++) emitter.emit(event);
    listen();
    expect(webContents.sent).toHaveLength(1_000);
  });
});
