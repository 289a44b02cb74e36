import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { platform } from 'node:process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ToolServer } from '../../contract/tool-servers';
import type { ToolServerStatus } from '../../contract/tools';
import { forkTool } from '../../host/fork-tool';
import { FakeMcpProcess, toolInfo, toolServer } from '../testing/mcp-process';
import { temporaryHome } from '../testing/temporary-home';
import { SignIns } from './sign-ins';
import { ToolServers, type ToolServersOptions } from './tool-servers';

function setup(more: Partial<ToolServersOptions> = {}) {
  const processes: FakeMcpProcess[] = [];
  const told: (readonly ToolServerStatus[])[] = [];
  const logged: string[] = [];
  const file = join(temporaryHome(), 'sign-ins.json');
  const servers = new ToolServers({
    spawn: () => {
      const process = new FakeMcpProcess();
      process.tools = { a: [toolInfo('add')] };
      processes.push(process);
      return process;
    },
    keepImage: async () => null,
    signIns: new SignIns(file, (line) => logged.push(line)),
    changed: (statuses) => told.push(statuses),
    log: (line) => logged.push(line),
    ...more,
  });
  const follow = (...toolServers: ToolServer[]) => servers.follow({ toolServers });
  const ended = (kind: string) => ({
    type: 'ended' as const,
    server: 'a',
    error: { code: 'tool-failed' as const, message: 'It ended.', details: { kind, name: 'a' } },
  });
  return { servers, processes, told, logged, follow, ended, file };
}

const states = (statuses: readonly ToolServerStatus[]) => statuses.map(({ state }) => state);
const signal = () => new AbortController().signal;

