import { AppError } from '../../contract/errors';

/** What JSON Schema's keywords are to a grammar, and how a fault in a schema is said. */

export type Schema = boolean | { readonly [keyword: string]: unknown };
export type Keywords = Exclude<Schema, boolean>;

/** Those that say something about a value, by the type that they speak of. All others are notes, which change nothing. */
export const KEYWORDS = {
  object: ['properties', 'required', 'additionalProperties'],
  array: ['items', 'prefixItems', 'minItems', 'maxItems'],
  string: ['minLength', 'maxLength', 'pattern', 'format'],
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
} as const;
/** Each stands alone, beside notes and `type`. */
export const WHOLE = ['$ref', 'enum', 'const', 'anyOf', 'oneOf', 'allOf'] as const;
export const UNSUPPORTED = [
  'not',
  'if',
  'then',
  'else',
  'patternProperties',
  'propertyNames',
  'minProperties',
  'maxProperties',
  'dependentRequired',
  'dependentSchemas',
  'dependencies',
  'contains',
  'minContains',
  'maxContains',
  'uniqueItems',
  '$dynamicRef',
  '$recursiveRef',
] as const;
export const TYPES = ['object', 'array', 'string', 'number', 'integer', 'boolean', 'null'] as const;
export type Type = (typeof TYPES)[number];

const MAX_COUNT = 100_000;

/** Types that the keywords speak of, where a schema names none. */
export function inferred(schema: Keywords): readonly Type[] {
  const types = (Object.keys(KEYWORDS) as (keyof typeof KEYWORDS)[]).filter((type) =>
    KEYWORDS[type].some((keyword) => schema[keyword] !== undefined),
  );
  return types;
}

/** `type` beside alternatives changes nothing where each of them has it too. */
export function requireTypes(schemas: readonly unknown[], types: readonly Type[], place: string): void {
  for (const [i, schema] of schemas.entries()) {
    const own = isRecord(schema) ? schema.type : undefined;
    const list: readonly unknown[] = Array.isArray(own) ? own : [own];
    if (list.every((type) => types.includes(type as Type))) continue;
    throw fault(join(place, i), 'write "type" into each alternative, not beside them');
  }
}

export function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isRecord(value);
    case 'integer':
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

/** Zod writes it for every record. */
export function isAnyString(schema: unknown): boolean {
  return schema === true || (isRecord(schema) && Object.keys(schema).every((key) => key === 'type'));
}

/** Whether a pattern takes the empty text too; one that cannot be read is refused later. */
export function matchesNothing(pattern: unknown): boolean {
  try {
    return typeof pattern === 'string' && new RegExp(pattern, 'u').test('');
  } catch {
    return true;
  }
}

export function count(schema: Keywords, keyword: string, place: string): number | undefined {
  const value = schema[keyword];
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0)
    throw fault(join(place, keyword), 'it must be a whole number, 0 or more');
  if (value > MAX_COUNT) throw fault(join(place, keyword), `at most ${MAX_COUNT} is supported`);
  return value;
}

export function isRecord(value: unknown): value is Keywords {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export const join = (place: string, ...parts: readonly (string | number)[]): string =>
  parts.reduce<string>(
    (path, part) => (typeof part === 'number' ? `${path}[${part}]` : path ? `${path}.${part}` : part),
    place,
  );

export function fault(place: string, what: string): AppError {
  const where = place === '' ? 'at its top' : `at "${place.slice(0, 200)}"`;
  return new AppError('invalid-request', `The JSON schema cannot be used: ${where}, ${what}.`, {
    place: place.slice(0, 200),
    what: `${what}.`,
  });
}
