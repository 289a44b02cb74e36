import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { addressesOf } from './address';
import { discover } from './discover';
import { fakeServer, json, type Route } from './testing/server';

const look = (typed: string, headers: Readonly<Record<string, string>> = {}) =>
  discover(
    typed,
    async (url) => ({ url, headers, fetch: (address, init) => fetch(address, init) }),
    new AbortController().signal,
  );

const list = (...data: readonly object[]): Route => json({ object: 'list', data });

describe('an address', () => {
  it.each([
    ['gpu-box.local:8000', ['http://gpu-box.local:8000/v1', 'http://gpu-box.local:8000']],
    ['192.168.1.20:1234', ['http://192.168.1.20:1234/v1', 'http://192.168.1.20:1234']],
    ['localhost:11434/', ['http://localhost:11434/v1', 'http://localhost:11434']],
    ['http://[fe80::1]:8000/v1', ['http://[fe80::1]:8000/v1']],
    ['api.openai.com', ['https://api.openai.com/v1', 'https://api.openai.com']],
    ['https://api.example.com/v1/chat/completions', ['https://api.example.com/v1']],
    ['https://open.bigmodel.cn/api/paas/v4/', ['https://open.bigmodel.cn/api/paas/v4']],
    ['https://proxy.example.com/llm', ['https://proxy.example.com/llm/v1', 'https://proxy.example.com/llm']],
    ['  http://box:8000/v1?x=1#y ', ['http://box:8000/v1']],
  ])('%s', (typed, expected) => {
    expect(addressesOf(typed)).toEqual(expected);
  });

  it.each([
    '',
    'ftp://box',
    'http://',
    'http://user:password@box',
    'javascript:alert(1)',
    'file:///etc/passwd',
  ])('%j is none', (typed) => {
    expect(() => addressesOf(typed)).toThrow(expect.objectContaining({ code: 'invalid-request' }));
  });
});

describe('who answers', () => {
  it('vLLM, whose list says how long its context is', async () => {
    const { origin, asked } = await fakeServer({
      '/v1/models': list({ id: 'zai-org/AutoGLM-Phone-9B', owned_by: 'vllm', max_model_len: 25_480 }),
    });
    const found = await look(origin, { authorization: 'Bearer k' });
    expect(found).toMatchObject({ url: `${origin}/v1`, server: 'vllm', unencrypted: false });
    expect(found.models).toMatchObject([
      {
        id: 'zai-org/AutoGLM-Phone-9B',
        contextLength: 25_480,
        images: true,
        audio: false,
        tools: true,
        thinking: 'template',
        other: false,
      },
    ]);
    expect(asked.every(({ headers }) => headers.authorization === 'Bearer k')).toBe(true);
  });

  it('llama-server, whose properties say more', async () => {
    const { url } = await fakeServer({
      '/v1/models': list({ id: 'model.gguf', owned_by: 'llamacpp', meta: { n_ctx_train: 131_072 } }),
      '/props': json({
        default_generation_settings: { n_ctx: 8192 },
        modalities: { vision: true, audio: false },
        chat_template: '{% if tools %}…{% endif %} enable_thinking',
      }),
    });
    expect(await look(url)).toMatchObject({
      server: 'llama-server',
      models: [{ contextLength: 8192, images: true, audio: false, tools: true, thinking: 'template' }],
    });
  });

  it('LM Studio', async () => {
    const { url } = await fakeServer({
      '/v1/models': list(
        { id: 'qwen2-vl', owned_by: 'organization_owner' },
        { id: 'nomic-embed', owned_by: 'x' },
      ),
      '/api/v0/models': json({
        data: [
          { id: 'qwen2-vl', type: 'vlm', max_context_length: 32_768, loaded_context_length: 4096 },
          { id: 'nomic-embed', type: 'embeddings', max_context_length: 2048 },
        ],
      }),
    });
    expect(await look(url)).toMatchObject({
      server: 'lm-studio',
      models: [
        { contextLength: 4096, images: true, thinking: 'none', other: false },
        { id: 'nomic-embed', other: true },
      ],
    });
  });

  it('Ollama, whose models hold less than they could unless told', async () => {
    const { url } = await fakeServer({
      '/v1/models': list({ id: 'qwen3:8b', owned_by: 'library' }, { id: 'tiny', owned_by: 'library' }),
      '/api/version': json({ version: '0.12.0' }),
      '/api/ps': json({ models: [{ name: 'tiny', context_length: 16_384 }] }),
      '/api/show': ({ body }, response, closed) =>
        json(
          body.model === 'tiny'
            ? { capabilities: ['completion', 'vision'] }
            : {
                capabilities: ['completion', 'tools', 'thinking'],
                model_info: { 'qwen3.context_length': 40_960 },
              },
        )({ method: '', path: '', headers: {}, body }, response, closed),
    });
    expect(await look(url)).toMatchObject({
      server: 'ollama',
      models: [
        { contextLength: 4096, images: false, tools: true, thinking: 'effort' },
        { contextLength: 16_384, images: true, tools: false, thinking: 'none' },
      ],
    });
  });

  it('a service that tells more in its list, and models that do not chat', async () => {
    const { url } = await fakeServer({
      '/v1/models': list(
        {
          id: 'a/vision',
          context_length: 200_000,
          architecture: { input_modalities: ['text', 'image'], output_modalities: ['text'] },
          supported_parameters: ['tools', 'reasoning'],
        },
        { id: 'a/painter', architecture: { output_modalities: ['image'] } },
        { id: 'text-embedding-3-small' },
      ),
    });
    expect((await look(url)).models).toMatchObject([
      { contextLength: 200_000, images: true, tools: true, thinking: 'always', other: false },
      { other: true },
      { other: true },
    ]);
  });

  it('the interface lies beside /v1', async () => {
    const { origin } = await fakeServer({ '/models': list({ id: 'm' }) });
    expect(await look(origin)).toMatchObject({ url: origin, server: 'other', models: [{ id: 'm' }] });
  });
});

