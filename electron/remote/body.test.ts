import { describe, expect, it } from 'vitest';
import type { Server } from '../contract/connections';
import type { GenerationRequest } from '../contract/generation';
import { toBody } from './body';
import { question, remoteModel } from './testing/server';

const media = { part: async ({ type }: { type: string }) => ({ type }) };
const bodyFor = (server: Server, request: GenerationRequest, model = remoteModel()) =>
  toBody(request, { server, url: 'http://box/v1', model, media }).then(({ body }) => body);

describe('a request', () => {
  it('has text alone as a string, and pictures and sound in parts', async () => {
    const request = question('What is this?', {
      messages: [
        { role: 'system', content: [{ type: 'text', text: 'Be brief.' }] },
        {
          role: 'user',
          content: [
            { type: 'image', path: '/a', sha256: '1' },
            { type: 'audio', path: '/b', sha256: '2' },
            { type: 'text', text: 'What is this?' },
          ],
        },
        {
          role: 'assistant',
          content: [{ type: 'text', text: '' }],
          toolCalls: [{ id: 'c1', name: 'look', arguments: '{}' }],
        },
        { role: 'tool', toolCallId: 'c1', content: [{ type: 'text', text: 'A cat.' }] },
      ],
    });
    expect((await bodyFor('other', request)).messages).toEqual([
      { role: 'system', content: 'Be brief.' },
      {
        role: 'user',
        content: [{ type: 'image' }, { type: 'audio' }, { type: 'text', text: 'What is this?' }],
      },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'c1', type: 'function', function: { name: 'look', arguments: '{}' } }],
      },
      { role: 'tool', content: 'A cat.', tool_call_id: 'c1' },
    ]);
  });

  it('has the settings that its server takes, by its names, and no others', async () => {
    const sampling = { temperature: 0.2, topK: 40, minP: 0.1, repetitionPenalty: 1.1, maxTokens: 100 };
    const shared = { temperature: 0.2 };
    const fields = async (server: Server) => {
      const { model, messages, stream, stream_options, chat_template_kwargs, ...rest } = await bodyFor(
        server,
        question('?', { sampling }),
      );
      return rest;
    };
    const own = { top_k: 40, min_p: 0.1 };
    expect(await fields('vllm')).toEqual({ ...shared, ...own, repetition_penalty: 1.1, max_tokens: 100 });
    expect(await fields('llama-server')).toEqual({ ...shared, ...own, repeat_penalty: 1.1, max_tokens: 100 });
    expect(await fields('other')).toEqual({ ...shared, max_tokens: 100 });
    expect(await fields('openai')).toEqual({ ...shared, max_completion_tokens: 100 });
  });

  it.each([
    ['none', {}, {}],
    ['always', {}, {}],
    [
      'template',
      { chat_template_kwargs: { enable_thinking: true, thinking: true } },
      { chat_template_kwargs: { enable_thinking: false, thinking: false } },
    ],
    ['field', { enable_thinking: true }, { enable_thinking: false }],
    ['effort', {}, { reasoning_effort: 'low' }],
    ['type', { thinking: { type: 'enabled' } }, { thinking: { type: 'disabled' } }],
    ['enabled', { reasoning: { enabled: true } }, { reasoning: { enabled: false } }],
  ] as const)('switches thinking as its model wants it: %s', async (thinking, on, off) => {
    const model = remoteModel({ thinking });
    for (const [enableThinking, wanted] of [
      [true, on],
      [false, off],
    ] as const) {
      const body = await bodyFor('vllm', question('?', { enableThinking }), model);
      const { model: _, messages, stream, stream_options, ...rest } = body;
      expect(rest).toEqual(wanted);
    }
  });

  it('goes on with an answer: by a field, by itself, or by being told', async () => {
    const request = question('Count.', { prefix: { reasoning: 'Hm.', answer: 'One, two' } });
    const begun = { role: 'assistant', content: 'One, two' };
    const asked = { role: 'user', content: 'Count.' };
    expect(await bodyFor('vllm', request)).toMatchObject({
      messages: [asked, begun],
      continue_final_message: true,
      add_generation_prompt: false,
      chat_template_kwargs: { enable_thinking: false },
    });
    expect((await bodyFor('llama-server', request)).messages).toEqual([asked, begun]);
    const told = (await bodyFor('openai', request)).messages as { role: string }[];
    expect(told.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
    const onlyReasoned = question('Count.', { prefix: { reasoning: 'Hm.', answer: '' } });
    expect((await bodyFor('vllm', onlyReasoned)).messages).toEqual([asked]);
  });

  it('has the form of the answer as its server has it, and says where it has none', async () => {
    const schema = { type: 'object' };
    expect(await bodyFor('other', question('?', { format: { type: 'json-schema', schema } }))).toMatchObject({
      response_format: { type: 'json_schema', json_schema: { schema, strict: true } },
    });
    const choice = { type: 'choice', choices: ['a"b', 'c'] } as const;
    expect(await bodyFor('vllm', question('?', { format: choice }))).toMatchObject({
      structured_outputs: { choice: ['a"b', 'c'] },
    });
    expect(await bodyFor('llama-server', question('?', { format: choice }))).toMatchObject({
      grammar: 'root ::= "a\\"b" | "c"',
    });
    await expect(bodyFor('openai', question('?', { format: choice }))).rejects.toMatchObject({
      code: 'invalid-request',
      details: { kind: 'remote-format' },
    });
  });

  it('tells of tools only a model that takes them', async () => {
    const toolUse = {
      tools: [{ name: 'add', parameters: { type: 'object' } }],
      choice: { name: 'add' },
      parallel: true,
    } as const;
    expect(await bodyFor('vllm', question('?', { toolUse }))).toMatchObject({
      tools: [{ type: 'function', function: { name: 'add', parameters: { type: 'object' } } }],
      tool_choice: { type: 'function', function: { name: 'add' } },
    });
    const body = await bodyFor('vllm', question('?', { toolUse }), remoteModel({ tools: false }));
    expect(body).not.toHaveProperty('tools');
    expect(body).not.toHaveProperty('tool_choice');
  });
});
