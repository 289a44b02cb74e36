import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cpuMs } from '../../../build/testing/cpu-time';
import { ERROR_KINDS } from '../../contract/error-kinds';
import type { GenerationEvent } from '../../contract/generation';
import { NodeBackend } from '../ort/node-backend';
import { createRandomPackage } from '../testing/random-package';
import { collect, request } from '../testing/requests';
import { LoadedModel } from './loaded-model';

const tiny = createRandomPackage();
let model: LoadedModel;

beforeAll(async () => {
  model = await LoadedModel.load(tiny.folder, { provider: 'cpu', threads: 1 });
});

afterAll(async () => {
  await model.dispose();
  tiny.remove();
});

const generate = (...args: Parameters<typeof request>) => collect(model.generate(request(...args)));

describe('a generation', () => {
  test('starts, writes and finishes with statistics that add up', async () => {
    const { events, last, tokens } = await generate('Hello', { seed: 5 });
    expect(events[0]).toEqual({ type: 'started', promptTokens: 1 + 5 + 1 + 1 });
    if (last?.type !== 'finished') throw new Error('not finished');
    expect(last.reason).toBe('length');
    const { stats } = last;
    expect(stats).toMatchObject({
      promptTokens: 8,
      outputTokens: 24,
      provider: 'cpu',
      precision: 'int4',
      seed: 5,
    });
    expect(tokens.answer + tokens.reasoning).toBe(24);
    expect(stats.reasoningTokens).toBe(tokens.reasoning);
    expect(stats.totalMs).toBeGreaterThanOrEqual(stats.firstTokenMs);
    expect(stats.firstTokenMs).toBeGreaterThan(0);
    // The total goes on to the end of the run, which a busy machine may put off.
    const least = 23_000 / (stats.totalMs - stats.firstTokenMs);
    expect(stats.tokensPerSecond).toBeGreaterThanOrEqual(least * 0.999);
    expect(stats.tokensPerSecond).toBeLessThan(least * 10);
    expect(stats.peakMemoryBytes).toBeGreaterThan(10 << 20);
  });

  test('gives the same text for the same seed, and another for another', async () => {
    const sampling = { temperature: 1.5, maxTokens: 60 };
    const [one, again, other] = [
      await generate('Hi', { ...sampling, seed: 1 }),
      await generate('Hi', { ...sampling, seed: 1 }),
      await generate('Hi', { ...sampling, seed: 2 }),
    ];
    expect(again.text).toEqual(one.text);
    expect(other.text).not.toEqual(one.text);
  });

  test('reports the seed it chose, which repeats it', async () => {
    const first = await generate('Hi', { temperature: 1.5 });
    if (first.last?.type !== 'finished') throw new Error('not finished');
    const again = await generate('Hi', { temperature: 1.5, seed: first.last.stats.seed });
    expect(again.text).toEqual(first.text);
  });

  test('is found on the device or here, but is the same', async () => {
    // A bias that changes nothing makes the loop read the logits.
    const here = await generate('Compare', { logitBias: { 1: 0 } });
    const device = await generate('Compare', { logitBias: {} });
    expect(device.text).toEqual(here.text);
  });

  test('an empty prompt is a prompt', async () => {
    expect((await generate('')).last).toMatchObject({ type: 'finished' });
  });

  test('control characters and lone surrogates are text', async () => {
    expect((await generate('\u0000\ud800\u001b[31m <|end|>')).last).toMatchObject({ type: 'finished' });
  });

  test('no messages at all are refused', async () => {
    const { last } = await collect(model.generate({ ...request(''), messages: [] }));
    expect(last).toMatchObject({ type: 'failed', error: { code: 'invalid-request' } });
  });

  test('images are refused by a model that reads text', async () => {
    const content = [{ type: 'image', path: 'a.png', sha256: '' }] as const;
    const { last } = await collect(model.generate({ ...request(''), messages: [{ role: 'user', content }] }));
    expect(last).toMatchObject({ type: 'failed', error: { code: 'invalid-request' } });
  });

  test('maxTokens 0 writes nothing', async () => {
    expect((await generate('Hi', { maxTokens: 0 })).last).toMatchObject({
      type: 'finished',
      reason: 'length',
      stats: { outputTokens: 0, tokensPerSecond: 0 },
    });
  });

  test('the end token ends it and is not counted', async () => {
    expect((await generate('Hi', { logitBias: { 1: 100 } })).last).toMatchObject({
      reason: 'stop',
      stats: { outputTokens: 0 },
    });
  });

  test('a stop string ends the answer before it', async () => {
    const a = model.tokenizer.encode('A')[0] as number;
    const { last, text } = await generate('Hi', { logitBias: { [a]: 100 }, stop: ['AAA'], maxTokens: 50 });
    expect(text.answer).toBe('');
    expect(last).toMatchObject({ reason: 'stop', stats: { outputTokens: 3 } });
  });
});

