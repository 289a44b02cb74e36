import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { AttachmentStore } from '../app/attachments/attachments';
import type { AppDatabase } from '../app/database/database';
import { openDatabase } from '../app/database/open-database';
import { preparePaths } from '../app/paths';
import { SoundIntake } from '../app/sound/intake';
import { SoundDesk } from '../app/sound/sound-desk';
import { testDocuments } from '../app/testing/documents';
import { temporaryHome } from '../app/testing/temporary-home';
import type { Files } from '../host/attachments';
import { PageOrigin } from './page-origin';
import { registerPageScheme, serveAttachmentsOf, servePage, toFile } from './page-protocol';

type Handler = (request: { url: string; method: string }) => Promise<Response>;
const { net, protocol } = vi.hoisted(() => ({
  net: { fetch: vi.fn(async () => new Response('of the server')) },
  protocol: {
    handle: vi.fn((_scheme: string, _handler: unknown) => {}),
    registerSchemesAsPrivileged: vi.fn(),
  },
}));
vi.mock('electron', () => ({ net, protocol }));

function filesIn(home: string, database: AppDatabase): Files {
  const paths = preparePaths(home);
  const attachments = new AttachmentStore(paths, database, () => {}, testDocuments);
  const intake = new SoundIntake({ entry: null });
  return { attachments, sounds: new SoundDesk({ store: attachments, intake, folder: paths.attachments }) };
}

function setup(): (url: string, method?: string) => Promise<Response> {
  const home = temporaryHome();
  const page = join(home, 'page');
  mkdirSync(join(page, 'assets'), { recursive: true });
  writeFileSync(join(page, 'index.html'), '<!doctype html>');
  writeFileSync(join(page, 'assets', 'a b.js'), 'export {}');
  writeFileSync(join(home, 'secret.txt'), 'secret');
  mkdirSync(join(home, 'page-twin'));
  writeFileSync(join(home, 'page-twin', 'x.js'), 'secret');
  const { database } = openDatabase(join(home, 'a.db'));
  onTestFinished(() => database.close());
  servePage(page, filesIn(home, database));
  const handler = protocol.handle.mock.lastCall?.[1] as Handler;
  return (url, method = 'GET') => handler({ url, method });
}

describe('the page’s protocol', () => {
  it('serves the built page with its policy', async () => {
    const get = setup();
    for (const url of ['app://autoglm/', 'app://autoglm/index.html', 'app://autoglm/index.html?x#y']) {
      const response = await get(url);
      expect([response.status, await response.text()]).toEqual([200, '<!doctype html>']);
      expect(response.headers.get('content-security-policy')).toContain("script-src 'self'");
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    }
    const script = await get('app://autoglm/assets/a%20b.js');
    expect(script.headers.get('content-type')).toMatch('javascript');
  });

  it.each([
    'app://autoglm/../secret.txt',
    'app://autoglm/..%2Fsecret.txt',
    'app://autoglm/%2e%2e/secret.txt',
    'app://autoglm/assets/..%2f..%2fsecret.txt',
    'app://autoglm/..%2Fpage-twin/x.js',
    'app://autoglm/..%5csecret.txt',
    'app://autoglm/index.html%00.png',
    'app://autoglm/%ff',
    'app://autoglm/missing.js',
    'app://autoglm/assets',
    'app://evil/index.html',
    'no address',
  ])('does not serve %s', async (url) => {
    const response = await setup()(url);
    expect([response.status, await response.text()]).toEqual([404, 'There is nothing here.']);
  });

  it('serves the files of conversations as what they are, and takes new ones', async () => {
    const get = setup();
    const handler = protocol.handle.mock.lastCall?.[1] as unknown as (request: Request) => Promise<Response>;
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"/>';
    const made = await handler(
      new Request('app://autoglm/attachments?name=a.svg', { method: 'POST', body: svg }),
    );
    const { sha256 } = (await made.json()) as { sha256: string };
    const file = await get(`app://autoglm/attachments/${sha256}`);
    expect([file.headers.get('content-type'), await file.text()]).toEqual(['image/svg+xml', svg]);
    expect(file.headers.get('content-security-policy')).toMatch(/sandbox$/);
    expect((await get('app://autoglm/attachments/..%2f..%2fsecret.txt')).status).toBe(404);
    expect((await get(`app://evil/attachments/${sha256}`)).status).toBe(404);
  });

  it('serves them to the development server’s page too, and passes on all else', async () => {
    const home = temporaryHome();
    const { database } = openDatabase(join(home, 'a.db'));
    onTestFinished(() => database.close());
    serveAttachmentsOf(new PageOrigin('http://localhost:5173'), filesIn(home, database));
    const [scheme, handler] = protocol.handle.mock.lastCall as unknown as [
      string,
      (request: Request) => Promise<Response>,
    ];
    expect(scheme).toBe('http');
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"/>';
    const made = await handler(
      new Request('http://localhost:5173/attachments?name=a.svg', { method: 'POST', body: svg }),
    );
    const { sha256 } = (await made.json()) as { sha256: string };
    const file = await handler(new Request(`http://localhost:5173/attachments/${sha256}`));
    expect(await file.text()).toBe(svg);
    expect(net.fetch).not.toHaveBeenCalled();
    for (const url of ['http://localhost:5173/main.tsx', `http://evil:5173/attachments/${sha256}`]) {
      expect(await (await handler(new Request(url))).text()).toBe('of the server');
    }
    expect(net.fetch).toHaveBeenCalledWith(expect.anything(), { bypassCustomProtocolHandlers: true });
  });

  it('only reads', async () => {
    expect((await setup()('app://autoglm/index.html', 'POST')).status).toBe(404);
  });

  it('names a file inside the folder or none', () => {
    expect(toFile('/page', 'app://autoglm/assets/x.js')).toBe(join('/page', 'assets', 'x.js'));
    expect(toFile('/page', 'app://autoglm/..%2fpage')).toBeNull();
  });

  it('is a secure scheme that bypasses nothing', () => {
    registerPageScheme();
    const [[schemes]] = protocol.registerSchemesAsPrivileged.mock.calls as [[[{ privileges: object }]]];
    expect(schemes[0].privileges).toMatchObject({ standard: true, secure: true });
    expect(schemes[0].privileges).not.toHaveProperty('bypassCSP');
  });
});

describe('PageOrigin', () => {
  it('knows our page, packaged and in development', () => {
    expect(new PageOrigin().owns('app://autoglm/index.html#x')).toBe(true);
    const development = new PageOrigin('http://localhost:5173');
    expect(development.owns('http://localhost:5173/x')).toBe(true);
    expect(development.owns('http://localhost:5174/')).toBe(false);
    expect(development.owns('app://autoglm/index.html')).toBe(false);
  });
});
