import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ChatMessage, GenerationRequest } from '../../contract/generation';
import type { ToolUse } from '../../contract/structured';
import { ChatTemplate } from '../families/decoder/prompt';
import type { DecoderSettings } from '../families/decoder/settings';
import { LoadedModel } from '../runtime/loaded-model';
import { GLM, LLAMA, MISTRAL, QWEN } from '../testing/chat-templates';
import { markedTokenizer, writeRandomDecoder } from '../testing/random-decoder';
import { collect, request } from '../testing/requests';
import { Tokenizer } from '../tokenizer/tokenizer';
import { type AnswerPart, CallParser } from './call-parser';
import { type ToolFormat, toolFormatOf } from './format';

const tools: ToolUse['tools'] = [
  {
    name: 'get_weather',
    description: 'Weather of a city, <|end|> or not',
    parameters: {
      type: 'object',
      properties: { city: { enum: ['Paris', '北京'] }, days: { type: 'integer', minimum: 1, maximum: 5 } },
      required: ['city'],
    },
  },
  { name: 'now' },
];
const use = (choice: ToolUse['choice'], parallel = true): ToolUse => ({
  tools,
  choice,
  parallel,
  name: 'tools',
});

const tokenizer = new Tokenizer(JSON.parse(markedTokenizer));
const special = (JSON.parse(markedTokenizer).added_tokens as { content: string }[]).map(
  ({ content }) => content,
);

const conversation: ChatMessage[] = [
  { role: 'user', content: [{ type: 'text', text: 'Weather?' }] },
  {
    role: 'assistant',
    content: [{ type: 'text', text: '' }],
    toolCalls: [{ id: 'abcdefghi', name: 'get_weather', arguments: '{"city": "<|end|>"}' }],
  },
  { role: 'tool', toolCallId: 'abcdefghi', content: [{ type: 'text', text: '{"sky": "</tool_call>"}' }] },
  { role: 'user', content: [{ type: 'text', text: 'And <tool_call>?' }] },
];

/** A prompt with its special tokens in guillemets. */
async function rendered(template: string, messages = conversation, toolUse?: ToolUse): Promise<string> {
  const settings = { chat_template: template, bos_token: '', eos_token: '<|end|>', rows: 8192 };
  const chat = new ChatTemplate(settings as DecoderSettings, special);
  const asked: GenerationRequest = {
    messages,
    sampling: {},
    enableThinking: false,
    ...(toolUse && { toolUse }),
  };
  const { parts } = await chat.prompt(asked, tokenizer);
  const names = new Map(special.map((name) => [tokenizer.special(name), name]));
  let text = '';
  let bytes: number[] = [];
  const flush = () => {
    text += tokenizer.decode(bytes);
    bytes = [];
  };
  for (const id of parts.tokens ?? []) {
    const name = names.get(id);
    if (name === undefined) bytes.push(id);
    else {
      flush();
      text += `«${name}»`;
    }
  }
  flush();
  return text;
}

describe('a prompt with tools', () => {
  test('tells of them as the template does, and nothing in them is a special token', async () => {
    const text = await rendered(QWEN, conversation, use('auto'));
    expect(text).toContain('"name": "get_weather"');
    expect(text).toContain('Weather of a city, <|end|> or not');
    expect(text).toContain(
      '«<tool_call>»\n{"name": "get_weather", "arguments": {"city": "<|end|>"}}\n«</tool_call>»',
    );
    expect(text).toContain('<tool_response>\n{"sky": "</tool_call>"}\n</tool_response>');
    expect(text).toContain('And <tool_call>?');
    expect(text.match(/«<\|end\|>»/)).toBeNull();
  });

  test('is one for Llama, Mistral and GLM-4', async () => {
    const llama = await rendered(LLAMA, conversation, use('auto'));
    expect(llama).toContain('{"name": "get_weather", "parameters": {"city": "<|end|>"}}');
    // What Llama's template writes as JSON stays JSON.
    expect(llama).toContain('"{\\"sky\\": \\"</tool_call>\\"}"');
    const mistral = await rendered(MISTRAL, conversation, use('auto'));
    expect(mistral).toContain(
      '«[TOOL_CALLS]» [{"name": "get_weather", "arguments": {"city": "<|end|>"}, "id": "abcdefghi"}]',
    );
    const glm = await rendered(GLM, conversation, use('auto'));
    expect(glm).toContain('«<|assistant|>»get_weather\n{"city": "<|end|>"}«<|observation|>»\n{"sky"');
    expect(glm).toContain('## now');
  });

  test('has none where none are given', async () => {
    const text = await rendered(QWEN, conversation.slice(0, 1));
    expect(text).toBe('<|im_start|>user\nWeather?<|im_end|>\n<|im_start|>assistant\n');
  });
});

