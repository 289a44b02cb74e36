import { fork } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { EngineStatus } from '../../contract/engine';
import type { GenerationEvent, GenerationRequest } from '../../contract/generation';
import { forkEngine } from '../../host/fork-engine';
import type { EngineProcess } from './engine-process';
import { EngineSupervisor, type SupervisorOptions } from './engine-supervisor';

const FAKE = fileURLToPath(new URL('../testing/fake-engine.mjs', import.meta.url));

function setup(options: Partial<SupervisorOptions> = {}) {
  const processes: EngineProcess[] = [];
  const lines: string[] = [];
  const supervisor = new EngineSupervisor({
    spawn: () => {
      const process = forkEngine(FAKE);
      processes.push(process);
      return process;
    },
    log: (line) => lines.push(line),
    restartDelaysMs: [0, 10, 10],
    ...options,
  });
  onTestFinished(() => supervisor.close());
  return { supervisor, processes, lines };
}

const model = (id: string) => ({ id, folder: `/models/${id}`, options: { provider: 'auto' } as const });

function request(text: string): GenerationRequest {
  return {
    messages: [{ role: 'user', content: [{ type: 'text', text }] }],
    sampling: {},
    enableThinking: false,
  };
}

function until(supervisor: EngineSupervisor, state: EngineStatus['state']): Promise<EngineStatus> {
  return new Promise((resolve) => {
    if (supervisor.status().state === state) resolve(supervisor.status());
    else {
      const stop = supervisor.onStatus((status) => {
        if (status.state !== state) return;
        stop();
        resolve(status);
      });
    }
  });
}

async function collect(
  supervisor: EngineSupervisor,
  text: string,
  { signal = new AbortController().signal, each = (_event: GenerationEvent) => {} } = {},
): Promise<{ readonly text: string; readonly last: GenerationEvent | undefined }> {
  let answer = '';
  let last: GenerationEvent | undefined;
  for await (const event of supervisor.generate(request(text), signal)) {
    if (event.type === 'delta') answer += event.text;
    last = event;
    each(event);
  }
  return { text: answer, last };
}