describe('servers', () => {
  it('run as the settings have them: nothing for what is off, a new start for what is changed', () => {
    const { servers, processes, follow, told } = setup();
    const a = toolServer('a');
    follow({ ...a, enabled: false });
    expect(processes).toHaveLength(0);
    expect(states(servers.statuses())).toEqual(['off']);
    follow(a, toolServer('b'));
    const [process] = processes;
    expect(process?.sent('start').map(({ server }) => server.id)).toEqual(['a', 'b']);
    expect(states(told.at(-1) ?? [])).toEqual(['ready', 'starting']);

    follow({ ...a, allowed: { add: 'x' }, hidden: ['y'] }, toolServer('b'));
    expect(process?.sent('start')).toHaveLength(2);
    follow({ ...a, transport: { type: 'stdio', command: 'other', args: [], env: {} } }, toolServer('b'));
    expect(process?.sent('stop').map(({ server }) => server)).toEqual(['a']);
    expect(process?.sent('start')).toHaveLength(3);
    follow();
    expect(servers.statuses()).toEqual([]);
    expect(process).toMatchObject({ killed: true });
  });

  it('that die are started again, later each time and not for ever; what cannot be there is not', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const { servers, processes, follow, ended, logged } = setup({ restartDelaysMs: [100, 1_000] });
    follow(toolServer('a'));
    const [process] = processes as [FakeMcpProcess];
    const starts = () => process.sent('start').length;
    process.say(ended('tool-server-ended'));
    expect(servers.statuses()).toMatchObject([{ state: 'failed', retryAt: Date.now() + 100 }]);
    expect(logged).toEqual(['Tool server a: It ended.']);
    vi.advanceTimersByTime(100);
    expect([starts(), states(servers.statuses())]).toEqual([2, ['ready']]);
    process.say(ended('tool-server-ended'));
    vi.advanceTimersByTime(999);
    expect(starts()).toBe(2);
    vi.advanceTimersByTime(1);
    process.say(ended('tool-server-ended'));
    expect(servers.statuses()).toMatchObject([{ state: 'failed', retryAt: null }]);
    vi.advanceTimersByTime(100_000);
    expect(starts()).toBe(3);

    servers.restart('a');
    expect(states(servers.statuses())).toEqual(['ready']);
    // One that ran for long did not die of its start.
    vi.advanceTimersByTime(60_000);
    process.say(ended('tool-server-ended'));
    expect(servers.statuses()).toMatchObject([{ retryAt: Date.now() + 100 }]);
    vi.advanceTimersByTime(100);
    process.say(ended('tool-server-command'));
    expect(servers.statuses()).toMatchObject([{ state: 'failed', retryAt: null }]);
  });

  it('keep their calls apart: a stop is at once, a death ends its own, what is off is refused', async () => {
    const { servers, processes, follow, ended } = setup();
    await expect(servers.calls.tool('a', 'add', {}, signal())).rejects.toMatchObject({
      details: { kind: 'tool-server-off' },
    });
    follow(toolServer('a'));
    const [process] = processes as [FakeMcpProcess];
    expect(await servers.calls.tool('a', 'add', { x: 1 }, signal())).toMatchObject({
      text: 'add says hello',
    });
    process.answer = () => null;
    const stop = new AbortController();
    const stopped = servers.calls.tool('a', 'add', {}, stop.signal);
    const died = servers.calls.tool('a', 'add', {}, signal());
    stop.abort();
    await expect(stopped).rejects.toMatchObject({ code: 'aborted' });
    expect(process.sent('cancel')).toHaveLength(1);
    process.say(ended('tool-server-ended'));
    await expect(died).rejects.toMatchObject({ details: { kind: 'tool-server-ended' } });
    follow({ ...toolServer('a'), enabled: false });
    await expect(servers.calls.tool('a', 'add', {}, signal())).rejects.toThrow('not running');
  });

  it('return pictures that are kept; what is none is left out, and the answer is not', async () => {
    const picture = {
      sha256: 'a'.repeat(64),
      kind: 'image',
      mediaType: 'image/png',
      name: 'a',
      bytes: 1,
    } as const;
    const { servers, processes, follow } = setup({
      keepImage: async ({ base64 }) => (base64 === 'good' ? picture : null),
    });
    follow(toolServer('a'));
    const [process] = processes as [FakeMcpProcess];
    process.images = [
      { name: 'a', base64: 'good' },
      { name: 'b', base64: 'bad' },
    ];
    expect(await servers.calls.tool('a', 'add', {}, signal())).toMatchObject({
      text: 'add says hello',
      images: [picture],
    });
    process.images = [{ name: 'b', base64: 'bad' }];
    expect(await servers.calls.tool('a', 'add', {}, signal())).not.toHaveProperty('images');
  });

  it('keep what they wrote last', () => {
    const { servers, processes, follow } = setup();
    follow(toolServer('a'));
    const [process] = processes as [FakeMcpProcess];
    process.say({ type: 'stderr', server: 'a', text: 'first line\n' });
    expect(servers.log('a')).toBe('first line\n');
    for (let line = 0; line < 2_000; line++)
      process.say({ type: 'stderr', server: 'a', text: `${'x'.repeat(40)} ${line}\n` });
    expect(servers.log('a')).toMatch(/^x{40} \d+\n[\s\S]* 1999\n$/);
    expect(servers.log('a').length).toBeLessThanOrEqual(32_000);
  });

  it('cannot be had where there is no process for them', () => {
    const { servers, follow } = setup({ spawn: null });
    follow(toolServer('a'));
    expect(servers.statuses()).toMatchObject([
      { state: 'failed', error: { details: { kind: 'tools-unavailable' } }, retryAt: null },
    ]);
  });
});

