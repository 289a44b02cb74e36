type Fault = (place: string, what: string) => Error;

/**
 * `oneOf` is `anyOf` where no value fits two of its schemas: here where their types differ, or a property that all require has
 * other values in each, as tagged unions have it. Anything else would need a count of the schemas that fit.
 */
export function requireDistinct(schemas: readonly unknown[], place: string, fault: Fault): void {
  for (const [i, one] of schemas.entries()) {
    for (const other of schemas.slice(i + 1)) {
      if (areDistinct(one, other)) continue;
      throw fault(
        place,
        'a value may fit two of its schemas; use "anyOf", or give each a property of its own "const"',
      );
    }
  }
}

function areDistinct(a: unknown, b: unknown): boolean {
  const [typesA, typesB] = [typesOf(a), typesOf(b)];
  if (typesA && typesB && !typesA.some((type) => typesB.includes(type))) return true;
  const [valuesA, valuesB] = [valuesOf(a), valuesOf(b)];
  if (valuesA && valuesB) return disjoint(valuesA, valuesB);
  const [propertiesA, propertiesB] = [propertiesOf(a), propertiesOf(b)];
  if (!propertiesA || !propertiesB) return false;
  return Object.keys(propertiesA).some((name) => {
    const [left, right] = [valuesOf(propertiesA[name]), valuesOf(propertiesB[name])];
    return requires(a, name) && requires(b, name) && left && right && disjoint(left, right);
  });
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

function requires(schema: unknown, name: string): boolean {
  const required = field(schema, 'required');
  return Array.isArray(required) && required.includes(name);
}

function field(schema: unknown, name: string): unknown {
  return typeof schema === 'object' && schema !== null
    ? (schema as Record<string, unknown>)[name]
    : undefined;
}

const disjoint = (a: readonly string[], b: readonly string[]): boolean =>
  !a.some((value) => b.includes(value));
