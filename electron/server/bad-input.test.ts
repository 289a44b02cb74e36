import fc from 'fast-check';
import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { complete, ErrorSchema, fail, post, question, request, setup } from './testing/client';
import { events, loaded, manifest } from './testing/scripted-engine';

const user = (content: unknown) => ({ messages: [{ role: 'user', content }] });
const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } };

describe('wrong bodies', () => {
  it.each(['', '{', '[', 'null', '[]', '3', '"text"', '{"messages": [}', '\u0000', '{"a": undefined}'])(
    'answers 400 to the body %j',
    async (body) => {
      const { app, engine } = setup();
      const error = await fail(post(app, body));
      expect(error).toMatchObject({ status: 400, type: 'invalid_request_error', param: null });
      expect(error.message).toMatch(/JSON/);
      expect(engine.requests).toEqual([]);
    },
  );

  it.each<[string, object]>([
    ['messages', {}],
    ['messages', { messages: null }],
    ['messages', { messages: [] }],
    ['messages', { messages: 'hello' }],
    ['messages', { messages: Array.from({ length: 10_001 }, () => question.messages[0]) }],
    ['messages[0]', { messages: ['hello'] }],
    ['messages[0].role', { messages: [{ content: 'hello' }] }],
    ['messages[0].role', { messages: [{ role: 'robot', content: 'hello' }] }],
    ['messages[0].content', { messages: [{ role: 'user' }] }],
    ['messages[0].content', user(null)],
    ['messages[0].content', user(5)],
    ['messages[0].content', user('')],
    ['messages[0].content', user([])],
    ['messages[0].content', user([{ type: 'text', text: '' }])],
    ['messages[0].content[0]', user(['hello'])],
    ['messages[0].content[0].type', user([{ type: 'video', video: 'x' }])],
    ['messages[0].content[0].type', user([{ text: 'hello' }])],
    [
      'messages[0].content[1].text',
      user([
        { type: 'text', text: 'a' },
        { type: 'text', text: 1 },
      ]),
    ],
    ['messages[0].content[0].image_url', user([{ type: 'image_url', image_url: 'x' }])],
    ['messages[0].content[0]', user([image])],
    ['messages[0].content[0]', user([{ type: 'input_audio', input_audio: { data: 'AA==', format: 'wav' } }])],
    ['model', { ...question, model: 5 }],
    ['stream', { ...question, stream: 'true' }],
    ['stream_options', { ...question, stream_options: true }],
    ['stream_options.include_usage', { ...question, stream_options: { include_usage: 1 } }],
    ['n', { ...question, n: 2 }],
    ['n', { ...question, n: 0 }],
    ['temperature', { ...question, temperature: '0.5' }],
    ['temperature', { ...question, temperature: -0.1 }],
    ['temperature', { ...question, temperature: 2.1 }],
    ['top_p', { ...question, top_p: 1.5 }],
    ['top_k', { ...question, top_k: 1.5 }],
    ['top_k', { ...question, top_k: -2 }],
    ['min_p', { ...question, min_p: -1 }],
    ['frequency_penalty', { ...question, frequency_penalty: 3 }],
    ['presence_penalty', { ...question, presence_penalty: [] }],
    ['repetition_penalty', { ...question, repetition_penalty: 0 }],
    ['seed', { ...question, seed: 1.5 }],
    ['seed', { ...question, seed: '1' }],
    ['stop', { ...question, stop: 5 }],
    ['stop', { ...question, stop: '' }],
    ['stop', { ...question, stop: ['a', 'b', 'c', 'd', 'e'] }],
    ['stop[1]', { ...question, stop: ['a', 5] }],
    ['max_tokens', { ...question, max_tokens: 0 }],
    ['max_tokens', { ...question, max_tokens: 1.5 }],
    ['max_completion_tokens', { ...question, max_completion_tokens: '5' }],
    ['logit_bias', { ...question, logit_bias: [1] }],
    ['logit_bias.12', { ...question, logit_bias: { 12: 101 } }],
    ['logit_bias.word', { ...question, logit_bias: { word: 1 } }],
    ['enable_thinking', { ...question, enable_thinking: 'yes' }],
    ['chat_template_kwargs.enable_thinking', { ...question, chat_template_kwargs: { enable_thinking: 1 } }],
    ['return_reasoning', { ...question, return_reasoning: 0 }],
    ['reasoning_format', { ...question, reasoning_format: 'xml' }],
  ])('names the field %s', async (param, body) => {
    const { app, engine } = setup();
    const error = await fail(post(app, body));
    expect(error).toMatchObject({ status: 400, type: 'invalid_request_error', param });
    expect(error.message).toContain(`'${param}'`);
    expect(error.message.length).toBeLessThan(300);
    expect(engine.requests).toEqual([]);
  });

  it('words its complaints for people', async () => {
    const { app } = setup();
    const message = async (body: object) => (await fail(post(app, body))).message;
    expect(await message({})).toBe("Invalid 'messages': it is required.");
    expect(await message({ ...question, temperature: 'hot' })).toBe(
      "Invalid 'temperature': expected number, received string.",
    );
    expect(await message({ ...question, n: 3 })).toBe("Invalid 'n': only one choice a request is supported.");
    expect(await message(user([image]))).toBe(
      "Invalid 'messages[0].content[0]': the model 'autoglm-phone-nano' takes no image input here, only: text.",
    );
    expect(await message(user(5))).toBe(
      "Invalid 'messages[0].content': expected a string or an array of content parts.",
    );
  });

  it('answers 413 to a body beyond the limit, declared or not', async () => {
    const { app } = setup({ maxBodyBytes: 2 * 1024 * 1024 });
    const large = JSON.stringify(user('x'.repeat(3 * 1024 * 1024)));
    const declared = await fail(post(app, large, { headers: { 'content-length': String(large.length) } }));
    expect(declared).toMatchObject({ status: 413, code: 'request_too_large' });
    expect(declared.message).toContain('2 MB');
    expect(await fail(post(app, large))).toMatchObject({ status: 413 });
  });

  it('reports on one mistake of millions', async () => {
    const { app } = setup();
    const body = `{"messages": [${'1,'.repeat(1_000_000)}1]}`;
    expect(await fail(post(app, body))).toMatchObject({ status: 400, param: 'messages' });
    expect(await fail(post(app, '['.repeat(1_000_000)))).toMatchObject({ status: 400 });
  });

  it('takes a body of any declared type, text of any characters', async () => {
    const { app } = setup();
    const body = JSON.stringify(user('\u0000\u0007\u001b[31m \udc00 \ud83d \uffff \u202e'));
    for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded']) {
      expect((await post(app, body, { headers: { 'content-type': type } })).status).toBe(200);
    }
  });
});