describe('the sign-in to a server', () => {
  const transport = { type: 'http' as const, url: 'https://example.org/mcp', headers: {} };
  const remote = toolServer('a', { transport });
  const page = 'https://login.example.org/authorize?state=s1';

  it('is shown with its page, takes the address at which a browser elsewhere ended, and no other', () => {
    const { servers, processes, follow, told } = setup();
    follow(remote);
    const [process] = processes as [FakeMcpProcess];
    process.tools = {};
    servers.signIn('a');
    expect(process.sent('start').at(-1)).toMatchObject({ signIn: true, kept: null });
    expect(told.at(-1)).toEqual([{ id: 'a', state: 'signing-in', url: null }]);
    process.say({ type: 'sign-in', server: 'a', url: page });
    expect(told.at(-1)).toEqual([{ id: 'a', state: 'signing-in', url: page }]);
    for (const wrong of ['', 'http://127.0.0.1:5/sign-in?code=c&state=s2', 'http://127.0.0.1:5/?state=s1'])
      expect(() => servers.finishSignIn('a', wrong)).toThrow('none of this sign-in');
    servers.finishSignIn('a', ' http://127.0.0.1:5/sign-in?code=c&state=s1\n');
    expect(process.sent('redirected')).toHaveLength(1);
    process.say({ type: 'kept', server: 'a', kept: 'tokens' });
    process.say({ type: 'ready', server: 'a', tools: [], pid: null });
    expect(servers.statuses()).toEqual([{ id: 'a', state: 'ready', tools: [], signedIn: true }]);
    // Nothing waits for an address any more.
    expect(() => servers.finishSignIn('a', 'http://127.0.0.1:5/?code=c&state=s1')).toThrow('none of this');
  });

  it('is kept for its owner alone, and for that address alone; what was signed out is taken back', async () => {
    const { servers, processes, follow, file } = setup();
    follow(remote);
    const [process] = processes as [FakeMcpProcess];
    process.say({ type: 'kept', server: 'a', kept: 'tokens' });
    if (platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
    servers.restart('a');
    expect(process.sent('start').at(-1)?.kept).toBe('tokens');
    follow({ ...remote, transport: { ...transport, url: 'https://example.net/mcp' } });
    expect(process.sent('start').at(-1)?.kept).toBeNull();
    follow(remote);
    expect(process.sent('start').at(-1)?.kept).toBe('tokens');

    servers.signOut('a');
    expect(process.sent('revoke')).toMatchObject([{ kept: 'tokens' }]);
    expect(process.sent('start').at(-1)?.kept).toBeNull();
    expect(existsSync(file)).toBe(false);
  });

  it('of a server that was removed holds while that can be undone, and is gone with the app', async () => {
    const { servers, processes, follow, file } = setup();
    follow(remote);
    const [process] = processes as [FakeMcpProcess];
    process.say({ type: 'kept', server: 'a', kept: 'tokens' });
    follow();
    expect(readFileSync(file, 'utf8')).toContain('tokens');
    follow(remote);
    expect(servers.statuses()).toMatchObject([{ id: 'a', signedIn: true }]);
    follow();
    await servers.close();
    expect(existsSync(file)).toBe(false);
  });

  it('that fails is not tried again by itself', () => {
    const { servers, processes, follow, ended } = setup({ restartDelaysMs: [100] });
    follow(remote);
    for (const kind of ['tool-sign-in', 'tool-sign-in-refused', 'tool-sign-in-failed']) {
      servers.signIn('a');
      processes[0]?.say(ended(kind));
      expect(servers.statuses()).toMatchObject([{ state: 'failed', retryAt: null }]);
    }
  });
});

describe('the process of the servers', () => {
  const entry = fileURLToPath(new URL('../../mcp/main.ts', import.meta.url));
  const program = fileURLToPath(new URL('../../mcp/testing/stdio-server.mjs', import.meta.url));
  const real = (how: string): ToolServer =>
    toolServer('real', {
      transport: { type: 'stdio', command: process.execPath, args: [program, how], env: {} },
    });
  const pids = (log: string) => [...log.matchAll(/Server (\d+)/g)].map(([, pid]) => Number(pid));
  const alive = (pid: number) => {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  };

  it.skipIf(process.platform === 'win32')(
    'takes its servers along when the app closes, and when it is killed itself it is replaced',
    async () => {
      const kills: (() => void)[] = [];
      const { servers, follow } = setup({
        restartDelaysMs: [10],
        spawn: () => {
          const spawned = forkTool<never, never>(entry, ['--import', 'tsx']);
          kills.push(() => spawned.kill());
          return spawned as never;
        },
      });
      onTestFinished(() => servers.close());
      follow(real('stubborn'));
      await expect.poll(() => states(servers.statuses())).toEqual(['ready']);
      expect(await servers.calls.tool('real', 'add', { a: 2, b: 3 }, signal())).toMatchObject({ text: '5' });
      const [first = 0] = pids(servers.log('real'));
      expect(alive(first)).toBe(true);
      kills[0]?.();
      await expect.poll(() => alive(first)).toBe(false);
      await expect.poll(() => kills.length).toBe(2);
      await expect.poll(() => states(servers.statuses())).toEqual(['ready']);
      const [second = 0] = pids(servers.log('real'));
      expect(second).not.toBe(first);
      await servers.close();
      await expect.poll(() => alive(second)).toBe(false);
    },
  );
});
