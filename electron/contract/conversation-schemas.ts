import { z } from 'zod';
import type { Attachment, ConversationOptions } from './conversations';
import { SettingsSchema } from './settings';

export const AttachmentSchema: z.ZodType<Attachment> = z.object({
  // It becomes a file name, so its form is also what keeps a page inside the attachments' folder.
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  kind: z.enum(['image', 'audio', 'document']),
  mediaType: z.string().max(200),
  name: z.string().max(1_000),
  bytes: z.number().int().nonnegative(),
  width: z.number().int().positive().optional(),
  height: z.number().int().positive().optional(),
  durationMs: z.number().nonnegative().optional(),
  pages: z.number().int().positive().optional(),
  lines: z.number().int().nonnegative().optional(),
  characters: z.number().int().nonnegative().optional(),
  transcribed: z.boolean().optional(),
});

export const ConversationOptionsSchema: z.ZodType<ConversationOptions> = z.object({
  systemPrompt: z.string().max(20_000).optional(),
  thinking: z.boolean().optional(),
  modelId: z.string().max(200).optional(),
  contextFrom: z.string().max(100).optional(),
  tools: z.array(z.string().max(100)).max(100).optional(),
  sampling: z
    .object({
      ...SettingsSchema.shape.sampling.unwrap().shape,
      stop: z.array(z.string().min(1).max(1_000)).max(16).optional(),
      logitBias: z.record(z.coerce.number().int().nonnegative(), z.number().min(-100).max(100)).optional(),
    })
    .optional(),
});

/** In a file of conversations. */
export const StoredErrorSchema = z.object({
  // A later version may know more codes; its message says what happened.
  code: z.string().max(100),
  message: z.string().max(10_000),
  details: z.record(z.string().max(100), z.union([z.string().max(10_000), z.number()])).optional(),
});
