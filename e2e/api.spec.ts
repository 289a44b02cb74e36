import { request } from 'node:http';
import { join } from 'node:path';
import { ChatOpenAI } from '@langchain/openai';
import OpenAI from 'openai';
import { z } from 'zod';
import { picture } from './support/files';
import { expect, test } from './support/fixtures';
import { appFolder, Host, removeHome, temporaryHome } from './support/host';
import { writeTextOnly } from './support/text-only-model';

/** OpenAI's API of the running app, with the real model behind it. */

const nano = join(appFolder, 'models', 'nano');
const QUESTION = [{ role: 'user' as const, content: 'What is 384 + 729?' }];

const Completion = z.object({
  model: z.literal('autoglm-phone-nano'),
  choices: z.tuple([
    z.object({
      finish_reason: z.literal('stop'),
      message: z.object({ content: z.string(), reasoning_content: z.string().optional() }),
    }),
  ]),
  usage: z.object({
    prompt_tokens: z.number().positive(),
    completion_tokens: z.number().positive(),
    completion_tokens_details: z.object({ reasoning_tokens: z.number() }),
  }),
});
const Answer = z.object({
  usage: z.object({ completion_tokens: z.number().positive() }),
});
const Chunk = z.object({
  choices: z.array(
    z.object({ delta: z.object({ content: z.string().nullish(), reasoning_content: z.string().nullish() }) }),
  ),
});
const Failure = z.object({ error: z.object({ message: z.string(), code: z.string() }) });

