import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import WebSocket from 'ws';
import { createApp } from '../app/app';
import { writeModel } from '../app/testing/manifest';
import { temporaryHome } from '../app/testing/temporary-home';
import type { StartedTurn } from '../contract/conversations';
import { MAX_FRAME_BYTES } from '../contract/wire';
import { forkEngine } from './fork-engine';
import { type HttpHost, startHttpHost } from './http-host';

const FAKE = fileURLToPath(new URL('../app/testing/fake-engine.mjs', import.meta.url));

async function start(): Promise<HttpHost> {
  const home = temporaryHome();
  const page = join(home, 'page');
  mkdirSync(join(page, 'assets'), { recursive: true });
  writeFileSync(
    join(page, 'index.html'),
    '<!doctype html><script type="module" src="/assets/a-1.js"></script>',
  );
  writeFileSync(join(page, 'assets', 'a-1.js'), 'export {};');
  writeFileSync(join(home, 'secret.txt'), 'secret');
  const host = await startHttpHost({
    port: 0,
    host: '127.0.0.1',
    page,
    app: () =>
      createApp({
        version: '0',
        host: 'browser',
        home,
        builtInModels: [writeModel(home, 'nano')],
        spawnEngine: () => forkEngine(FAKE),
        log: () => {},
      }),
  });
  onTestFinished(async () => {
    await host.app.close();
    await host.close();
  });
  return host;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

/** Unlike `fetch`, it sends the Host and Origin it is told to, and paths as they are. */
function ask(
  host: HttpHost,
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port: host.port, path, method, headers }, (response) => {
      let body = '';
      response.on('data', (data: Buffer) => {
        body += data.toString();
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
      );
    });
    request.on('error', reject);
    request.end();
  });
}

async function cookie(host: HttpHost): Promise<string> {
  const { headers } = await ask(host, '/session', { origin: host.url }, 'POST');
  return headers['set-cookie']?.[0]?.split(';')[0] ?? '';
}

type Frame = {
  id?: number;
  result?: unknown;
  error?: { code: string };
  event?: string;
  payload?: { type?: string };
};

async function connect(host: HttpHost) {
  const socket = new WebSocket(`ws://127.0.0.1:${host.port}/ws`, {
    headers: { origin: host.url, cookie: await cookie(host) },
  });
  onTestFinished(() => socket.terminate());
  const frames: Frame[] = [];
  socket.on('message', (data) => frames.push(JSON.parse(String(data)) as Frame));
  await once(socket, 'open');
  let lastId = 0;
  const request = async (name: string, ...args: readonly unknown[]): Promise<Frame> => {
    const id = ++lastId;
    socket.send(JSON.stringify({ id, name, args }));
    return until((frame) => frame.id === id);
  };
  const until = async (wanted: (frame: Frame) => boolean): Promise<Frame> => {
    for (;;) {
      const frame = frames.find(wanted);
      if (frame) return frame;
      await sleep(5);
    }
  };
  return { socket, frames, request, until };
}

