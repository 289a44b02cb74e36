import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createAdaptorServer, type ServerType } from '@hono/node-server';
import { ChatOpenAI } from '@langchain/openai';
import OpenAI from 'openai';
import { zodFunction, zodResponseFormat } from 'openai/helpers/zod';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import type { EngineService } from '../contract/engine';
import { LoadedModel } from '../engine/runtime/loaded-model';
import { QWEN } from '../engine/testing/chat-templates';
import { writeRandomDecoder } from '../engine/testing/random-decoder';
import { createServer } from './server';
import { fail, post, question, setup } from './testing/client';
import { delta, events, stats } from './testing/scripted-engine';

const City = z.object({
  name: z.string().max(12),
  population: z.int().min(0).max(40_000_000),
  language: z.enum(['français', '中文', 'English']),
  rivers: z.array(z.string().max(8)).max(2),
  mayor: z.object({ years: z.number().min(0).max(12) }).nullable(),
});

/** A server over a model in this process. */
async function serve(folder: string) {
  const model = await LoadedModel.load(folder, { provider: 'cpu', threads: 1 });
  const engine: EngineService = {
    status: () => ({ state: 'ready', model: model.info }),
    onStatus: () => () => {},
    generate: (request, signal) => model.generate(request, signal),
    countTokens: (request) => model.countTokens(request),
  };
  const app = createServer({ engine, models: () => [model.info.manifest] });
  const server: ServerType = createAdaptorServer({ fetch: app.fetch });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  const close = async () => {
    if ('closeAllConnections' in server) server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await model.dispose();
  };
  return { app, address, close };
}

const chatOver = (address: string, model: string, fields: object = {}) =>
  new ChatOpenAI({
    model,
    configuration: { baseURL: address },
    apiKey: 'EMPTY',
    maxRetries: 0,
    temperature: 1,
    modelKwargs: { seed: 5, ...fields },
  });

describe('over Nano', () => {
  let server: Awaited<ReturnType<typeof serve>>;
  let openai: OpenAI;
  const messages = [{ role: 'user' as const, content: 'Tell me about Paris.' }];
  beforeAll(async () => {
    server = await serve('models/nano');
    openai = new OpenAI({ baseURL: server.address, apiKey: 'EMPTY', maxRetries: 0 });
  });
  afterAll(() => server.close());

  it.each([false, true])(
    'the openai package parses what a Zod schema says (thinking: %s)',
    async (thinking) => {
      const completion = await openai.chat.completions.parse({
        model: 'autoglm-phone-9b',
        messages,
        response_format: zodResponseFormat(City, 'city'),
        max_tokens: 600,
        ...{ enable_thinking: thinking },
      });
      const [choice] = completion.choices;
      expect(choice?.finish_reason).toBe('stop');
      expect(City.safeParse(choice?.message.parsed).error).toBeUndefined();
    },
  );

  it('a stream of it is the same text', async () => {
    const asked = {
      model: 'autoglm-phone-9b',
      messages,
      response_format: zodResponseFormat(City, 'city'),
      temperature: 1,
      seed: 3,
    };
    const whole = await openai.chat.completions.create(asked);
    const stream = await openai.chat.completions.create({
      ...asked,
      model: 'autoglm-phone-9b',
      stream: true,
    });
    let text = '';
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
    expect(text).toBe(whole.choices[0]?.message.content);
    expect(City.safeParse(JSON.parse(text)).error).toBeUndefined();
  });

  it('LangChain’s withStructuredOutput gives the object', async () => {
    const chat = chatOver(server.address, 'autoglm-phone-9b', { enable_thinking: false });
    const city = await chat
      .withStructuredOutput(City, { name: 'city', method: 'jsonSchema' })
      .invoke('Paris?');
    expect(City.safeParse(city).error).toBeUndefined();
  });

  it('vLLM’s and llama.cpp’s fields work too', async () => {
    const content = async (fields: object) => {
      const response = await post(server.app, {
        messages,
        max_tokens: 100,
        enable_thinking: false,
        ...fields,
      });
      return ((await response.json()) as OpenAI.ChatCompletion).choices[0]?.message.content;
    };
    expect(['Lyon', '巴黎']).toContain(await content({ guided_choice: ['Lyon', '巴黎'] }));
    expect(await content({ guided_regex: '[0-9]{3}-[a-f]{2}' })).toMatch(/^[0-9]{3}-[a-f]{2}$/);
    expect(await content({ guided_json: '{"type": "boolean"}' })).toMatch(/^(?:true|false)$/);
    expect(await content({ grammar: 'root ::= "<" [x-z]{2} ">"' })).toMatch(/^<[x-z]{2}>$/);
    const object = await content({ response_format: { type: 'json_object' }, temperature: 0.5, seed: 1 });
    expect(object).toMatch(/^\{/);
  });

  it('says 400 and the place of what a schema has wrong, also before a stream', async () => {
    const schema = { type: 'object', properties: { a: { type: 'array', items: { type: 'strin' } } } };
    const response_format = { type: 'json_schema', json_schema: { name: 'x', schema } };
    const param = 'response_format.json_schema.schema.properties.a.items.type';
    for (const stream of [false, true]) {
      const error = await fail(post(server.app, { messages, response_format, stream }));
      expect(error).toMatchObject({ status: 400, param });
      expect(error.message).toMatch(/^Invalid 'response_format.*': "strin" is not a type/);
    }
  });

  it('says 400 for tools, which Nano does not know, unless none may be called', async () => {
    const tools = [{ type: 'function', function: { name: 'f' } }];
    expect(await fail(post(server.app, { messages, tools }))).toMatchObject({ status: 400, param: 'tools' });
    const none = await post(server.app, { messages, tools, tool_choice: 'none', max_tokens: 3 });
    expect(none.status).toBe(200);
    const answered = [
      ...messages,
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'a', function: { name: 'f', arguments: '{}' } }],
      },
    ];
    expect(await fail(post(server.app, { messages: answered }))).toMatchObject({
      status: 400,
      param: 'tools',
    });
  });
});

