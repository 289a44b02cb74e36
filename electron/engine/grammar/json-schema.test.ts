import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { byteTokenizer } from '../../../models/builder/tokenizer';
import { AppError } from '../../contract/errors';
import { createRandom } from '../runtime/random';
import { anySchema } from '../testing/any-schema';
import { admits, RandomWriter } from '../testing/random-writer';
import { Tokenizer } from '../tokenizer/tokenizer';
import { ANY_OBJECT, schemaGrammar } from './json-schema';

const bytes = new Tokenizer(JSON.parse(byteTokenizer()));
const nano = await Tokenizer.read('models/nano/tokenizer.json');
const takes = (schema: unknown, value: unknown) =>
  admits(schemaGrammar(schema), typeof value === 'string' ? value : JSON.stringify(value));

describe('what is written under a schema', () => {
  test.each([
    ['bytes', bytes, 150],
    ['Nano’s vocabulary', nano, 12],
  ] as const)('parses and is valid, whatever the schema, in %s', (_, tokenizer, numRuns) => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    let finished = 0;
    const property = fc.property(anySchema, fc.integer(), (schema, seed) => {
      const writer = new RandomWriter(tokenizer, createRandom(seed));
      const text = writer.write(schemaGrammar(schema), 500);
      if (text === null) return;
      finished++;
      const validate = ajv.compile(schema);
      if (!validate(JSON.parse(text))) throw new Error(`${text}: ${ajv.errorsText(validate.errors)}`);
    });
    fc.assert(property, { numRuns });
    expect(finished).toBeGreaterThan(numRuns * 0.6);
  });

  test('any object is JSON', () => {
    const writer = new RandomWriter(nano, createRandom(3));
    let finished = 0;
    for (let i = 0; i < 20; i++) {
      const text = writer.write(ANY_OBJECT, 200);
      if (text === null) continue;
      finished++;
      expect(JSON.parse(text)).toBeTypeOf('object');
    }
    expect(finished).toBeGreaterThan(3);
  });

  test('formats are what validators take', () => {
    const formats = {
      date: z.iso.date(),
      time: z.string().regex(/^\d\d:\d\d:\d\d/),
      'date-time': z.iso.datetime({ offset: true }),
      duration: z.iso.duration(),
      email: z.email(),
      hostname: z.hostname(),
      ipv4: z.ipv4(),
      ipv6: z.ipv6(),
      uuid: z.uuid(),
      uri: z.url(),
    };
    const writer = new RandomWriter(bytes, createRandom(5));
    for (const [format, schema] of Object.entries(formats)) {
      for (let i = 0; i < 10; i++) {
        const text = writer.write(schemaGrammar({ type: 'string', format }), 600);
        if (text !== null)
          expect([format, schema.safeParse(JSON.parse(text)).success, text]).toEqual([format, true, text]);
      }
    }
  });
});

