import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ToolServer, ToolServerSchema } from '../contract/tool-servers';
import type { McpMessage } from '../contract/tools';
import { allowAddress } from './oauth';
import { Servers } from './servers';
import { startHttpServer } from './testing/http-server.mjs';
import { type OAuthServerOptions, startOAuthServer } from './testing/oauth-server';

type Message<T extends McpMessage['type']> = Extract<McpMessage, { type: T }>;

async function setup(options: OAuthServerOptions = {}, headers: Record<string, string> = {}) {
  const served = await startOAuthServer(options);
  onTestFinished(served.close);
  const messages: McpMessage[] = [];
  const servers = new Servers((message) => messages.push(message));
  onTestFinished(() => servers.close());
  const transport = { type: 'http' as const, url: served.url, headers };
  const server: ToolServer = ToolServerSchema.parse({ id: 'a', name: 'Tests', enabled: true, transport });
  let read = 0;
  /** The next of its kind; what was heard before it counts no more. */
  const heard = async <T extends McpMessage['type']>(type: T): Promise<Message<T>> => {
    for (;;) {
      const at = messages.findIndex((message, index) => index >= read && message.type === type);
      if (at >= 0) {
        read = at + 1;
        return messages[at] as Message<T>;
      }
      await sleep(5);
    }
  };
  const start = (kept: string | null, signIn = false) =>
    servers.handle({ type: 'start', server, startMs: 20_000, kept, signIn });
  /** As the user's browser does, up to the page that says that all is done. */
  const browse = async (url: string) => (await fetch(url)).text();
  const signIn = async () => {
    start(null, true);
    const page = await browse((await heard('sign-in')).url);
    const { kept } = await heard('kept');
    await heard('ready');
    return { page, kept };
  };
  let calls = 0;
  const call = async () => {
    const id = ++calls;
    servers.handle({
      type: 'call',
      id,
      server: 'a',
      tool: 'add',
      arguments: { a: 2, b: 3 },
      limitMs: 20_000,
    });
    for (;;) {
      const found = messages.find((message) => 'id' in message && message.id === id);
      if (found) return found;
      await sleep(5);
    }
  };
  return { served, servers, server, messages, heard, start, browse, signIn, call };
}

const kindOf = ({ error }: Message<'ended'>) => error.details?.kind;