describe('over a model whose template knows tools', () => {
  const root = mkdtempSync(path.join(tmpdir(), 'autoglm-tools-'));
  let server: Awaited<ReturnType<typeof serve>>;
  const Arguments = z.object({ city: z.enum(['Paris', '北京']), days: z.int().min(1).max(9) });
  const weather = {
    type: 'function' as const,
    function: { name: 'get_weather', description: 'The weather', parameters: z.toJSONSchema(Arguments) },
  };
  beforeAll(async () => {
    const folder = path.join(root, 'model');
    await writeRandomDecoder(folder, 'any', QWEN);
    server = await serve(folder);
    // LangChain.js downloads a table of tokens after each answer.
    const { fetch } = globalThis;
    vi.stubGlobal('fetch', (input: string | URL | Request, init?: RequestInit) =>
      String(input).startsWith('https://tiktoken.') ? Promise.resolve(Response.json({})) : fetch(input, init),
    );
  });
  afterAll(async () => {
    vi.unstubAllGlobals();
    await server.close();
    rmSync(root, { recursive: true });
  });

  it('the openai package gets calls with parsed arguments, whole and streamed, and answers them', async () => {
    const openai = new OpenAI({ baseURL: server.address, apiKey: 'EMPTY', maxRetries: 0 });
    const asked = {
      model: 'any',
      messages: [{ role: 'user' as const, content: 'Weather?' }],
      tools: [zodFunction({ name: 'get_weather', parameters: Arguments })],
      tool_choice: 'required' as const,
      parallel_tool_calls: false,
      temperature: 1,
      seed: 4,
    };
    const completion = await openai.chat.completions.parse(asked);
    const [choice] = completion.choices;
    expect(choice).toMatchObject({ finish_reason: 'tool_calls', message: { content: null } });
    const [call] = choice?.message.tool_calls ?? [];
    expect(Arguments.safeParse(call?.function.parsed_arguments).error).toBeUndefined();

    const streamed = await openai.chat.completions.stream(asked).finalChatCompletion();
    expect(streamed.choices[0]?.finish_reason).toBe('tool_calls');
    expect(streamed.choices[0]?.message.tool_calls?.[0]?.function).toMatchObject({
      name: 'get_weather',
      arguments: call?.function.arguments,
    });

    const again = await openai.chat.completions.create({
      ...asked,
      tool_choice: 'none',
      max_tokens: 4,
      messages: [
        ...asked.messages,
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            {
              id: call!.id,
              type: 'function',
              function: { name: 'get_weather', arguments: call!.function.arguments },
            },
          ],
        },
        { role: 'tool', tool_call_id: call!.id, content: 'Sunny.' },
      ],
    });
    expect(again.usage?.prompt_tokens).toBeGreaterThan(100);
    expect(again.choices[0]?.message.tool_calls).toBeUndefined();
  });

  it('LangChain’s bindTools and withStructuredOutput get theirs', async () => {
    const chat = chatOver(server.address, 'any');
    const message = await chat.bindTools([weather], { tool_choice: 'get_weather' }).invoke('Weather?');
    expect(message.tool_calls).toHaveLength(1);
    expect(message.tool_calls?.[0]).toMatchObject({ name: 'get_weather', type: 'tool_call' });
    expect(Arguments.safeParse(message.tool_calls?.[0]?.args).error).toBeUndefined();
    const called = chat.withStructuredOutput(Arguments, { name: 'weather', method: 'functionCalling' });
    expect(Arguments.safeParse(await called.invoke('Weather?')).error).toBeUndefined();
  });
});

