import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GenerationRequest, SamplingParams } from '../../contract/generation';
import type { AnswerFormat } from '../../contract/structured';
import { anySchema } from '../testing/any-schema';
import { createRandomPackage } from '../testing/random-package';
import { collect, request } from '../testing/requests';
import { LoadedModel } from './loaded-model';

const ajv = new Ajv2020({ strict: false });
let nano: LoadedModel;
beforeAll(async () => {
  nano = await LoadedModel.load('models/nano', { provider: 'cpu', threads: 1 });
});
afterAll(() => nano.dispose());

async function ask(
  model: LoadedModel,
  format: AnswerFormat,
  sampling: Partial<SamplingParams> = {},
  rest: Partial<GenerationRequest> = {},
) {
  const asked = request(
    'Tell me about Paris.',
    { logitBias: {}, maxTokens: 200, ...sampling },
    { format, ...rest },
  );
  const { last, text, tokens } = await collect(model.generate(asked));
  if (last?.type === 'failed') throw new Error(last.error.message);
  if (last?.type !== 'finished') throw new Error('it did not end');
  return { reason: last.reason, stats: last.stats, text, tokens };
}

const city = {
  type: 'object',
  properties: {
    name: { type: 'string', maxLength: 20 },
    population: { type: 'integer', minimum: 1000, maximum: 20_000_000 },
    country: { enum: ['法国', 'France', 'España'] },
    position: {
      type: 'object',
      properties: { latitude: { type: 'number', minimum: -90, maximum: 90 } },
      required: ['latitude'],
    },
    tags: { type: 'array', items: { enum: ['capital', 'harbour'] }, maxItems: 2 },
  },
  required: ['name', 'population', 'country', 'position', 'tags'],
  additionalProperties: false,
};

