import { randomUUID } from 'node:crypto';
import type { Folder } from '../../contract/conversations';
import { AppError } from '../../contract/errors';
import type { AppDatabase } from '../database/database';
import { storable } from './text';

/** What conversations may be sorted into, in the order they were made. */
export class Folders {
  readonly #database: AppDatabase;
  readonly #changed: (folders: readonly Folder[]) => void;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(database: AppDatabase, changed: (folders: readonly Folder[]) => void) {
    this.#database = database;
    this.#changed = changed;
    this.#statements = prepare(database);
  }

  list(): readonly Folder[] {
    return this.#statements.list.all().map(({ id, name }) => ({ id, name }));
  }

  create(name: string): Folder {
    const folder = { id: randomUUID(), name: toName(name) };
    this.#insert(folder);
    this.#changed(this.list());
    return folder;
  }

  rename(id: string, name: string): void {
    if (!this.#statements.get.get(id))
      throw new AppError('not-found', 'This folder no longer exists.', {
        kind: 'folder-gone',
        folderId: id,
      });
    this.#statements.rename.run(toName(name), id);
    this.#changed(this.list());
  }

  /** Its conversations stay, outside of it; returns their ids. */
  delete(id: string): readonly string[] {
    const ids = this.#statements.conversations.all(id).map((row) => row.id);
    this.#statements.delete.run(id);
    this.#changed(this.list());
    return ids;
  }

  /** The folder of an imported conversation: the same, one of that name, or made now. Tells nobody. */
  find(folder: Folder): string {
    if (this.#statements.get.get(folder.id)) return folder.id;
    const name = toName(folder.name);
    const named = this.list().find((known) => known.name === name);
    if (!named) this.#insert({ id: folder.id, name });
    return named?.id ?? folder.id;
  }

  #insert({ id, name }: Folder): void {
    this.#database.transaction(() => {
      const last = this.#statements.last.get()?.position ?? 0;
      this.#statements.insert.run(id, name, last + 1, Date.now());
    });
  }
}

function toName(text: string): string {
  const name = storable(text).replace(/\s+/gu, ' ').trim();
  if (name) return name;
  throw new AppError('invalid-request', 'A folder needs a name. Enter at least one character.', {
    kind: 'folder-name-empty',
    field: 'name',
  });
}

function prepare(database: AppDatabase) {
  return {
    list: database.prepare<Folder>('SELECT id, name FROM folders ORDER BY position, created_at'),
    get: database.prepare<Folder>('SELECT id, name FROM folders WHERE id = ?'),
    last: database.prepare<{ position: number }>(
      'SELECT position FROM folders ORDER BY position DESC LIMIT 1',
    ),
    insert: database.prepare('INSERT INTO folders (id, name, position, created_at) VALUES (?, ?, ?, ?)'),
    rename: database.prepare('UPDATE folders SET name = ? WHERE id = ?'),
    delete: database.prepare('DELETE FROM folders WHERE id = ?'),
    conversations: database.prepare<{ id: string }>('SELECT id FROM conversations WHERE folder_id = ?'),
  };
}
