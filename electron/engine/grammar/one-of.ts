type Fault = (place: string, what: string) => Error;

/** Values and properties that are looked at: each schema is compared with each, in the engine's own thread. */
const MAX_COMPARED = 1_000_000;

/**
 * `oneOf` is `anyOf` where no value fits two of its schemas: here where their types differ, or a property that all require has
 * other values in each, as tagged unions have it. Anything else would need a count of the schemas that fit.
 */
export function requireDistinct(schemas: readonly unknown[], place: string, fault: Fault): void {
  const known = schemas.map(factsOf);
  let compared = 0;
  const spend = (steps: number): void => {
    compared += steps;
    if (compared > MAX_COMPARED)
      throw fault(place, 'its schemas are too many to be told apart; use "anyOf" instead');
  };
  for (const [i, one] of known.entries()) {
    for (let j = i + 1; j < known.length; j++) {
      spend(1);
      if (areDistinct(one, known[j] as Facts, spend)) continue;
      throw fault(
        place,
        'a value may fit two of its schemas; use "anyOf", or give each a property of its own "const"',
      );
    }
  }
}

type Spend = (steps: number) => void;

interface Facts {
  readonly types: ReadonlySet<string> | null;
  readonly values: ReadonlySet<string> | null;
  /** Values of the properties that are required and list them. */
  readonly tags: ReadonlyMap<string, ReadonlySet<string>>;
}

function factsOf(schema: unknown): Facts {
  const required = field(schema, 'required');
  const needed = new Set<unknown>(Array.isArray(required) ? required : []);
  const tags = new Map<string, ReadonlySet<string>>();
  for (const [name, property] of Object.entries(propertiesOf(schema) ?? {})) {
    const values = needed.has(name) ? valuesOf(property) : null;
    if (values) tags.set(name, new Set(values));
  }
  const [types, values] = [typesOf(schema), valuesOf(schema)];
  return { types: types && new Set(types), values: values && new Set(values), tags };
}

function areDistinct(a: Facts, b: Facts, spend: Spend): boolean {
  if (a.types && b.types && disjoint(a.types, b.types, spend)) return true;
  if (a.values && b.values) return disjoint(a.values, b.values, spend);
  for (const [name, values] of a.tags) {
    spend(1);
    const others = b.tags.get(name);
    if (others && disjoint(values, others, spend)) return true;
  }
  return false;
}

/** JSON's types of a schema, integers as numbers. */
function typesOf(schema: unknown): readonly string[] | null {
  const type = field(schema, 'type');
  const values = valuesOf(schema);
  if (type === undefined && values) return values.map((text) => jsonType(JSON.parse(text)));
  if (type === undefined) return null;
  return (Array.isArray(type) ? type : [type]).map((name) => (name === 'integer' ? 'number' : String(name)));
}

function jsonType(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** The values that a schema lists, as JSON. */
function valuesOf(schema: unknown): readonly string[] | null {
  const only = field(schema, 'const');
  if (only !== undefined) return [JSON.stringify(only)];
  const list = field(schema, 'enum');
  return Array.isArray(list) ? list.map((value) => JSON.stringify(value)) : null;
}

function propertiesOf(schema: unknown): Record<string, unknown> | null {
  const properties = field(schema, 'properties');
  return typeof properties === 'object' && properties !== null
    ? (properties as Record<string, unknown>)
    : null;
}

function field(schema: unknown, name: string): unknown {
  return typeof schema === 'object' && schema !== null
    ? (schema as Record<string, unknown>)[name]
    : undefined;
}

function disjoint(a: ReadonlySet<string>, b: ReadonlySet<string>, spend: Spend): boolean {
  const [fewer, more] = a.size < b.size ? [a, b] : [b, a];
  for (const value of fewer) {
    spend(1);
    if (more.has(value)) return false;
  }
  return true;
}
