import {
  choice,
  EMPTY,
  type Expression,
  type Grammar,
  optional,
  repeat,
  rule,
  sequence,
  text,
} from './expression';
import { COMMA, enclosed, JSON_RULES, literal, member, stringExcept } from './json-text';
import { requireDistinct } from './one-of';
import { numberSchema, stringSchema } from './scalar-schemas';
import {
  count,
  fault,
  inferred,
  isAnyString,
  isOfType,
  isRecord,
  join,
  KEYWORDS,
  type Keywords,
  requireTypes,
  TYPES,
  type Type,
  UNSUPPORTED,
  WHOLE,
} from './schema-keywords';
import { SchemaReferences } from './schema-references';

/** Any JSON object. */
export const ANY_OBJECT: Grammar = { root: rule('json.object'), rules: JSON_RULES };

/**
 * The JSON texts that a schema (JSON Schema 2020-12) admits, or where it leaves much open, a part of them: objects have their
 * properties in the schema's order, and no others unless `additionalProperties` asks for them.
 *
 * @param prefix of the rules' names, where several schemas become one grammar.
 * @throws AppError `invalid-request` that names the place of what is not valid or cannot be written as a grammar.
 */
export function schemaGrammar(schema: unknown, prefix = 'schema'): Grammar {
  const reader = new SchemaReader(schema, prefix);
  const root = reader.read();
  return { root, rules: new Map([...JSON_RULES, ...reader.rules]) };
}

const MAX_PLACES = 10_000;
const MAX_DEPTH = 200;
/** Characters of all names of an object that has others too, and of one. */
const MAX_NAMES = 200_000;
const MAX_NAME = 1_000;

class SchemaReader {
  readonly rules = new Map<string, Expression>();
  readonly #root: unknown;
  readonly #prefix: string;
  readonly #references: SchemaReferences;
  /** Rule names of the schemas that `$ref` has named. */
  readonly #referred = new Map<string, string>();
  #places = 0;
  #depth = 0;

  constructor(root: unknown, prefix: string) {
    this.#root = root;
    this.#references = new SchemaReferences(root, MAX_DEPTH);
    this.#prefix = prefix;
  }

  read(): Expression {
    return this.#value(this.#root, '');
  }

  #value(given: unknown, place: string): Expression {
    this.#places++;
    if (this.#places > MAX_PLACES || this.#depth >= MAX_DEPTH) throw fault(place, 'the schema is too large');
    this.#depth++;
    const found = this.#expression(given, place);
    this.#depth--;
    return found;
  }

  #expression(given: unknown, place: string): Expression {
    if (given === true) return rule('json.value');
    if (given === false) throw fault(place, '"false" admits no value');
    if (!isRecord(given)) throw fault(place, 'a schema is an object or a boolean');
    for (const keyword of UNSUPPORTED) {
      // What changes nothing may stand anywhere.
      if (given[keyword] === undefined || (keyword === 'uniqueItems' && given[keyword] === false)) continue;
      if (keyword === 'propertyNames' && isAnyString(given[keyword])) continue;
      throw fault(join(place, keyword), 'this keyword is not supported');
    }
    const types = this.#types(given, place);
    const whole = WHOLE.find((keyword) => given[keyword] !== undefined);
    if (whole) return this.#whole(given, whole, types, place);
    const found = (types ?? inferred(given)).map((type) => this.#typed(type, given, place));
    return found.length > 0 ? choice(...found) : rule('json.value');
  }

