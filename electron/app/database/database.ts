import Libsql from 'libsql';
import { AppError } from '../../contract/errors';

/** All that SQLite takes. libsql aborts the whole process when it is handed a boolean, so the type leaves it out. */
export type SqlValue = string | number | bigint | null | Uint8Array;

export interface Statement<Row> {
  run(...values: readonly SqlValue[]): void;
  get(...values: readonly SqlValue[]): Row | undefined;
  all(...values: readonly SqlValue[]): readonly Row[];
}

/** Another program may hold the file a moment longer, for example this app while it closes. */
const BUSY_TIMEOUT_MS = 2_000;

/** SQLite with typed statements, and with its errors turned into what a person can act on. */
export class AppDatabase {
  readonly file: string;
  readonly #connection: Libsql.Database;

  constructor(file: string) {
    this.file = file;
    this.#connection = guarded(file, () => new Libsql(file));
    try {
      this.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
      // One app at a time: a second one would take the first one's answers in progress for leftovers of a crash.
      this.exec('PRAGMA locking_mode = EXCLUSIVE');
      this.exec('PRAGMA journal_mode = WAL');
      // Not NORMAL: a power cut would take every chat since the last checkpoint.
      this.exec('PRAGMA synchronous = FULL');
      this.exec('PRAGMA foreign_keys = ON');
      // In WAL the lock is taken by the first transaction.
      this.exec('BEGIN IMMEDIATE; COMMIT');
    } catch (error) {
      this.close();
      throw error;
    }
  }

  prepare<Row = never>(sql: string): Statement<Row> {
    const statement = guarded(this.file, () => this.#connection.prepare(sql));
    return {
      run: (...values) => guarded(this.file, () => void statement.run(...values)),
      // The caller states the row's type beside its SQL: nothing else could know it.
      get: (...values) => guarded(this.file, () => statement.get(...values) as Row | undefined),
      all: (...values) => guarded(this.file, () => statement.all(...values) as Row[]),
    };
  }

  exec(sql: string): void {
    guarded(this.file, () => this.#connection.exec(sql));
  }

  /** All or nothing. Within another transaction it is part of that one. */
  transaction<Result>(work: () => Result): Result {
    if (this.#connection.inTransaction) return work();
    this.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.exec('COMMIT');
      return result;
    } catch (error) {
      // SQLite has rolled back by itself where the disk was full.
      if (this.#connection.inTransaction) this.exec('ROLLBACK');
      throw error;
    }
  }

  version(): number {
    return this.prepare<{ user_version: number }>('PRAGMA user_version').get()?.user_version ?? 0;
  }

  /**
   * Reads every page and index, or those of one table; throws `DamagedDatabase`. Not through a prepared statement: libsql keeps a file open until the last
   * of those is collected, and a damaged file is about to be moved, which Windows refuses while it is open.
   */
  assertSound(table?: string): void {
    try {
      this.exec(`
        SELECT CASE WHEN EXISTS (SELECT 1 FROM pragma_quick_check(${table ? `'${table}'` : 1}) WHERE quick_check <> 'ok')
          THEN abs(-9223372036854775807 - 1) END`);
    } catch (error) {
      throw error instanceof AppError && error.message.includes(OVERFLOW)
        ? new DamagedDatabase(this.file, 'its pages contradict each other')
        : error;
    }
  }

  close(): void {
    if (!this.#connection.open) return;
    try {
      // Back to one file, and the lock given up: statements keep the connection itself alive (see above).
      this.exec('PRAGMA journal_mode = DELETE');
      this.exec('PRAGMA locking_mode = NORMAL');
      this.exec('SELECT count(*) FROM sqlite_schema');
    } catch {
      // A full disk or a damaged file; the log stays and is read at the next start.
    }
    this.#connection.close();
  }
}

/** How SQLite says that `abs` has no answer for the smallest integer: the one error a plain SELECT can raise at will. */
const OVERFLOW = 'integer overflow';

/** What can only be set aside or repaired. */
export class DamagedDatabase extends AppError {
  constructor(file: string, reason: string) {
    super('database', `The conversation database ${file} is damaged: ${reason}.`, {
      kind: 'database-unusable',
      path: file,
    });
  }
}

function guarded<Result>(file: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw translate(file, error);
  }
}

function translate(file: string, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof AppError) return error;
  const code = 'code' in error ? String(error.code) : '';
  if (code.startsWith('SQLITE_CORRUPT') || code.startsWith('SQLITE_NOTADB')) {
    return new DamagedDatabase(file, error.message);
  }
  if (code.startsWith('SQLITE_FULL')) {
    return new AppError(
      'disk-full',
      `The disk is full, so the conversation could not be saved to ${file}. Free some space and try again.`,
      { kind: 'database-disk-full', path: file },
    );
  }
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return new AppError(
      'database',
      `The conversation database ${file} is in use by another program, perhaps another AutoGLM Desktop. Close that program, or set AUTOGLM_HOME to another folder.`,
      { kind: 'database-locked', path: file },
    );
  }
  if (code.startsWith('SQLITE_') || error.message.startsWith('ConnectionFailed')) {
    return new AppError(
      'database',
      `The conversation database ${file} could not be read or written (${error.message}). Check that the folder exists and may be written.`,
      { kind: 'database-unusable', path: file },
    );
  }
  return error;
}
