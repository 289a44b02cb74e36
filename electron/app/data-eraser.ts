import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { defaultSettings } from '../contract/settings';
import type { AppDatabase } from './database/database';
import type { AppPaths } from './paths';
import type { SettingsStore } from './settings';
import type { Turns } from './turns/turns';

interface EraserOptions {
  readonly paths: AppPaths;
  readonly database: AppDatabase;
  readonly settings: SettingsStore;
  readonly turns: Turns;
  readonly erased: () => void;
}

/** Everything a person wrote, showed or chose, for good. Models are not theirs and stay. */
export class DataEraser {
  readonly #options: EraserOptions;

  constructor(options: EraserOptions) {
    this.#options = options;
  }

  erase(): void {
    const { paths, database, settings, turns, erased } = this.#options;
    const ids = database.prepare<{ id: string }>('SELECT id FROM conversations').all();
    turns.endIn(ids.map(({ id }) => id));
    this.#emptyDatabase();
    rmSync(paths.attachments, { recursive: true, force: true });
    mkdirSync(paths.attachments, { recursive: true, mode: 0o700 });
    settings.update(defaultSettings);
    // Damaged files that were set aside hold the same things.
    for (const file of [paths.database, paths.settings]) removeSetAside(file);
    erased();
  }

  #emptyDatabase(): void {
    const { database } = this.#options;
    const tables = (type: 'table' | 'virtual') =>
      database
        .prepare<{ name: string }>(
          `SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = ? AND name NOT LIKE 'sqlite_%'`,
        )
        .all(type);
    database.transaction(() => {
      database.exec('PRAGMA defer_foreign_keys = ON');
      for (const { name } of tables('table')) database.exec(`DELETE FROM "${name}"`);
      // A search index only marks words as deleted until it is made anew.
      for (const { name } of tables('virtual'))
        database.exec(`INSERT INTO "${name}"("${name}") VALUES ('rebuild')`);
    });
    // SQLite leaves deleted text in the file's free pages, and in the log, until they are written over.
    database.exec('VACUUM');
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  }
}

function removeSetAside(file: string): void {
  const folder = dirname(file);
  for (const name of readdirSync(folder)) {
    if (name.startsWith(`${basename(file)}.damaged-`)) rmSync(join(folder, name), { force: true });
  }
}