  #types(schema: Keywords, place: string): readonly Type[] | null {
    const { type } = schema;
    if (type === undefined) return null;
    const list: readonly unknown[] = Array.isArray(type) ? type : [type];
    for (const name of list) {
      if (TYPES.includes(name as Type)) continue;
      throw fault(
        join(place, 'type'),
        `${JSON.stringify(name)} is not a type; types are ${TYPES.join(', ')}`,
      );
    }
    if (list.length === 0) throw fault(join(place, 'type'), 'it names no type');
    return [...new Set(list as readonly Type[])];
  }

  #whole(
    schema: Keywords,
    keyword: (typeof WHOLE)[number],
    types: readonly Type[] | null,
    place: string,
  ): Expression {
    const at = join(place, keyword);
    const others = [...WHOLE, ...Object.values(KEYWORDS).flat()].filter(
      (other) => other !== keyword && schema[other] !== undefined,
    );
    if (others.length > 0)
      throw fault(join(place, others[0] as string), `it is not supported beside "${keyword}"`);
    const given = schema[keyword];
    switch (keyword) {
      case '$ref':
        return this.#reference(given, at);
      case 'const':
        return this.#literals([given], types, at);
      case 'enum':
        if (!Array.isArray(given) || given.length === 0) throw fault(at, 'it must be a list of values');
        return this.#literals(given, types, at);
      default: {
        if (!Array.isArray(given) || given.length === 0) throw fault(at, 'it must be a list of schemas');
        if (types && keyword !== 'allOf') requireTypes(given, types, at);
        if (keyword === 'allOf' && given.length > 1) throw fault(at, 'only one schema is supported here');
        if (keyword === 'oneOf')
          requireDistinct(
            given.map((item, i) => this.#references.resolved(item, join(at, i))),
            at,
            fault,
          );
        return choice(...given.map((item, i) => this.#value(item, join(at, i))));
      }
    }
  }

  #literals(values: readonly unknown[], types: readonly Type[] | null, place: string): Expression {
    const fitting = values.filter((value) => !types || types.some((type) => isOfType(value, type)));
    if (fitting.length === 0) throw fault(place, 'no value is of the type beside it');
    return choice(...fitting.map(literal));
  }

  #reference(given: unknown, place: string): Expression {
    if (typeof given !== 'string' || !/^#(?:\/|$)/.test(given))
      throw fault(place, 'only references within the schema are supported, such as "#/$defs/name"');
    const known = this.#referred.get(given);
    if (known !== undefined) return rule(known);
    const target = this.#references.find(given, place);
    this.#references.refuseCircle(given, place);
    const name = `${this.#prefix}.${this.#referred.size}`;
    this.#referred.set(given, name);
    this.rules.set(name, EMPTY);
    this.rules.set(name, this.#value(target, given));
    return rule(name);
  }

  #typed(type: Type, schema: Keywords, place: string): Expression {
    switch (type) {
      case 'null':
        return text('null');
      case 'boolean':
        return choice(text('true'), text('false'));
      case 'string':
        return stringSchema(schema, place);
      case 'integer':
      case 'number':
        return numberSchema(type, schema, place);
      case 'array':
        return this.#array(schema, place);
      case 'object':
        return this.#object(schema, place);
    }
  }

  #array(schema: Keywords, place: string): Expression {
    const min = count(schema, 'minItems', place) ?? 0;
    const max = count(schema, 'maxItems', place) ?? Number.POSITIVE_INFINITY;
    if (min > max) throw fault(join(place, 'minItems'), 'it is larger than "maxItems"');
    // Draft 7 wrote tuples as a list in `items`.
    const isOld = Array.isArray(schema.items);
    const given = isOld ? schema.items : (schema.prefixItems ?? []);
    const rest = isOld ? schema.additionalItems : schema.items;
    if (!Array.isArray(given)) throw fault(join(place, 'prefixItems'), 'it must be a list of schemas');
    const firstPlace = join(place, isOld ? 'items' : 'prefixItems');
    const first = given.slice(0, max).map((item, i) => this.#value(item, join(firstPlace, i)));
    const isClosed = rest === false || given.length >= max || (rest === undefined && given.length > 0);
    if (isClosed && min > first.length) throw fault(join(place, 'minItems'), 'there are not so many items');
    const item = isClosed
      ? null
      : this.#value(rest ?? true, join(place, isOld ? 'additionalItems' : 'items'));
    if (first.length === 0) return item ? enclosed('[', item, ']', min, max) : text('[]');
    // From the last to the first: what may follow an item, or nothing where so few items are enough.
    const least = Math.max(0, min - first.length);
    let tail: Expression = item ? repeat(sequence(COMMA, item), least, max - first.length) : EMPTY;
    for (let i = first.length - 1; i >= 0; i--) {
      const one = sequence(i > 0 ? COMMA : EMPTY, first[i] as Expression, tail);
      tail = i >= min ? optional(one) : one;
    }
    return sequence(text('['), tail, text(']'));
  }

  #object(schema: Keywords, place: string): Expression {
    const { properties = {}, required = [], additionalProperties } = schema;
    if (!isRecord(properties)) throw fault(join(place, 'properties'), 'it must be an object of schemas');
    if (!Array.isArray(required) || !required.every((name) => typeof name === 'string'))
      throw fault(join(place, 'required'), 'it must be a list of names');
    const needed = new Map(required.map((name, index) => [name, index] as const));
    const names = [...new Set([...Object.keys(properties), ...needed.keys()])];
    if (names.length > MAX_PLACES) throw fault(place, 'the schema is too large');
    const isOpen = schema.properties === undefined && schema.required === undefined;
    const more = additionalProperties ?? isOpen;
    const further =
      more === false
        ? null
        : member(
            names.length > 0 ? this.#otherName(names, place) : rule('json.string'),
            this.#value(more, join(place, 'additionalProperties')),
          );
    if (names.length === 0) return further ? enclosed('{', further, '}') : text('{}');
    const members = names.map((name) => ({
      name,
      isRequired: needed.has(name),
      expression: member(literal(name), this.#property(properties, name, needed, more, place)),
    }));
    return sequence(text('{'), this.#members(members, further), text('}'));
  }

  /** Each character of a name is an alternative of its own. */
  #otherName(names: readonly string[], place: string): Expression {
    const characters = names.reduce((sum, { length }) => sum + length, 0);
    if (characters > MAX_NAMES || names.some(({ length }) => length > MAX_NAME))
      throw fault(place, `names of properties are too long here; set "additionalProperties" to false`);
    return stringExcept(names);
  }

  #property(
    properties: Keywords,
    name: string,
    required: ReadonlyMap<string, number>,
    more: unknown,
    place: string,
  ): Expression {
    if (Object.hasOwn(properties, name))
      return this.#value(properties[name], join(place, 'properties', name));
    if (more === false)
      throw fault(join(place, 'required', required.get(name) ?? 0), `there is no property "${name}"`);
    return this.#value(more, join(place, 'additionalProperties'));
  }

  /** Members in their order, the optional ones or not, with commas between those that are there. */
  #members(
    members: readonly { readonly isRequired: boolean; readonly expression: Expression }[],
    further: Expression | null,
  ): Expression {
    // What may follow once something has been written, and what stands where nothing has; rules, so that none is written twice.
    const prefix = `${this.#prefix}.members.${this.rules.size}`;
    let after: Expression = further ? repeat(sequence(COMMA, further), 0) : EMPTY;
    let atStart: Expression = further ? optional(sequence(further, after)) : EMPTY;
    for (let i = members.length - 1; i >= 0; i--) {
      const { isRequired, expression } = members[i] as (typeof members)[number];
      const one = `${prefix}.${i}`;
      const rest = `${prefix}.${i}.rest`;
      this.rules.set(one, expression);
      this.rules.set(rest, after);
      const first = sequence(rule(one), rule(rest));
      atStart = isRequired ? first : choice(first, atStart);
      const next = sequence(COMMA, rule(one), rule(rest));
      after = isRequired ? next : choice(next, rule(rest));
    }
    return atStart;
  }
}
