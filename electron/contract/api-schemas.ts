import { z } from 'zod';
import type {
  ContextDraft,
  ConversationChange,
  ManyConversationsChange,
  RequestArguments,
  RequestName,
} from './api';
import { ConnectionArgumentNames, ConnectionArgumentSchemas } from './connections-schemas';
import { AttachmentSchema, ConversationOptionsSchema } from './conversation-schemas';
import type { StartTurn } from './conversations';
import { HubArgumentNames, HubArgumentSchemas } from './hub-schemas';
import { ModelArgumentNames, ModelArgumentSchemas } from './models-schemas';
import { type Settings, SettingsSchema } from './settings';
import { SPOKEN_LANGUAGES } from './speech';
import { ToolArgumentNames, ToolArgumentSchemas } from './tools-schemas';
import { ImportBatchSchema } from './transfer';

/** A pasted book fits; what does not is a mistake or an attack. */
const MAX_TEXT = 8_000_000;

const Id = z.string().min(1).max(100);
const Ids = z.array(Id).max(100_000);
const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);
/** About half a minute of sound; pages send tenths of seconds. */
const MAX_LISTEN_BASE64 = 1_500_000;
const Text = z.string().max(MAX_TEXT);

const ChangeSchema: z.ZodType<ConversationChange> = z.object({
  title: z.string().max(500).optional(),
  pinned: z.boolean().optional(),
  archived: z.boolean().optional(),
  folderId: Id.nullable().optional(),
  options: ConversationOptionsSchema.optional(),
});

const ManyChangeSchema: z.ZodType<ManyConversationsChange> = z.object({
  pinned: z.boolean().optional(),
  archived: z.boolean().optional(),
  folderId: Id.nullable().optional(),
});

const FolderName = z.string().trim().min(1).max(200);

const StartTurnSchema: z.ZodType<StartTurn> = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('send'),
    conversationId: Id.nullable(),
    parentId: Id.nullable(),
    text: Text,
    attachments: z.array(AttachmentSchema).max(200),
    thinking: z.boolean(),
    options: ConversationOptionsSchema.optional(),
  }),
  z.object({ kind: z.literal('regenerate'), conversationId: Id, messageId: Id, thinking: z.boolean() }),
  z.object({ kind: z.literal('continue'), conversationId: Id, messageId: Id }),
]);

