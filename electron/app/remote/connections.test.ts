import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Connection } from '../../contract/connections';
import type { AssistantMessage } from '../../contract/conversations';
import { modelIdOf } from '../../contract/engine';
import { forkEngine } from '../../host/fork-engine';
import { chunk, fakeServer, json, type Route, raw, remoteModel, stream } from '../../remote/testing/server';
import { createApp } from '../app';
import type { EmittedEvent } from '../emitter';
import { writeModel } from '../testing/manifest';
import { temporaryHome } from '../testing/temporary-home';

const FAKE = fileURLToPath(new URL('../testing/fake-engine.mjs', import.meta.url));
const CHAT = '/v1/chat/completions';
const MODELS: Route = json({ data: [{ id: 'big', owned_by: 'vllm', max_model_len: 4096 }] });

function startApp(home = temporaryHome()) {
  const events: EmittedEvent[] = [];
  const logged: string[] = [];
  const app = createApp({
    version: '0',
    host: 'browser',
    home,
    builtInModels: [writeModel(home, 'nano')],
    spawnEngine: () => forkEngine(FAKE),
    log: (line) => logged.push(line),
  });
  onTestFinished(() => app.close());
  app.onEvent((event) => events.push(event));
  const status = async (wanted: string) => {
    while (app.engine.status().state !== wanted) await sleep(5);
  };
  const ask = async (text: string, modelId?: string): Promise<AssistantMessage> => {
    const { turnId } = await app.handlers['turns.start']({
      kind: 'send',
      conversationId: null,
      parentId: null,
      text,
      attachments: [],
      thinking: true,
      ...(modelId && { options: { modelId } }),
    });
    for (;;) {
      for (const { name, payload } of events)
        if (name === 'turn.event' && payload.turnId === turnId && payload.type === 'finished')
          return payload.message;
      await sleep(5);
    }
  };
  return { app, events, logged, home, status, ask };
}

type Save = Parameters<ReturnType<typeof startApp>['app']['handlers']['connections.save']>[0];
const connection = (url: string, more: Partial<Connection> = {}): Save => ({
  id: null,
  name: 'Box',
  url,
  server: 'vllm',
  enabled: true,
  models: [remoteModel({ id: 'big', images: false, audio: false })],
  ...more,
});

