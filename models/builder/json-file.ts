import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { ModelError } from './errors';

/**
 * A file that describes a model, by its schema.
 *
 * @param what it should describe, for the sentence that says it does not.
 * @throws ModelError that names every fault of the file.
 */
export function readDescription<T>(file: string, schema: z.ZodType<T>, what: string): T {
  let data: unknown;
  try {
    data = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new ModelError(`${file} cannot be read: ${(error as Error).message}`, {
      kind: 'checkpoint-file-unread',
      file,
    });
  }
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  throw new ModelError(`${file} does not describe ${what}:\n${issues.join('\n')}`, {
    kind: 'checkpoint-description',
    file,
  });
}
