import type { MediaAccessPermissionRequest, Session } from 'electron';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { PageOrigin } from './page-origin';
import { confineNavigation, confinePermissions } from './security';
import { FakeSession, FakeWebContents } from './testing/fake-electron';

const { openExternal, askForMediaAccess } = vi.hoisted(() => ({
  openExternal: vi.fn(async (_url: string) => {}),
  askForMediaAccess: vi.fn(async () => true),
}));
vi.mock('electron', () => ({ shell: { openExternal }, systemPreferences: { askForMediaAccess } }));

const PAGE = 'app://autoglm/index.html';
const origin = new PageOrigin();

beforeEach(() => {
  openExternal.mockClear();
  vi.unstubAllGlobals();
});

describe('confineNavigation', () => {
  function contents() {
    const fake = new FakeWebContents(PAGE);
    confineNavigation(fake.real, origin);
    return fake;
  }

  it('keeps the window on our page and opens links in the browser', () => {
    const fake = contents();
    for (const event of ['will-navigate', 'will-redirect']) {
      openExternal.mockClear();
      expect(fake.tries(event, { url: PAGE })).toBe(false);
      expect(openExternal).not.toHaveBeenCalled();
      expect(fake.tries(event, { url: 'https://example.org/a?b#c' })).toBe(true);
      expect(openExternal.mock.calls).toEqual([['https://example.org/a?b#c']]);
    }
  });

  const dangerous = [
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'file:///etc/passwd',
    'data:text/html,<script>alert(1)</script>',
    'app://evil/index.html',
    'app:autoglm',
    'ms-msdt:/id x',
    'smb://host/share',
    'vbscript:x',
    'blob:app://autoglm/1',
    'about:blank',
    '//example.org',
    'no address',
    '',
  ];

  it.each(dangerous)('neither follows nor opens %j', (url) => {
    const fake = contents();
    expect(fake.tries('will-navigate', { url })).toBe(true);
    const opened = {
      url,
      frameName: '',
      features: '',
      disposition: 'new-window',
      referrer: { url: '', policy: 'default' },
      postBody: undefined,
    } as const;
    expect(fake.openHandler(opened)).toEqual({ action: 'deny' });
    expect(openExternal).not.toHaveBeenCalled();
  });

  it('opens no window, mail and web addresses outside', () => {
    const fake = contents();
    for (const url of ['https://example.org/', 'http://example.org/', 'mailto:a@example.org']) {
      expect(
        fake.openHandler({
          url,
          frameName: '',
          features: '',
          disposition: 'foreground-tab',
          referrer: { url: '', policy: 'default' },
        }),
      ).toEqual({ action: 'deny' });
    }
    expect(openExternal).toHaveBeenCalledTimes(3);
  });

  it('survives a system that has no browser', async () => {
    openExternal.mockRejectedValueOnce(new Error('no handler'));
    expect(contents().tries('will-navigate', { url: 'https://example.org/' })).toBe(true);
    await new Promise((resolve) => setImmediate(resolve));
  });

  it('lets no frame and no webview in', () => {
    const fake = contents();
    expect(fake.tries('will-frame-navigate', { url: PAGE, isMainFrame: false })).toBe(true);
    expect(fake.tries('will-frame-navigate', { url: PAGE, isMainFrame: true })).toBe(false);
    expect(fake.tries('will-attach-webview', {})).toBe(true);
  });
});

type Permission = Parameters<NonNullable<Parameters<Session['setPermissionRequestHandler']>[0]>>[1];

describe('confinePermissions', () => {
  const fake = new FakeSession();
  const contents = new FakeWebContents(PAGE);
  confinePermissions(fake.real, origin);

  function ask(
    permission: Permission,
    details: Partial<MediaAccessPermissionRequest> = {},
  ): Promise<boolean> {
    return new Promise((resolve) => {
      fake.request?.(contents.real, permission, resolve, {
        requestingUrl: PAGE,
        isMainFrame: true,
        ...details,
      });
    });
  }

  function check(permission: Permission, from: string, mediaType: 'audio' | 'video' | 'unknown' = 'unknown') {
    return fake.check?.(contents.real, permission, from, { isMainFrame: true, mediaType });
  }

  it('grants our page the microphone, the screen and the clipboard', async () => {
    expect(await ask('media', { mediaTypes: ['audio'] })).toBe(true);
    expect(await ask('display-capture', { mediaTypes: ['video'] })).toBe(true);
    expect(await ask('clipboard-sanitized-write')).toBe(true);
    expect(check('media', 'app://autoglm/', 'audio')).toBe(true);
    expect(check('clipboard-sanitized-write', 'app://autoglm')).toBe(true);
  });

  it('never grants the camera', async () => {
    for (const mediaTypes of [['video'], ['audio', 'video'], []] as const) {
      expect(await ask('media', { mediaTypes: [...mediaTypes] })).toBe(false);
    }
    expect(check('media', 'app://autoglm/', 'video')).toBe(false);
    expect(check('media', 'app://autoglm/')).toBe(false);
  });

  it.each([
    'geolocation',
    'notifications',
    'clipboard-read',
    'openExternal',
    'fileSystem',
    'hid',
    'usb',
    'serial',
    'midi',
    'pointerLock',
    'idle-detection',
    'unknown',
  ] as const)('denies %s', async (permission) => {
    expect(await ask(permission)).toBe(false);
    expect(check(permission, 'app://autoglm/')).toBe(false);
  });

  it('grants others nothing', async () => {
    const audio = { mediaTypes: ['audio'] } satisfies Partial<MediaAccessPermissionRequest>;
    expect(await ask('media', { ...audio, requestingUrl: 'https://evil.example/' })).toBe(false);
    expect(await ask('media', { ...audio, isMainFrame: false })).toBe(false);
    for (const from of ['https://evil.example', 'app://evil', 'file:///', 'null', '']) {
      expect(check('media', from, 'audio')).toBe(false);
    }
    expect(fake.device?.({ deviceType: 'hid', origin: PAGE, device: {} as never })).toBe(false);
  });

  it('asks macOS too, and takes no for no', async () => {
    vi.stubGlobal('process', { ...process, platform: 'darwin' });
    askForMediaAccess.mockResolvedValueOnce(false);
    expect(await ask('media', { mediaTypes: ['audio'] })).toBe(false);
    expect(await ask('media', { mediaTypes: ['audio'] })).toBe(true);
    expect(askForMediaAccess).toHaveBeenCalledWith('microphone');
  });
});
