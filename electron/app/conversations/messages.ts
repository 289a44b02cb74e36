import { z } from 'zod';
import type {
  AssistantMessage,
  Attachment,
  Message,
  TurnState,
  UserMessage,
} from '../../contract/conversations';
import { type CalledTool, isOver } from '../../contract/tools';
import type { AppDatabase } from '../database/database';
import { storable } from './text';
import { leafBelow, type Node, pathTo, subtree } from './tree';

interface MessageRow {
  readonly id: string;
  readonly conversation_id: string;
  readonly parent_id: string | null;
  readonly selected_child_id: string | null;
  readonly role: Message['role'];
  readonly created_at: number;
  readonly text: string;
  readonly state: TurnState | null;
  readonly reasoning: string;
  readonly model_id: string | null;
  readonly thinking: number;
  readonly finish_reason: AssistantMessage['finishReason'];
  readonly stats: string | null;
  readonly error: string | null;
  readonly documents: string | null;
  readonly tool_calls: string | null;
}

const INTERRUPTED =
  'The app ended while this answer was being written. What had arrived was kept; continue it or ask again.';

/** The messages table. Text that comes in is already `storable`. */
export class Messages {
  readonly #database: AppDatabase;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(database: AppDatabase) {
    this.#database = database;
    this.#statements = prepare(database);
  }

  /** The whole tree, oldest first. */
  inConversation(conversationId: string): readonly Message[] {
    const attachments = new Map<string, Attachment[]>();
    for (const row of this.#statements.attachments.all(conversationId)) {
      const list = attachments.get(row.message_id) ?? [];
      list.push(AttachmentJson.parse(JSON.parse(row.description)));
      attachments.set(row.message_id, list);
    }
    return this.#statements.inConversation
      .all(conversationId)
      .map((row) => toMessage(row, attachments.get(row.id) ?? []));
  }

  insert(message: Message): void {
    const assistant = message.role === 'assistant' ? message : null;
    this.#database.transaction(() => {
      this.#statements.insert.run(
        message.id,
        message.conversationId,
        message.parentId,
        message.role,
        message.createdAt,
        message.text,
        assistant?.state ?? null,
        assistant?.reasoning ?? '',
        assistant?.modelId ?? null,
        assistant?.thinking ? 1 : 0,
        ...outcome(assistant),
      );
      if (message.role === 'user') {
        message.attachments.forEach((attachment, position) => {
          this.#statements.insertAttachment.run(
            message.id,
            position,
            attachment.sha256,
            JSON.stringify(attachment),
          );
        });
      }
    });
  }

  /** Everything of an answer that changes while it is written. */
  save(message: AssistantMessage): void {
    this.#statements.save.run(
      message.text,
      message.state,
      message.reasoning,
      message.modelId,
      ...outcome(message),
      message.id,
    );
  }

  /** Makes the branch down to `leafId` the one in view. */
  select(conversationId: string, leafId: string): void {
    const nodes = this.#nodes(conversationId);
    const path = pathTo(nodes, leafId);
    path.forEach((node, depth) => {
      const child = path[depth + 1]?.id;
      if (child && node.selectedChildId !== child) this.#statements.selectChild.run(child, node.id);
    });
  }

  /** Null where the message is not in the conversation. */
  leafBelow(conversationId: string, messageId: string): string | null {
    const nodes = this.#nodes(conversationId);
    return nodes.some((node) => node.id === messageId) ? leafBelow(nodes, messageId) : null;
  }

  /**
   * Marks a message and all that follows it as deleted, and names the leaf to show instead: below its next of kin, else its parent.
   * Marked, not removed, so that undoing it brings each back to its place among its siblings.
   */
  deleteBelow(
    conversationId: string,
    messageId: string,
    now: number,
  ): { readonly deleted: readonly string[]; readonly leafId: string | null } {
    const nodes = this.#nodes(conversationId);
    const start = nodes.find(({ id }) => id === messageId);
    if (!start) return { deleted: [], leafId: null };
    const deleted = subtree(nodes, messageId);
    for (const id of deleted) this.#statements.setDeleted.run(now, id);
    const gone = new Set(deleted);
    const left = nodes.filter(({ id }) => !gone.has(id));
    const kin = left.findLast(({ parentId }) => parentId === start.parentId);
    if (kin) return { deleted, leafId: leafBelow(left, kin.id) };
    return { deleted, leafId: start.parentId };
  }

  restore(conversationId: string, messageIds: readonly string[]): void {
    for (const id of messageIds) this.#statements.restore.run(id, conversationId);
  }

  /** For good, of what was deleted before `time`. */
  purge(time: number): void {
    this.#statements.purge.run(time);
  }

  /** Answers that a crash left unfinished end as failed, with what they had. */
  endInterrupted(): void {
    this.#statements.endInterrupted.run(JSON.stringify({ code: 'interrupted', message: INTERRUPTED }));
  }

  /** The child last in view below each message that has one. */
  selectedChildren(conversationId: string): ReadonlyMap<string, string> {
    const nodes = this.#nodes(conversationId);
    const parents = new Map(nodes.map(({ id, parentId }) => [id, parentId]));
    return new Map(
      nodes.flatMap(({ id, selectedChildId }) =>
        selectedChildId !== null && parents.get(selectedChildId) === id ? [[id, selectedChildId]] : [],
      ),
    );
  }

  selectChild(id: string, childId: string): void {
    this.#statements.selectChild.run(childId, id);
  }

  exists(id: string): boolean {
    return this.#statements.exists.get(id) !== undefined;
  }

  #nodes(conversationId: string): readonly Node[] {
    return this.#statements.nodes.all(conversationId).map((row) => ({
      id: row.id,
      parentId: row.parent_id,
      selectedChildId: row.selected_child_id,
    }));
  }
}

