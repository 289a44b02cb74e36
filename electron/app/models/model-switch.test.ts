import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ConversationOptions } from '../../contract/conversations';
import type { GenerationRequest } from '../../contract/generation';
import { forkEngine } from '../../host/fork-engine';
import type { EngineProcess } from '../engine-client/engine-process';
import { EngineSupervisor } from '../engine-client/engine-supervisor';
import { manifest } from '../testing/manifest';
import type { AnswerEvent } from '../turns/running-turn';
import { ModelSwitch } from './model-switch';

const FAKE = fileURLToPath(new URL('../testing/fake-engine.mjs', import.meta.url));

function setup({
  installed = ['nano', 'glm'],
  chosen = null as string | null,
  unloadAfterMs = null as number | null,
} = {}) {
  const processes: EngineProcess[] = [];
  const spawn = () => {
    const process = forkEngine(FAKE);
    processes.push(process);
    return process;
  };
  const engine = new EngineSupervisor({ spawn, unloadAfterMs: () => unloadAfterMs });
  onTestFinished(() => engine.close());
  const loads: string[] = [];
  const models = new ModelSwitch({
    engine,
    installed: () => installed.map(manifest),
    chosen: () => chosen,
    known: async () => {},
    complete: async (draft) => ({ request: draft as GenerationRequest, documents: [] }),
    load: async (id) => {
      loads.push(id);
      engine.load({ id, folder: join('/models', id), options: { provider: 'auto' } });
    },
  });
  return { engine, models, loads, processes };
}

function request(text: string): GenerationRequest {
  return {
    messages: [{ role: 'user', content: [{ type: 'text', text }] }],
    sampling: {},
    enableThinking: false,
  };
}

async function ask(
  models: ModelSwitch,
  text: string,
  options: ConversationOptions = {},
  { signal = new AbortController().signal, each = (_event: AnswerEvent) => {} } = {},
): Promise<AnswerEvent | undefined> {
  let last: AnswerEvent | undefined;
  for await (const event of models.generate(request(text), signal, options)) {
    last = event;
    each(event);
  }
  return last;
}

const loaded = (engine: EngineSupervisor) => {
  const status = engine.status();
  return status.state === 'ready' ? status.model.manifest.id : status.state;
};

describe('ModelSwitch', () => {
  it('answers by the conversation\u2019s own model, and the next by the usual one again', async () => {
    const { engine, models, loads } = setup();
    expect(models.usual()).toBe('nano');
    expect(await ask(models, 'a')).toMatchObject({ type: 'finished' });
    expect(await ask(models, 'b', { modelId: 'glm' })).toMatchObject({ type: 'finished' });
    expect(loaded(engine)).toBe('glm');
    await ask(models, 'c', { modelId: 'glm' });
    await ask(models, 'd');
    expect(loads).toEqual(['nano', 'glm', 'nano']);
  });

  it('lets the usual one answer where a conversation\u2019s own is gone', async () => {
    const { models, loads } = setup({ chosen: 'glm' });
    expect(models.modelFor({ modelId: 'deleted' })).toBe('glm');
    await ask(models, 'a', { modelId: 'deleted' });
    expect(loads).toEqual(['glm']);
  });

  it('waits for the answer of another model, and stops waiting when asked to', async () => {
    const { engine, models, loads } = setup();
    const first = new AbortController();
    const slow = ask(models, 'slow', {}, { signal: first.signal });
    await expect.poll(() => loaded(engine)).toBe('nano');
    const impatient = new AbortController();
    const given = ask(models, 'x', { modelId: 'glm' }, { signal: impatient.signal });
    const second = ask(models, 'y', { modelId: 'glm' });
    await sleep(30);
    expect(loads).toEqual(['nano']);
    await models.prepare('glm');
    expect(loads).toEqual(['nano']);
    impatient.abort();
    expect(await given).toMatchObject({ type: 'failed', error: { code: 'aborted' } });
    first.abort();
    // Not cut off by the switch: it ended as it was asked to.
    expect(await slow).toMatchObject({ type: 'finished', reason: 'aborted' });
    expect(await second).toMatchObject({ type: 'finished', reason: 'stop' });
    expect(loads).toEqual(['nano', 'glm']);
  });

  it('says what is wrong with a model that cannot be loaded', async () => {
    const { models } = setup({ installed: ['broken-one'] });
    expect(await ask(models, 'a')).toMatchObject({ type: 'failed', error: { code: 'model-damaged' } });
  });
});

describe('a model nobody uses', () => {
  it('gives its memory back, and is loaded again by the next question', async () => {
    const { engine, models } = setup({ unloadAfterMs: 60 });
    expect(await ask(models, 'long 20')).toMatchObject({ type: 'finished' });
    await expect
      .poll(() => engine.status())
      .toMatchObject({ state: 'unloaded', model: { manifest: { id: 'nano' } } });
    expect(await ask(models, 'b')).toMatchObject({ type: 'finished' });
    expect(loaded(engine)).toBe('nano');
  });

  it('stays while it answers, however long that takes', async () => {
    const { engine, models } = setup({ unloadAfterMs: 30 });
    const states: string[] = [];
    engine.onStatus(({ state }) => states.push(state));
    const controller = new AbortController();
    const slow = ask(models, 'slow', {}, { signal: controller.signal });
    await sleep(200);
    expect(states).not.toContain('unloaded');
    controller.abort();
    await slow;
    await expect.poll(() => engine.status().state).toBe('unloaded');
  });

  it('takes its process along, as only that returns all of its memory', async () => {
    const { engine, models, processes } = setup({ unloadAfterMs: 20 });
    await ask(models, 'a');
    const gone = new Promise<string>((resolve) => processes[0]?.onExit(resolve));
    await expect.poll(() => engine.status().state).toBe('unloaded');
    expect(await gone).toBe('ended with code 0');
    expect(engine.status().state).toBe('unloaded');
    expect(await ask(models, 'b')).toMatchObject({ type: 'finished' });
    expect(processes).toHaveLength(2);
  });
});
