import { randomUUID } from 'node:crypto';
import type { Message } from '../../contract/conversations';
import { AppError } from '../../contract/errors';
import {
  type ExportedConversation,
  type ExportedMessage,
  type ImportBatch,
  TreeCheck,
} from '../../contract/transfer';
import type { AppDatabase } from '../database/database';
import { inSlices } from '../database/in-slices';
import type { Folders } from './folders';
import type { Messages } from './messages';
import { COMING, GOING, type Removal } from './removal';
import { storable } from './text';

/** One whose messages are still coming. */
interface Arriving {
  readonly id: string;
  readonly conversation: ExportedConversation;
  readonly tree: TreeCheck;
  /** The messages' ids in the file, and here. */
  readonly ids: Map<string, string>;
  readonly selected: [id: string, childId: string][];
}

interface Import {
  /** Of conversations that are whole. */
  readonly ids: string[];
  arriving: Arriving | null;
}

export interface ImportsOptions {
  readonly database: AppDatabase;
  readonly messages: Messages;
  readonly folders: Folders;
  readonly removal: Removal;
}

/**
 * Conversations of a file, batch by batch: nobody sees any before the last has come, and none stays where one cannot be kept. Nothing
 * waits for it meanwhile, however many messages there are.
 */
export class Imports {
  readonly #options: ImportsOptions;
  readonly #statements: ReturnType<typeof prepare>;
  readonly #open = new Map<string, Import>();
  /** Batches are kept in the order in which they come. */
  #before: Promise<unknown> = Promise.resolve();

  constructor(options: ImportsOptions) {
    this.#options = options;
    this.#statements = prepare(options.database);
  }

  /** With the last batch, the ids that the conversations have here; before, none. */
  add(batch: ImportBatch): Promise<readonly string[]> {
    const added = this.#before.then(() => this.#add(batch));
    this.#before = added.catch(() => {});
    return added;
  }

  /** What has come of it goes again. No error where there is none. */
  async cancel(id: string): Promise<void> {
    await this.#before;
    this.#drop(id);
  }

  async #add({ id, conversations, last }: ImportBatch): Promise<readonly string[]> {
    const { database } = this.#options;
    const under: Import = this.#open.get(id) ?? { ids: [], arriving: null };
    this.#open.set(id, under);
    try {
      await inSlices(database, this.#steps(under, conversations));
      if (!last) return [];
      await inSlices(database, this.#finish(under));
      database.transaction(() => {
        for (const whole of under.ids) this.#statements.show.run(whole);
      });
      this.#open.delete(id);
      return under.ids;
    } catch (error) {
      this.#drop(id);
      throw error;
    }
  }

  #drop(id: string): void {
    const under = this.#open.get(id);
    if (!under) return;
    this.#open.delete(id);
    this.#options.database.transaction(() => {
      for (const whole of under.ids) this.#statements.drop.run(whole);
      if (under.arriving) this.#statements.drop.run(under.arriving.id);
    });
    void this.#options.removal.run();
  }

  *#steps(under: Import, conversations: ImportBatch['conversations']) {
    for (const { continued, ...conversation } of conversations) {
      if (!continued) {
        yield* this.#finish(under);
        under.arriving = this.#begin(conversation);
      }
      if (!under.arriving)
        throw new AppError('invalid-request', 'The file is damaged: a conversation lacks its beginning.', {
          kind: 'request-invalid',
          field: 'conversations',
        });
      yield* this.#insert(under.arriving, conversation.messages);
    }
  }

  #begin(conversation: ExportedConversation): Arriving {
    const id = this.#statements.exists.get(conversation.id) ? randomUUID() : conversation.id;
    const { folder } = conversation;
    this.#statements.insert.run(
      id,
      storable(conversation.title),
      conversation.titleIsManual ? 1 : 0,
      conversation.createdAt,
      conversation.updatedAt,
      conversation.pinned ? 1 : 0,
      conversation.archived ? 1 : 0,
      folder && this.#options.folders.find(folder),
      COMING,
    );
    return { id, conversation, tree: new TreeCheck(), ids: new Map(), selected: [] };
  }

  *#insert({ id, tree, ids, selected }: Arriving, messages: readonly ExportedMessage[]) {
    assertSound(tree.add(messages));
    for (const message of messages) {
      const { selectedChildId, ...rest } = message;
      const own = this.#options.messages.exists(message.id) ? randomUUID() : message.id;
      ids.set(message.id, own);
      if (selectedChildId !== null) selected.push([own, selectedChildId]);
      const parentId = message.parentId === null ? null : (ids.get(message.parentId) ?? null);
      this.#options.messages.insert(toStorable({ ...rest, id: own, conversationId: id, parentId }));
      yield;
    }
  }

  *#finish(under: Import) {
    const { arriving } = under;
    if (!arriving) return;
    const { id, ids, tree, selected, conversation } = arriving;
    assertSound(tree.end(conversation.leafId));
    const idOf = (old: string | null) => (old === null ? null : (ids.get(old) ?? null));
    for (const [parent, child] of selected) {
      this.#options.messages.selectChild(parent, idOf(child) ?? child);
      yield;
    }
    const { contextFrom = null, ...options } = conversation.options;
    const from = idOf(contextFrom);
    this.#statements.complete.run(
      JSON.stringify({ ...options, ...(from !== null && { contextFrom: from }) }),
      idOf(conversation.leafId),
      id,
    );
    under.ids.push(id);
    under.arriving = null;
  }
}

function assertSound(problem: string | null): void {
  if (problem === null) return;
  throw new AppError('invalid-request', `The file is damaged. ${problem}`, {
    kind: 'request-invalid',
    field: 'conversations',
  });
}

function toStorable(message: Message): Message {
  const text = storable(message.text);
  if (message.role === 'user') return { ...message, text };
  return { ...message, text, reasoning: storable(message.reasoning) };
}

function prepare(database: AppDatabase) {
  return {
    exists: database.prepare<{ id: string }>('SELECT id FROM conversations WHERE id = ?'),
    insert: database.prepare(
      `INSERT INTO conversations (id, title, title_is_manual, created_at, updated_at, pinned, archived, folder_id, deleted_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    complete: database.prepare('UPDATE conversations SET options = ?, leaf_id = ? WHERE id = ?'),
    show: database.prepare(
      `UPDATE conversations SET deleted_at = NULL WHERE id = ? AND deleted_at = ${COMING}`,
    ),
    drop: database.prepare(
      `UPDATE conversations SET deleted_at = ${GOING} WHERE id = ? AND deleted_at = ${COMING}`,
    ),
  };
}
