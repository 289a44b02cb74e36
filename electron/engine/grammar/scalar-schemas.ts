import { type Expression, rule } from './expression';
import { integerWithin, numberWithin } from './json-number';
import { formatted, matching, sized } from './json-string';
import { count, fault, join, KEYWORDS, type Keywords, matchesNothing } from './schema-keywords';

/** The texts that a schema of strings admits. */
export function stringSchema(schema: Keywords, place: string): Expression {
  const { pattern, format } = schema;
  const min = count(schema, 'minLength', place) ?? 0;
  const max = count(schema, 'maxLength', place) ?? Number.POSITIVE_INFINITY;
  if (min > max) throw fault(join(place, 'minLength'), 'it is larger than "maxLength"');
  // Texts of a format have a character at least, and so have those of most patterns.
  const least = format === undefined && pattern === undefined ? 0 : matchesNothing(pattern) ? 0 : 1;
  const isSized = min > least || max < Number.POSITIVE_INFINITY;
  const known = typeof format === 'string' ? formatted(format) : null;
  if (pattern !== undefined) {
    if (typeof pattern !== 'string') throw fault(join(place, 'pattern'), 'it must be a string');
    if (isSized) throw fault(join(place, 'pattern'), 'it is not supported together with lengths');
    try {
      return matching(pattern);
    } catch (error) {
      // Zod and others write a format's pattern beside it, with lookahead; the format says the same.
      if (known) return known;
      throw fault(join(place, 'pattern'), error instanceof Error ? error.message : String(error));
    }
  }
  if (known && isSized) throw fault(join(place, 'format'), 'it is not supported together with lengths');
  if (known) return known;
  return min > 0 || isSized ? sized(min, max) : rule('json.string');
}

/** The texts that a schema of numbers admits. */
export function numberSchema(type: 'integer' | 'number', schema: Keywords, place: string): Expression {
  const bounds: Record<string, number> = {};
  for (const keyword of KEYWORDS.number) {
    const value = schema[keyword];
    if (value === undefined) continue;
    if (typeof value !== 'number' || !Number.isFinite(value))
      throw fault(join(place, keyword), 'it must be a number');
    bounds[keyword] = value;
  }
  const { multipleOf, ...limits } = bounds;
  if (multipleOf !== undefined && multipleOf !== 1)
    throw fault(join(place, 'multipleOf'), 'only 1 is supported');
  const isInteger = type === 'integer' || multipleOf === 1;
  if (Object.keys(limits).length === 0) return rule(isInteger ? 'json.integer' : 'json.number');
  const found = isInteger ? integerWithin(limits) : numberWithin(limits);
  if (!found) throw fault(place, 'no number lies within the bounds');
  return found;
}