/** The status of a refused upgrade, or 101. */
function upgrade(host: HttpHost, path: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${host.port}${path}`, { headers });
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    socket.on('error', () => resolve(0));
    socket.on('open', () => {
      resolve(101);
      socket.terminate();
    });
  });
}

const send = (text: string) => ({
  kind: 'send',
  conversationId: null,
  parentId: null,
  text,
  attachments: [],
  thinking: true,
});

describe('the page', () => {
  it('is served with a policy that lets nothing foreign in', async () => {
    const host = await start();
    const { status, headers, body } = await ask(host, '/');
    expect([status, body]).toEqual([200, expect.stringContaining('<!doctype html>')]);
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/https?:|\*|unsafe-eval/);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-cache',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
    });
    expect(headers['access-control-allow-origin']).toBeUndefined();
    expect((await ask(host, '/assets/a-1.js')).headers).toMatchObject({
      'content-type': expect.stringContaining('javascript'),
      'cache-control': expect.stringContaining('immutable'),
    });
  });

  it.each([
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/assets/../../secret.txt',
    '/nothing.js',
    '//etc/passwd',
    '/..\\secret.txt',
  ])('does not lead to %s', async (path) => {
    const { status, body } = await ask(await start(), path);
    expect(status === 404 || status === 400).toBe(true);
    expect(body).not.toContain('secret');
  });
});

describe('other web pages', () => {
  it.each(['evil.example', 'evil.example:8000', '127.0.0.1.evil.example', 'localhost.evil.example'])(
    'reach nothing under the name %j (DNS rebinding)',
    async (name) => {
      const host = await start();
      for (const path of ['/', '/health', '/v1/models', '/session']) {
        expect(
          (await ask(host, path, { host: name }, path === '/session' ? 'POST' : 'GET')).status,
        ).toBeGreaterThanOrEqual(400);
      }
      const headers = { host: name, origin: `http://${name}`, cookie: await cookie(host) };
      expect(await upgrade(host, '/ws', headers)).not.toBe(101);
    },
  );

  it('get no cookie and no socket', async () => {
    const host = await start();
    const own = await cookie(host);
    const strangers = ['https://evil.example', 'http://127.0.0.1:1', 'http://localhost:1', 'null', 'file://'];
    for (const origin of strangers) {
      const answer = await ask(host, '/session', { origin }, 'POST');
      expect([origin, answer.status, answer.headers['set-cookie']]).toEqual([origin, 403, undefined]);
      // Even with the cookie, which a browser may send along.
      expect([origin, await upgrade(host, '/ws', { origin, cookie: own })]).toEqual([origin, 403]);
    }
    expect((await ask(host, '/session', {}, 'POST')).status).toBe(403);
    expect(
      (await ask(host, '/session', { origin: host.url, 'sec-fetch-site': 'cross-site' }, 'POST')).status,
    ).toBe(403);
    expect((await ask(host, '/session', { origin: host.url })).headers['set-cookie']).toBeUndefined();
  });

  it('need the secret of this start', async () => {
    const host = await start();
    const other = await start();
    const own = await cookie(host);
    const origin = host.url;
    expect(own).toMatch(/^autoglm-\d+=[\w-]{43}$/);
    for (const wrong of [
      '',
      'autoglm=x',
      `${own}x`,
      own.slice(0, -1),
      own.toUpperCase(),
      await cookie(other),
    ]) {
      expect([wrong, await upgrade(host, '/ws', { origin, cookie: wrong })]).toEqual([wrong, 403]);
    }
    expect(await upgrade(host, '/ws', { cookie: own })).toBe(403);
    expect(await upgrade(host, '/elsewhere', { origin, cookie: own })).toBe(404);
    expect(await upgrade(host, '/ws', { origin, cookie: `theme=dark; ${own}` })).toBe(101);
    const { headers } = await ask(host, '/session', { origin }, 'POST');
    expect(headers['set-cookie']?.[0]).toMatch(/; Path=\/; HttpOnly; SameSite=Strict$/);
  });

  it('may not use the API, programs may', async () => {
    const host = await start();
    expect((await ask(host, '/v1/models', { origin: 'https://evil.example' })).status).toBe(403);
    expect((await ask(host, '/v1/models', { authorization: 'Bearer EMPTY' })).status).toBe(200);
    expect(JSON.parse((await ask(host, '/health')).body)).toMatchObject({ model: { id: 'nano' } });
  });
});