describe('a schema admits', () => {
  test('what is valid', () => {
    const person = {
      type: 'object',
      properties: {
        name: { type: 'string' },
        age: { type: 'integer', minimum: 0 },
        tags: { type: 'array', items: { enum: ['a', 'b'] } },
      },
      required: ['name'],
    };
    expect(takes(person, { name: '李 "雷" 😀\n', age: 120, tags: ['a', 'b'] })).toBe(true);
    expect(takes(person, '{"name": "x", "tags": ["a", "b"]}')).toBe(true);
    expect(takes(person, { name: 'x' })).toBe(true);
    expect(takes(person, { name: 'x', age: -1 })).toBe(false);
    expect(takes(person, { age: 1 })).toBe(false);
    expect(takes(person, { name: 'x', more: 1 })).toBe(false);
    expect(takes(person, '{"name": "\t"}')).toBe(false);
    expect(takes(person, '{"name": "\\ud83d\\ude00"}')).toBe(true);
    expect(takes(person, '{"name": "\\ud83d"}')).toBe(false);
  });

  test('further properties, but none of a name that it has', () => {
    const open = {
      type: 'object',
      properties: { ab: { type: 'null' } },
      additionalProperties: { type: 'boolean' },
    };
    expect(takes(open, { ab: null, a: true, abc: false, '': true })).toBe(true);
    expect(takes(open, { ab: true })).toBe(false);
    expect(takes(open, '{"\\u0061b": true}')).toBe(false);
  });

  test('numbers to the last digit', () => {
    const integer = { type: 'integer', minimum: -13, exclusiveMaximum: 1205 };
    for (let i = -200; i < 1400; i++) expect([i, takes(integer, i)]).toEqual([i, i >= -13 && i < 1205]);
    const number = { type: 'number', minimum: -1.5, exclusiveMaximum: 0.25 };
    for (let i = -300; i < 200; i++)
      expect([i, takes(number, (i / 100).toFixed(2))]).toEqual([
        i,
        (i >= -150 && i < 25 && i !== 0) || i === 0,
      ]);
    expect(takes(number, '0.249999')).toBe(true);
    expect(takes(number, '-1.5000')).toBe(false);
    const safe = { type: 'integer', minimum: -9007199254740991, maximum: 9007199254740991 };
    expect(takes(safe, '9007199254740991')).toBe(true);
    expect(takes(safe, '9007199254740992')).toBe(false);
    expect(takes({ type: 'integer', minimum: 2 ** 60 }, '1152921504606847000')).toBe(true);
  });

  test('itself again, where it refers to itself', () => {
    const tree = {
      $ref: '#/$defs/node',
      $defs: {
        node: {
          type: 'object',
          properties: {
            value: { type: 'integer' },
            children: { type: 'array', items: { $ref: '#/$defs/node' } },
          },
          required: ['value', 'children'],
        },
      },
    };
    expect(
      takes(tree, {
        value: 1,
        children: [
          { value: 2, children: [] },
          { value: 3, children: [{ value: 4, children: [] }] },
        ],
      }),
    ).toBe(true);
    expect(takes(tree, { value: 1, children: [{ value: 2 }] })).toBe(false);
  });

  test('what Zod writes: unions with a tag, tuples, dates, addresses', () => {
    const schema = z.object({
      shape: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('circle'), radius: z.number().positive() }),
        z.object({ kind: z.literal('square'), side: z.int().max(9) }),
      ]),
      pair: z.tuple([z.string(), z.boolean()]),
      mail: z.email().nullable(),
      day: z.iso.date().optional(),
      counts: z.record(z.string(), z.int()).optional(),
      id: z
        .string()
        .min(1)
        .regex(/^[a-z]+$/)
        .optional(),
    });
    const json = z.toJSONSchema(schema);
    const value = { shape: { kind: 'square', side: 3 }, pair: ['a', true], mail: 'a@b.de' };
    expect(takes(json, value)).toBe(true);
    expect(takes(json, { ...value, day: '2024-02-29' })).toBe(true);
    expect(takes(json, { ...value, counts: { a: 1, 名: 2 }, id: 'ab' })).toBe(true);
    expect(takes(json, { ...value, counts: { a: 1.5 } })).toBe(false);
    expect(takes(json, { ...value, shape: { kind: 'circle', side: 3 } })).toBe(false);
    const writer = new RandomWriter(bytes, createRandom(8));
    for (let i = 0; i < 20; i++) {
      const text = writer.write(schemaGrammar(json), 800);
      if (text !== null) expect(schema.safeParse(JSON.parse(text)).error).toBeUndefined();
    }
  });
});