describe('the context', () => {
  test('a prompt too long says how long it is and how long it may be', async () => {
    const { last } = await generate('x'.repeat(300));
    expect(last).toMatchObject({
      type: 'failed',
      error: { code: 'context-exceeded', details: { tokens: 303, limit: 256 } },
    });
  });

  test('a megabyte is refused at once', async () => {
    let last: GenerationEvent | undefined;
    const taken = await cpuMs(async () => {
      ({ last } = await generate('word '.repeat(200_000)));
    }, 3);
    expect(taken).toBeLessThan(1000);
    expect(last).toMatchObject({ type: 'failed', error: { code: 'context-exceeded' } });
    if (last?.type === 'failed')
      expect(last.error.message).toMatch(/about 10000\d\d tokens long.*at most 256/);
  });

  test('the longest prompt leaves one token, and every row is used', async () => {
    const { last } = await generate('x'.repeat(256 - 3 - 1), { maxTokens: 100 });
    // 256 rows hold the prompt of 255 and one written token; the token after it needs no row.
    expect(last).toMatchObject({ reason: 'length', stats: { promptTokens: 255, outputTokens: 2 } });
  });

  test('contextLength makes it shorter', async () => {
    const short = await LoadedModel.load(tiny.folder, { provider: 'cpu', threads: 1, contextLength: 32 });
    expect(short.info.contextLength).toBe(32);
    expect((await collect(short.generate(request('x'.repeat(40))))).last).toMatchObject({ type: 'failed' });
    await short.dispose();
  });
});

describe('continuing', () => {
  test('what was written is taken up where it stopped', async () => {
    // Only printable letters, so that the text has the same tokens when it is read again.
    const logitBias = Object.fromEntries(
      Array.from({ length: 512 }, (_, id) => [id, id >= 97 && id < 123 ? 0 : -100]),
    );
    const whole = await generate('Tell me', { logitBias, maxTokens: 40 });
    const part = await generate('Tell me', { logitBias, maxTokens: 15 });
    expect(whole.text.answer.startsWith(part.text.answer)).toBe(true);
    const prefix = { reasoning: '', answer: part.text.answer };
    const rest = await collect(model.generate(request('Tell me', { logitBias, maxTokens: 25 }, { prefix })));
    expect(part.text.answer + rest.text.answer).toBe(whole.text.answer);
  });

  test('reasoning goes on as reasoning until its tag', async () => {
    const prefix = { reasoning: 'because', answer: '' };
    const close = model.tokenizer.special('</think>') as number;
    const inside = await collect(model.generate(request('Hi', { logitBias: { [close]: -100 } }, { prefix })));
    expect(inside.tokens).toEqual({ reasoning: 24, answer: 0 });
    const closed = await collect(model.generate(request('Hi', { logitBias: { [close]: 100 } }, { prefix })));
    expect(closed.tokens.reasoning).toBeGreaterThan(0);
  });
});

