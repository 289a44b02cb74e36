import type { MenuItemConstructorOptions, Streams } from 'electron';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { PageOrigin } from './page-origin';
import { offerScreens } from './screen-capture';
import { FakeSession, fakeFrame } from './testing/fake-electron';

const { electron, state } = vi.hoisted(() => {
  const menu: { items: MenuItemConstructorOptions[]; closed: () => void } = { items: [], closed: () => {} };
  const given = { access: 'granted', sources: [] as { id: string; name: string }[] };
  return {
    state: { menu, given },
    electron: {
      BrowserWindow: { getFocusedWindow: () => ({ getMediaSourceId: () => 'window:own' }) },
      desktopCapturer: {
        getSources: async () =>
          given.sources.map((source) => ({ ...source, thumbnail: { isEmpty: () => true } })),
      },
      Menu: {
        buildFromTemplate: (items: MenuItemConstructorOptions[]) => ({
          popup: ({ callback }: { callback: () => void }) => {
            menu.items = items;
            menu.closed = callback;
          },
        }),
      },
      shell: { openExternal: vi.fn(async () => {}) },
      systemPreferences: { getMediaAccessStatus: () => given.access },
    },
  };
});
vi.mock('electron', () => electron);

/** What a page at `url` gets; the click is on the item of this number, or beside the menu. */
async function request(
  url: string,
  choice: number | null = null,
  audioRequested = false,
): Promise<Streams | null> {
  const session = new FakeSession();
  offerScreens(session.real, new PageOrigin());
  return new Promise((resolve) => {
    session.display?.(
      {
        frame: fakeFrame(url),
        securityOrigin: url,
        videoRequested: true,
        audioRequested,
        userGesture: true,
      },
      resolve,
    );
    setTimeout(() => {
      state.menu.closed();
      const click = choice === null ? undefined : state.menu.items[choice]?.click;
      // The menu's own arguments are of no use to it.
      if (click) Reflect.apply(click, null, []);
    }, 20);
  });
}

const PAGE = 'app://autoglm/index.html';

describe('a picture of the screen', () => {
  beforeEach(() => {
    state.menu.items = [];
    state.menu.closed = () => {};
    state.given.sources = [
      { id: 'screen:1', name: 'Screen' },
      { id: 'window:2', name: 'Notes & more' },
      { id: 'window:own', name: 'AutoGLM' },
    ];
  });

  it('is of what the user chooses, and our own window is not offered', async () => {
    expect(await request(PAGE, 1)).toMatchObject({ video: { id: 'window:2' } });
    expect(state.menu.items.map(({ label }) => label)).toEqual(['Screen', 'Notes && more']);
  });

  it('is not taken where nothing is chosen, for another page, or with sound', async () => {
    expect(await request(PAGE)).toBeNull();
    expect(await request('https://example.org/', 0)).toBeNull();
    expect(await request(PAGE, 0, true)).toBeNull();
  });

  it('opens the system’s settings where the system forbids it', async () => {
    vi.stubGlobal('process', { ...process, platform: 'darwin' });
    state.given.access = 'denied';
    expect(await request(PAGE, 0)).toBeNull();
    expect(electron.shell.openExternal).toHaveBeenCalledWith(
      expect.stringContaining('Privacy_ScreenCapture'),
    );
    vi.unstubAllGlobals();
    state.given.access = 'granted';
  });

  it('needs no choice of one', async () => {
    state.given.sources = [{ id: 'screen:1', name: 'Screen' }];
    expect(await request(PAGE)).toMatchObject({ video: { id: 'screen:1' } });
  });
});
