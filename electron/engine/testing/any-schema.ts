import fc from 'fast-check';

const name = fc.oneof(
  fc.constantFrom('name', 'age', 'a"b', '名前', 'x\\y'),
  fc.string({ minLength: 1, maxLength: 4 }),
);
const bound = fc.oneof(fc.integer({ min: -2000, max: 2000 }), fc.double({ min: -5, max: 5, noNaN: true }));

/** Schemas of every kind that is supported. */
export const { schema: anySchema } = fc.letrec<{ schema: object }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 3 },
    fc.constant({ type: 'string' }),
    fc
      .tuple(fc.nat(6), fc.nat(30))
      .map(([min, more]) => ({ type: 'string', minLength: min, maxLength: min + more })),
    fc
      .constantFrom('^[A-Z]{2}-\\d{3,}$', 'b+c', '^(?:yes|no)$', '[^a-z]{2}', '^.{3}"$', '^\\w+\\s\\S')
      .map((pattern) => ({
        type: 'string',
        pattern,
      })),
    fc
      .record(
        { minimum: fc.integer({ min: -5000, max: 50 }), maximum: fc.integer({ min: 50, max: 100_000 }) },
        { requiredKeys: [] },
      )
      .map((bounds) => ({ type: 'integer', ...bounds })),
    fc
      .tuple(bound, bound, fc.constantFrom(['minimum', 'maximum'], ['exclusiveMinimum', 'exclusiveMaximum']))
      .map(([a, b, [low, high]]) => ({
        type: 'number',
        [low!]: Math.min(a, b),
        [high!]: Math.max(a, b) + 1,
      })),
    fc.constantFrom({ type: 'boolean' }, { type: 'null' }, { type: ['number', 'null'] }, { type: 'object' }),
    fc
      .array(fc.oneof(fc.string(), fc.integer(), fc.constant(null)), { minLength: 1, maxLength: 4 })
      .map((values) => ({ enum: values })),
    fc
      .tuple(
        fc.dictionary(name, tie('schema'), { maxKeys: 4 }),
        fc.nat(15),
        fc.constantFrom(false, true, undefined),
      )
      .map(([properties, bits, more]) => ({
        type: 'object',
        properties,
        required: Object.keys(properties).filter((_, i) => (bits >> i) & 1),
        ...(more !== undefined && { additionalProperties: more }),
      })),
    fc.tuple(tie('schema'), fc.nat(2), fc.nat(3)).map(([items, min, more]) => ({
      type: 'array',
      items,
      minItems: min,
      maxItems: min + more,
    })),
    fc
      .array(tie('schema'), { minLength: 1, maxLength: 3 })
      .map((prefixItems) => ({ type: 'array', prefixItems, items: false })),
    fc.array(tie('schema'), { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf })),
  ),
}));
