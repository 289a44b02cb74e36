import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ToolServer, ToolServerSchema } from '../contract/tool-servers';
import { MAX_RESULT_CHARACTERS, type McpMessage } from '../contract/tools';
import { Servers } from './servers';
import { startHttpServer } from './testing/http-server.mjs';
import { CHART } from './testing/tools.mjs';

const PROGRAM = fileURLToPath(new URL('./testing/stdio-server.mjs', import.meta.url));

type Message<T extends McpMessage['type']> = Extract<McpMessage, { type: T }>;

function setup() {
  const messages: McpMessage[] = [];
  const servers = new Servers((message) => messages.push(message));
  onTestFinished(() => servers.close());
  const heard = async <T extends McpMessage['type']>(
    type: T,
    fits: (message: Message<T>) => boolean = () => true,
  ): Promise<Message<T>> => {
    for (;;) {
      const found = messages.find(
        (message): message is Message<T> => message.type === type && fits(message as Message<T>),
      );
      if (found) return found;
      await sleep(5);
    }
  };
  const start = (transport: ToolServer['transport'], startMs = 30_000) => {
    const server = ToolServerSchema.parse({ id: randomUUID(), name: 'Tests', enabled: true, transport });
    servers.handle({ type: 'start', server, startMs, kept: null, signIn: false });
    return server.id;
  };
  let calls = 0;
  const call = (server: string, tool: string, args: Record<string, unknown> = {}, limitMs = 20_000) => {
    const id = ++calls;
    servers.handle({ type: 'call', id, server, tool, arguments: args, limitMs });
    const outcome = async () => {
      for (;;) {
        const found = messages.find(
          (message) => (message.type === 'result' || message.type === 'failed') && message.id === id,
        );
        if (found) return found as Message<'result'> | Message<'failed'>;
        await sleep(5);
      }
    };
    return { id, outcome };
  };
  const result = async (server: string, tool: string, args: Record<string, unknown> = {}) => {
    const outcome = await call(server, tool, args).outcome();
    if (outcome.type !== 'result') throw new Error(JSON.stringify(outcome.error));
    return outcome.result;
  };
  const output = () =>
    messages.flatMap((message) => (message.type === 'stderr' ? message.text : [])).join('');
  return { servers, messages, heard, start, call, result, output };
}

