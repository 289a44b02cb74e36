import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { bundled } from '../../build/testing/bundled';
import type { EngineCommand, EngineMessage } from '../contract/engine';
import { createRandomPackage } from './testing/random-package';
import { request } from './testing/requests';

const tiny = createRandomPackage();
const started: ChildProcess[] = [];
const bundle = bundled('electron/engine/main.ts');

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});
afterAll(() => tiny.remove());

/** The engine process as the application starts it, and its messages in order. */
function start() {
  const child = fork(bundle('electron/engine/main.ts'), {
    serialization: 'advanced',
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  started.push(child);
  const messages: EngineMessage[] = [];
  const waiting: (() => void)[] = [];
  child.on('message', (message) => {
    messages.push(message as EngineMessage);
    for (const wake of waiting.splice(0)) wake();
  });
  const next = async (accept: (message: EngineMessage) => boolean): Promise<EngineMessage> => {
    for (;;) {
      const at = messages.findIndex(accept);
      if (at >= 0) return messages.splice(0, at + 1).at(-1) as EngineMessage;
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  };
  const send = (command: EngineCommand) => child.send(command);
  const load = async (folder = tiny.folder) => {
    send({ type: 'load', id: 1, folder, options: { provider: 'cpu', threads: 1 } });
    return next((message) => message.type === 'loaded' || message.type === 'failed');
  };
  const finished = (id: number) =>
    next(
      (message) =>
        message.type === 'generation' &&
        message.id === id &&
        (message.event.type === 'finished' || message.event.type === 'failed'),
    );
  return { child, send, next, load, finished };
}

describe('the engine process', () => {
  test('loads, counts, writes and unloads', async () => {
    const { child, send, next, load, finished } = start();
    expect(await next((message) => message.type === 'ready')).toMatchObject({
      runtime: 'ONNX Runtime 1.29.0',
      pid: child.pid,
    });
    expect(await load()).toMatchObject({
      type: 'loaded',
      id: 1,
      model: { provider: 'cpu', device: { kind: 'processor', threads: 1 } },
    });
    send({ type: 'count-tokens', id: 2, request: request('Hello') });
    expect(await next((message) => message.type === 'token-count')).toEqual({
      type: 'token-count',
      id: 2,
      promptTokens: 8,
    });
    send({ type: 'generate', id: 3, request: request('Hello') });
    expect(await finished(3)).toMatchObject({ event: { reason: 'length', stats: { outputTokens: 24 } } });
    send({ type: 'unload', id: 4 });
    await next((message) => message.type === 'unloaded');
    send({ type: 'generate', id: 5, request: request('Hello') });
    expect(await finished(5)).toMatchObject({
      event: { type: 'failed', error: { code: 'model-not-loaded' } },
    });
  });

  test('aborts one of two and unloads while one is writing', async () => {
    const { send, next, load, finished } = start();
    await load();
    send({ type: 'generate', id: 1, request: request('one', { maxTokens: 240 }) });
    send({ type: 'generate', id: 2, request: request('two', { maxTokens: 240 }) });
    await next((message) => message.type === 'generation' && message.event.type === 'delta');
    send({ type: 'abort', id: 1 });
    expect(await finished(1)).toMatchObject({ event: { reason: 'aborted' } });
    send({ type: 'unload', id: 9 });
    await next((message) => message.type === 'unloaded');
  });

  test('says why a model cannot be loaded and goes on', async () => {
    const { load } = start();
    expect(await load('/nowhere')).toMatchObject({
      type: 'failed',
      id: 1,
      error: { code: 'model-not-found' },
    });
    expect(await load()).toMatchObject({ type: 'loaded' });
  });

  test.each(['SIGTERM', 'disconnect', 'shutdown'] as const)('leaves cleanly on %s', async (how) => {
    const { child, send, next, load } = start();
    await load();
    send({ type: 'generate', id: 3, request: request('Hello', { maxTokens: 240 }) });
    await next((message) => message.type === 'generation' && message.event.type === 'delta');
    const exit = once(child, 'exit');
    if (how === 'SIGTERM') child.kill('SIGTERM');
    else if (how === 'disconnect') child.disconnect();
    else send({ type: 'shutdown' });
    expect(await exit).toEqual([0, null]);
  });

  test('reports an unforeseen error and ends', async () => {
    const { child, next } = start();
    await next((message) => message.type === 'ready');
    let errors = '';
    child.stderr?.on('data', (chunk) => {
      errors += chunk;
    });
    // No command at all: a bug on the other side.
    child.send({ type: 'nonsense' });
    expect(await once(child, 'exit')).toEqual([70, null]);
    expect(errors).toContain('Unexpected value');
  });
});
