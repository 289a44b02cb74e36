import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundled } from '../../../build/testing/bundled';
import type { Attachment } from '../../contract/attachment';
import type { AssistantMessage } from '../../contract/conversations';
import { forkEngine } from '../../host/fork-engine';
import { type HttpHost, startHttpHost } from '../../host/http-host';
import { type App, createApp } from '../app';
import type { EmittedEvent } from '../emitter';

/** One app asks another, over our own server: all of both is real. */

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const NANO = file('../../../models/nano');
const bundle = bundled('electron/engine/main.ts');

let far: HttpHost;
let near: App;
const home = mkdtempSync(join(tmpdir(), 'autoglm-two-'));
const events: EmittedEvent[] = [];
let model = '';

beforeAll(async () => {
  far = await startHttpHost({
    port: 0,
    host: '127.0.0.1',
    page: null,
    app: () =>
      createApp({
        version: '0',
        host: 'browser',
        home: join(home, 'far'),
        builtInModels: [NANO],
        spawnEngine: () => forkEngine(bundle('electron/engine/main.ts'), []),
        log: () => {},
      }),
  });
  near = createApp({
    version: '0',
    host: 'browser',
    home: join(home, 'near'),
    builtInModels: [],
    spawnEngine: () => {
      throw new Error('Nothing of this machine is needed.');
    },
    log: () => {},
  });
  near.onEvent((event) => events.push(event));
  await until(() => {
    const status = far.app.engine.status();
    if (status.state === 'failed') throw new Error(status.error.message);
    return status.state === 'ready';
  });
  const found = await near.handlers['connections.test']({ id: null, address: far.url });
  const { url, server, models } = found;
  const saved = await near.handlers['connections.save'](
    { id: null, name: 'Far', url, server, enabled: true, models: models.map(({ other: _, ...one }) => one) },
    {},
  );
  model = `${saved.id}/autoglm-phone-nano`;
}, 60_000);

afterAll(async () => {
  await near?.close();
  await far?.app.close();
  await far?.close();
  rmSync(home, { recursive: true, force: true });
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(10);
}

async function* bytesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function finished(turnId: string): Promise<AssistantMessage> {
  for (;;) {
    for (const { name, payload } of events)
      if (name === 'turn.event' && payload.turnId === turnId && payload.type === 'finished')
        return payload.message;
    await sleep(10);
  }
}

async function ask(text: string, attachments: readonly Attachment[] = [], thinking = true) {
  const started = await near.handlers['turns.start']({
    kind: 'send',
    conversationId: null,
    parentId: null,
    text,
    attachments,
    thinking,
    options: { modelId: model, sampling: { temperature: 0, maxTokens: 200 } },
  });
  return { ...started, message: await finished(started.turnId) };
}

it('knows the other app for what it is', async () => {
  const found = await near.handlers['connections.test']({ id: null, address: far.url });
  expect(found).toMatchObject({ server: 'autoglm', unencrypted: false });
  expect(found.models).toMatchObject([
    { id: 'autoglm-phone-nano', images: true, audio: true, tools: false, thinking: 'template', other: false },
  ]);
});

it('thinks and answers, with and without thinking', async () => {
  const { message } = await ask('What is 384 + 729?');
  expect(message).toMatchObject({ state: 'done', modelId: model, finishReason: 'stop' });
  expect(message.reasoning).toContain('1113');
  expect(message.text).toContain('1113');
  expect(message.stats?.promptTokens).toBeGreaterThan(5);
  expect(message.stats?.reasoningTokens).toBeGreaterThan(5);
  const { message: short } = await ask('What is 384 + 729?', [], false);
  expect(short.reasoning).toBe('');
  expect(short.text).toContain('1113');
});

it('sees a picture, a drawing among them', async () => {
  const bytes = readFileSync(file('../../../renderer/assets/shapes.svg'));
  const sharp = (await import('sharp')).default;
  const png = await sharp(bytes).resize(480).png().toBuffer();
  const attachment = await near.attachments.add(bytesOf(png), 'shapes.png', ['image']);
  const { message } = await ask('How many circles are there?', [attachment]);
  expect(message).toMatchObject({ state: 'done', error: null });
  expect(message.text).not.toBe('');
  // A picture is hundreds of rows of the prompt.
  const { message: without } = await ask('How many circles are there?');
  expect(message.stats?.promptTokens ?? 0).toBeGreaterThan((without.stats?.promptTokens ?? 0) + 30);
});

it('goes on with an answer that was cut', async () => {
  const first = await near.handlers['turns.start']({
    kind: 'send',
    conversationId: null,
    parentId: null,
    text: 'Sort these words: pear, apple, fig, lemon, cherry.',
    attachments: [],
    thinking: false,
    options: { modelId: model, sampling: { temperature: 0, maxTokens: 6 } },
  });
  const cut = await finished(first.turnId);
  expect(cut.finishReason).toBe('length');
  await near.handlers['conversations.update'](first.conversationId, {
    options: { modelId: model, sampling: { temperature: 0, maxTokens: 100 } },
  });
  const again = await near.handlers['turns.start']({
    kind: 'continue',
    conversationId: first.conversationId,
    messageId: cut.id,
  });
  const whole = await finished(again.turnId);
  expect(whole.state).toBe('done');
  expect(whole.text.startsWith(cut.text)).toBe(true);
  expect(whole.text.length).toBeGreaterThan(cut.text.length);
});

it('what is longer than its context is said with numbers', async () => {
  const { message } = await ask(`Repeat: ${'many words '.repeat(3_000)}`);
  expect(message).toMatchObject({ state: 'failed', error: { code: 'context-exceeded' } });
});

it('offers models of connections where the user says so, and never to another app', async () => {
  const serve = await startHttpHost({ port: 0, host: '127.0.0.1', page: null, app: () => near });
  const list = async (agent?: string) => {
    const response = await fetch(`${serve.url}/v1/models`, agent ? { headers: { 'user-agent': agent } } : {});
    const { data } = (await response.json()) as { data: { id: string; served_by?: string }[] };
    return data.map(({ id }) => id);
  };
  expect(await list()).toEqual([]);
  const refused = await fetch(`${serve.url}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] }),
  });
  expect(refused.status).toBe(404);
  await near.handlers['settings.update']({ serveConnections: true });
  expect(await list()).toEqual([model]);
  expect(await list('AutoGLM-Desktop')).toEqual([]);
  const response = await fetch(`${serve.url}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'What is 384 + 729?' }] }),
  });
  const answer = (await response.json()) as {
    choices: { message: { content: string; reasoning_content: string } }[];
  };
  expect(answer.choices[0]?.message.content).toContain('1113');
  expect(answer.choices[0]?.message.reasoning_content).toContain('1113');
  // A page of the web cannot spend the user's key.
  const page = await fetch(`${serve.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { origin: 'https://evil.example' },
    body: '{}',
  });
  expect(page.status).toBe(403);
  await serve.close();
});
