import { randomUUID } from 'node:crypto';
import type { ConversationChange, DeletedMessages, ManyConversationsChange } from '../../contract/api';
import type {
  Conversation,
  ConversationOptions,
  ConversationSummary,
  SearchHit,
} from '../../contract/conversations';
import { AppError } from '../../contract/errors';
import type { AppDatabase } from '../database/database';
import { type ConversationRow, prepareStatements, toOptions, toSummary } from './conversation-rows';
import { Messages } from './messages';
import { Removal } from './removal';
import { Search } from './search';
import { storable } from './text';

const BIN_DAYS = 30;
const UNDO_MS = 3_600_000;

export interface ConversationEvents {
  readonly changed: (summary: ConversationSummary) => void;
  readonly removed: (id: string) => void;
  /** More than a few at once. */
  readonly changedMany?: () => void;
}

/** Above this one word about all of them is quicker than one about each. */
const FEW = 20;

/** The conversations and what a person does to them. What happens in a turn is in `turns.ts`. */
export class Conversations {
  readonly messages: Messages;
  readonly removal: Removal;
  readonly #database: AppDatabase;
  readonly #search: Search;
  readonly #statements: ReturnType<typeof prepareStatements>;
  readonly #events: ConversationEvents;
  readonly #now: () => number;

  constructor(database: AppDatabase, events: ConversationEvents, now: () => number = Date.now) {
    this.#database = database;
    this.#events = events;
    this.#now = now;
    this.#statements = prepareStatements(database);
    this.#search = new Search(database);
    this.messages = new Messages(database);
    this.removal = new Removal(database);
  }

  list(): readonly ConversationSummary[] {
    return this.#statements.list.all().map(toSummary);
  }

  get(id: string): Conversation {
    const row = this.#row(id);
    return {
      ...toSummary(row),
      options: toOptions(row.options),
      leafId: row.leaf_id,
      messages: this.messages.inConversation(id),
    };
  }

