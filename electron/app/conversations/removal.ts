import type { AppDatabase } from '../database/database';
import { inSlices } from '../database/in-slices';

/** `deleted_at` of a conversation that goes for good, and is gone for everybody but the one who removes it. */
export const GOING = 0;
/** `deleted_at` of one that is being imported, and is there for nobody yet. */
export const COMING = -1;

/** Messages whose deletion, with what the search index has of them, takes a few milliseconds. */
const AT_ONCE = 10;

/** Removes what is going, message by message: a long conversation has seconds of the search index to change. */
export class Removal {
  readonly #database: AppDatabase;
  readonly #statements: ReturnType<typeof prepare>;
  #running: Promise<void> | null = null;

  constructor(database: AppDatabase) {
    this.#database = database;
    this.#statements = prepare(database);
    // What an import that a crash ended has left.
    this.#statements.endImports.run();
  }

  /** Resolves when nothing is left to remove. What cannot be removed now is when the app starts the next time. */
  run(): Promise<void> {
    this.#running ??= inSlices(this.#database, this.#steps())
      .catch(() => {})
      .finally(() => {
        this.#running = null;
      });
    return this.#running;
  }

  *#steps() {
    for (;;) {
      const conversation = this.#statements.next.get();
      if (!conversation) return;
      for (;;) {
        const messages = this.#statements.messages.all(conversation.id);
        if (messages.length === 0) break;
        for (const { seq } of messages) this.#statements.removeMessage.run(seq);
        yield;
      }
      this.#statements.remove.run(conversation.id);
      yield;
    }
  }
}

function prepare(database: AppDatabase) {
  return {
    endImports: database.prepare(
      `UPDATE conversations SET deleted_at = ${GOING} WHERE deleted_at = ${COMING}`,
    ),
    next: database.prepare<{ id: string }>(
      `SELECT id FROM conversations WHERE deleted_at = ${GOING} LIMIT 1`,
    ),
    messages: database.prepare<{ seq: number }>(
      `SELECT seq FROM messages WHERE conversation_id = ? LIMIT ${AT_ONCE}`,
    ),
    removeMessage: database.prepare('DELETE FROM messages WHERE seq = ?'),
    remove: database.prepare('DELETE FROM conversations WHERE id = ?'),
  };
}