describe('what is wrong is said', () => {
  it.each([
    ['a key is wanted', json({ error: { message: 'no' } }, 401), 'remote-key'],
    ['it is no such server', json({ hello: 'world' }), 'remote-not-openai'],
    ['it is a web page', ((_a, r) => void r.writeHead(200).end('<html>')) as Route, 'remote-not-openai'],
    ['there are no models', list(), 'remote-no-models'],
    ['it fails', json({}, 500), 'remote-server'],
    [
      'it sends elsewhere',
      ((_a, r) => void r.writeHead(301, { location: 'https://x.example/' }).end()) as Route,
      'remote-redirect',
    ],
    ['it ends at once', ((_a, r) => void r.destroy()) as Route, 'remote-unreachable'],
  ])('%s', async (_name, route, kind) => {
    const { url } = await fakeServer({ '/v1/models': route });
    await expect(look(url)).rejects.toMatchObject({ details: { kind } });
  });

  it('nobody is there', async () => {
    await expect(look('127.0.0.1:9')).rejects.toMatchObject({ details: { kind: 'remote-unreachable' } });
    await expect(look('no-such-machine.invalid')).rejects.toMatchObject({
      details: { kind: expect.stringMatching(/remote-unknown-host|remote-unreachable/) },
    });
  });

  it('it does not speak HTTPS', async () => {
    const { origin } = await fakeServer({});
    await expect(look(origin.replace('http:', 'https:'))).rejects.toMatchObject({
      details: { kind: 'remote-not-tls' },
    });
  });

  it('a list without an end is cut off', async () => {
    const { url } = await fakeServer({
      '/v1/models': async (_asked, response, closed) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        // No faster than it is read: the test shares its thread with who reads.
        const drained = () => Promise.race([once(response, 'drain'), closed]);
        while (!response.destroyed) if (!response.write(' '.repeat(1 << 18))) await drained();
      },
    });
    await expect(look(url)).rejects.toMatchObject({ details: { kind: 'remote-too-much' } });
  });
});