describe('models and engine', () => {
  it('knows the models by their ids and the published name', async () => {
    const { app } = setup();
    for (const model of ['autoglm-phone-nano', 'autoglm-phone-9b', null, '']) {
      expect((await complete(app, { ...question, model })).model).toBe('autoglm-phone-nano');
    }
    for (const model of ['gpt-5', 'AutoGLM-Phone-Nano', '__proto__', 'constructor', 'x'.repeat(100_000)]) {
      const error = await fail(post(app, { ...question, model }));
      expect(error).toMatchObject({ status: 404, code: 'model_not_found', param: 'model' });
      expect(error.message.length).toBeLessThan(300);
    }
  });

  it('prefers a model of that very name to the alias, and never answers with another', async () => {
    const real = manifest({ id: 'autoglm-phone-9b' });
    const { app, engine } = setup({ models: () => [manifest(), real] });
    const body = { ...question, model: 'autoglm-phone-9b' };
    expect((await fail(post(app, body))).message).toContain("'autoglm-phone-nano' is");
    engine.current = { state: 'ready', model: loaded(real) };
    expect((await complete(app, body)).model).toBe('autoglm-phone-9b');
  });

  it('asks to come back while there is no model', async () => {
    const { app, engine } = setup();
    engine.current = { state: 'loading', modelId: 'autoglm-phone-nano', phase: 'warm-up', fraction: 0.254 };
    const loading = await fail(post(app, question));
    expect(loading).toMatchObject({ status: 503, type: 'server_error', code: 'model_loading' });
    expect(loading.message).toContain('25 %');
    expect(loading.headers.get('retry-after')).toBe('2');
    expect(await fail(post(app, { ...question, model: 'gpt-5' }))).toMatchObject({ status: 404 });
    engine.current = { state: 'stopped' };
    expect(await fail(post(app, question))).toMatchObject({ status: 503, code: 'model_not_loaded' });
    engine.current = {
      state: 'failed',
      modelId: 'autoglm-phone-nano',
      error: { code: 'model-damaged', message: 'decoder.onnx.data: sha256 differs.' },
    };
    const damaged = await fail(post(app, question));
    expect(damaged).toMatchObject({ status: 503, message: 'decoder.onnx.data: sha256 differs.' });
    expect(damaged.headers.get('x-should-retry')).toBe('false');
  });

  it('says so when no model is installed', async () => {
    const { app, engine } = setup({ models: () => [] });
    engine.current = { state: 'stopped' };
    expect(await fail(post(app, question))).toMatchObject({ status: 503, message: 'No model is installed.' });
    expect(await fail(post(app, { ...question, model: 'autoglm-phone-9b' }))).toMatchObject({ status: 404 });
  });

  it.each([true, false])('gives a prompt that is too long its numbers (stream %s)', async (stream) => {
    const { app, engine } = setup();
    const message = 'The prompt is 300000 tokens long; this model takes 2048.';
    engine.script = events({ type: 'failed', error: { code: 'context-exceeded', message } });
    const error = await fail(post(app, { ...user('word '.repeat(200_000)), stream }));
    expect(error).toMatchObject({ status: 400, code: 'context_length_exceeded', param: 'messages', message });
  });

  it('turns what goes wrong in the engine into server errors', async () => {
    const { app, engine } = setup();
    engine.script = events({ type: 'failed', error: { code: 'out-of-memory', message: 'No memory.' } });
    expect(await fail(post(app, question))).toMatchObject({ status: 500, code: 'out_of_memory' });
    engine.script = events({ type: 'failed', error: { code: 'engine-crashed', message: 'It died.' } });
    expect(await fail(post(app, question))).toMatchObject({ status: 502, code: 'engine_crashed' });
    engine.script = events();
    expect(await fail(post(app, question))).toMatchObject({ status: 500, code: 'engine_failed' });
    engine.script = () => {
      throw new Error('a bug');
    };
    expect(await fail(post(app, question))).toMatchObject({
      status: 500,
      message: 'a bug',
      code: 'internal',
    });
  });
});

