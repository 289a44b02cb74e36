import { z } from 'zod';
import type { ConversationChange, RequestArguments, RequestName } from './api';
import type { Attachment, ConversationOptions, StartTurn } from './conversations';
import { type Settings, SettingsSchema } from './settings';

/** A pasted book fits; what does not is a mistake or an attack. */
const MAX_TEXT = 8_000_000;

const Id = z.string().min(1).max(100);
const Ids = z.array(Id).max(100_000);
const Text = z.string().max(MAX_TEXT);

const AttachmentSchema: z.ZodType<Attachment> = z.object({
  // It becomes a file name, so its form is also what keeps a page inside the attachments' folder.
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  kind: z.enum(['image', 'audio']),
  mediaType: z.string().max(200),
  name: z.string().max(1_000),
  bytes: z.number().int().nonnegative(),
  width: z.number().int().positive().optional(),
  height: z.number().int().positive().optional(),
  durationMs: z.number().nonnegative().optional(),
});

export const ConversationOptionsSchema: z.ZodType<ConversationOptions> = z.object({
  systemPrompt: z.string().max(20_000).optional(),
  thinking: z.boolean().optional(),
  modelId: z.string().max(200).optional(),
  sampling: z
    .object({
      ...SettingsSchema.shape.sampling.unwrap().shape,
      stop: z.array(z.string().min(1).max(1_000)).max(16).optional(),
      logitBias: z.record(z.coerce.number().int().nonnegative(), z.number().min(-100).max(100)).optional(),
    })
    .optional(),
});

const ChangeSchema: z.ZodType<ConversationChange> = z.object({
  title: z.string().max(500).optional(),
  pinned: z.boolean().optional(),
  archived: z.boolean().optional(),
  folderId: Id.nullable().optional(),
  options: ConversationOptionsSchema.optional(),
});

const StartTurnSchema: z.ZodType<StartTurn> = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('send'),
    conversationId: Id.nullable(),
    parentId: Id.nullable(),
    text: Text,
    attachments: z.array(AttachmentSchema).max(200),
    thinking: z.boolean(),
  }),
  z.object({ kind: z.literal('regenerate'), conversationId: Id, messageId: Id, thinking: z.boolean() }),
  z.object({ kind: z.literal('continue'), conversationId: Id, messageId: Id }),
]);

/** Absent keys must stay absent here, where `SettingsSchema` would fill in their defaults and undo the user's choices. */
const SettingsChangeSchema: z.ZodType<Partial<Settings>> = z
  .record(z.string(), z.unknown())
  .transform((change, context) => {
    const parsed = SettingsSchema.safeParse(change);
    if (parsed.success)
      return Object.fromEntries(Object.entries(parsed.data).filter(([key]) => key in change));
    for (const issue of parsed.error.issues)
      context.addIssue({ code: 'custom', path: issue.path, message: issue.message });
    return z.NEVER;
  });

/** The arguments of every request, as they must be before a handler sees them. */
export const ArgumentSchemas: { readonly [K in RequestName]: z.ZodType<RequestArguments<K>> } = {
  'app.info': z.tuple([]),
  'conversations.list': z.tuple([]),
  'conversations.get': z.tuple([Id]),
  'conversations.update': z.tuple([Id, ChangeSchema]),
  'conversations.delete': z.tuple([Ids]),
  'conversations.restore': z.tuple([Ids]),
  'conversations.search': z.tuple([z.string().max(10_000)]),
  'conversations.selectBranch': z.tuple([Id, Id]),
  'turns.start': z.tuple([StartTurnSchema]),
  'turns.stop': z.tuple([Id]),
  'turns.attach': z.tuple([Id]),
  'settings.get': z.tuple([]),
  'settings.update': z.tuple([SettingsChangeSchema]),
  'models.list': z.tuple([]),
  'models.problems': z.tuple([]),
  'models.load': z.tuple([z.string().max(200)]),
  'engine.status': z.tuple([]),
  'engine.countTokens': z.tuple([Id.nullable(), Id.nullable(), Text]),
};

/** Names for messages: `turns.start` → `turn`, so that an error can say `turn.text` rather than `0.text`. */
export const ArgumentNames: { readonly [K in RequestName]: readonly string[] } = {
  'app.info': [],
  'conversations.list': [],
  'conversations.get': ['id'],
  'conversations.update': ['id', 'change'],
  'conversations.delete': ['ids'],
  'conversations.restore': ['ids'],
  'conversations.search': ['query'],
  'conversations.selectBranch': ['id', 'messageId'],
  'turns.start': ['turn'],
  'turns.stop': ['turnId'],
  'turns.attach': ['conversationId'],
  'settings.get': [],
  'settings.update': ['change'],
  'models.list': [],
  'models.problems': [],
  'models.load': ['id'],
  'engine.status': [],
  'engine.countTokens': ['conversationId', 'leafId', 'draft'],
};