describe('Nano, which has never seen a schema,', () => {
  test.each([0, 0.7, 1.5])('keeps to one at temperature %s', async (temperature) => {
    const { reason, text, stats } = await ask(
      nano,
      { type: 'json-schema', schema: city },
      { temperature, seed: 7 },
    );
    expect(reason).toBe('stop');
    expect(ajv.validate(city, JSON.parse(text.answer)) || ajv.errorsText()).toBe(true);
    expect(stats.draftTokens).toBeUndefined();
  });

  test('reasons as it likes, and answers in the form', async () => {
    const schema = { type: 'object', properties: { sum: { type: 'integer' } }, required: ['sum'] };
    const asked = request(
      'What is 17 + 25?',
      { logitBias: {}, maxTokens: 300 },
      {
        format: { type: 'json-schema', schema },
        enableThinking: true,
      },
    );
    const { last, text, tokens } = await collect(nano.generate(asked));
    expect(last).toMatchObject({ type: 'finished', reason: 'stop' });
    expect(tokens.reasoning).toBeGreaterThan(3);
    expect(text.reasoning).not.toMatch(/^\{/);
    expect(ajv.validate(schema, JSON.parse(text.answer))).toBe(true);
  });

  test('writes any JSON object, a choice, an expression, a grammar', async () => {
    const object = await ask(nano, { type: 'json-object' }, { temperature: 1, seed: 11, maxTokens: 400 });
    if (object.reason === 'stop') expect(JSON.parse(object.text.answer)).toBeTypeOf('object');
    else expect(object.text.answer).toMatch(/^\{/);
    const chosen = await ask(nano, { type: 'choice', choices: ['巴黎', 'Londres', 'Paris, France'] });
    expect(['巴黎', 'Londres', 'Paris, France']).toContain(chosen.text.answer);
    expect(chosen.reason).toBe('stop');
    // As many as the API takes; the choice begins after the reasoning, where it is too late to be refused.
    const choices = Array.from({ length: 10_000 }, (_, i) => `value ${i}`);
    const one = await collect(
      nano.generate(
        request(
          'Hi',
          { logitBias: {}, maxTokens: 300 },
          { format: { type: 'choice', choices }, enableThinking: true },
        ),
      ),
    );
    expect(one.last).toMatchObject({ type: 'finished', reason: 'stop' });
    expect(choices).toContain(one.text.answer);
    const dated = await ask(
      nano,
      { type: 'regex', pattern: '\\d{4}-\\d{2}(?:-\\d{2})?' },
      { temperature: 1.5, seed: 2 },
    );
    expect(dated.text.answer).toMatch(/^\d{4}-\d{2}(?:-\d{2})?$/);
    const grammar = 'root ::= item+ # a list\nitem ::= "- " word "\\n"\nword ::= [a-z]{1,8} | "\\u4f60"';
    const list = await ask(nano, { type: 'grammar', grammar }, { temperature: 1.5, seed: 3, maxTokens: 60 });
    if (list.reason === 'stop') expect(list.text.answer).toMatch(/^(?:- (?:[a-z]{1,8}|你)\n)+$/);
    else expect(list.text.answer).toMatch(/^- /);
  });

  test('is cut by the limit of tokens, which is said', async () => {
    const { reason, stats } = await ask(nano, { type: 'json-schema', schema: city }, { maxTokens: 5 });
    expect(reason).toBe('length');
    expect(stats.outputTokens).toBe(5);
  });

  test('says what of a schema, an expression or a grammar cannot be used', async () => {
    const failure = async (format: AnswerFormat) => {
      const { last } = await collect(nano.generate(request('Hi', {}, { format })));
      return last;
    };
    const schema = { type: 'object', properties: { a: { type: 'array', items: { type: 'strin' } } } };
    expect(await failure({ type: 'json-schema', schema, name: 'schema' })).toEqual({
      type: 'failed',
      error: {
        code: 'invalid-request',
        message: expect.stringMatching(
          /^Invalid 'schema\.properties\.a\.items\.type': "strin" is not a type/,
        ),
        details: { param: 'schema.properties.a.items.type' },
      },
    });
    for (const format of [
      { type: 'regex', pattern: 'a(', name: 'regex' },
      { type: 'grammar', grammar: 'root ::= a\na ::= a "x"', name: 'grammar' },
      { type: 'grammar', grammar: 'root ::= nobody' },
      { type: 'grammar', grammar: 'other ::= "a"' },
    ] as const) {
      expect(await failure(format)).toMatchObject({ type: 'failed', error: { code: 'invalid-request' } });
    }
  });

  test('knows no tools, and says so', async () => {
    const toolUse = { tools: [{ name: 'search' }], choice: 'auto', parallel: true } as const;
    const { last } = await collect(nano.generate(request('Hi', {}, { toolUse })));
    expect(last).toMatchObject({
      type: 'failed',
      error: {
        code: 'invalid-request',
        message: expect.stringContaining('knows no tools'),
        details: { param: 'tools' },
      },
    });
  });

  test('writes without a form what it wrote before, with the same work', async () => {
    const free = await collect(nano.generate(request('Who are you?', { logitBias: {} })));
    const anything = await ask(nano, { type: 'regex', pattern: '[^]*' }, { maxTokens: 24 });
    const asked = request('Tell me about Paris.', { logitBias: {}, maxTokens: 24 });
    expect(anything.text.answer).toBe((await collect(nano.generate(asked))).text.answer);
    expect(free.last).toMatchObject({ type: 'finished' });
  });
});

test('random weights at temperature 1.5: whatever the schema, an answer that ended is valid', async () => {
  const tiny = createRandomPackage();
  const model = await LoadedModel.load(tiny.folder, { provider: 'cpu', threads: 1 });
  let finished = 0;
  const property = fc.asyncProperty(anySchema, fc.nat(), async (schema, seed) => {
    const format: AnswerFormat = { type: 'json-schema', schema };
    const { reason, text } = await ask(model, format, { temperature: 1.5, seed, maxTokens: 200 });
    if (reason !== 'stop') return;
    finished++;
    if (!ajv.validate(schema, JSON.parse(text.answer)))
      throw new Error(`${text.answer}: ${ajv.errorsText()}`);
  });
  await fc.assert(property, { numRuns: 60 });
  expect(finished).toBeGreaterThan(10);
  await model.dispose();
  tiny.remove();
}, 60_000);