/** The columns from `finish_reason` to `tool_calls`. */
function outcome(answer: AssistantMessage | null): readonly (string | null)[] {
  if (!answer) return [null, null, null, null, null];
  const { finishReason, stats, error, documents, toolCalls } = answer;
  return [
    finishReason,
    stats && JSON.stringify(stats),
    error && JSON.stringify(error),
    documents ? JSON.stringify(documents) : null,
    toolCalls ? storable(JSON.stringify(toolCalls)) : null,
  ];
}

/** Written by ourselves; parsed all the same, as a file may have been changed by hand. */
const AttachmentJson: z.ZodType<Attachment> = z.object({
  sha256: z.string(),
  kind: z.enum(['image', 'audio', 'document']),
  mediaType: z.string(),
  name: z.string(),
  bytes: z.number(),
  width: z.number().optional(),
  height: z.number().optional(),
  durationMs: z.number().optional(),
  pages: z.number().optional(),
  lines: z.number().optional(),
  characters: z.number().optional(),
  transcribed: z.boolean().optional(),
});

/** Those that a crash left under way have stopped with their answer. */
function endedCalls(json: string, state: TurnState | null): readonly CalledTool[] {
  const calls = JSON.parse(json) as readonly CalledTool[];
  if (state === 'pending' || state === 'streaming') return calls;
  return calls.map((call) => (isOver(call) ? call : { ...call, state: 'stopped' }));
}

function prepare(database: AppDatabase) {
  return {
    inConversation: database.prepare<MessageRow>(
      'SELECT * FROM messages WHERE conversation_id = ? AND deleted_at IS NULL ORDER BY seq',
    ),
    attachments: database.prepare<{ message_id: string; description: string }>(
      `SELECT message_id, description FROM attachments
       WHERE message_id IN (SELECT id FROM messages WHERE conversation_id = ?) ORDER BY message_id, position`,
    ),
    nodes: database.prepare<Pick<MessageRow, 'id' | 'parent_id' | 'selected_child_id'>>(
      'SELECT id, parent_id, selected_child_id FROM messages WHERE conversation_id = ? AND deleted_at IS NULL ORDER BY seq',
    ),
    insert: database.prepare(
      `INSERT INTO messages (id, conversation_id, parent_id, role, created_at, text, state, reasoning, model_id, thinking, finish_reason, stats, error, documents, tool_calls)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    insertAttachment: database.prepare(
      'INSERT INTO attachments (message_id, position, sha256, description) VALUES (?, ?, ?, ?)',
    ),
    save: database.prepare(
      `UPDATE messages SET text = ?, state = ?, reasoning = ?, model_id = ?, finish_reason = ?, stats = ?, error = ?, documents = ?, tool_calls = ?
       WHERE id = ?`,
    ),
    exists: database.prepare<{ id: string }>('SELECT id FROM messages WHERE id = ?'),
    selectChild: database.prepare('UPDATE messages SET selected_child_id = ? WHERE id = ?'),
    setDeleted: database.prepare('UPDATE messages SET deleted_at = ? WHERE id = ?'),
    restore: database.prepare(
      'UPDATE messages SET deleted_at = NULL WHERE id = ? AND conversation_id = ? AND deleted_at IS NOT NULL',
    ),
    purge: database.prepare('DELETE FROM messages WHERE deleted_at < ?'),
    endInterrupted: database.prepare(
      "UPDATE messages SET state = 'failed', error = ? WHERE state IN ('pending', 'streaming')",
    ),
  };
}

function toMessage(row: MessageRow, attachments: readonly Attachment[]): Message {
  const base = {
    id: row.id,
    conversationId: row.conversation_id,
    parentId: row.parent_id,
    createdAt: row.created_at,
    text: row.text,
  };
  if (row.role === 'user') return { ...base, role: 'user', attachments } satisfies UserMessage;
  return {
    ...base,
    role: 'assistant',
    state: row.state ?? 'failed',
    reasoning: row.reasoning,
    modelId: row.model_id,
    thinking: row.thinking === 1,
    finishReason: row.finish_reason,
    stats: row.stats === null ? null : (JSON.parse(row.stats) as AssistantMessage['stats']),
    error: row.error === null ? null : (JSON.parse(row.error) as AssistantMessage['error']),
    ...(row.documents !== null && {
      documents: JSON.parse(row.documents) as AssistantMessage['documents'],
    }),
    ...(row.tool_calls !== null && { toolCalls: endedCalls(row.tool_calls, row.state) }),
  };
}