describe('connections', () => {
  it('are tested, kept, offered beside the models of this machine, and asked', async () => {
    const { app, ask, home, logged } = startApp();
    const { origin, asked } = await fakeServer({
      '/v1/models': MODELS,
      [CHAT]: stream({ reasoning: 'Hm.' }, { content: 'From afar.' }),
    });
    const found = await app.handlers['connections.test']({ id: null, address: origin, key: 'sk-secret' });
    expect(found).toMatchObject({ server: 'vllm', models: [{ id: 'big', contextLength: 4096 }] });
    const saved = await app.handlers['connections.save'](connection(found.url), { key: 'sk-secret' });
    expect(saved.id).toBe('127.0.0.1');
    const models = await app.handlers['models.list']();
    expect(models.map(({ id, remote }) => [id, remote?.name])).toEqual([
      ['nano', undefined],
      ['127.0.0.1/big', 'Box'],
    ]);
    const answer = await ask('Hello?', '127.0.0.1/big');
    expect(answer).toMatchObject({
      state: 'done',
      modelId: '127.0.0.1/big',
      reasoning: 'Hm.',
      text: 'From afar.',
      stats: { provider: 'remote', device: { kind: 'remote' } },
    });
    expect(asked.at(-1)).toMatchObject({
      headers: { authorization: 'Bearer sk-secret' },
      body: { model: 'big', messages: [{ role: 'user', content: 'Hello?' }] },
    });
    // The page is told that there is a key, and never the key.
    const told = JSON.stringify([
      await app.handlers['settings.get'](),
      await app.handlers['connections.statuses'](),
      await app.handlers['models.list'](),
      logged,
    ]);
    expect(told).toContain('"hasKey":true');
    expect(told).not.toContain('sk-secret');
    expect(readFileSync(join(home, 'settings.json'), 'utf8')).not.toContain('sk-secret');
  });

  it('nothing goes there before one of its models is chosen', async () => {
    const { app, ask, status } = startApp();
    await status('ready');
    const { url, asked } = await fakeServer({ '/v1/models': MODELS });
    await app.handlers['connections.save'](connection(url), {});
    expect(await app.handlers['models.usual']()).toBe('nano');
    expect(await ask('Who?')).toMatchObject({ modelId: 'nano' });
    const draft = { conversationId: null, leafId: null, text: 'a secret draft', attachments: [] };
    const measured = await app.handlers['context.measure']({
      ...draft,
      options: { modelId: '127.0.0.1/big' },
    });
    expect(measured).toMatchObject({ estimated: true, limit: 4096 });
    expect(asked).toEqual([]);
  });

  it('answers of both run beside each other, and the one of this machine stays loaded', async () => {
    const { app, ask, status, events } = startApp();
    await status('ready');
    const begun = events.length;
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { url } = await fakeServer({
      '/v1/models': MODELS,
      [CHAT]: async (_asked, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(chunk({ content: 'Slow' }));
        await held;
        response.end(`${chunk({}, 'stop')}data: [DONE]\n\n`);
      },
    });
    await app.handlers['connections.save'](connection(url), {});
    const far = ask('far', '127.0.0.1/big');
    expect(await ask('near')).toMatchObject({ modelId: 'nano', state: 'done' });
    release();
    expect(await far).toMatchObject({ modelId: '127.0.0.1/big', text: 'Slow' });
    const since = events.slice(begun);
    expect(
      since.filter(({ name, payload }) => name === 'engine.status' && payload.state === 'loading'),
    ).toEqual([]);
  });

  it('one that is chosen is in use at once, also at the next start; the memory of the other is given back', async () => {
    const { url } = await fakeServer({ '/v1/models': MODELS, [CHAT]: stream({ content: 'Yes.' }) });
    const { app, status, home } = startApp();
    await status('ready');
    await app.handlers['connections.save'](connection(url), {});
    await app.handlers['models.load']('127.0.0.1/big');
    expect(app.engine.status()).toMatchObject({ state: 'ready', model: { provider: 'remote' } });
    await app.close();
    const again = startApp(home);
    expect(modelIdOf(again.app.engine.status())).toBe('127.0.0.1/big');
    expect(await again.ask('Hello?')).toMatchObject({ modelId: '127.0.0.1/big', text: 'Yes.' });
    await again.app.handlers['models.prepare']('nano');
    await again.status('ready');
    while (modelIdOf(again.app.engine.status()) !== 'nano') await sleep(5);
  });

  it('one that does not answer says so, and another can be chosen at once', async () => {
    const { app, ask, status } = startApp();
    await status('ready');
    await app.handlers['connections.save'](connection('http://127.0.0.1:9/v1'), {});
    await app.handlers['models.load']('127.0.0.1/big');
    await status('failed');
    expect(await app.handlers['connections.statuses']()).toMatchObject([
      { state: 'failed', error: { details: { kind: 'remote-unreachable' } } },
    ]);
    expect(await ask('Anybody?')).toMatchObject({
      state: 'failed',
      error: { code: 'remote-failed', details: { kind: 'remote-unreachable' } },
    });
    await app.handlers['models.load']('nano');
    expect(await ask('You?')).toMatchObject({ state: 'done', modelId: 'nano' });
  });

  it('a usual model that goes with its connection leaves the ones of this machine', async () => {
    const { app, status } = startApp();
    await status('ready');
    const { url } = await fakeServer({ '/v1/models': MODELS });
    const { id } = await app.handlers['connections.save'](connection(url), { key: 'sk-1' });
    await app.handlers['models.load'](`${id}/big`);
    await app.handlers['connections.remove'](id);
    expect((await app.handlers['settings.get']()).modelId).toBeNull();
    expect(await app.handlers['models.usual']()).toBe('nano');
    expect(modelIdOf(app.engine.status())).toBe('nano');
    await app.handlers['connections.restore'](id);
    expect(await app.handlers['connections.statuses']()).toMatchObject([{ id, hasKey: true }]);
  });

  it('an answer that is stopped ends at its server; what came stays', async () => {
    const { app, events } = startApp();
    let ended: Promise<void> = Promise.resolve();
    const { url } = await fakeServer({
      '/v1/models': MODELS,
      [CHAT]: async (_asked, response, closed) => {
        ended = closed;
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(chunk({ content: 'On and ' }));
      },
    });
    await app.handlers['connections.save'](connection(url), {});
    const { turnId } = await app.handlers['turns.start']({
      kind: 'send',
      conversationId: null,
      parentId: null,
      text: 'Go on.',
      attachments: [],
      thinking: true,
      options: { modelId: '127.0.0.1/big' },
    });
    const came = () => events.some(({ name, payload }) => name === 'turn.event' && payload.type === 'delta');
    while (!came()) await sleep(5);
    await app.handlers['turns.stop'](turnId);
    await ended;
    const last = () => events.findLast(({ name }) => name === 'turn.event')?.payload;
    while ((last() as { type?: string }).type !== 'finished') await sleep(5);
    expect(last()).toMatchObject({ message: { state: 'stopped', text: 'On and ' } });
  });

  it('what its answers show is remembered', async () => {
    const { app, ask, home } = startApp();
    const { url, asked } = await fakeServer({
      '/v1/models': MODELS,
      [CHAT]: (one, response, closed) =>
        'top_k' in one.body
          ? json({ error: { message: 'unknown field top_k' } }, 400)(one, response, closed)
          : raw([chunk({ content: 'Hm.' }), chunk({ content: '</think>Yes.' }), chunk({}, 'stop')])(
              one,
              response,
              closed,
            ),
    });
    await app.handlers['settings.update']({ sampling: { topK: 3 } });
    await app.handlers['connections.save'](connection(url), {});
    expect(await ask('?', '127.0.0.1/big')).toMatchObject({ reasoning: 'Hm.', text: 'Yes.' });
    await app.close();
    const again = startApp(home);
    expect(await again.ask('?', '127.0.0.1/big')).toMatchObject({ reasoning: 'Hm.', text: 'Yes.' });
    expect(asked.filter(({ path }) => path === CHAT)).toHaveLength(3);
    expect(again.app.settings().connections[0]?.models[0]?.learned).toEqual({
      refuses: ['top_k'],
      opensThinking: true,
    });
  });

  it('all data deleted, the keys and connections are gone', async () => {
    const { app, home } = startApp();
    await app.handlers['connections.save'](connection('http://127.0.0.1:9/v1'), { key: 'sk-1' });
    await app.handlers['data.deleteAll']();
    expect(app.settings().connections).toEqual([]);
    expect(() => readFileSync(join(home, 'connection-keys.json'))).toThrow();
    await expect(async () => app.handlers['connections.restore']('127.0.0.1')).rejects.toMatchObject({
      details: { kind: 'remote-gone' },
    });
  });
});
