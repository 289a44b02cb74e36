import { z } from 'zod';

/** Clients send null for what they leave out. */
export function optional<Schema extends z.ZodType>(schema: Schema) {
  return schema.nullish().transform((value) => value ?? undefined);
}

/** Counts before it looks at the items: z.array alone reports on each of them first. */
export function boundedArray<Schema extends z.ZodType>(item: Schema, max: number, min = 0) {
  return z
    .array(z.unknown())
    .min(min, 'must not be empty')
    .max(max, `at most ${max} items are allowed`)
    .pipe(z.array(item));
}