test.each([
  ['no schema', 3, /at its top, a schema is an object/],
  [
    'an unknown type',
    { type: 'object', properties: { a: { type: 'text' } } },
    /"properties\.a\.type", "text" is not a type/,
  ],
  ['an unsupported keyword', { type: 'array', items: { not: {} } }, /"items\.not"/],
  ['unique items', { type: 'array', uniqueItems: true }, /"uniqueItems"/],
  ['lookahead', { type: 'string', pattern: '^(?!a)b' }, /"pattern", .*lookahead/],
  ['a back reference', { type: 'string', pattern: '(a)\\1' }, /"pattern", .*\\1/],
  ['other documents', { $ref: 'https://example.org/s' }, /"\$ref", only references within/],
  ['references to nothing', { anyOf: [{ $ref: '#/$defs/a' }] }, /"anyOf\[0\]\.\$ref", there is nothing/],
  [
    'circles',
    { $ref: '#/$defs/a', $defs: { a: { anyOf: [{ $ref: '#/$defs/a' }] } } },
    /"\$ref", it leads back/,
  ],
  ['empty ranges', { type: 'integer', minimum: 3, maximum: 2 }, /no number/],
  [
    'a required property that cannot be',
    { type: 'object', properties: {}, required: ['b'], additionalProperties: false },
    /"required\[0\]"/,
  ],
  [
    'oneOf of overlapping schemas',
    { oneOf: [{ type: 'number' }, { type: 'integer' }] },
    /"oneOf", a value may fit two/,
  ],
  ['false', { type: 'object', properties: { a: false } }, /"properties\.a"/],
  ['negative counts', { type: 'array', minItems: -1 }, /"minItems"/],
])('a schema with %s is refused by its place', (_, schema, message) => {
  expect(() => schemaGrammar(schema)).toThrow(message);
});

test('depth without end is refused, not followed', () => {
  let schema: object = { type: 'string' };
  for (let i = 0; i < 5000; i++) schema = { type: 'array', items: schema };
  expect(() => schemaGrammar(schema)).toThrow(/too large/);
});

test('references that fork are followed once each', () => {
  const defs = Object.fromEntries(
    Array.from({ length: 60 }, (_, i) => {
      const next = { $ref: `#/$defs/a${i + 1}` };
      return [`a${i}`, { anyOf: [next, next] }] as const;
    }),
  );
  const schema = { $ref: '#/$defs/a0', $defs: { ...defs, a60: { const: 1 } } };
  expect(takes(schema, 1)).toBe(true);
  expect(takes(schema, 2)).toBe(false);
});

test('what would take the engine minutes to read is refused', () => {
  const many = Array.from({ length: 9_000 }, (_, i) => ({ const: i }));
  expect(() => schemaGrammar({ oneOf: many })).toThrow(/"oneOf", its schemas are too many/);
  expect(takes({ oneOf: many.slice(0, 200) }, 150)).toBe(true);
  const values = (from: number) => ({ enum: Array.from({ length: 20_000 }, (_, i) => from + i) });
  expect(() => schemaGrammar({ oneOf: Array.from({ length: 200 }, (_, i) => values(i * 20_000)) })).toThrow(
    /too many/,
  );
  const open = (names: readonly string[]) => ({
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, {}])),
    additionalProperties: true,
  });
  expect(() => schemaGrammar(open(['x'.repeat(30_000)]))).toThrow(/names of properties are too long/);
  expect(() => schemaGrammar(open(many.map((_, i) => `${i}${'x'.repeat(900)}`)))).toThrow(/too long/);
  expect(takes(open(['abc']), { abd: 1 })).toBe(true);
});

test('a place that is a book is told by its beginning', () => {
  const properties = { ['y'.repeat(100_000)]: { type: 'text' } };
  try {
    schemaGrammar({ properties });
    expect.unreachable();
  } catch (error) {
    expect(JSON.stringify(error instanceof AppError && error.toInfo()).length).toBeLessThan(2_000);
  }
});

test('a chain of references is as deep as what it names', () => {
  const chain = (length: number) => ({
    $ref: '#/$defs/a0',
    $defs: {
      ...Object.fromEntries(
        Array.from({ length }, (_, i) => [`a${i}`, { type: 'array', items: { $ref: `#/$defs/a${i + 1}` } }]),
      ),
      [`a${length}`]: { const: 1 },
    },
  });
  expect(takes(chain(50), `${'['.repeat(50)}1${']'.repeat(50)}`)).toBe(true);
  expect(() => schemaGrammar(chain(6_000))).toThrow(/too large/);
});
