import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { EngineStatus } from '../contract/engine';
import { forkEngine } from '../host/fork-engine';
import { type App, createApp } from './app';
import type { AppOptions } from './core';
import type { EmittedEvent } from './emitter';
import { writeModel } from './testing/manifest';
import { temporaryHome } from './testing/temporary-home';

const FAKE = fileURLToPath(new URL('./testing/fake-engine.mjs', import.meta.url));
const STREAMING_APP = fileURLToPath(new URL('./testing/streaming-app.ts', import.meta.url));

function start(home: string, options: Partial<AppOptions> = {}) {
  const app = createApp({
    version: '1.2.3',
    host: 'browser',
    home,
    builtInModels: [],
    spawnEngine: () => forkEngine(FAKE),
    log: () => {},
    ...options,
  });
  onTestFinished(() => app.close());
  const events: EmittedEvent[] = [];
  app.onEvent((event) => events.push(event));
  return { app, events };
}

function settled(app: App): Promise<EngineStatus> {
  return new Promise((resolve) => {
    const look = () => {
      const status = app.engine.status();
      if (status.state === 'ready' || status.state === 'failed') resolve(status);
      else setTimeout(look, 5);
    };
    look();
  });
}

function send(app: App, text: string, conversationId: string | null = null, parentId: string | null = null) {
  return app.handlers['turns.start']({
    kind: 'send',
    conversationId,
    parentId,
    text,
    attachments: [],
    thinking: true,
  });
}

async function finished(events: readonly EmittedEvent[], turnId: string) {
  for (;;) {
    for (const { name, payload } of events) {
      if (name === 'turn.event' && payload.turnId === turnId && payload.type === 'finished')
        return payload.message;
    }
    await sleep(5);
  }
}