describe('EngineSupervisor', () => {
  it('loads, tells of its progress, and answers several callers at once', async () => {
    const { supervisor, lines } = setup();
    const states: string[] = [];
    supervisor.onStatus((status) => states.push(status.state));
    supervisor.load(model('nano'));
    // Asked while it loads: they wait.
    const [a, b, count] = await Promise.all([
      collect(supervisor, 'hello'),
      collect(supervisor, 'long 20'),
      supervisor.countTokens(request('x')),
    ]);
    expect(a).toMatchObject({ text: 'You said: hello', last: { type: 'finished', reason: 'stop' } });
    expect(b.text.trim().split(' ')).toHaveLength(20);
    expect(count).toBeGreaterThan(0);
    expect(states).toEqual(['loading', 'loading', 'ready']);
    expect(lines).toContain('Model nano is ready for inference');
  });

  it('loads another model where the one before never comes back', async () => {
    const { supervisor, processes, lines } = setup({ abortTimeoutMs: 100 });
    supervisor.load(model('stuck'));
    await expect.poll(() => supervisor.status()).toMatchObject({ phase: 'read' });
    supervisor.load(model('nano'));
    expect(await collect(supervisor, 'hello')).toMatchObject({ text: 'You said: hello' });
    expect(processes).toHaveLength(2);
    expect(lines.join()).toContain('did not hear of a model to load');
  });

  it('gives a process that has just been started, and one that heard, all the time they take', async () => {
    const { supervisor, processes } = setup({ abortTimeoutMs: 1 });
    supervisor.load(model('nano'));
    await until(supervisor, 'ready');
    expect(processes).toHaveLength(1);
  });

  it('ends an engine that does not come to an end with a prompt', async () => {
    const { supervisor, processes } = setup({ countTimeoutMs: 1_000 });
    supervisor.load(model('nano'));
    await expect(supervisor.countTokens(request('stuck'))).rejects.toMatchObject({ code: 'engine-crashed' });
    expect(await supervisor.countTokens(request('x'))).toBeGreaterThan(0);
    expect(processes).toHaveLength(2);
  });

  it('aborts', async () => {
    const { supervisor } = setup();
    supervisor.load(model('nano'));
    const controller = new AbortController();
    const { last } = await collect(supervisor, 'slow', {
      signal: controller.signal,
      each: (event) => event.type === 'delta' && controller.abort(),
    });
    expect(last).toMatchObject({ type: 'finished', reason: 'aborted' });
  });

  it('does not begin what was aborted while the model loads', async () => {
    const { supervisor } = setup();
    supervisor.load(model('nano'));
    const controller = new AbortController();
    const answer = collect(supervisor, 'hello', { signal: controller.signal });
    controller.abort();
    expect((await answer).last).toMatchObject({ type: 'failed', error: { code: 'aborted' } });
  });

  it('ends the engine when the caller leaves early without an abort', async () => {
    const { supervisor } = setup();
    supervisor.load(model('nano'));
    for await (const event of supervisor.generate(request('slow'), new AbortController().signal)) {
      if (event.type === 'delta') break;
    }
    expect((await collect(supervisor, 'hello')).text).toBe('You said: hello');
  });

  it('keeps what streamed when the engine is killed, and is back for the next question', async () => {
    const { supervisor, processes } = setup();
    supervisor.load(model('nano'));
    let killed = false;
    const { text, last } = await collect(supervisor, 'slow', {
      each: (event) => {
        if (event.type !== 'delta' || killed) return;
        killed = true;
        processes[0]?.kill();
      },
    });
    expect(text).toContain('0 ');
    expect(last).toMatchObject({
      type: 'failed',
      error: { code: 'engine-crashed', details: { reason: 'was ended by SIGKILL' } },
    });
    expect(supervisor.status().state).toBe('loading');
    expect((await collect(supervisor, 'again')).text).toBe('You said: again');
    expect(processes).toHaveLength(2);
  });

  it('fails every caller of a crashed engine', async () => {
    const { supervisor } = setup();
    supervisor.load(model('nano'));
    const [a, b] = await Promise.all([collect(supervisor, 'crash'), collect(supervisor, 'slow')]);
    for (const { last } of [a, b]) expect(last).toMatchObject({ error: { code: 'engine-crashed' } });
  });

  it('gives up on an engine that dies again and again, until somebody asks', async () => {
    const { supervisor, processes } = setup();
    supervisor.load(model('crashing'));
    expect(await until(supervisor, 'failed')).toMatchObject({
      modelId: 'crashing',
      error: { code: 'engine-crashed' },
    });
    expect(processes).toHaveLength(4);
    await sleep(50);
    expect(processes).toHaveLength(4);
    expect((await collect(supervisor, 'hello')).last).toMatchObject({ error: { code: 'engine-crashed' } });
    expect(processes).toHaveLength(5);
    supervisor.load(model('nano'));
    expect((await collect(supervisor, 'hello')).text).toBe('You said: hello');
  });

  it('says why a model does not load, and takes another', async () => {
    const { supervisor } = setup();
    supervisor.load(model('broken'));
    const error = { code: 'model-damaged', message: 'decoder.onnx has the wrong sha256.' };
    expect(await until(supervisor, 'failed')).toMatchObject({ modelId: 'broken', error });
    expect((await collect(supervisor, 'hello')).last).toEqual({ type: 'failed', error });
    await expect(supervisor.countTokens(request('x'))).rejects.toThrow('wrong sha256');
    supervisor.load(model('nano'));
    expect((await collect(supervisor, 'hello')).text).toBe('You said: hello');
  });

  it('follows the last of several loads', async () => {
    const { supervisor } = setup();
    supervisor.load(model('one'));
    supervisor.load(model('broken'));
    supervisor.load(model('two'));
    const status = await until(supervisor, 'ready');
    await sleep(50);
    expect(supervisor.status()).toBe(status);
    expect(status).toMatchObject({ model: { manifest: { id: 'two' } } });
  });

  it('kills an engine that hangs when asked to stop', async () => {
    const { supervisor } = setup({ abortTimeoutMs: 100 });
    supervisor.load(model('nano'));
    const controller = new AbortController();
    const { last } = await collect(supervisor, 'hang', {
      signal: controller.signal,
      each: (event) => event.type === 'delta' && controller.abort(),
    });
    expect(last).toMatchObject({ type: 'failed', error: { code: 'engine-crashed' } });
    expect((await collect(supervisor, 'hello')).text).toBe('You said: hello');
  });

  it('says that nothing is loaded', async () => {
    const { supervisor } = setup();
    expect((await collect(supervisor, 'hello')).last).toMatchObject({ error: { code: 'model-not-loaded' } });
  });

  it('reports an engine that cannot be started', async () => {
    const { supervisor } = setup({
      spawn: () => {
        throw new Error('no such file');
      },
    });
    supervisor.load(model('nano'));
    expect(supervisor.status()).toMatchObject({ state: 'failed', error: { code: 'engine-crashed' } });
  });

  it('closes with answers in progress, and stays closed', async () => {
    const { supervisor, processes } = setup();
    supervisor.load(model('nano'));
    const answer = collect(supervisor, 'hang');
    await until(supervisor, 'ready');
    await sleep(30);
    await supervisor.close(100);
    expect((await answer).last).toMatchObject({ type: 'failed' });
    supervisor.load(model('nano'));
    expect(supervisor.status()).toEqual({ state: 'stopped' });
    expect(processes).toHaveLength(1);
  });
});