describe('several requests', () => {
  test('at the same time write what each writes alone', async () => {
    const texts = ['one', 'two two', 'three three three', 'four', 'five', 'six six', 'one'];
    const alone: string[] = [];
    for (const text of texts) alone.push((await generate(text, { temperature: 1, seed: 3 })).text.answer);
    const together = await Promise.all(texts.map((text) => generate(text, { temperature: 1, seed: 3 })));
    expect(together.map(({ text }) => text.answer)).toEqual(alone);
  });

  test('take turns', async () => {
    // Answers of seconds: however long the second prompt waits for a thread, the first answer is still being written.
    const long = createRandomPackage({ max_position_embeddings: 16_384 });
    const shared = await LoadedModel.load(long.folder, { provider: 'cpu', threads: 1 });
    const order: number[] = [];
    const seen = new AbortController();
    const run = async (id: number) => {
      const question = request(`r${id}`, { maxTokens: 16_000, logitBias: { 1: -100 } });
      const { last } = await collect(
        shared.generate(question, seen.signal, {
          onToken: () => {
            if (order.at(-1) !== id) order.push(id);
            if (order.length === 6) seen.abort();
          },
        }),
      );
      return last;
    };
    const ends = await Promise.all([run(0), run(1)]);
    for (const end of ends) expect(end).toMatchObject({ type: 'finished', reason: 'aborted' });
    expect(order.slice(0, 6)).toEqual([0, 1, 0, 1, 0, 1]);
    await shared.dispose();
    long.remove();
  });

  test('beyond the slots wait, and may leave the queue', async () => {
    const single = await LoadedModel.load(tiny.folder, { provider: 'cpu', threads: 1, maxSequences: 1 });
    const abort = new AbortController();
    const first = collect(single.generate(request('first', { maxTokens: 100 })));
    const second = collect(single.generate(request('second'), abort.signal));
    const third = collect(single.generate(request('third')));
    setImmediate(() => abort.abort());
    expect((await second).last).toMatchObject({ reason: 'aborted', stats: { outputTokens: 0 } });
    expect((await first).last).toMatchObject({ reason: 'length' });
    const { last } = await third;
    if (last?.type !== 'finished') throw new Error('not finished');
    expect(last.stats.queuedMs).toBeGreaterThan(0);
    await single.dispose();
  });
});

describe('speech', () => {
  test('is refused by a model that does not hear, and answers go on', async () => {
    const running = generate('Hello', { seed: 5 });
    await expect(model.transcribe(new Float32Array(1600))).rejects.toMatchObject({
      code: 'model-unsupported',
      details: { id: 'random' },
    });
    expect((await running).last).toMatchObject({ type: 'finished' });
  });
});

describe('stopping', () => {
  test('while writing takes effect within one step', async () => {
    const abort = new AbortController();
    const events: GenerationEvent[] = [];
    for await (const event of model.generate(request('Hi', { maxTokens: 200 }), abort.signal)) {
      events.push(event);
      if (event.type === 'delta') abort.abort();
    }
    expect(events.at(-1)).toMatchObject({ reason: 'aborted' });
    const deltas = events.filter((event) => event.type === 'delta');
    expect(deltas.reduce((sum, delta) => sum + delta.tokens, 0)).toBeLessThan(4);
  });

  test('before it began', async () => {
    const { last } = await collect(model.generate(request('Hi'), AbortSignal.abort()));
    expect(last).toMatchObject({ type: 'finished', reason: 'aborted' });
  });

  test('by leaving the loop', async () => {
    for await (const event of model.generate(request('Hi', { maxTokens: 200 })))
      if (event.type === 'delta') break;
    expect((await generate('Hi')).last).toMatchObject({ reason: 'length' });
  });

  test('while reading a long prompt ends the run in the middle, and the next one is unharmed', async () => {
    const slow = createRandomPackage({
      hidden_size: 256,
      intermediate_size: 1024,
      encoder_layers: 12,
      max_position_embeddings: 2048,
    });
    const large = await LoadedModel.load(slow.folder, { provider: 'cpu', threads: 1 });
    const before = (await collect(large.generate(request('Hi')))).text;
    const long = request('x'.repeat(2000));
    const whole = await collect(large.generate(long));
    const reading = await cpuMs(() => collect(large.generate(request('z'.repeat(2000), { maxTokens: 1 }))));

    const abort = new AbortController();
    const { signal } = abort;
    // Another prompt, or its memory would still be in the cache.
    const running = collect(large.generate(request('y'.repeat(2000)), signal));
    const begun = process.cpuUsage();
    const used = () => {
      const { user, system } = process.cpuUsage(begun);
      return (user + system) / 1000;
    };
    while (used() < reading / 5) await setTimeout(1);
    const rest = await cpuMs(async () => {
      abort.abort();
      const { last } = await running;
      expect(last).toMatchObject({ type: 'finished', reason: 'aborted', stats: { outputTokens: 0 } });
    });
    expect(rest).toBeLessThan(reading / 2);
    expect((await collect(large.generate(request('Hi')))).text).toEqual(before);
    expect((await collect(large.generate(long))).text).toEqual(whole.text);
    await large.dispose();
    slow.remove();
  });
});

