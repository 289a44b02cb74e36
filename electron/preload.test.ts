import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { AppBridge } from './contract/api';
import { EVENT_CHANNEL, LISTENING_CHANNEL, REQUEST_CHANNEL } from './shell/channels';

const { contextBridge, ipcRenderer } = vi.hoisted(() => ({
  contextBridge: { exposeInMainWorld: vi.fn() },
  ipcRenderer: { on: vi.fn(), send: vi.fn(), invoke: vi.fn() },
}));
vi.mock('electron', () => ({ contextBridge, ipcRenderer }));

async function load() {
  vi.resetModules();
  vi.clearAllMocks();
  await import('./preload');
  const [name, bridge] = contextBridge.exposeInMainWorld.mock.calls[0] as [string, AppBridge];
  const deliver = ipcRenderer.on.mock.calls[0]?.[1] as (...args: unknown[]) => void;
  return { name, bridge, emit: (...args: unknown[]) => deliver({}, ...args) };
}

describe('preload', () => {
  let page: Awaited<ReturnType<typeof load>>;
  beforeEach(async () => {
    page = await load();
  });

  it('gives the page one object of verbs, and no Electron', () => {
    expect(page.name).toBe('autoglm');
    expect(contextBridge.exposeInMainWorld).toHaveBeenCalledTimes(1);
    expect(Object.keys(page.bridge).toSorted()).toEqual(['on', 'onConnection', 'pathOf', 'request']);
    for (const member of Object.values(page.bridge)) expect(typeof member).toBe('function');
  });

  it('passes requests on and rejects with the error as data', async () => {
    ipcRenderer.invoke.mockResolvedValueOnce({ result: [] });
    expect(await page.bridge.request('conversations.search', 'x')).toEqual([]);
    expect(ipcRenderer.invoke).toHaveBeenCalledWith(REQUEST_CHANNEL, 'conversations.search', ['x']);
    const error = { code: 'not-found', message: 'Gone.' };
    ipcRenderer.invoke.mockResolvedValueOnce({ error });
    await expect(page.bridge.request('conversations.get', 'x')).rejects.toBe(error);
  });

  it('tells main that the page listens, once, and gives each listener its own events', () => {
    expect(ipcRenderer.send).not.toHaveBeenCalled();
    expect(ipcRenderer.on.mock.calls[0]?.[0]).toBe(EVENT_CHANNEL);
    const heard: unknown[] = [];
    const stop = page.bridge.on('conversation.removed', (payload) => heard.push(['removed', payload]));
    page.bridge.on('app.command', (payload) => heard.push(['command', payload]));
    expect(ipcRenderer.send.mock.calls).toEqual([[LISTENING_CHANNEL]]);
    page.emit('conversation.removed', { id: 'a' });
    page.emit('app.command', 'search');
    page.emit('settings.changed', {});
    stop();
    page.emit('conversation.removed', { id: 'b' });
    expect(heard).toEqual([
      ['removed', { id: 'a' }],
      ['command', 'search'],
    ]);
  });

  it('never gives the page an IPC event', () => {
    const heard: unknown[][] = [];
    page.bridge.on('app.command', (...args: unknown[]) => heard.push(args));
    page.emit('app.command', 'search', 'surplus');
    expect(heard).toEqual([['search']]);
  });

  it('is connected from the start', () => {
    const states: string[] = [];
    page.bridge.onConnection((state) => states.push(state))();
    expect(states).toEqual(['open']);
  });
});