describe('createApp', () => {
  it('answers with the built-in model and keeps the conversation over a restart', async () => {
    const home = temporaryHome();
    const { app, events } = start(home, { builtInModels: [writeModel(home, 'nano')] });
    // Asked before the model is loaded.
    const turn = await send(app, 'hello there');
    expect(await finished(events, turn.turnId)).toMatchObject({
      state: 'done',
      text: 'You said: hello there',
      reasoning: 'Thinking about it.',
      modelId: 'nano',
    });
    expect(await app.handlers['app.info']()).toMatchObject({
      version: '1.2.3',
      host: 'browser',
      notices: [],
    });
    expect(app.models()).toMatchObject([{ id: 'nano' }]);
    await app.close();

    const again = start(home).app;
    const [summary] = await again.handlers['conversations.list']();
    expect(summary?.title).toBe('hello there');
    expect((await again.handlers['conversations.get'](summary?.id ?? '')).messages).toHaveLength(2);
  });

  it('loads the chosen model the next time too, and opens without any', async () => {
    const home = temporaryHome();
    const { app } = start(home);
    expect(await settled(app)).toMatchObject({ state: 'failed', error: { code: 'model-not-found' } });
    writeModel(join(home, 'models'), 'a-model');
    writeModel(join(home, 'models'), 'b-model');
    await app.handlers['models.load']('b-model');
    expect(await settled(app)).toMatchObject({ state: 'ready' });
    await expect(app.handlers['models.load']('gone')).rejects.toThrow(/no model 'gone'/);
    expect((await app.handlers['models.list']()).map(({ id }) => id)).toEqual(['a-model', 'b-model']);
    await app.close();
    const { app: again } = start(home);
    expect(await settled(again)).toMatchObject({ model: { manifest: { id: 'b-model' } } });
    await again.close();
    const { app: other } = start(home, { modelId: 'a-model' });
    expect(await settled(other)).toMatchObject({ model: { manifest: { id: 'a-model' } } });
  });

  it('loads the model again when a setting concerns the engine, and only then', async () => {
    const home = temporaryHome();
    const { app } = start(home, { builtInModels: [writeModel(home, 'nano')] });
    await settled(app);
    await app.handlers['settings.update']({ theme: 'dark' });
    expect(app.engine.status().state).toBe('ready');
    const states: string[] = [];
    app.engine.onStatus(({ state }) => states.push(state));
    await app.handlers['settings.update']({ contextLength: 512 });
    await expect.poll(() => states.join()).toMatch(/loading.*ready/);
  });

  it('opens with a damaged model and says what is wrong with it', async () => {
    const home = temporaryHome();
    const { app } = start(home, { builtInModels: [writeModel(home, 'broken')] });
    expect(await settled(app)).toMatchObject({
      state: 'failed',
      error: { message: expect.stringContaining('sha256') },
    });
    expect(await app.handlers['conversations.list']()).toEqual([]);
  });

  it('tells of a damaged database and damaged settings once', async () => {
    const home = temporaryHome();
    start(home).app.close();
    writeFileSync(join(home, 'autoglm.db'), 'x'.repeat(9_999));
    writeFileSync(join(home, 'settings.json'), '{');
    const { app } = start(home);
    const { notices } = await app.handlers['app.info']();
    expect(notices).toEqual([
      {
        code: 'database',
        message: expect.stringMatching(/database was damaged.*kept as/),
        details: { kind: 'database-set-aside', aside: expect.stringContaining('autoglm.db.damaged-') },
      },
      {
        code: 'internal',
        message: expect.stringMatching(/settings were damaged.*kept as/),
        details: { kind: 'settings-set-aside', aside: expect.stringContaining('settings.json.damaged-') },
      },
    ]);
    await app.close();
    expect((await start(home).app.handlers['app.info']()).notices).toEqual([]);
  });

  it('ends the answer of a conversation that is deleted', async () => {
    const home = temporaryHome();
    const { app, events } = start(home, { builtInModels: [writeModel(home, 'nano')] });
    const turn = await send(app, 'slow');
    await settled(app);
    await sleep(50);
    await app.handlers['conversations.delete']([turn.conversationId]);
    expect(await finished(events, turn.turnId)).toMatchObject({ state: 'stopped' });
    expect(events.filter(({ name }) => name === 'conversation.removed')).toHaveLength(1);
    expect(await app.handlers['conversations.list']()).toEqual([]);
  });

  it('keeps what streamed when the engine is killed, and a retry works', async () => {
    const home = temporaryHome();
    const { app, events } = start(home, { builtInModels: [writeModel(home, 'nano')] });
    const turn = await send(app, 'crash please');
    const failed = await finished(events, turn.turnId);
    expect(failed).toMatchObject({
      state: 'failed',
      error: { code: 'engine-crashed' },
      text: 'You said: crash please',
    });
    const again = await send(app, 'and now?', turn.conversationId, failed.id);
    expect(await finished(events, again.turnId)).toMatchObject({ state: 'done', text: 'You said: and now?' });
  });

  // The engine is given a second to end. What else it takes is what the machine takes for everything now, starting an app as well.
  it('closes within two seconds in the middle of an answer', async () => {
    const home = temporaryHome();
    const starting = performance.now();
    const { app, events } = start(home, { builtInModels: [writeModel(home, 'nano')] });
    const turn = await send(app, 'hang on');
    const isWriting = ({ name, payload }: EmittedEvent) => name === 'turn.event' && payload.type === 'delta';
    await expect.poll(() => events.some(isWriting), { timeout: 10_000 }).toBe(true);
    const begun = performance.now();
    await app.close();
    expect(performance.now() - begun).toBeLessThan(2_000 + begun - starting);
    expect(await finished(events, turn.turnId)).toMatchObject({
      state: 'stopped',
      text: expect.stringContaining('0 '),
    });
  });
});

describe('an app that is killed in the middle of an answer', () => {
  it('has all but the last half second when it starts again', async () => {
    const home = temporaryHome();
    writeModel(join(home, 'models'), 'nano');
    const child = spawn(process.execPath, ['--import', 'tsx', STREAMING_APP, home, FAKE], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    const said: { text?: string; at: number }[] = [];
    createInterface(child.stdout).on('line', (line) => said.push(JSON.parse(line) as (typeof said)[number]));
    const closed = new Promise((resolve) => child.on('close', resolve));
    // What is due at a tick has been done at the next one.
    const lastDone = () => said.filter(({ text }) => text === undefined).at(-2)?.at ?? 0;
    while (lastDone() - (said.find(({ text }) => text)?.at ?? Infinity) < 1_500) await sleep(10);
    child.kill('SIGKILL');
    await closed;

    const { app } = start(home);
    const [summary] = await app.handlers['conversations.list']();
    const conversation = await app.handlers['conversations.get'](summary?.id ?? '');
    const answer = conversation.messages.at(-1);
    expect(conversation).toMatchObject({ title: 'slow answer please', leafId: answer?.id });
    expect(answer).toMatchObject({
      state: 'failed',
      error: { code: 'interrupted' },
      reasoning: 'Thinking about it.',
    });
    const sure = said
      .filter(({ at }) => at < lastDone() - 500)
      .map(({ text }) => text ?? '')
      .join('');
    expect(sure.length).toBeGreaterThan(50);
    expect(`Thinking about it.${answer?.text}`.startsWith(sure)).toBe(true);
    expect((await app.handlers['app.info']()).notices).toEqual([]);
  });
});
