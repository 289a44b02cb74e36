// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from 'vitest';
import type { AppBridge, RequestName } from '../../electron/contract/api';
import { setBridge } from '../bridge/bridge';
import { assistant, user } from '../bridge/mock-data';
import { fetchConversation, useChat } from './chat';
import { loadEngine, useEngine } from './engine';
import { forgetAllTurns, useRunning } from './live';
import { changeModelOptions, loadModelsPage, useModels, withOption } from './models';
import { loadShell, useShell } from './shell';
import { listen } from './wire-up';

/** A host that answers when it is told to: requests that take their time stand between the others and what the app says by itself. */
const waiting = new Map<RequestName, (result: unknown) => void>();
const listeners = new Map<string, (payload: unknown) => void>();

function answer(name: RequestName, result: unknown): Promise<void> {
  const settle = waiting.get(name);
  if (!settle) throw new Error(`nobody asked for ${name}`);
  waiting.delete(name);
  settle(result);
  return new Promise((resolve) => setTimeout(resolve));
}

function say(name: string, payload: unknown): void {
  listeners.get(name)?.(payload);
}

beforeEach(() => {
  waiting.clear();
  setBridge({
    request: (name: RequestName) => new Promise((resolve) => waiting.set(name, resolve)),
    on: (name: string, listener: (payload: unknown) => void) => listeners.set(name, listener),
    onConnection: () => () => {},
  } as unknown as AppBridge);
  listen();
});

describe('what the app says while a slower answer is awaited', () => {
  const loading = { state: 'loading', modelId: 'nano', phase: 'verify', fraction: 0 } as const;
  const failed = {
    state: 'failed',
    modelId: 'nano',
    error: { code: 'model-damaged', message: 'damaged' },
  } as const;

  it('a model that fails meanwhile is not put back to loading', async () => {
    const done = loadEngine();
    await answer('engine.status', loading);
    expect(useEngine.getState().status).toEqual(loading);
    say('engine.status', failed);
    await answer('models.problems', []);
    await answer('models.usual', 'nano');
    await answer('models.list', []);
    await done;
    expect(useEngine.getState().status).toEqual(failed);
  });

  it('a server that starts meanwhile is not put back', async () => {
    const done = loadShell();
    await answer('server.status', { state: 'off' });
    const on = { state: 'on', url: 'http://127.0.0.1:8000' };
    say('server.status', on);
    await answer('shell.status', null);
    await done;
    expect(useShell.getState().server).toEqual(on);
  });

  it('a task that ends meanwhile does not come back', async () => {
    const done = loadModelsPage();
    await answer('models.tasks', [{ id: 'import' }]);
    say('models.tasks', []);
    await answer('models.page', null);
    await done;
    expect(useModels.getState().tasks).toEqual([]);
  });

  it('a page of models that was asked for earlier and comes later is not shown', async () => {
    const earlier = loadModelsPage();
    const slow = waiting.get('models.page');
    await answer('models.tasks', []);
    const later = loadModelsPage();
    await answer('models.tasks', []);
    await answer('models.page', { models: ['new'] });
    await later;
    slow?.({ models: ['old'] });
    await earlier;
    expect(useModels.getState().page).toEqual({ models: ['new'] });
  });

  it('an answer that ends between the turn and the conversation has ended', async () => {
    forgetAllTurns();
    const question = user('c', 'q', null, 'How?');
    const message = assistant('c', 'a', 'q', 'So.');
    const running = assistant('c', 'a', 'q', 'S', { state: 'streaming', finishReason: null, stats: null });
    const ids = { turnId: 't', conversationId: 'c' };
    useChat.setState({ conversationId: 'c', status: 'loading' });
    const done = fetchConversation('c');
    const turn = { seq: 4, startedAt: 0, reasoningTokens: 0, outputTokens: 1, reasoningMs: null };
    await answer('turns.attach', { ...ids, ...turn, message: running });
    expect(useRunning.getState().byConversation).toHaveProperty('c');
    say('turn.event', { ...ids, messageId: 'a', seq: 5, type: 'finished', message });
    await answer('conversations.get', { id: 'c', options: {}, leafId: 'a', messages: [question, message] });
    await done;
    expect(useChat.getState().tree.byId.a).toEqual(message);
    expect(useRunning.getState().byConversation).toEqual({});
  });
});

describe('choices of one model', () => {
  it('add up while the app still loads it with the first, and begin anew from what the page shows', async () => {
    const asked: unknown[] = [];
    const settled: (() => void)[] = [];
    setBridge({
      request: (...request: unknown[]) => {
        asked.push(request);
        return new Promise<void>((resolve) => settled.push(resolve));
      },
    } as unknown as AppBridge);
    const page = { models: [{ manifest: { id: 'nano' }, options: { provider: 'cpu' } }] };
    useModels.setState({ page: page as never });
    const first = changeModelOptions('nano', withOption('contextLength', 256));
    const second = changeModelOptions('nano', withOption('speculation', false));
    const both = { provider: 'cpu', contextLength: 256, speculation: false };
    expect(asked.at(-1)).toEqual(['models.setOptions', 'nano', both]);
    for (const settle of settled) settle();
    await Promise.all([first, second]);
    // It was refused, or another window chose otherwise: the page says what holds.
    void changeModelOptions('nano', withOption('provider', undefined));
    expect(asked.at(-1)).toEqual(['models.setOptions', 'nano', {}]);
    for (const settle of settled) settle();
  });
});
