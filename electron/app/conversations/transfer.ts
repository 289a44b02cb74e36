import { randomUUID } from 'node:crypto';
import type { ConversationSummary, Message } from '../../contract/conversations';
import { AppError } from '../../contract/errors';
import { isOver } from '../../contract/tools';
import type { ExportedConversation, ExportedMessage } from '../../contract/transfer';
import type { AppDatabase } from '../database/database';
import { type ConversationRow, toOptions, toSummary } from './conversations';
import type { Folders } from './folders';
import type { Messages } from './messages';
import { storable } from './text';

/** Conversations as a file has them, and back into the database without loss. */
export class Transfer {
  readonly #database: AppDatabase;
  readonly #messages: Messages;
  readonly #folders: Folders;
  readonly #now: () => number;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(database: AppDatabase, messages: Messages, folders: Folders, now: () => number = Date.now) {
    this.#database = database;
    this.#messages = messages;
    this.#folders = folders;
    this.#now = now;
    this.#statements = prepare(database);
  }

  export(ids: readonly string[]): readonly ExportedConversation[] {
    const folders = new Map(this.#folders.list().map((folder) => [folder.id, folder]));
    return ids.map((id) => {
      const row = this.#row(id);
      const { folderId, deletedAt: _, ...summary } = toSummary(row);
      const selected = this.#messages.selectedChildren(id);
      return {
        ...summary,
        folder: folderId === null ? null : (folders.get(folderId) ?? null),
        options: toOptions(row.options),
        leafId: row.leaf_id,
        messages: this.#messages
          .inConversation(id)
          .map((message) => toExported(message, selected.get(message.id) ?? null)),
      };
    });
  }

  /** All or none; returns the ids the conversations have here. */
  import(conversations: readonly ExportedConversation[]): readonly string[] {
    return this.#database.transaction(() => conversations.map((conversation) => this.#insert(conversation)));
  }

  /** A copy beside the original, the newest in the list. */
  duplicate(id: string, title: string): ConversationSummary {
    const [original] = this.export([id]);
    const now = this.#now();
    const copy = { ...original!, title, createdAt: now, updatedAt: now, pinned: false, archived: false };
    const [newId] = this.import([copy]);
    return toSummary(this.#row(newId ?? id));
  }

  #insert(conversation: ExportedConversation): string {
    const { folder, messages, leafId } = conversation;
    const id = this.#statements.get.get(conversation.id) ? randomUUID() : conversation.id;
    this.#statements.insert.run(
      id,
      storable(conversation.title),
      conversation.titleIsManual ? 1 : 0,
      conversation.createdAt,
      conversation.updatedAt,
      conversation.pinned ? 1 : 0,
      conversation.archived ? 1 : 0,
      folder && this.#folders.find(folder),
      '{}',
    );
    const ids = new Map(
      messages.map((message) => [message.id, this.#messages.exists(message.id) ? randomUUID() : message.id]),
    );
    const idOf = (old: string | null) => (old === null ? null : (ids.get(old) ?? null));
    for (const message of messages) {
      const own = {
        id: idOf(message.id) ?? message.id,
        conversationId: id,
        parentId: idOf(message.parentId),
      };
      this.#insertMessage({ ...withoutPosition(message), ...own });
    }
    for (const message of messages) {
      const child = idOf(message.selectedChildId);
      if (child !== null) this.#messages.selectChild(idOf(message.id) ?? message.id, child);
    }
    const { contextFrom = null, ...options } = conversation.options;
    const from = idOf(contextFrom);
    this.#statements.setOptions.run(
      JSON.stringify({ ...options, ...(from !== null && { contextFrom: from }) }),
      id,
    );
    this.#statements.setLeaf.run(idOf(leafId), id);
    return id;
  }

  #insertMessage(message: Message): void {
    if (message.role === 'user') {
      this.#messages.insert({ ...message, text: storable(message.text) });
      return;
    }
    const answer = { ...message, text: storable(message.text), reasoning: storable(message.reasoning) };
    this.#messages.insert(answer);
    this.#messages.save(answer);
  }

  #row(id: string): ConversationRow {
    const row = this.#statements.get.get(id);
    if (row) return row;
    throw new AppError(
      'not-found',
      'This conversation no longer exists. It may have been deleted in another window.',
      { kind: 'conversation-gone', conversationId: id },
    );
  }
}

function toExported(message: Message, selectedChildId: string | null): ExportedMessage {
  const { conversationId: _, ...rest } = message;
  if (rest.role === 'user') return { ...rest, selectedChildId };
  // What is being written elsewhere cannot go on there.
  const cut = rest.state === 'pending' || rest.state === 'streaming';
  const toolCalls = rest.toolCalls?.map((call) =>
    isOver(call) ? call : { ...call, state: 'stopped' as const },
  );
  return {
    ...rest,
    ...(cut && { state: 'stopped', finishReason: 'aborted' }),
    ...(toolCalls && { toolCalls }),
    selectedChildId,
  };
}

type Unplaced = ExportedMessage extends infer M
  ? M extends ExportedMessage
    ? Omit<M, 'selectedChildId'>
    : never
  : never;

function withoutPosition(message: ExportedMessage): Unplaced {
  const { selectedChildId: _, ...rest } = message;
  return rest;
}

function prepare(database: AppDatabase) {
  return {
    get: database.prepare<ConversationRow>('SELECT * FROM conversations WHERE id = ?'),
    insert: database.prepare(
      `INSERT INTO conversations (id, title, title_is_manual, created_at, updated_at, pinned, archived, folder_id, options)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    setOptions: database.prepare('UPDATE conversations SET options = ? WHERE id = ?'),
    setLeaf: database.prepare('UPDATE conversations SET leaf_id = ? WHERE id = ?'),
  };
}
