import type { AddressInfo } from 'node:net';
import { createAdaptorServer, type ServerType } from '@hono/node-server';
import { ChatOpenAI } from '@langchain/openai';
import OpenAI from 'openai';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createServer } from './server';
import { ErrorSchema, question } from './testing/client';
import { answer, delta, endless, events, manifest, ScriptedEngine, sleep } from './testing/scripted-engine';

/** The libraries people use, over a real socket. */

let engine: ScriptedEngine;
let server: ServerType;
let address: string;
let openai: OpenAI;

beforeEach(async () => {
  engine = new ScriptedEngine();
  const timing = { firstEventMs: 50, keepAliveMs: 20 };
  const app = createServer({ engine, models: () => [manifest()], timing });
  server = createAdaptorServer({ fetch: app.fetch });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  openai = new OpenAI({ baseURL: `${address}/v1`, apiKey: 'EMPTY', maxRetries: 0 });
});

afterEach(async () => {
  if ('closeAllConnections' in server) server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const ask = { model: 'autoglm-phone-9b', messages: [{ role: 'user' as const, content: 'Who are you?' }] };

describe('the openai package', () => {
  it('gets a plain answer', async () => {
    const completion = await openai.chat.completions.create(ask);
    expect(completion.model).toBe('autoglm-phone-nano');
    expect(completion.choices[0]?.message).toMatchObject({
      content: 'I am AutoGLM.',
      reasoning_content: 'Who am I?',
    });
    expect(completion.usage?.completion_tokens_details?.reasoning_tokens).toBe(9);
  });

  it('gets a streamed answer with its usage', async () => {
    const stream = await openai.chat.completions.create({
      ...ask,
      stream: true,
      stream_options: { include_usage: true },
    });
    let content = '';
    let total = 0;
    for await (const chunk of stream) {
      content += chunk.choices[0]?.delta.content ?? '';
      total = chunk.usage?.total_tokens ?? total;
    }
    expect(content).toBe('I am AutoGLM.');
    expect(total).toBe(29);
  });

  it('puts a streamed answer together with its own helper', async () => {
    const stream = openai.chat.completions.stream(ask);
    const completion = await stream.finalChatCompletion();
    expect(completion.choices[0]?.message.content).toBe('I am AutoGLM.');
    expect(completion.choices[0]?.finish_reason).toBe('stop');
  });

  it('stops the engine when a stream is left', async () => {
    engine.script = endless();
    const stream = await openai.chat.completions.create({ ...ask, stream: true });
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break;
    await expect.poll(() => engine.ends, { interval: 5 }).toEqual(['aborted']);
  });

  it('stops the engine when a plain request is aborted', async () => {
    engine.script = endless();
    const abort = new AbortController();
    const completion = openai.chat.completions.create(ask, { signal: abort.signal });
    await expect.poll(() => engine.requests.length).toBe(1);
    abort.abort();
    await expect(completion).rejects.toThrow(OpenAI.APIUserAbortError);
    await expect.poll(() => engine.ends, { interval: 5 }).toEqual(['aborted']);
  });

  it('stops the engine when a stream is aborted while it is still being prefilled', async () => {
    engine.script = async function* (_request, signal) {
      yield { type: 'started', promptTokens: 7 };
      while (!signal.aborted) await sleep(5);
    };
    const abort = new AbortController();
    const stream = await openai.chat.completions.create({ ...ask, stream: true }, { signal: abort.signal });
    const reading = (async () => {
      for await (const _ of stream);
    })();
    await sleep(50);
    abort.abort();
    await reading;
    await expect.poll(() => engine.ends, { interval: 5 }).toEqual(['aborted']);
  });

  it('raises errors of their own kinds, also in the middle of a stream', async () => {
    const create = (body: object) => openai.chat.completions.create({ ...ask, ...body });
    await expect(create({ temperature: 9 })).rejects.toThrow(OpenAI.BadRequestError);
    await expect(create({ model: 'gpt-5' })).rejects.toThrow(OpenAI.NotFoundError);
    engine.script = events(delta('answer', 'I'), {
      type: 'failed',
      error: { code: 'engine-crashed', message: 'The engine has died.' },
    });
    const stream = await openai.chat.completions.create({ ...ask, stream: true });
    const read = async () => {
      for await (const _ of stream);
    };
    await expect(read()).rejects.toThrow('The engine has died.');
  });

  it('comes back by itself while the model loads', async () => {
    const ready = engine.current;
    engine.current = { state: 'loading', modelId: 'autoglm-phone-nano', phase: 'read', fraction: 0 };
    setTimeout(() => {
      engine.current = ready;
    }, 500);
    const completion = await openai.chat.completions.create(ask, { maxRetries: 2 });
    expect(completion.choices[0]?.message.content).toBe('I am AutoGLM.');
  });

  it('lists the models', async () => {
    const ids: string[] = [];
    for await (const model of openai.models.list()) ids.push(model.id);
    expect(ids).toEqual(['autoglm-phone-nano']);
    expect((await openai.models.retrieve('autoglm-phone-9b')).id).toBe('autoglm-phone-nano');
  });
});

describe('LangChain.js', () => {
  /** The script of the article that describes AutoGLM-Phone-9B; Python's `extra_body` is `modelKwargs` here. */
  const article = (fields: object = {}) =>
    new ChatOpenAI({
      model: 'autoglm-phone-9b',
      temperature: 0.5,
      configuration: { baseURL: `${address}/v1` },
      apiKey: 'EMPTY',
      modelKwargs: { enable_thinking: true, return_reasoning: true, ...fields },
      streaming: true,
      maxRetries: 0,
    });

  /**
   * After `invoke` LangChain.js estimates tokens with a table that it downloads, though the server has counted them, and where
   * there is no network it tries for minutes. Given an unusable table it guesses at once.
   */
  beforeEach(() => {
    const { fetch } = globalThis;
    vi.stubGlobal('fetch', (input: string | URL | Request, init?: RequestInit) =>
      String(input).startsWith('https://tiktoken.') ? Promise.resolve(Response.json({})) : fetch(input, init),
    );
    vi.spyOn(console, 'warn').mockImplementation(() => {});
  });

  afterEach(() => {
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });

  it('runs the article’s script', async () => {
    engine.script = answer('我是 AutoGLM。', '用户问我是谁。');
    const response = await article().invoke('你是谁?');
    expect(response.content).toBe('我是 AutoGLM。');
    expect(response.additional_kwargs.reasoning_content).toBe('用户问我是谁。');
    expect(response.response_metadata).toMatchObject({
      finish_reason: 'stop',
      model_name: 'autoglm-phone-nano',
    });
    expect(response.usage_metadata).toMatchObject({
      input_tokens: 7,
      output_tokens: 18,
      output_token_details: { reasoning: 7 },
    });
    expect(engine.requests[0]).toMatchObject({
      messages: [{ role: 'user', content: [{ type: 'text', text: '你是谁?' }] }],
      sampling: { temperature: 0.5 },
      enableThinking: true,
    });
  });

  it('streams, and takes no for an answer', async () => {
    let content = '';
    for await (const chunk of await article({ return_reasoning: false }).stream('你是谁?')) {
      content += chunk.text;
      expect(chunk.additional_kwargs.reasoning_content ?? '').toBe('');
    }
    expect(content).toBe('I am AutoGLM.');
    await article({ enable_thinking: false }).invoke('你是谁?');
    expect(engine.requests.at(-1)?.enableThinking).toBe(false);
  });
});

describe('a socket', () => {
  it('gets each event when it happens', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    engine.script = async function* (request, signal) {
      yield delta('answer', 'first ');
      await held;
      yield* answer('second')(request, signal);
    };
    const response = await fetch(`${address}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ ...question, stream: true }),
    });
    const decoder = new TextDecoder();
    let text = '';
    for await (const part of response.body!) {
      text += decoder.decode(part, { stream: true });
      if (text.includes('first ') && text.includes(': keep-alive')) release();
    }
    expect(text).toContain('[DONE]');
  });

  it('gets 413 for 33 MB and a clear answer for 1 MB', async () => {
    const send = (bytes: number) =>
      fetch(`${address}/v1/chat/completions`, {
        method: 'POST',
        body: JSON.stringify({ messages: [{ role: 'user', content: 'x'.repeat(bytes) }] }),
      });
    const large = await send(33 * 1024 * 1024);
    expect(large.status).toBe(413);
    ErrorSchema.parse(await large.json());
    const message = 'The prompt is 1048576 tokens long; this model takes 2048.';
    engine.script = events({ type: 'failed', error: { code: 'context-exceeded', message } });
    const long = await send(1024 * 1024);
    expect(long.status).toBe(400);
    expect(ErrorSchema.parse(await long.json()).error).toMatchObject({
      message,
      code: 'context_length_exceeded',
    });
  });
});