describe('the socket', () => {
  it('carries a conversation', async () => {
    const host = await start();
    const { request, until, frames } = await connect(host);
    const { result } = await request('turns.start', send('hello'));
    const { turnId, conversationId } = result as StartedTurn;
    const ended = await until(({ payload }) => payload?.type === 'finished');
    expect(ended).toMatchObject({
      event: 'turn.event',
      payload: { turnId, message: { text: 'You said: hello' } },
    });
    const answered = frames.findIndex((frame) => frame.id === 1);
    const started = frames.findIndex(({ payload }) => payload?.type === 'started');
    expect(answered).toBeLessThan(started);
    expect(await request('conversations.get', conversationId)).toMatchObject({ result: { title: 'hello' } });
    expect(await request('conversations.delete', [conversationId])).toMatchObject({ result: null });
    expect(await request('conversations.get', 'gone')).toMatchObject({ error: { code: 'not-found' } });
    expect(await request('turns.start', { kind: 'send' })).toMatchObject({
      error: { code: 'invalid-request' },
    });
    expect(await request('eval', 'x')).toMatchObject({ error: { code: 'invalid-request' } });
  });

  it('replays a turn to a page that comes later', async () => {
    const host = await start();
    const first = await connect(host);
    const { result } = await first.request('turns.start', send('slow'));
    const { conversationId, turnId } = result as StartedTurn;
    await first.until(({ payload }) => payload?.type === 'delta');
    first.socket.terminate();
    const second = await connect(host);
    const attached = await second.request('turns.attach', conversationId);
    expect(attached).toMatchObject({ result: { turnId, message: { state: 'streaming' } } });
    await second.until(({ payload }) => payload?.type === 'delta');
    await second.request('turns.stop', turnId);
    await second.until(({ payload }) => payload?.type === 'finished');
  });

  it('takes 5 MB of text', async () => {
    const { request } = await connect(await start());
    const answer = await request('turns.start', send('图"\n'.repeat(1_250_000)));
    expect(answer.error).toBeUndefined();
  });

  it.each([
    ['no JSON', '{"id": 1,', 1008],
    ['no request', '[]', 1008],
    ['a fractional id', '{"id": 1.5, "name": "app.info", "args": []}', 1008],
    ['bytes', Buffer.from([1, 2, 3]), 1003],
    ['more than fits', 'x'.repeat(MAX_FRAME_BYTES + 1), 1009],
  ])('is closed by %s, and the host lives on', async (_name, data, code) => {
    const host = await start();
    const { socket } = await connect(host);
    socket.send(data);
    const [closed] = (await once(socket, 'close')) as [number];
    expect(closed).toBe(code);
    expect(await (await connect(host)).request('app.info')).toMatchObject({ result: { host: 'browser' } });
  });

  it('outlives a thousand broken upgrades', async () => {
    const host = await start();
    const net = await import('node:net');
    for (let index = 0; index < 200; index++) {
      const raw = net.connect(host.port, '127.0.0.1');
      raw.on('error', () => {});
      raw.write('GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n\xff');
      raw.destroy();
    }
    await sleep(50);
    expect((await ask(host, '/health')).status).toBe(200);
  });
});

describe('startHttpHost', () => {
  it('names a taken port and a free one, before anything is opened', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    onTestFinished(() => void other.close());
    const { port } = other.address() as { port: number };
    let opened = false;
    const starting = startHttpHost({
      port,
      host: '127.0.0.1',
      page: null,
      app: () => {
        opened = true;
        throw new Error('not reached');
      },
    });
    await expect(starting).rejects.toThrow(new RegExp(`Port ${port} .*already in use.*--port \\d+`));
    expect(opened).toBe(false);
  });

  it('gives the port back when the app cannot be opened', async () => {
    const failing = startHttpHost({
      port: 0,
      host: '127.0.0.1',
      page: null,
      app: () => {
        throw new Error('the database is locked');
      },
    });
    await expect(failing).rejects.toThrow('the database is locked');
  });

  it('tells pages how their answers ended before it closes', async () => {
    const starting = performance.now();
    const host = await start();
    const { request, frames, socket, until } = await connect(host);
    await request('turns.start', send('slow'));
    await until(({ payload }) => payload?.type === 'delta');
    const closed = once(socket, 'close');
    const begun = performance.now();
    await host.app.close();
    await host.close();
    // A busy machine takes longer for both.
    expect(performance.now() - begun).toBeLessThan(2_000 + begun - starting);
    expect((await closed)[0]).toBe(1001);
    expect(frames.at(-1)).toMatchObject({ payload: {} });
    expect(frames.some(({ payload }) => payload?.type === 'finished')).toBe(true);
  });
});