describe('a request', () => {
  const tools = [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }];
  it.each<[object, string]>([
    [{ response_format: { type: 'xml' } }, 'response_format.type'],
    [{ response_format: { type: 'json_schema' } }, 'response_format.json_schema'],
    [
      { response_format: { type: 'json_schema', json_schema: { schema: 5 } } },
      'response_format.json_schema.schema',
    ],
    [{ response_format: { type: 'json_object' }, guided_regex: 'a' }, 'guided_regex'],
    [{ guided_json: '{' }, 'guided_json'],
    [{ guided_choice: [] }, 'guided_choice'],
    [{ guided_choice: Array(10_001).fill('a') }, 'guided_choice'],
    [{ tools: [{ type: 'function', function: { name: 'no spaces' } }] }, 'tools[0].function.name'],
    [{ tools: [...tools, ...tools] }, 'tools[1].function.name'],
    [{ tool_choice: 'required' }, 'tool_choice'],
    [{ tools, tool_choice: 'perhaps' }, 'tool_choice'],
    [{ tools, tool_choice: { type: 'function', function: { name: 'g' } } }, 'tool_choice.function.name'],
    [{ messages: [{ role: 'tool', content: 'x' }] }, 'messages[0].tool_call_id'],
    [{ messages: [{ role: 'assistant', content: null }] }, 'messages[0].content'],
    [
      {
        messages: [
          { role: 'user', content: 'x', tool_calls: [{ id: 'a', function: { name: 'f', arguments: '' } }] },
        ],
      },
      'messages[0].tool_calls',
    ],
  ])('of %j is refused', async (fields, param) => {
    expect(await fail(post(setup().app, { ...question, ...fields }))).toMatchObject({ status: 400, param });
  });

  it('reaches the engine in its terms', async () => {
    const { app, engine } = setup();
    const schema = { type: 'object' };
    await post(app, {
      messages: [
        ...question.messages,
        {
          role: 'assistant',
          tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: 'c', content: 'done' },
      ],
      tools,
      parallel_tool_calls: false,
      response_format: { type: 'json_schema', json_schema: { name: 'n', schema, strict: true } },
    });
    expect(engine.requests[0]).toMatchObject({
      messages: [
        { role: 'user' },
        { role: 'assistant', toolCalls: [{ id: 'c', name: 'f', arguments: '{}' }] },
        { role: 'tool', toolCallId: 'c', content: [{ type: 'text', text: 'done' }] },
      ],
      format: { type: 'json-schema', schema },
      toolUse: { tools: [{ name: 'f', parameters: { type: 'object' } }], choice: 'auto', parallel: false },
    });
    await post(app, { ...question, tools, tool_choice: 'none' });
    expect(engine.requests[1]?.toolUse).toBeUndefined();
  });

  it('whose calls are cut says length; reasoning comes before them', async () => {
    const { app, engine } = setup();
    engine.script = events(
      delta('reasoning', 'Hm.'),
      { type: 'tool-call', index: 0, id: 'abc', name: 'f', arguments: '' },
      { type: 'tool-call', index: 0, arguments: '{"a": ' },
      { type: 'finished', reason: 'length', stats: stats({}) },
    );
    const body = await (await post(app, { ...question, tools, reasoning_format: 'inline' })).json();
    expect(body).toMatchObject({
      choices: [
        {
          finish_reason: 'length',
          message: {
            content: '<think>Hm.</think>',
            tool_calls: [{ id: 'abc', type: 'function', function: { name: 'f', arguments: '{"a": ' } }],
          },
        },
      ],
    });
  });
});

describe('a schema of ten thousand levels', () => {
  const deep = `${'{"items":'.repeat(10_000)}{}${'}'.repeat(10_000)}`;
  it.each<[place: string, body: string]>([
    ['guided_json', `"guided_json": ${deep}`],
    ['guided_json', `"guided_json": ${JSON.stringify(deep)}`],
    [
      'response_format.json_schema.schema',
      `"response_format": { "type": "json_schema", "json_schema": { "schema": ${deep} } }`,
    ],
    [
      'tools[0].function.parameters',
      `"tools": [{ "type": "function", "function": { "name": "f", "parameters": ${deep} } }]`,
    ],
  ])('is refused in %s before anything descends into it', async (param, field) => {
    const body = `{ "messages": [{ "role": "user", "content": "?" }], ${field} }`;
    const response = await setup().app.request('/v1/chat/completions', {
      method: 'POST',
      body,
      headers: { host: 'localhost:8000' },
    });
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { error: { param, message: expect.stringMatching(/at most 500 levels|is not valid|expected/) } },
    ]);
  });
});