describe('the guard', () => {
  it.each<[Record<string, string>, string]>([
    [{ host: 'rebound.example:8000' }, 'host_not_allowed'],
    [{ origin: 'https://evil.example' }, 'origin_not_allowed'],
    [{ origin: 'null' }, 'origin_not_allowed'],
    [{ origin: 'http://127.0.0.1:3000' }, 'origin_not_allowed'],
    [{ host: 'evil.example', origin: 'http://evil.example' }, 'host_not_allowed'],
  ])('refuses a request with %j', async (headers, code) => {
    const { app, engine } = setup();
    expect(await fail(post(app, question, { headers }))).toMatchObject({ status: 403, code });
    expect(await fail(request(app, '/health', { headers }))).toMatchObject({ status: 403, code });
    expect(await fail(request(app, '/v1/models', { method: 'OPTIONS', headers }))).toMatchObject({
      status: 403,
    });
    expect(engine.requests).toEqual([]);
  });

  it('covers what its host serves beside it, and keeps the shape of its errors there', async () => {
    const { app } = setup();
    const host = new Hono().route('/', app).get('/', (context) => context.text('page'));
    expect((await request(host, '/')).status).toBe(200);
    expect((await request(host, '/', { headers: { host: 'evil.example' } })).status).toBe(403);
    expect(await fail(post(host, '{'))).toMatchObject({ status: 400, code: 'invalid_json' });
    expect(await fail(request(host, '/v1/other'))).toMatchObject({ status: 404, code: 'unknown_url' });
    const answer = await post(host, question);
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
  });

  it('takes any key and the own page', async () => {
    const { app } = setup();
    const headers = { origin: 'http://127.0.0.1:8000', authorization: 'Bearer EMPTY' };
    expect((await post(app, question, { headers })).status).toBe(200);
  });
});

describe('fuzz', () => {
  const fields = [
    'model',
    'messages',
    'stream',
    'stream_options',
    'n',
    'temperature',
    'top_p',
    'top_k',
    'min_p',
    'seed',
    'stop',
    'frequency_penalty',
    'presence_penalty',
    'repetition_penalty',
    'max_tokens',
    'max_completion_tokens',
    'logit_bias',
    'enable_thinking',
    'chat_template_kwargs',
    'return_reasoning',
    'reasoning_format',
  ];
  const anyValue = fc.jsonValue({ maxDepth: 3 });
  const anyText = fc.string({ unit: 'binary' });
  const anyPart = fc.record(
    {
      type: fc.constantFrom('text', 'image_url', 'input_audio', 'other'),
      text: anyText,
      image_url: fc.oneof(anyValue, fc.record({ url: anyText })),
      input_audio: anyValue,
    },
    { requiredKeys: ['type'] },
  );
  const anyMessage = fc.record({
    role: fc.constantFrom('user', 'assistant', 'system', 'developer', 'tool'),
    content: fc.oneof(anyText, anyValue, fc.array(anyPart, { maxLength: 3 })),
  });
  const anyBody = fc
    .tuple(
      fc.oneof(fc.array(anyMessage, { maxLength: 3 }), anyValue, fc.constant(question.messages)),
      fc.dictionary(fc.constantFrom(...fields), anyValue, { maxKeys: 3 }),
    )
    .map(([messages, rest]) => JSON.stringify({ messages, ...rest }));

  it('never answers 5xx, and every error in the same shape', async () => {
    const { app, engine } = setup();
    await fc.assert(
      fc.asyncProperty(fc.oneof({ arbitrary: anyBody, weight: 5 }, fc.json(), anyText), async (body) => {
        const response = await post(app, body);
        expect(response.status).toBeLessThan(500);
        if (response.status === 200) await response.text();
        else ErrorSchema.parse(await response.json());
      }),
      { numRuns: 1_500 },
    );
    expect(engine.requests.length).toBeGreaterThan(0);
  });
});