describe('a server that wants a sign-in', () => {
  it('says so at a start, and neither registers anything nor opens a page by itself', async () => {
    const { served, start, heard, messages } = await setup();
    start(null);
    expect(kindOf(await heard('ended'))).toBe('tool-sign-in');
    expect(served.requests).not.toContain('POST /register');
    expect(messages.some(({ type }) => type === 'sign-in')).toBe(false);
  });

  it('is ready after the browser came back, and at the next start without the user', async () => {
    const { served, signIn, call, start, heard } = await setup();
    const { page, kept } = await signIn();
    expect(page).toMatch(/You can close this page[\s\S]*可以关闭此页/);
    expect(kept).toContain('access-');
    expect(await call()).toMatchObject({ type: 'result', result: { text: '5' } });
    const before = served.requests.length;
    start(kept);
    await heard('ready');
    expect(served.requests.slice(before)).not.toContain('POST /token');
  });

  it('gets a new token when the old one is spent, in the middle of its work, and it is kept', async () => {
    const { served, signIn, call, heard } = await setup();
    const { kept } = await signIn();
    served.expire();
    expect(await Promise.all([call(), call()])).toMatchObject([
      { type: 'result', result: { text: '5' } },
      { type: 'result', result: { text: '5' } },
    ]);
    const later = await heard('kept');
    expect(later.kept).not.toBe(kept);
    expect(later.kept).toContain('refresh-');
  });

  it('wants another sign-in when nothing can be renewed, and what was kept is forgotten', async () => {
    const { served, signIn, call, heard } = await setup();
    await signIn();
    served.expire();
    served.forget();
    expect(await call()).toMatchObject({ type: 'failed', error: { details: { kind: 'tool-sign-in' } } });
    expect((await heard('kept')).kept).toBeNull();
    expect(kindOf(await heard('ended'))).toBe('tool-sign-in');
  });

  it('takes the address at which a browser on another machine ended', async () => {
    const { servers, start, heard } = await setup();
    start(null, true);
    const { url } = await heard('sign-in');
    const answer = await fetch(url, { redirect: 'manual' });
    const address = answer.headers.get('location') ?? '';
    const forged = new URL(address);
    forged.searchParams.set('state', 'another');
    servers.handle({ type: 'redirected', server: 'a', address: forged.href });
    servers.handle({ type: 'redirected', server: 'a', address: 'no address' });
    servers.handle({ type: 'redirected', server: 'a', address });
    await heard('ready');
  });

  it('listens to nobody else who calls at the port', async () => {
    const { start, heard, browse, messages } = await setup();
    start(null, true);
    const { url } = await heard('sign-in');
    const back = new URL(new URL(url).searchParams.get('redirect_uri') ?? '');
    expect(back.hostname).toBe('127.0.0.1');
    for (const query of ['?code=stolen', '?code=stolen&state=guessed', '?error=no&state=', '']) {
      const answer = await fetch(`${back}${query}`);
      expect([answer.status, await answer.text()]).toEqual([404, expect.stringContaining('no sign-in')]);
    }
    expect(messages.some(({ type }) => type === 'ended' || type === 'kept')).toBe(false);
    await browse(url);
    await heard('ready');
  });

  it('that refuses the user says why', async () => {
    const { start, heard, browse } = await setup({ denies: true });
    start(null, true);
    await browse((await heard('sign-in')).url);
    const ended = await heard('ended');
    expect(ended.error).toMatchObject({
      details: { kind: 'tool-sign-in-refused', name: 'Tests', reason: 'Your team has no access.' },
    });
  });

  it('that takes no apps it does not know says so', async () => {
    const { start, heard } = await setup({ closed: true });
    start(null, true);
    expect(kindOf(await heard('ended'))).toBe('tool-sign-in-unregistered');
  });

  it('cannot send us to an address that is not encrypted, nor to this machine from elsewhere', async () => {
    const { served, start, heard } = await setup({ signInAt: 'http://example.org' });
    start(null);
    expect(kindOf(await heard('ended'))).toBe('tool-sign-in-insecure');
    expect(served.requests).not.toContain('POST /register');
    const check = (server: string, address: string) => () =>
      allowAddress('Tests', new URL(server), new URL(address));
    expect(check('https://example.org/mcp', 'https://login.example.net/authorize')).not.toThrow();
    expect(check('http://localhost:3000/mcp', 'http://127.0.0.1:4000/authorize')).not.toThrow();
    expect(check('https://example.org/mcp', 'http://127.0.0.1:631/')).toThrow('not encrypted');
    expect(check('https://example.org/mcp', 'http://login.example.net/')).toThrow('not encrypted');
    expect(check('https://example.org/mcp', 'javascript:alert(1)')).toThrow('not encrypted');
  });

  it('does not get the user’s headers anywhere but at its own host', async () => {
    const elsewhere = await startOAuthServer();
    onTestFinished(elsewhere.close);
    const { served, start, heard } = await setup({ signInAt: elsewhere.origin }, { 'X-Team': 'blue' });
    start(null, true);
    await heard('sign-in');
    expect(served.teams.get('/mcp')).toBe('blue');
    expect(elsewhere.requests).toContain('POST /register');
    expect(elsewhere.teams.get('/register')).toBeUndefined();
  });

  it('is left alone where the user gave a key, and one without a sign-in still asks for a key', async () => {
    const { served, start, heard } = await setup({}, { authorization: 'Bearer wrong' });
    start(null);
    expect(kindOf(await heard('ended'))).toBe('tool-server-key');
    expect(served.requests).toEqual(['POST /mcp']);

    const keyed = await startHttpServer({ key: 'open-sesame' });
    onTestFinished(keyed.close);
    const other = await setup();
    const transport = { ...other.server.transport, url: keyed.url } as ToolServer['transport'];
    const server = { ...other.server, transport };
    other.servers.handle({ type: 'start', server, startMs: 20_000, kept: null, signIn: false });
    expect(kindOf(await other.heard('ended'))).toBe('tool-server-key');
  });

  it('takes its tokens back when the user signs out', async () => {
    const { served, servers, server, signIn } = await setup();
    const { kept } = await signIn();
    servers.handle({ type: 'revoke', server, kept: kept ?? '' });
    await expect.poll(() => served.revoked).toEqual([expect.stringMatching(/^refresh-/)]);
  });

  it('leaves no port open when the sign-in is given up', async () => {
    const { servers, start, heard } = await setup();
    start(null, true);
    const { url } = await heard('sign-in');
    const back = new URL(url).searchParams.get('redirect_uri') ?? '';
    expect((await fetch(back)).status).toBe(404);
    servers.handle({ type: 'stop', server: 'a' });
    await expect
      .poll(() =>
        fetch(back).then(
          () => 'open',
          () => 'closed',
        ),
      )
      .toBe('closed');
  });
});
