import { z } from 'zod';
import { ConversationOptionsSchema } from '../../contract/conversation-schemas';
import type { ConversationOptions, ConversationSummary } from '../../contract/conversations';
import type { AppDatabase } from '../database/database';
import { GOING } from './removal';

export interface ConversationRow {
  readonly id: string;
  readonly title: string;
  readonly title_is_manual: number;
  readonly created_at: number;
  readonly updated_at: number;
  readonly pinned: number;
  readonly archived: number;
  readonly folder_id: string | null;
  readonly deleted_at: number | null;
  readonly options: string;
  readonly leaf_id: string | null;
}

/** What is being imported or removed is there for nobody. */
const THERE = `(deleted_at IS NULL OR deleted_at > ${GOING})`;

export function prepareStatements(database: AppDatabase) {
  const set = (column: string) => database.prepare(`UPDATE conversations SET ${column} = ? WHERE id = ?`);
  return {
    list: database.prepare<ConversationRow>(
      'SELECT * FROM conversations WHERE deleted_at IS NULL ORDER BY updated_at DESC, seq DESC',
    ),
    bin: database.prepare<ConversationRow>(
      `SELECT * FROM conversations WHERE deleted_at > ${GOING} ORDER BY deleted_at DESC, seq DESC`,
    ),
    deleteForever: database.prepare(
      `UPDATE conversations SET deleted_at = ${GOING} WHERE id = ? AND deleted_at > ${GOING}`,
    ),
    get: database.prepare<ConversationRow>(`SELECT * FROM conversations WHERE id = ? AND ${THERE}`),
    folder: database.prepare<{ id: string }>('SELECT id FROM folders WHERE id = ?'),
    insert: database.prepare(
      'INSERT INTO conversations (id, title, created_at, updated_at, options) VALUES (?, ?, ?, ?, ?)',
    ),
    setTitle: database.prepare('UPDATE conversations SET title = ?, title_is_manual = ? WHERE id = ?'),
    setPinned: set('pinned'),
    setArchived: set('archived'),
    setFolder: set('folder_id'),
    setOptions: set('options'),
    setDeleted: database.prepare(`UPDATE conversations SET deleted_at = ? WHERE id = ? AND ${THERE}`),
    setLeaf: set('leaf_id'),
    setUpdated: set('updated_at'),
    purge: database.prepare(
      `UPDATE conversations SET deleted_at = ${GOING} WHERE deleted_at > ${GOING} AND deleted_at < ?`,
    ),
  };
}

export function toSummary(row: ConversationRow): ConversationSummary {
  return {
    id: row.id,
    title: row.title,
    titleIsManual: row.title_is_manual === 1,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    pinned: row.pinned === 1,
    archived: row.archived === 1,
    folderId: row.folder_id,
    deletedAt: row.deleted_at,
  };
}

/** An option that a later version wrote, or a hand, falls back to the settings rather than closing the conversation. */
export function toOptions(json: string): ConversationOptions {
  const parsed = z.preprocess((text) => JSON.parse(String(text)), ConversationOptionsSchema).safeParse(json);
  return parsed.success ? parsed.data : {};
}