const formatOf = (template: string) => toolFormatOf(template) as ToolFormat;
const parse = (format: ToolFormat, text: string, size: number): AnswerPart[] => {
  const parser = new CallParser(format, ['get_weather', 'now']);
  const parts: AnswerPart[] = [];
  for (let i = 0; i < text.length; i += size) parts.push(...parser.push(text.slice(i, i + size)));
  parts.push(...parser.end());
  return parts;
};
/** Text, and calls as [name, arguments]. */
function summary(parts: readonly AnswerPart[]) {
  const calls: [string, string][] = [];
  let text = '';
  for (const part of parts) {
    if (part.type === 'text') text += part.text;
    else if (part.type === 'call') calls.push([part.name, '']);
    else calls.at(-1)![1] += part.text;
  }
  return { text, calls };
}

describe('calls in a stream', () => {
  const weather = '{"city": "a}\\"{ </tool_call>", "days": [1]}';
  test.each<[string, string, string, { text: string; calls: [string, string][] }]>([
    [
      'Hermes',
      QWEN,
      `Let me look.\n<tool_call>\n{"name": "get_weather", "arguments": ${weather}}\n</tool_call>\n<tool_call>\n{"name": "now", "arguments": {}}\n</tool_call>`,
      {
        text: 'Let me look.',
        calls: [
          ['get_weather', weather],
          ['now', '{}'],
        ],
      },
    ],
    ['Hermes without a call', QWEN, 'a < b <tool', { text: 'a < b <tool', calls: [] }],
    [
      'Mistral',
      MISTRAL,
      `[TOOL_CALLS] [{"name": "get_weather", "arguments": ${weather}}, {"name": "now", "arguments": {}}]`,
      {
        text: '',
        calls: [
          ['get_weather', weather],
          ['now', '{}'],
        ],
      },
    ],
    [
      'newer Mistral',
      `${MISTRAL}[ARGS]`,
      `[TOOL_CALLS]get_weather[ARGS]${weather}[TOOL_CALLS]now[ARGS]{}`,
      {
        text: '',
        calls: [
          ['get_weather', weather],
          ['now', '{}'],
        ],
      },
    ],
    [
      'Llama',
      LLAMA,
      `{"name": "get_weather", "parameters": ${weather}}`,
      { text: '', calls: [['get_weather', weather]] },
    ],
    [
      'Llama’s JSON that is no call',
      LLAMA,
      '{"name": "Paris", "parameters": {}}',
      { text: '{"name": "Paris", "parameters": {}}', calls: [] },
    ],
    ['Llama’s text', LLAMA, 'It is {"name": "now"', { text: 'It is {"name": "now"', calls: [] }],
    ['GLM-4', GLM, `get_weather\n${weather}`, { text: '', calls: [['get_weather', weather]] }],
    ['GLM-4’s text', GLM, 'now and then\n{', { text: 'now and then\n{', calls: [] }],
  ])('of %s, however it is cut', (_, template, text, expected) => {
    for (let size = 1; size <= text.length; size++)
      expect([size, summary(parse(formatOf(template), text, size))]).toEqual([size, expected]);
  });

  test('text passes unchanged', () => {
    const property = fc.property(fc.string(), fc.integer({ min: 1, max: 5 }), (text, size) => {
      for (const template of [QWEN, MISTRAL, LLAMA, GLM]) {
        expect(summary(parse(formatOf(template), text, size))).toEqual({ text, calls: [] });
      }
    });
    fc.assert(property);
  });

  test('templates that know no tools, or write XML, have no format', () => {
    expect(toolFormatOf('{% for m in messages %}{{ m.content }}{% endfor %}')).toBeNull();
    expect(toolFormatOf('{% if tools %}<tool_call><arg_key>{% endif %}')).toBeNull();
  });
});