  create(title: string, options: ConversationOptions = {}): ConversationSummary {
    const id = randomUUID();
    const now = this.#now();
    this.#statements.insert.run(id, storable(title), now, now, JSON.stringify(options));
    return toSummary(this.#row(id));
  }

  update(id: string, change: ConversationChange): ConversationSummary {
    this.#database.transaction(() => {
      this.#row(id);
      const { title, pinned, archived, folderId, options } = change;
      if (title !== undefined) {
        const name = storable(title).replace(/\s+/gu, ' ').trim();
        if (!name)
          throw new AppError(
            'invalid-request',
            'A conversation needs a title. Enter at least one character.',
            { kind: 'conversation-title-empty', field: 'title' },
          );
        this.#statements.setTitle.run(name, 1, id);
      }
      if (pinned !== undefined) this.#statements.setPinned.run(pinned ? 1 : 0, id);
      if (archived !== undefined) this.#statements.setArchived.run(archived ? 1 : 0, id);
      if (folderId !== undefined) {
        this.#requireFolder(folderId);
        this.#statements.setFolder.run(folderId, id);
      }
      if (options !== undefined) this.#statements.setOptions.run(JSON.stringify(options), id);
    });
    return this.#announce(id);
  }

  /** Into the bin. Ones that are there already, or gone, are no error: the user wanted them away. */
  delete(ids: readonly string[]): void {
    const now = this.#now();
    this.#database.transaction(() => {
      for (const id of ids) this.#statements.setDeleted.run(now, id);
    });
    this.#removed(ids);
  }

  /** Last deleted first. */
  bin(): readonly ConversationSummary[] {
    return this.#statements.bin.all().map(toSummary);
  }

  /** Only what lies in the bin: nothing goes for good in one step. Nobody sees it any more at once; resolves when it is gone. */
  deleteForever(ids: readonly string[]): Promise<void> {
    this.#database.transaction(() => {
      for (const id of ids) this.#statements.deleteForever.run(id);
    });
    this.#removed(ids);
    return this.removal.run();
  }

  updateMany(ids: readonly string[], { pinned, archived, folderId }: ManyConversationsChange): void {
    this.#database.transaction(() => {
      if (folderId !== undefined) this.#requireFolder(folderId);
      for (const id of ids) {
        if (pinned !== undefined) this.#statements.setPinned.run(pinned ? 1 : 0, id);
        if (archived !== undefined) this.#statements.setArchived.run(archived ? 1 : 0, id);
        if (folderId !== undefined) this.#statements.setFolder.run(folderId, id);
      }
    });
    this.#announceMany(ids);
  }

  restore(ids: readonly string[]): void {
    this.#database.transaction(() => {
      for (const id of ids) {
        this.#row(id);
        this.#statements.setDeleted.run(null, id);
      }
    });
    this.#announceMany(ids);
  }

  /** Empties the bin of what has lain there for 30 days; single messages go when nobody can undo it any more. */
  purgeBin(): Promise<void> {
    this.#statements.purge.run(this.#now() - BIN_DAYS * 86_400_000);
    this.messages.purge(this.#now() - UNDO_MS);
    return this.removal.run();
  }

  search(query: string): readonly SearchHit[] {
    return this.#search.find(query);
  }

  selectBranch(id: string, messageId: string): Conversation {
    this.#row(id);
    const leaf = this.messages.leafBelow(id, messageId);
    if (leaf === null) throw messageGone(messageId);
    this.#database.transaction(() => this.#setLeaf(id, leaf));
    return this.get(id);
  }

  /** Takes a message away with all that follows it; what is left of the branch comes into view. */
  deleteMessage(id: string, messageId: string): DeletedMessages {
    this.#row(id);
    const messageIds = this.#database.transaction(() => {
      const { deleted, leafId } = this.messages.deleteBelow(id, messageId, this.#now());
      if (deleted.length === 0) throw messageGone(messageId);
      const leaf = this.#row(id).leaf_id;
      if (leaf === null || deleted.includes(leaf)) {
        if (leafId !== null) this.#setLeaf(id, leafId);
        else this.#statements.setLeaf.run(null, id);
      }
      return deleted;
    });
    return { conversation: this.get(id), messageIds };
  }

  /** Undoes `deleteMessage`; the messages come back into view. */
  restoreMessages(id: string, messageIds: readonly string[]): Conversation {
    this.#row(id);
    const first = messageIds[0];
    this.#database.transaction(() => {
      this.messages.restore(id, messageIds);
      const leaf = first === undefined ? null : this.messages.leafBelow(id, first);
      if (leaf === null) throw messageGone(first ?? '');
      this.#setLeaf(id, leaf);
    });
    return this.get(id);
  }

  /** A turn began or ended: the branch it writes to is the one in view, and the conversation is the newest. */
  touch(id: string, leafId: string): void {
    this.#database.transaction(() => {
      this.#setLeaf(id, leafId);
      this.#statements.setUpdated.run(this.#now(), id);
    });
    this.#announce(id);
  }

  /** An answer ended. Its text names the conversation where the question could not (a picture alone); a user's title stays. */
  finished(id: string, title: string): void {
    const row = this.#row(id);
    if (!row.title && title) this.#statements.setTitle.run(storable(title), row.title_is_manual, id);
    this.#statements.setUpdated.run(this.#now(), id);
    this.#announce(id);
  }

  options(id: string): ConversationOptions {
    return toOptions(this.#row(id).options);
  }

  /** Deleted ones count as missing here: nothing may be written to what lies in the bin. */
  require(id: string): void {
    if (this.#row(id).deleted_at !== null) {
      throw new AppError('not-found', 'This conversation lies in the bin. Restore it first.', {
        kind: 'conversation-in-bin',
        conversationId: id,
      });
    }
  }

  #setLeaf(id: string, leafId: string): void {
    this.messages.select(id, leafId);
    this.#statements.setLeaf.run(leafId, id);
  }

  #announce(id: string): ConversationSummary {
    const summary = toSummary(this.#row(id));
    if (summary.deletedAt === null) this.#events.changed(summary);
    return summary;
  }

  #announceMany(ids: readonly string[]): void {
    if (ids.length > FEW) this.#events.changedMany?.();
    else for (const id of ids) if (this.#statements.get.get(id)) this.#announce(id);
  }

  #removed(ids: readonly string[]): void {
    if (ids.length > FEW) this.#events.changedMany?.();
    else for (const id of ids) this.#events.removed(id);
  }

  #requireFolder(folderId: string | null): void {
    if (folderId === null || this.#statements.folder.get(folderId)) return;
    throw new AppError('not-found', 'This folder no longer exists. Choose another one.', {
      kind: 'folder-gone',
      folderId,
    });
  }

  #row(id: string): ConversationRow {
    const row = this.#statements.get.get(id);
    if (!row) {
      throw new AppError(
        'not-found',
        'This conversation no longer exists. It may have been deleted in another window.',
        {
          kind: 'conversation-gone',
          conversationId: id,
        },
      );
    }
    return row;
  }
}

function messageGone(messageId: string): AppError {
  return new AppError(
    'not-found',
    'This message is not part of the conversation any more. Open the conversation again.',
    { kind: 'message-gone', messageId },
  );
}