const post = (url: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

test('says that it is well and which models it has', async ({ host }) => {
  const health = await fetch(`${host.url}/health`);
  expect(health.status).toBe(200);
  const models = z
    .object({ object: z.literal('list'), data: z.array(z.object({ id: z.string() })) })
    .parse(await (await fetch(`${host.url}/v1/models`)).json());
  expect(models.data.map(({ id }) => id)).toContain('autoglm-phone-nano');
});

test('answers a plain request with its reasoning apart', async ({ host }) => {
  const response = await post(host.url, { messages: QUESTION, temperature: 0 });
  expect(response.status).toBe(200);
  const { choices, usage } = Completion.parse(await response.json());
  expect(choices[0].message.content).toBe('384 + 729 = 1113');
  expect(choices[0].message.reasoning_content).toContain('1113');
  expect(usage.completion_tokens_details.reasoning_tokens).toBeGreaterThan(10);
});

test('leaves the reasoning out when asked to, and does without it when asked to', async ({ host }) => {
  const hidden = Completion.parse(
    await (await post(host.url, { messages: QUESTION, temperature: 0, return_reasoning: false })).json(),
  );
  expect(hidden.choices[0].message).toEqual(expect.objectContaining({ content: '384 + 729 = 1113' }));
  expect(hidden.choices[0].message.reasoning_content ?? '').toBe('');
  expect(hidden.usage.completion_tokens_details.reasoning_tokens).toBeGreaterThan(10);

  const direct = Completion.parse(
    await (await post(host.url, { messages: QUESTION, temperature: 0, enable_thinking: false })).json(),
  );
  expect(direct.usage.completion_tokens_details.reasoning_tokens).toBe(0);
  expect(direct.choices[0].message.content).not.toBe('');
});

test('streams events that end with [DONE]', async ({ host }) => {
  const response = await post(host.url, { messages: QUESTION, temperature: 0, stream: true });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const events = (await response.text())
    .split('\n\n')
    .flatMap((event) => /^data: (.*)$/s.exec(event.trim())?.[1] ?? []);
  expect(events.at(-1)).toBe('[DONE]');
  let content = '';
  let reasoning = '';
  for (const event of events.slice(0, -1)) {
    const delta = Chunk.parse(JSON.parse(event)).choices[0]?.delta;
    // All of the reasoning comes before the answer.
    if (delta?.reasoning_content) expect(content).toBe('');
    reasoning += delta?.reasoning_content ?? '';
    content += delta?.content ?? '';
  }
  expect(content).toBe('384 + 729 = 1113');
  expect(reasoning).toContain('1113');
  expect(events.length).toBeGreaterThan(5);
});

test('runs the official openai package', async ({ host }) => {
  const openai = new OpenAI({ baseURL: `${host.url}/v1`, apiKey: 'EMPTY', maxRetries: 0 });
  const ask = { model: 'autoglm-phone-9b', messages: QUESTION, temperature: 0 };
  const completion = await openai.chat.completions.create(ask);
  expect(completion.choices[0]?.message.content).toBe('384 + 729 = 1113');
  const final = await openai.chat.completions.stream(ask).finalChatCompletion();
  expect(final.choices[0]?.message.content).toBe('384 + 729 = 1113');
  await expect(openai.chat.completions.create({ ...ask, model: 'gpt-5' })).rejects.toThrow(
    OpenAI.NotFoundError,
  );
});

test('runs the article’s script, written with LangChain.js', async ({ host }) => {
  const chat = new ChatOpenAI({
    model: 'autoglm-phone-9b',
    temperature: 0.5,
    configuration: { baseURL: `${host.url}/v1` },
    apiKey: 'EMPTY',
    modelKwargs: { enable_thinking: true, return_reasoning: true },
    streaming: true,
    maxRetries: 0,
  });
  let content = '';
  let reasoning = '';
  for await (const chunk of await chat.stream('你是谁?')) {
    content += chunk.text;
    reasoning += String(chunk.additional_kwargs.reasoning_content ?? '');
  }
  expect(content).toContain('AutoGLM');
  expect(reasoning).not.toBe('');

  const response = await withoutTokenTables(() => chat.invoke('你是谁?'));
  expect(response.content).toContain('AutoGLM');
  expect(response.usage_metadata?.output_tokens).toBeGreaterThan(5);
});

/**
 * After `invoke` LangChain.js downloads a table to estimate the tokens that the server has counted, and without a network it tries
 * for minutes. Given an unusable one it guesses at once, with a warning.
 */
async function withoutTokenTables<T>(body: () => Promise<T>): Promise<T> {
  const { fetch } = globalThis;
  const { warn } = console;
  globalThis.fetch = (input, init) =>
    String(input).startsWith('https://tiktoken.') ? Promise.resolve(Response.json({})) : fetch(input, init);
  console.warn = () => {};
  try {
    return await body();
  } finally {
    globalThis.fetch = fetch;
    console.warn = warn;
  }
}

const bad: readonly (readonly [name: string, body: unknown, status: number, code: string])[] = [
  ['malformed JSON', '{"messages": [', 400, 'invalid_json'],
  ['no messages', {}, 400, 'missing_required_parameter'],
  ['messages of a wrong type', { messages: 'hello' }, 400, 'invalid_type'],
  ['a temperature out of range', { messages: QUESTION, temperature: 9 }, 400, 'invalid_value'],
  ['an unknown model', { messages: QUESTION, model: 'gpt-5' }, 404, 'model_not_found'],
];
for (const [name, body, status, code] of bad) {
  test(`refuses ${name} in OpenAI's shape`, async ({ host }) => {
    const response = await post(host.url, body);
    expect(response.status).toBe(status);
    const { error } = Failure.parse(await response.json());
    expect(error.code).toBe(code);
    expect(error.message).toMatch(/\w.*\.$/s);
  });
}

const pictured = (url: string) => ({
  max_tokens: 16,
  messages: [
    {
      role: 'user',
      content: [
        { type: 'image_url', image_url: { url } },
        { type: 'text', text: 'What is in the picture?' },
      ],
    },
  ],
});
const png = async () =>
  `data:image/png;base64,${Buffer.from((await picture('a.png', '#c33')).bytes).toString('base64')}`;

test('takes an image, and refuses a damaged one', async ({ host }) => {
  const response = await post(host.url, pictured(await png()));
  expect(response.status).toBe(200);
  Answer.parse(await response.json());
  const damaged = await post(host.url, pictured('data:image/png;base64,AA=='));
  expect(damaged.status).toBe(400);
  Failure.parse(await damaged.json());
});

test('refuses an image for a model of text', async () => {
  const home = temporaryHome();
  writeTextOnly(nano, join(home, 'models', 'blind'), 'blind');
  const host = await Host.start({ home, args: ['--model', 'blind'] });
  try {
    await host.modelReady();
    const response = await post(host.url, pictured(await png()));
    expect(response.status).toBe(400);
    const { error } = Failure.parse(await response.json());
    expect(error.code).toBe('unsupported_modality');
    expect(error.message).toMatch(/takes no image input here, only: text\.$/);
  } finally {
    await host.stop();
    removeHome(home);
  }
});

test('says how long a prompt of 1 MB is and how long it may be', async ({ host }) => {
  const content = 'The quick brown fox. '.repeat(50_000);
  const response = await post(host.url, { messages: [{ role: 'user', content }] });
  expect(response.status).toBe(400);
  const { error } = Failure.parse(await response.json());
  expect(error.code).toBe('context_length_exceeded');
  expect(error.message).toMatch(/\d[\d,]{4,}/);
  expect(error.message).toContain('2048');
});

test('takes control characters, lone surrogates and unknown fields without harm', async ({ host }) => {
  for (const content of ['\u0000\u0007\u001b[31m', '\ud800 lone \udfff', '\u202e\u2066', '']) {
    const response = await post(host.url, {
      messages: [{ role: 'user', content }],
      max_tokens: 8,
      made_up: { yes: true },
    });
    if (response.status !== 200) Failure.parse(await response.json());
    expect([200, 400]).toContain(response.status);
  }
  expect((await fetch(`${host.url}/health`)).status).toBe(200);
});

/** `fetch` does not let a caller say which Host and Origin it sends. */
function status(url: string, method: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    // A WebSocket that should have been refused.
    sent.on('upgrade', (_response, socket) => {
      socket.destroy();
      resolve(101);
    });
    sent.on('error', reject);
    sent.end();
  });
}