test.each(['new-tensors', 'given-tensors'] as const)(
  'the same loop over onnxruntime-node (%s) writes the same',
  async (mode) => {
    const backend = new NodeBackend(1, mode);
    const other = await LoadedModel.load(tiny.folder, { backend });
    for (const text of ['one', 'two two', 'one']) {
      const expected = await generate(text, { maxTokens: 60 });
      expect((await collect(other.generate(request(text, { maxTokens: 60 })))).text).toEqual(expected.text);
    }
    await other.dispose();
  },
);

describe('a package', () => {
  test('that is not there', async () => {
    await expect(LoadedModel.load('/nowhere')).rejects.toMatchObject({ code: 'model-not-found' });
  });

  test('of an unknown family', async () => {
    const other = createRandomPackage();
    const path = join(other.folder, 'autoglm.json');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"autoglm-phone"', '"elsewhere"'));
    await expect(LoadedModel.load(other.folder)).rejects.toMatchObject({ code: 'model-unsupported' });
    writeFileSync(path, '{"format":1');
    await expect(LoadedModel.load(other.folder)).rejects.toMatchObject({ code: 'model-damaged' });
    other.remove();
  });

  test('with a changed, a cut and a missing file', async () => {
    const other = createRandomPackage();
    const path = join(other.folder, 'weights.data');
    const bytes = readFileSync(path);
    bytes[1000] = (bytes[1000] as number) ^ 1;
    writeFileSync(path, bytes);
    await expect(LoadedModel.load(other.folder)).rejects.toMatchObject({
      code: 'model-damaged',
      message: expect.stringMatching(/weights\.data.*sha256 is [0-9a-f]{64}, it should be [0-9a-f]{64}/),
      details: { file: 'weights.data', expected: expect.any(String), actual: expect.any(String) },
    });
    appendFileSync(path, 'x');
    await expect(LoadedModel.load(other.folder)).rejects.toMatchObject({
      details: { actualBytes: bytes.length + 1, expectedBytes: bytes.length },
    });
    renameSync(path, `${path}.gone`);
    await expect(LoadedModel.load(other.folder)).rejects.toMatchObject({
      message: expect.stringContaining('missing'),
    });
    other.remove();
  });
});

test('CUDA that cannot be had is passed over with the reason, or refused when asked for by name', async () => {
  // Whatever this machine has: a runtime library without a CUDA provider beside it.
  const auto = await LoadedModel.load(tiny.folder, { provider: 'auto', threads: 1 });
  if (auto.info.provider === 'cpu') {
    expect(auto.info.passedOver).toMatchObject([
      {
        provider: 'cuda',
        error: { code: 'provider-unavailable', message: expect.stringMatching(/^\S.*\.$/) },
      },
    ]);
    expect(Object.keys(ERROR_KINDS)).toContain(auto.info.passedOver[0]?.error.details?.kind);
    await expect(LoadedModel.load(tiny.folder, { provider: 'cuda' })).rejects.toMatchObject({
      code: 'provider-unavailable',
    });
  }
  await auto.dispose();
});
