import { existsSync, renameSync, statSync } from 'node:fs';
import { AppError, type ErrorInfo } from '../../contract/errors';
import { asidePath } from '../set-aside';
import { AppDatabase, DamagedDatabase } from './database';
import { migrations } from './migrations';
import { repairSearchIndex } from './search-index';

/** Above this a check of every page would be felt at the start (about 8 ms a megabyte); only a crash then calls for it. */
const CHECK_ALWAYS_BYTES = 64 * 1024 * 1024;

/** Opens the database, made or migrated as needed. A damaged one is set aside, never deleted, and a notice says so. */
export function openDatabase(
  file: string,
  now = new Date(),
): { readonly database: AppDatabase; readonly notices: readonly ErrorInfo[] } {
  try {
    return { database: openSound(file), notices: [] };
  } catch (error) {
    if (!(error instanceof DamagedDatabase)) throw error;
    const aside = setDatabaseAside(file, now);
    return {
      database: openSound(file),
      notices: [
        {
          code: 'database',
          message: `The conversation database was damaged and could not be read. It was kept as ${aside}, and a new one was started. Recovery tools for SQLite may still read the old one.`,
          details: { kind: 'database-set-aside', aside },
        },
      ],
    };
  }
}

function openSound(file: string): AppDatabase {
  // A clean close leaves no log behind.
  const crashed = existsSync(`${file}-wal`);
  const bytes = existsSync(file) ? statSync(file).size : 0;
  const database = new AppDatabase(file);
  try {
    if (crashed || bytes <= CHECK_ALWAYS_BYTES) checkOrRepair(database);
    migrate(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** A damaged search index is no reason to take anybody's conversations away. */
function checkOrRepair(database: AppDatabase): void {
  try {
    database.assertSound();
  } catch (error) {
    if (!(error instanceof DamagedDatabase)) throw error;
    try {
      repairSearchIndex(database);
    } catch {
      throw error;
    }
  }
}

/** Exported for tests of a step from an older version. */
export function migrate(database: AppDatabase, steps: readonly string[] = migrations): void {
  const version = database.version();
  if (version > steps.length) {
    throw new AppError(
      'database',
      `The conversation database ${database.file} was made by a newer version of AutoGLM Desktop. Install that version again, or move the file away to start anew.`,
      { kind: 'database-newer', path: database.file },
    );
  }
  steps.slice(version).forEach((sql, index) => {
    database.transaction(() => {
      database.exec(sql);
      database.exec(`PRAGMA user_version = ${version + index + 1}`);
    });
  });
}

function setDatabaseAside(file: string, now: Date): string {
  const aside = asidePath(file, now);
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix);
  }
  return aside;
}
