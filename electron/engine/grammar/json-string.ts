import type { Expression } from './expression';
import { repeat, rule } from './expression';
import { jsonCharacter, quoted } from './json-text';
import { regexExpression } from './regex';

const OCTET = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const HEX4 = '[0-9a-fA-F]{1,4}';
const DATE =
  '\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))';
const TIME = '(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,6})?(?:Z|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)';
const LABEL = '[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?';

/** Formats of JSON Schema 2020-12 §7.3, by a part of their texts that every validator takes. Others are notes, as §7.1 says. */
const FORMATS: Readonly<Record<string, string>> = {
  date: DATE,
  time: TIME,
  'date-time': `${DATE}T${TIME}`,
  duration: 'P(?:\\d{1,4}D(?:T\\d{1,4}H)?|T\\d{1,4}[HMS]|\\d{1,4}[WMY])',
  email: `[A-Za-z0-9_+-]{1,30}(?:\\.[A-Za-z0-9_+-]{1,30}){0,2}@(?:${LABEL}\\.){1,3}[A-Za-z]{2,12}`,
  hostname: `${LABEL}(?:\\.${LABEL}){0,3}`,
  ipv4: `${OCTET}(?:\\.${OCTET}){3}`,
  ipv6: `(?:${HEX4}:){7}${HEX4}`,
  uuid: '[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}',
  uri: `https?://${LABEL}(?:\\.${LABEL}){0,3}(?::\\d{2,4})?(?:/[A-Za-z0-9_.~-]{0,60}){0,8}(?:\\?[A-Za-z0-9_.~=&-]{0,100})?`,
};

/** A JSON string of a format; null for one that is only a note. */
export function formatted(format: string): Expression | null {
  const pattern = Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined;
  return pattern === undefined ? null : quoted(regexExpression(pattern, true, jsonCharacter));
}

/** A JSON string in which the pattern is found. @throws AppError `invalid-request` for a pattern that is not supported. */
export function matching(pattern: string): Expression {
  return quoted(regexExpression(pattern, false, jsonCharacter));
}

/** A JSON string of so many characters; an escape is one. */
export function sized(min: number, max: number): Expression {
  return quoted(repeat(rule('json.character'), min, max));
}
