import { randomUUID } from 'node:crypto';
import type { ConversationSummary, Message } from '../../contract/conversations';
import { AppError } from '../../contract/errors';
import { isOver } from '../../contract/tools';
import type { ExportedConversation, ExportedMessage } from '../../contract/transfer';
import type { AppDatabase } from '../database/database';
import { type ConversationRow, toOptions, toSummary } from './conversation-rows';
import type { Folders } from './folders';
import { Imports, type ImportsOptions } from './imports';
import type { Messages } from './messages';

interface TransferOptions extends ImportsOptions {
  readonly now?: () => number;
}

/** Conversations as a file has them, and back into the database without loss. */
export class Transfer {
  readonly imports: Imports;
  readonly #messages: Messages;
  readonly #folders: Folders;
  readonly #now: () => number;
  readonly #statements: ReturnType<typeof prepare>;

  constructor({ now = Date.now, ...options }: TransferOptions) {
    this.imports = new Imports(options);
    this.#messages = options.messages;
    this.#folders = options.folders;
    this.#now = now;
    this.#statements = prepare(options.database);
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

  /** A copy beside the original, the newest in the list. */
  async duplicate(id: string, title: string): Promise<ConversationSummary> {
    const [original] = this.export([id]);
    const now = this.#now();
    const copy = { ...original!, title, createdAt: now, updatedAt: now, pinned: false, archived: false };
    const [newId] = await this.imports.add({ id: randomUUID(), conversations: [copy], last: true });
    return toSummary(this.#row(newId ?? id));
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

function prepare(database: AppDatabase) {
  return { get: database.prepare<ConversationRow>('SELECT * FROM conversations WHERE id = ?') };
}
