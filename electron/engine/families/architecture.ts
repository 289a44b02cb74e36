import type { z } from 'zod';
import { AppError } from '../../contract/errors';
import type { Manifest } from '../../contract/manifest';

/** The manifest's `architecture`, as the family's builder writes it. @throws AppError `model-unsupported` when it lacks something. */
export function readArchitecture<Schema extends z.ZodType>(
  { id, architecture }: Manifest,
  schema: Schema,
): z.infer<Schema> {
  const parsed = schema.safeParse(architecture);
  if (parsed.success) return parsed.data;
  const missing = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ');
  throw new AppError('model-unsupported', `The package ${id} lacks in "architecture": ${missing}.`, {
    kind: 'model-incomplete',
    id,
  });
}