const ContextDraftSchema: z.ZodType<ContextDraft> = z.object({
  conversationId: Id.nullable(),
  leafId: Id.nullable(),
  text: Text,
  attachments: z.array(AttachmentSchema).max(200),
  options: ConversationOptionsSchema.optional(),
});

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
  ...ModelArgumentSchemas,
  ...HubArgumentSchemas,
  ...ToolArgumentSchemas,
  ...ConnectionArgumentSchemas,
  'app.info': z.tuple([]),
  'conversations.list': z.tuple([]),
  'conversations.get': z.tuple([Id]),
  'conversations.update': z.tuple([Id, ChangeSchema]),
  'conversations.delete': z.tuple([Ids]),
  'conversations.restore': z.tuple([Ids]),
  'conversations.search': z.tuple([z.string().max(10_000)]),
  'conversations.selectBranch': z.tuple([Id, Id]),
  'conversations.updateMany': z.tuple([Ids, ManyChangeSchema]),
  'conversations.bin': z.tuple([]),
  'conversations.deleteForever': z.tuple([Ids]),
  'conversations.duplicate': z.tuple([Id, z.string().max(500)]),
  'conversations.export': z.tuple([Ids]),
  'conversations.import': z.tuple([ImportBatchSchema]),
  'conversations.cancelImport': z.tuple([Id]),
  'messages.delete': z.tuple([Id, Id]),
  'messages.restore': z.tuple([Id, Ids]),
  'folders.list': z.tuple([]),
  'folders.create': z.tuple([FolderName]),
  'folders.rename': z.tuple([Id, FolderName]),
  'folders.delete': z.tuple([Id]),
  'turns.start': z.tuple([StartTurnSchema]),
  'turns.stop': z.tuple([Id]),
  'turns.attach': z.tuple([Id]),
  'settings.get': z.tuple([]),
  'settings.update': z.tuple([SettingsChangeSchema]),
  'models.list': z.tuple([]),
  'models.problems': z.tuple([]),
  'models.load': z.tuple([z.string().max(200), z.boolean().optional()]),
  'models.prepare': z.tuple([z.string().max(200)]),
  'models.usual': z.tuple([]),
  'engine.status': z.tuple([]),
  'context.measure': z.tuple([ContextDraftSchema]),
  'speech.prepare': z.tuple([]),
  'speech.transcribe': z.tuple([Sha256, z.enum(SPOKEN_LANGUAGES)]),
  'speech.cancel': z.tuple([Sha256]),
  'speech.listen': z.tuple([Id, z.base64().max(MAX_LISTEN_BASE64)]),
  'speech.stopListening': z.tuple([Id]),
  'data.deleteAll': z.tuple([]),
  'server.status': z.tuple([]),
  'shell.status': z.tuple([]),
  'shell.checkForUpdates': z.tuple([]),
  'shell.downloadUpdate': z.tuple([]),
  'shell.installUpdate': z.tuple([]),
  'shell.openDataFolder': z.tuple([]),
  'shell.chooseFolder': z.tuple([]),
  'shell.openMicrophoneSettings': z.tuple([]),
  'shell.showQuickAsk': z.tuple([]),
  'shell.hideQuickAsk': z.tuple([]),
  'shell.sizeQuickAsk': z.tuple([z.number().int().min(60).max(2_000)]),
  'shell.openConversation': z.tuple([Id]),
};

/** Names for messages: `turns.start` → `turn`, so that an error can say `turn.text` rather than `0.text`. */
export const ArgumentNames: { readonly [K in RequestName]: readonly string[] } = {
  ...ModelArgumentNames,
  ...HubArgumentNames,
  ...ToolArgumentNames,
  ...ConnectionArgumentNames,
  'app.info': [],
  'conversations.list': [],
  'conversations.get': ['id'],
  'conversations.update': ['id', 'change'],
  'conversations.delete': ['ids'],
  'conversations.restore': ['ids'],
  'conversations.search': ['query'],
  'conversations.selectBranch': ['id', 'messageId'],
  'conversations.updateMany': ['ids', 'change'],
  'conversations.bin': [],
  'conversations.deleteForever': ['ids'],
  'conversations.duplicate': ['id', 'title'],
  'conversations.export': ['ids'],
  'conversations.import': ['batch'],
  'conversations.cancelImport': ['id'],
  'messages.delete': ['conversationId', 'messageId'],
  'messages.restore': ['conversationId', 'messageIds'],
  'folders.list': [],
  'folders.create': ['name'],
  'folders.rename': ['id', 'name'],
  'folders.delete': ['id'],
  'turns.start': ['turn'],
  'turns.stop': ['turnId'],
  'turns.attach': ['conversationId'],
  'settings.get': [],
  'settings.update': ['change'],
  'models.list': [],
  'models.problems': [],
  'models.load': ['id', 'force'],
  'models.prepare': ['id'],
  'models.usual': [],
  'engine.status': [],
  'context.measure': ['draft'],
  'speech.prepare': [],
  'speech.transcribe': ['sha256', 'language'],
  'speech.cancel': ['sha256'],
  'speech.listen': ['stream', 'pcm'],
  'speech.stopListening': ['stream'],
  'data.deleteAll': [],
  'server.status': [],
  'shell.status': [],
  'shell.checkForUpdates': [],
  'shell.downloadUpdate': [],
  'shell.installUpdate': [],
  'shell.openDataFolder': [],
  'shell.chooseFolder': [],
  'shell.openMicrophoneSettings': [],
  'shell.showQuickAsk': [],
  'shell.hideQuickAsk': [],
  'shell.sizeQuickAsk': ['height'],
  'shell.openConversation': ['id'],
};
