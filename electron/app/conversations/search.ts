import type { SearchHit } from '../../contract/conversations';
import type { AppDatabase, SqlValue, Statement } from '../database/database';
import { storable } from './text';

const MAX_HITS = 100;
const SNIPPET_BEFORE = 30;
const SNIPPET_LENGTH = 140;
const HIT_START = '\uE000';
const HIT_END = '\uE001';

interface HitRow {
  readonly conversation_id: string;
  readonly message_id: string | null;
  readonly title: string;
  readonly text: string;
}

/**
 * Finds the conversations that hold every word of the query, titles first, newest first. The index is made of three-character
 * pieces, which Chinese needs as it has no spaces; words of one or two characters, common in Chinese, are looked for by reading.
 */
export class Search {
  readonly #database: AppDatabase;
  /** By SQL: its shape depends on how many words are long and short. */
  readonly #statements = new Map<string, Statement<HitRow>>();

  constructor(database: AppDatabase) {
    this.#database = database;
  }

  find(query: string): readonly SearchHit[] {
    const terms = toTerms(query);
    if (terms.length === 0) return [];
    const pattern = new RegExp(terms.map(escapeRegExp).join('|'), 'giu');
    const titles = this.#rows('title', terms, MAX_HITS);
    const messages = this.#rows('message', terms, MAX_HITS - titles.length);
    return [...titles, ...messages].map((row) => ({
      conversationId: row.conversation_id,
      messageId: row.message_id,
      title: row.title,
      snippet: snippet(row.text, pattern),
    }));
  }

  #rows(where: 'title' | 'message', terms: readonly string[], limit: number): readonly HitRow[] {
    if (limit <= 0) return [];
    const long = terms.filter((term) => length(term) >= 3);
    const short = terms.filter((term) => length(term) < 3);
    const sql =
      where === 'title' ? titleSql(long.length > 0, short.length) : messageSql(long.length > 0, short.length);
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#database.prepare<HitRow>(sql);
      this.#statements.set(sql, statement);
    }
    const values: SqlValue[] = short.map((term) => `%${term.replace(/[\\%_]/g, '\\$&')}%`);
    if (long.length > 0) values.unshift(long.map((term) => `"${term.replaceAll('"', '""')}"`).join(' '));
    return statement.all(...values, limit);
  }
}

function titleSql(indexed: boolean, shortTerms: number): string {
  return `
    SELECT c.id AS conversation_id, NULL AS message_id, c.title AS title, c.title AS text
    FROM ${indexed ? 'title_search f JOIN conversations c ON c.seq = f.rowid' : 'conversations c'}
    WHERE ${indexed ? 'title_search MATCH ? AND' : ''} c.deleted_at IS NULL
      ${"AND c.title LIKE ? ESCAPE '\\'".repeat(shortTerms)}
    ORDER BY c.updated_at DESC LIMIT ?`;
}

function messageSql(indexed: boolean, shortTerms: number): string {
  return `
    SELECT m.conversation_id AS conversation_id, m.id AS message_id, c.title AS title, m.text AS text
    FROM ${indexed ? 'message_search f JOIN messages m ON m.seq = f.rowid' : 'messages m'}
      JOIN conversations c ON c.id = m.conversation_id
    WHERE ${indexed ? 'message_search MATCH ? AND' : ''} c.deleted_at IS NULL AND m.deleted_at IS NULL
      ${"AND m.text LIKE ? ESCAPE '\\'".repeat(shortTerms)}
    ORDER BY ${indexed ? 'f.rowid' : 'm.seq'} DESC LIMIT ?`;
}

/** More words than this narrow nothing down, and SQLite has limits. */
const MAX_TERMS = 12;

function toTerms(query: string): readonly string[] {
  const terms = storable(query.slice(0, 1_000)).split(/\s+/u).filter(Boolean);
  return [...new Set(terms)].slice(0, MAX_TERMS);
}

function snippet(text: string, pattern: RegExp): string {
  pattern.lastIndex = 0;
  const first = pattern.exec(text)?.index ?? 0;
  const start = first > SNIPPET_BEFORE * 1.5 ? wholeCharacter(text, first - SNIPPET_BEFORE) : 0;
  const end = wholeCharacter(text, Math.min(text.length, start + SNIPPET_LENGTH));
  const piece = text.slice(start, end).replaceAll(HIT_START, '').replaceAll(HIT_END, '');
  const marked = piece.replace(pattern, (hit) => `${HIT_START}${hit}${HIT_END}`).replace(/\s+/gu, ' ');
  return `${start > 0 ? '…' : ''}${marked}${end < text.length ? '…' : ''}`;
}

/** Never between the halves of a character beyond 16 bits. */
function wholeCharacter(text: string, index: number): number {
  const code = text.charCodeAt(index);
  return code >= 0xdc00 && code <= 0xdfff ? index - 1 : index;
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, (mark) => (mark === '-' ? '\\x2d' : `\\${mark}`));
}

function length(text: string): number {
  return [...text].length;
}
