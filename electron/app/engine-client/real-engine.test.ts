import { closeSync, openSync, readdirSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { bundled } from '../../../build/testing/bundled';
import type { AssistantMessage } from '../../contract/conversations';
import { createRandomPackage } from '../../engine/testing/random-package';
import { forkEngine } from '../../host/fork-engine';
import { createApp } from '../app';
import type { EmittedEvent } from '../emitter';
import { temporaryHome } from '../testing/temporary-home';

const bundle = bundled('electron/engine/main.ts');
const CONTEXT = 8192;

let model: ReturnType<typeof createRandomPackage>;
beforeAll(() => {
  model = createRandomPackage({ max_position_embeddings: CONTEXT });
});
afterAll(() => model.remove());

function start(folder: string) {
  const enginePids: number[] = [];
  const app = createApp({
    version: '0',
    host: 'browser',
    home: temporaryHome(),
    builtInModels: [folder],
    spawnEngine: () => forkEngine(bundle('electron/engine/main.ts'), []),
    log: (line) => {
      const pid = /The engine runs as process (\d+)/.exec(line)?.[1];
      if (pid) enginePids.push(Number(pid));
    },
  });
  onTestFinished(() => app.close());
  const events: EmittedEvent[] = [];
  app.onEvent((event) => events.push(event));
  const send = (text: string, conversationId: string | null = null, parentId: string | null = null) =>
    app.handlers['turns.start']({
      kind: 'send',
      conversationId,
      parentId,
      text,
      attachments: [],
      thinking: false,
    });
  const turnEvents = (turnId: string) =>
    events.flatMap(({ name, payload }) =>
      name === 'turn.event' && payload.turnId === turnId ? [payload] : [],
    );
  const finished = async (turnId: string): Promise<AssistantMessage> => {
    for (;;) {
      const last = turnEvents(turnId).at(-1);
      if (last?.type === 'finished') return last.message;
      await sleep(5);
    }
  };
  return { app, enginePids, send, turnEvents, finished };
}

describe('the app with its real engine', () => {
  it('answers, stops, is killed in the middle of an answer, and answers again', async () => {
    const { app, enginePids, send, turnEvents, finished } = start(model.folder);
    await app.handlers['settings.update']({ sampling: { maxTokens: 16, temperature: 0 } });
    const first = await send('What is 384 + 729?');
    const answer = await finished(first.turnId);
    expect(answer).toMatchObject({
      modelId: 'random',
      error: null,
      stats: { provider: 'cpu', precision: 'int4' },
    });

    await app.handlers['settings.update']({
      sampling: { maxTokens: 6_000, logitBias: { 1: -100 } } as never,
    });
    const tokens = (turnId: string) =>
      turnEvents(turnId).reduce((sum, event) => sum + (event.type === 'delta' ? event.tokens : 0), 0);
    const long = await send('Go on and on.', first.conversationId, answer.id);
    while (tokens(long.turnId) < 20) await sleep(2);
    await app.handlers['turns.stop'](long.turnId);
    const stopped = await finished(long.turnId);
    expect(stopped).toMatchObject({ state: expect.stringMatching(/stopped|done/) });

    const killed = await send('Once more.', first.conversationId, stopped.id);
    while (tokens(killed.turnId) < 20 && turnEvents(killed.turnId).at(-1)?.type !== 'finished')
      await sleep(2);
    process.kill(enginePids[0] ?? 0, 'SIGKILL');
    const failed = await finished(killed.turnId);
    expect(failed).toMatchObject({ state: 'failed', error: { code: 'engine-crashed' } });

    await app.handlers['settings.update']({ sampling: { maxTokens: 4 } });
    const retry = await app.handlers['turns.start']({
      kind: 'regenerate',
      conversationId: first.conversationId,
      messageId: failed.id,
      thinking: false,
    });
    expect(await finished(retry.turnId)).toMatchObject({ state: 'done' });
    expect(enginePids).toHaveLength(2);
  });

  it('says how long a conversation is that does not fit, and cuts nothing', async () => {
    const { send, finished, app } = start(model.folder);
    const text = 'x'.repeat(CONTEXT + 1_000);
    const turn = await send(text);
    const message = await finished(turn.turnId);
    expect(message).toMatchObject({ state: 'failed', error: { code: 'context-exceeded' } });
    expect(message.error?.message).toMatch(/\d{4}/);
    const conversation = await app.handlers['conversations.get'](turn.conversationId);
    expect(conversation.messages[0]?.text).toBe(text);
    const draft = { conversationId: null, leafId: null, text: 'hello', attachments: [] };
    expect((await app.handlers['context.measure'](draft))?.tokens).toBeGreaterThan(4);
  });

  it('opens with a model file that has changed, and names it', async () => {
    const damaged = createRandomPackage();
    onTestFinished(damaged.remove);
    const [file = ''] = readdirSync(damaged.folder).filter((name) => name.endsWith('.data'));
    const path = join(damaged.folder, file);
    const handle = openSync(path, 'r+');
    writeSync(handle, Buffer.from([0xff, 0x00, 0xff]), 0, 3, Math.floor(statSync(path).size / 2));
    closeSync(handle);
    const { app, send, finished } = start(damaged.folder);
    const { turnId } = await send('hello');
    const message = await finished(turnId);
    expect(message).toMatchObject({ state: 'failed', error: { code: 'model-damaged' } });
    expect(message.error?.message).toContain(file);
    expect(await app.handlers['conversations.list']()).toHaveLength(1);
  });
});
