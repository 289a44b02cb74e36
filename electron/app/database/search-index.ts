import type { AppDatabase } from './database';

/** What cannot be made again from anything else. */
const TABLES = ['sqlite_schema', 'folders', 'conversations', 'messages', 'attachments'];

/**
 * Makes the search index anew if nothing but the index is damaged; it holds nothing that the tables do not. Throws where the tables
 * are damaged too. The condition is that of the triggers in `migrations.ts`.
 */
export function repairSearchIndex(database: AppDatabase): void {
  for (const table of TABLES) database.assertSound(table);
  database.transaction(() => {
    database.exec(`
      INSERT INTO message_search(message_search) VALUES ('delete-all');
      INSERT INTO message_search(rowid, text) SELECT seq, substr(text, 1, 100000) FROM messages
        WHERE state IS NULL OR state NOT IN ('pending', 'streaming');
      INSERT INTO title_search(title_search) VALUES ('delete-all');
      INSERT INTO title_search(rowid, title) SELECT seq, title FROM conversations;
    `);
  });
  database.assertSound();
}