describe('the engine process', () => {
  it('does not outlive a host that is killed', async () => {
    const host = fork(FAKE, { serialization: 'advanced' });
    const exit = new Promise((resolve) => host.on('exit', resolve));
    await new Promise((resolve) => host.once('message', resolve));
    host.disconnect();
    expect(await exit).toBe(0);
  });
});

describe('speech', () => {
  const never = new AbortController().signal;
  const byModel = { kind: 'model' } as const;
  const byPackage = { kind: 'package', folder: '/models/whisper' } as const;

  it('is written down by the model when it is there', async () => {
    const { supervisor } = setup();
    supervisor.load(model('nano'));
    const heard = await supervisor.transcribe({ path: 'a', recognizer: byModel, language: 'zh' }, never);
    expect(heard).toMatchObject({ text: 'a,model,zh', spoken: true });
    expect(supervisor.status().state).toBe('ready');
  });

  it('needs no model where a package writes it down or somebody only listens', async () => {
    const { supervisor } = setup();
    const heard = await supervisor.transcribe({ path: 'a', recognizer: byPackage }, never);
    expect(heard.text).toBe('a,package,');
    expect(await supervisor.listen('s', new Float32Array(7))).toEqual([{ type: 'start', at: 7 }]);
    await expect(supervisor.transcribe({ path: 'a', recognizer: byModel }, never)).rejects.toMatchObject({
      code: 'model-not-loaded',
    });
  });

  it('says why the model cannot, and what the engine says', async () => {
    const { supervisor } = setup();
    supervisor.load(model('broken'));
    await expect(supervisor.transcribe({ path: 'a', recognizer: byModel }, never)).rejects.toMatchObject({
      code: 'model-damaged',
    });
    await expect(supervisor.transcribe({ path: 'fail', recognizer: byPackage }, never)).rejects.toMatchObject(
      {
        code: 'out-of-memory',
      },
    );
  });

  it('is stopped when asked to, also before it began', async () => {
    const { supervisor } = setup();
    const controller = new AbortController();
    const slow = supervisor.transcribe({ path: 'slow', recognizer: byPackage }, controller.signal);
    setTimeout(() => controller.abort(), 20);
    await expect(slow).rejects.toMatchObject({ code: 'aborted' });
    const late = supervisor.transcribe({ path: 'slow', recognizer: byPackage }, AbortSignal.abort());
    await expect(late).rejects.toMatchObject({ code: 'aborted' });
  });

  it('fails with the engine, and goes on with the next one', async () => {
    const { supervisor } = setup();
    await expect(
      supervisor.transcribe({ path: 'crash', recognizer: byPackage }, never),
    ).rejects.toMatchObject({
      code: 'engine-crashed',
    });
    expect((await supervisor.transcribe({ path: 'a', recognizer: byPackage }, never)).text).toBe(
      'a,package,',
    );
  });
});