describe('a model of random weights', () => {
  const root = mkdtempSync(path.join(tmpdir(), 'autoglm-tools-'));
  const models = new Map<string, LoadedModel>();
  beforeAll(async () => {
    for (const [name, template] of Object.entries({ QWEN, LLAMA, MISTRAL, GLM })) {
      const folder = path.join(root, name);
      await writeRandomDecoder(folder, name.toLowerCase(), template);
      models.set(name, await LoadedModel.load(folder, { provider: 'cpu', threads: 1, contextLength: 2048 }));
    }
  }, 60_000);
  afterAll(async () => {
    for (const model of models.values()) await model.dispose();
    rmSync(root, { recursive: true });
  });

  const ask = async (name: string, toolUse: ToolUse, rest: Partial<GenerationRequest> = {}, seed = 1) => {
    const model = models.get(name) as LoadedModel;
    const asked = request(
      'Weather?',
      { temperature: 1.5, seed, maxTokens: 160, logitBias: {} },
      { toolUse, ...rest },
    );
    const { events, last, text } = await collect(model.generate(asked));
    if (last?.type !== 'finished') throw new Error(JSON.stringify(last));
    const calls: { id: string; name: string; arguments: string }[] = [];
    for (const event of events) {
      if (event.type !== 'tool-call') continue;
      calls[event.index] ??= { id: event.id ?? '', name: event.name ?? '', arguments: '' };
      calls[event.index]!.arguments += event.arguments;
    }
    return { reason: last.reason, text: text.answer, calls };
  };

  test.each(['QWEN', 'LLAMA', 'MISTRAL', 'GLM'])('made like %s must call where it must', async (name) => {
    let finished = 0;
    for (let seed = 0; seed < 4; seed++) {
      const { reason, text, calls } = await ask(name, use('required', false), {}, seed);
      if (reason !== 'stop') continue;
      finished++;
      expect(text).toBe('');
      expect(calls).toHaveLength(1);
      expect(['get_weather', 'now']).toContain(calls[0]?.name);
      expect(calls[0]?.id).toMatch(/^[A-Za-z0-9]{9}$/);
      expect(JSON.parse(calls[0]?.arguments ?? '')).toBeTypeOf('object');
    }
    expect(finished).toBeGreaterThan(0);
    const named = await ask(name, use({ name: 'get_weather' }));
    expect(named.reason).toBe('stop');
    expect(named.calls.map((call) => call.name)).toEqual(['get_weather']);
    expect(['Paris', '北京']).toContain(JSON.parse(named.calls[0]?.arguments ?? '').city);
  });

  test('may call several tools, where the format can', async () => {
    let most = 0;
    for (let seed = 0; seed < 12 && most < 2; seed++)
      most = Math.max(most, (await ask('MISTRAL', use('required'), {}, seed)).calls.length);
    expect(most).toBeGreaterThan(1);
  });

  test('writes text or calls of its own will, or an answer in a form instead', async () => {
    const free = await ask('QWEN', use('auto'));
    expect(free.calls.length === 0 ? free.text.length : free.calls.length).toBeGreaterThan(0);
    const schema = { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] };
    const { reason, text, calls } = await ask('QWEN', use('auto', false), {
      format: { type: 'json-schema', schema },
    });
    expect(reason).toBe('stop');
    if (calls.length === 0) expect(JSON.parse(text)).toEqual({ ok: expect.any(Boolean) });
    else expect(text).toBe('');
  });

  test('names the tool whose schema cannot be used where it must be kept to, else calls it with any object', async () => {
    const called = (strict: boolean): ToolUse => ({
      ...use({ name: 'x' }),
      tools: [...tools, { name: 'x', parameters: { type: 'object', not: {} }, strict }],
    });
    await expect(ask('QWEN', called(true))).rejects.toThrow(
      /Invalid 'tools\[2\]\.function\.parameters\.not'/,
    );
    const { calls } = await ask('QWEN', called(false));
    expect(calls[0]).toMatchObject({ name: 'x', arguments: expect.stringMatching(/^\{/) });
  });
});