const program = (how = 'ok', env: Record<string, string> = {}): ToolServer['transport'] => ({
  type: 'stdio',
  command: process.execPath,
  args: [PROGRAM, how],
  env,
});

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('a server that is a program', () => {
  it('says its tools, and what they return', async () => {
    const { start, heard, result } = setup();
    const id = start(program());
    const { tools, pid } = await heard('ready');
    expect(pid).toBeGreaterThan(0);
    expect(tools.find(({ name }) => name === 'add')).toEqual({
      name: 'add',
      title: 'Add numbers',
      description: 'Adds two numbers.',
      readOnly: true,
      parameters: expect.objectContaining({ type: 'object', required: ['a', 'b'] }),
      fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(tools.find(({ name }) => name === 'write_note')).toMatchObject({ readOnly: false });
    expect(await result(id, 'add', { a: 384, b: 729 })).toEqual({ text: '1113', length: 4, isError: false });
    expect(await result(id, 'refuse')).toMatchObject({ text: 'The disk is full.', isError: true });
    // What the protocol itself refuses is for the model to read.
    expect(await result(id, 'add', { a: 'x' })).toMatchObject({
      isError: true,
      text: expect.stringMatching(/a/),
    });
  });

  it('has nothing hidden in what it says, and nothing in it is fetched', async () => {
    const { start, heard, result } = setup();
    const id = start(program());
    const { tools } = await heard('ready');
    expect(tools.find(({ name }) => name === 'sly')?.description).toBe('Hides words: .');
    expect((await result(id, 'sly')).text).toBe('red evil ab done ![x](https://example.org/x.png)');
    expect((await result(id, 'picture')).text).toBe(
      '[image/png, 3 KB: the user sees it]\n\n[A picture: https://example.org/x.png]\n\n[file:///a.txt]\ninside',
    );
    const long = await result(id, 'long');
    expect(long.text).toHaveLength(MAX_RESULT_CHARACTERS);
    expect(long.length).toBe(1_000_000);
  });

  it('hands over the pictures that it returns, and says to the model that they are seen', async () => {
    const { start, heard, call } = setup();
    const id = start(program());
    await heard('ready');
    expect(await call(id, 'chart').outcome()).toMatchObject({
      type: 'result',
      result: { text: 'Here it is.\n\n[image/png, 1 KB: the user sees it]' },
      images: [{ name: 'image.png', base64: CHART }],
    });
  });

  it('offers prompts and resources, which are fetched when they are asked for', async () => {
    const { servers, start, heard } = setup();
    const id = start(program());
    const { prompts, resources } = await heard('ready');
    expect(prompts).toEqual([
      {
        name: 'review',
        title: 'Review a text',
        description: 'Looks for what is unclear.',
        arguments: [
          { name: 'text', description: 'What to look at.', required: true },
          { name: 'tone', description: '', required: false },
        ],
      },
      { name: 'joke', title: 'Tell a joke', description: '', arguments: [] },
    ]);
    expect(resources?.map(({ uri, title }) => [uri, title])).toEqual([
      ['notes://2026/minutes', 'Minutes of the meeting'],
      ['notes://chart.png', 'The chart'],
    ]);
    const given = { text: 'A plan.' };
    servers.handle({ type: 'prompt', id: 1, server: id, name: 'review', arguments: given, limitMs: 20_000 });
    // Nothing hides in it either.
    expect((await heard('prompt-text')).text).toBe('Review this kindly: A plan.');
    servers.handle({ type: 'prompt', id: 2, server: id, name: 'review', arguments: {}, limitMs: 20_000 });
    const refused = await heard('failed', (message) => message.id === 2);
    expect(refused.error).toMatchObject({
      details: { kind: 'tool-server-said', name: 'Tests', reason: expect.stringMatching(/text/) },
    });
    servers.handle({ type: 'resource', id: 3, server: id, uri: 'notes://2026/minutes', limitMs: 20_000 });
    expect((await heard('resource-files', (message) => message.id === 3)).files).toEqual([
      { name: 'minutes.md', base64: btoa('# Minutes\nThe bearings are replaced.') },
    ]);
    servers.handle({ type: 'resource', id: 4, server: id, uri: 'notes://chart.png', limitMs: 20_000 });
    expect((await heard('resource-files', (message) => message.id === 4)).files).toEqual([
      { name: 'chart.png', base64: CHART },
    ]);
    servers.handle({ type: 'resource', id: 5, server: id, uri: 'notes://none', limitMs: 20_000 });
    expect((await heard('failed', (message) => message.id === 5)).error.message).toMatch(/none/);
    servers.handle({ type: 'resource', id: 6, server: 'gone', uri: 'notes://none', limitMs: 20_000 });
    const off = await heard('failed', (message) => message.id === 6);
    expect(off.error.details?.kind).toBe('tool-server-off');
  });

  it('gets the variables it was given and no others of ours; its secrets are covered in what it writes', async () => {
    process.env.AUTOGLM_TEST_SECRET = 'ours-alone';
    onTestFinished(() => void delete process.env.AUTOGLM_TEST_SECRET);
    const { start, heard, result, output } = setup();
    const id = start(program('chatty', { API_KEY: 'sk-abcdef123456', PLACE: 'home' }));
    await heard('ready');
    const { text } = await result(id, 'environment');
    expect(JSON.parse(text)).toMatchObject({ API_KEY: 'sk-abcdef123456', PLACE: 'home' });
    expect(text).not.toContain('ours-alone');
    expect(output()).toMatch(/was started with •••\./);
    expect(output()).toContain('Welcome to the server!');
    expect(output()).not.toContain('abcdef');
  });

  it('tells of tools that it has later', async () => {
    const { start, heard, result } = setup();
    const id = start(program());
    await heard('ready');
    await result(id, 'grow');
    const later = await heard('ready', ({ tools }) => tools.some(({ name }) => name === 'grown'));
    expect(later.server).toBe(id);
    expect(await result(id, 'grown')).toMatchObject({ text: 'here' });
  });

  it.each([
    ['silent', 'tool-server-silent', 700],
    ['garbage', 'tool-server-garbage', 30_000],
    ['exit', 'tool-server-ended', 30_000],
  ])('that is %s fails with one sentence', async (how, kind, startMs) => {
    const { start, heard, output } = setup();
    start(program(how), startMs);
    const { error } = await heard('ended');
    expect(error).toMatchObject({ code: 'tool-failed', details: { kind, name: 'Tests' } });
    expect(error.message.length).toBeLessThan(300);
    if (how === 'exit') expect(output()).toContain('The configuration is missing.');
  });

  it('that is not there is named', async () => {
    const { start, heard } = setup();
    start({ type: 'stdio', command: 'no-such-program-here', args: [], env: {} });
    const { error } = await heard('ended');
    expect(error.details).toEqual({ kind: 'tool-server-command', command: 'no-such-program-here' });
  });

  it('that dies in a call, or sends too much, ends the call with the reason', async () => {
    const { start, heard, call } = setup();
    const dying = start(program());
    await heard('ready');
    const died = await call(dying, 'die').outcome();
    expect(died).toMatchObject({ type: 'failed', error: { details: { kind: 'tool-server-ended' } } });
    expect((await heard('ended', ({ server }) => server === dying)).error.message).toMatch(/code 7/);

    const flooding = start(program());
    await heard('ready', ({ server }) => server === flooding);
    const flooded = await call(flooding, 'flood').outcome();
    expect(flooded).toMatchObject({
      type: 'failed',
      error: { details: { kind: 'tool-server-too-much', megabytes: 8 } },
    });
    await heard('ended', ({ server }) => server === flooding);
  });

  it('that does not return is waited for so long and no longer; a call that is stopped is taken back', async () => {
    const { servers, start, heard, call, output, result } = setup();
    const id = start(program());
    await heard('ready');
    const late = await call(id, 'never', {}, 300).outcome();
    expect(late).toMatchObject({ type: 'failed', error: { details: { kind: 'tool-server-silent' } } });

    const stopped = call(id, 'never');
    servers.handle({ type: 'cancel', id: stopped.id });
    expect(await stopped.outcome()).toMatchObject({ type: 'failed', error: { code: 'aborted' } });
    await expect.poll(output).toContain('The call was cancelled.');
    expect(await result(id, 'add', { a: 1, b: 1 })).toMatchObject({ text: '2' });
  });

  it.skipIf(process.platform === 'win32')('leaves nothing behind, however it is started', async () => {
    const { servers, start, heard, output } = setup();
    const id = start(program('parent'));
    const { pid } = await heard('ready');
    await expect.poll(() => output().match(/Server \d+/g)?.length).toBe(2);
    const pids = [...output().matchAll(/Server (\d+)/g)].map(([, number]) => Number(number));
    expect(pids).toContain(pid);
    servers.handle({ type: 'stop', server: id });
    await servers.close();
    await expect.poll(() => pids.filter(isAlive)).toEqual([]);
  });
});

describe('a server at an address', () => {
  it.each([true, false])('is called, whether it answers with JSON (%s) or a stream', async (json) => {
    const served = await startHttpServer({ json, key: 'open-sesame' });
    onTestFinished(served.close);
    const { start, heard, result, call } = setup();
    const id = start({ type: 'http', url: served.url, headers: { Authorization: 'Bearer open-sesame' } });
    expect((await heard('ready')).tools.map(({ name }) => name)).toContain('add');
    expect(await result(id, 'add', { a: 2, b: 3 })).toMatchObject({ text: '5' });
    const flooded = await call(id, 'flood').outcome();
    expect(flooded).toMatchObject({
      type: 'failed',
      error: { details: { kind: 'tool-server-too-much' } },
    });
  });

  it('that asks for a key, is not there, or is something else, says so', async () => {
    const served = await startHttpServer({ key: 'open-sesame' });
    onTestFinished(served.close);
    const other = createServer((_, response) => response.end('<html>Hello</html>'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void other.close());
    const { port } = other.address() as { port: number };
    const kindAt = async (url: string) => {
      const { start, heard } = setup();
      start({ type: 'http', url, headers: {} }, 5_000);
      return (await heard('ended')).error.details?.kind;
    };
    expect(await kindAt(served.url)).toBe('tool-server-key');
    expect(await kindAt('http://127.0.0.1:9/mcp')).toBe('tool-server-unreachable');
    expect(await kindAt(`http://127.0.0.1:${port}/`)).toBe('tool-server-garbage');
    await served.close();
    expect(await kindAt(served.url)).toBe('tool-server-unreachable');
  });
});
