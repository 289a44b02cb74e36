import { decode, fault, isRecord } from './schema-keywords';

/** More than this in a row leads nowhere. */
const MAX_STEPS = 100;

/** Where the `$ref`s of a schema lead, all of them within it. */
export class SchemaReferences {
  readonly #root: unknown;
  readonly #maxDepth: number;
  /** Known to lead somewhere. */
  readonly #sound = new Set<string>();

  constructor(root: unknown, maxDepth: number) {
    this.#root = root;
    this.#maxDepth = maxDepth;
  }

  /** What a JSON Pointer (RFC 6901) in a URI fragment names. */
  find(reference: string, place: string): unknown {
    let found: unknown = this.#root;
    for (const part of reference.split('/').slice(1)) {
      const key = decode(part).replaceAll('~1', '/').replaceAll('~0', '~');
      const inside = (isRecord(found) || Array.isArray(found)) && Object.hasOwn(found, key);
      if (!inside) throw fault(place, `there is nothing at "${reference}"`);
      found = (found as Record<string, unknown>)[key];
    }
    return found;
  }

  /** References that lead to each other and nowhere else admit nothing. */
  refuseCircle(reference: string, place: string): void {
    const open = new Set<string>();
    const follow = (schema: unknown): boolean => {
      if (!isRecord(schema)) return false;
      const next = schema.$ref;
      if (typeof next === 'string') {
        if (this.#sound.has(next)) return false;
        if (open.has(next)) return true;
        if (open.size >= this.#maxDepth) throw fault(place, 'the schema is too large');
        open.add(next);
        const found = follow(this.find(next, place));
        open.delete(next);
        if (!found) this.#sound.add(next);
        return found;
      }
      const alternatives = schema.anyOf ?? schema.oneOf ?? schema.allOf;
      return Array.isArray(alternatives) && alternatives.some(follow);
    };
    if (follow({ $ref: reference })) throw fault(place, 'it leads back to itself');
  }

  /** The schema itself, or where that is only a reference, what it leads to. */
  resolved(schema: unknown, place: string): unknown {
    let found = schema;
    for (let steps = 0; isRecord(found) && typeof found.$ref === 'string' && steps < MAX_STEPS; steps++)
      found = this.find(found.$ref, place);
    return found;
  }
}
