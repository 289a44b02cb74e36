import { z } from 'zod';
import { AttachmentSchema, ConversationOptionsSchema, StoredErrorSchema } from './conversation-schemas';
import type {
  AssistantMessage,
  ConversationOptions,
  ConversationSummary,
  UserMessage,
} from './conversations';
import type { Device } from './device';
import { CalledToolSchema } from './tools-schemas';
import { TRANSFER_FORMAT, TRANSFER_VERSION } from './transfer-format';

/*
 * Conversations as a file, so that they can be read back without loss: the whole tree, which branch was in view, and everything
 * a conversation sets for itself. A later version reads what this one wrote; unknown keys are dropped.
 */

interface Position {
  /** The child last in view: where a switch of branches goes down to. */
  readonly selectedChildId: string | null;
}

export type ExportedMessage =
  | (Omit<UserMessage, 'conversationId'> & Position)
  | (Omit<AssistantMessage, 'conversationId'> & Position);

export interface ExportedConversation extends Omit<ConversationSummary, 'folderId' | 'deletedAt'> {
  readonly folder: { readonly id: string; readonly name: string } | null;
  readonly options: ConversationOptions;
  readonly leafId: string | null;
  /** The whole tree, oldest first: no message stands before the one it follows. */
  readonly messages: readonly ExportedMessage[];
}

/** A piece of a file that is being imported. */
export interface ImportBatch {
  /** The same for every batch of the file. */
  readonly id: string;
  /** `continued`: more messages of the conversation that came last, for one that is too long for a batch. */
  readonly conversations: readonly (ExportedConversation & { readonly continued?: boolean | undefined })[];
  readonly last: boolean;
}

export interface TransferFile {
  readonly format: typeof TRANSFER_FORMAT;
  readonly version: typeof TRANSFER_VERSION;
  readonly exportedAt: number;
  readonly conversations: readonly ExportedConversation[];
  /** The attachments' bytes in base64, by sha256. */
  readonly files: Readonly<Record<string, string>>;
}

/** `1e400` is valid JSON and reads as Infinity, which no table and no JSON can keep. */
const Time = z.number().int().min(0).max(8_640_000_000_000_000);
const Id = z.string().min(1).max(100);
const Text = z.string().max(16_000_000);
const Figure = z.number();

const DeviceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('processor'), threads: Figure }),
  z.object({
    kind: z.literal('card'),
    name: z.string().max(200),
    number: Figure.optional(),
    withoutCudaGraph: z.literal(true).optional(),
    weightsNotShared: z.literal(true).optional(),
    withoutOwnKernels: z.literal(true).optional(),
    cacheNotQuantized: z.literal(true).optional(),
  }),
]) satisfies z.ZodType<Device>;

const StatsSchema = z.object({
  promptTokens: Figure,
  mediaTokens: Figure.optional(),
  mediaMs: Figure.optional(),
  outputTokens: Figure,
  reasoningTokens: Figure,
  draftTokens: Figure.optional(),
  acceptedTokens: Figure.optional(),
  queuedMs: Figure,
  firstTokenMs: Figure,
  reasoningMs: Figure,
  totalMs: Figure,
  tokensPerSecond: Figure,
  provider: z.enum(['cuda', 'cpu', 'webgpu', 'directml', 'coreml']),
  device: DeviceSchema.optional(),
  precision: z.string().max(100),
  peakMemoryBytes: Figure,
  seed: Figure,
});

const Offset = z.number().int().nonnegative();

const DocumentUseSchema = z.object({
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  name: z.string().max(1_000),
  passages: Offset,
  used: z.array(z.tuple([Offset, Offset])).max(100_000),
});

const common = {
  id: Id,
  parentId: Id.nullable(),
  selectedChildId: Id.nullable(),
  createdAt: Time,
  text: Text,
};

const MessageSchema = z.discriminatedUnion('role', [
  z.object({ ...common, role: z.literal('user'), attachments: z.array(AttachmentSchema).max(200) }),
  z.object({
    ...common,
    role: z.literal('assistant'),
    state: z.enum(['done', 'stopped', 'failed']),
    reasoning: Text,
    modelId: z.string().max(200).nullable(),
    thinking: z.boolean(),
    finishReason: z.enum(['stop', 'length', 'aborted']).nullable(),
    stats: StatsSchema.nullable(),
    error: StoredErrorSchema.nullable(),
    documents: z.array(DocumentUseSchema).max(200).optional(),
    toolCalls: z.array(CalledToolSchema).max(10_000).optional(),
  }),
]) as unknown as z.ZodType<ExportedMessage>;

/** Sound by itself; whether its messages are a tree is `TreeCheck`'s to say. */
const ConversationSchema = z.object({
  id: Id,
  title: z.string().max(10_000),
  titleIsManual: z.boolean(),
  createdAt: Time,
  updatedAt: Time,
  pinned: z.boolean(),
  archived: z.boolean(),
  folder: z.object({ id: Id, name: z.string().min(1).max(200) }).nullable(),
  options: ConversationOptionsSchema,
  leafId: Id.nullable(),
  messages: z.array(MessageSchema).max(1_000_000),
});

export const ExportedConversationSchema: z.ZodType<ExportedConversation> = ConversationSchema.superRefine(
  ({ messages, leafId }, context) => {
    const tree = new TreeCheck();
    const problem = tree.add(messages) ?? tree.end(leafId);
    if (problem) context.addIssue({ code: 'custom', path: ['messages'], message: problem });
  },
);

export const ImportBatchSchema: z.ZodType<ImportBatch> = z.object({
  id: Id,
  conversations: z.array(ConversationSchema.extend({ continued: z.boolean().optional() })).max(10_000),
  last: z.boolean(),
});

export const TransferFileSchema: z.ZodType<TransferFile> = z.object({
  format: z.literal(TRANSFER_FORMAT),
  version: z.literal(TRANSFER_VERSION),
  exportedAt: Time,
  conversations: z.array(ExportedConversationSchema),
  files: z.record(z.string().regex(/^[0-9a-f]{64}$/), z.base64()).default({}),
});

/** Finds what would make a walk through a conversation's tree go wrong, in messages that come all at once or in parts. */
export class TreeCheck {
  readonly #roles = new Map<string, ExportedMessage['role']>();
  readonly #parents = new Map<string, string | null>();
  readonly #selected: [id: string, childId: string][] = [];

  /** What is wrong with the messages that come next; null where nothing is. */
  add(messages: readonly ExportedMessage[]): string | null {
    for (const { id, role, parentId, selectedChildId } of messages) {
      if (this.#roles.has(id)) return `Two messages have the id ${id}.`;
      const parent = parentId === null ? 'assistant' : this.#roles.get(parentId);
      if (parent === undefined) return `Message ${id} follows one that does not stand before it.`;
      if (parent === role) return `Message ${id} follows one of the same role.`;
      this.#roles.set(id, role);
      this.#parents.set(id, parentId);
      if (selectedChildId !== null) this.#selected.push([id, selectedChildId]);
    }
    return null;
  }

  /** What is wrong with the whole, of which no more comes. */
  end(leafId: string | null): string | null {
    for (const [id, childId] of this.#selected)
      if (this.#parents.get(childId) !== id) return `Message ${id} selects one that does not follow it.`;
    return leafId !== null && !this.#roles.has(leafId) ? 'The message in view is missing.' : null;
  }
}