test('answers no other site’s pages', async ({ host }) => {
  const own = new URL(host.url).host;
  const { url } = host;
  expect(await status(`${url}/v1/models`, 'GET', { host: 'evil.example' })).toBe(403);
  expect(await status(`${url}/v1/models`, 'GET', { host: own, origin: 'https://evil.example' })).toBe(403);
  expect(await status(`${url}/v1/models`, 'GET', { host: own, origin: 'http://127.0.0.1:1' })).toBe(403);
  expect(await status(`${url}/v1/models`, 'GET', { host: own })).toBe(200);
  expect(await status(url, 'GET', { host: 'evil.example' })).toBe(403);
});

test('opens its WebSocket to nobody but its own page', async ({ host }) => {
  const own = new URL(host.url).host;
  const upgrade = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  };
  const session = await fetch(`${host.url}/session`, { method: 'POST', headers: { origin: host.url } });
  expect(session.status).toBe(204);
  const cookie = session.headers.get('set-cookie')?.split(';')[0] ?? '';
  const connect = (headers: Record<string, string>) =>
    status(`${host.url}/ws`, 'GET', { host: own, ...upgrade, ...headers });

  expect(await connect({ origin: host.url, cookie })).toBe(101);
  expect(await connect({ origin: host.url })).toBe(403);
  expect(await connect({ origin: host.url, cookie: `${cookie.slice(0, -1)}~` })).toBe(403);
  expect(await connect({ origin: 'https://evil.example', cookie })).toBe(403);
  expect(await connect({ cookie })).toBe(403);
  expect(await connect({ origin: host.url, cookie, host: 'evil.example' })).toBe(403);
  const foreign = await fetch(`${host.url}/session`, {
    method: 'POST',
    headers: { origin: 'https://evil.example' },
  });
  expect(foreign.status).toBe(403);
  expect(foreign.headers.get('set-cookie')).toBeNull();
});
