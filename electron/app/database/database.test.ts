import { spawn } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AppError } from '../../contract/errors';
import { temporaryHome } from '../testing/temporary-home';
import { AppDatabase } from './database';
import { migrations } from './migrations';
import { migrate, openDatabase } from './open-database';

function open(file: string) {
  const opened = openDatabase(file, new Date('2026-11-22T21:00:00Z'));
  onTestFinished(() => opened.database.close());
  return opened;
}

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return error instanceof AppError ? error.code : `not an AppError: ${String(error)}`;
  }
  return 'nothing thrown';
}

/** A database with enough rows for several pages. */
function filled(file: string): void {
  const { database } = openDatabase(file);
  const insert = database.prepare(
    'INSERT INTO conversations (id, title, created_at, updated_at) VALUES (?, ?, 1, 1)',
  );
  database.transaction(() => {
    for (let index = 0; index < 2_000; index++) insert.run(`id-${index}`, `Title ${index} ${'x'.repeat(50)}`);
  });
  database.close();
}

describe('openDatabase', () => {
  it('makes a database with the newest schema, and opens it again without complaint', () => {
    const file = join(temporaryHome(), 'a.db');
    const first = openDatabase(file);
    expect(first.notices).toEqual([]);
    expect(first.database.version()).toBe(migrations.length);
    first.database.close();
    expect(open(file).notices).toEqual([]);
  });

  it.each([
    ['that is no database', (file: string) => writeFileSync(file, 'This is not a database.'.repeat(500))],
    [
      'with garbage in its middle',
      (file: string) => {
        filled(file);
        const handle = openSync(file, 'r+');
        writeSync(handle, Buffer.alloc(20_000, 0xa5), 0, 20_000, Math.floor(statSync(file).size / 2));
        closeSync(handle);
      },
    ],
    [
      'cut short',
      (file: string) => {
        filled(file);
        writeFileSync(file, readFileSync(file).subarray(0, 40_000));
      },
    ],
  ])('keeps a copy of a file %s, starts a new one and says so', (_name, damage) => {
    const home = temporaryHome();
    const file = join(home, 'a.db');
    damage(file);
    const damaged = readFileSync(file);
    const { database, notices } = open(file);
    expect(notices).toMatchObject([
      {
        message: expect.stringContaining('a.db.damaged-2026-11-22-210000'),
        details: { kind: 'database-set-aside' },
      },
    ]);
    const copy = readFileSync(join(home, 'a.db.damaged-2026-11-22-210000'));
    // Opening it notes the journal's mode in the header, the first 100 bytes.
    expect(copy.subarray(100).equals(damaged.subarray(100))).toBe(true);
    database.assertSound();
    expect(database.version()).toBe(migrations.length);
  });

  it.each([
    "UPDATE message_search_data SET block = x'00ff00ff' WHERE id > 10",
    'DELETE FROM title_search_data WHERE id > 10',
    'DELETE FROM message_search_idx',
  ])('makes a damaged search index anew and keeps the conversations (%s)', (damage) => {
    const file = join(temporaryHome(), 'a.db');
    filled(file);
    const first = new AppDatabase(file);
    first.exec(`
      INSERT INTO messages (id, conversation_id, role, created_at, text) VALUES ('m', 'id-1', 'user', 1, 'needle');
      ${damage}`);
    first.close();
    const { database, notices } = open(file);
    expect(notices).toEqual([]);
    expect(database.prepare('SELECT id FROM conversations').all()).toHaveLength(2_000);
    const count = (sql: string) => database.prepare<{ n: number }>(sql).get()?.n;
    expect(count("SELECT count(*) AS n FROM message_search WHERE message_search MATCH 'needle'")).toBe(1);
    expect(count("SELECT count(*) AS n FROM title_search WHERE title_search MATCH 'Title'")).toBe(2_000);
  });

  it('never overwrites an older copy', () => {
    const home = temporaryHome();
    const file = join(home, 'a.db');
    for (const content of ['first', 'second']) {
      writeFileSync(file, content.repeat(1_000));
      openDatabase(file, new Date('2026-11-22T21:00:00Z')).database.close();
    }
    expect(readdirSync(home).filter((name) => name.includes('damaged'))).toHaveLength(2);
  });

  it('gives one clear error while another process has the database', async () => {
    const file = join(temporaryHome(), 'a.db');
    openDatabase(file).database.close();
    const holder = spawn(
      process.execPath,
      [
        '-e',
        `const db = new (require('libsql'))(process.argv[1]);
         db.exec('BEGIN EXCLUSIVE'); console.log('held'); setInterval(() => {}, 1000);`,
        file,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    onTestFinished(() => void holder.kill('SIGKILL'));
    await new Promise((resolve) => holder.stdout.once('data', resolve));
    expect(() => openDatabase(file)).toThrow(/in use by another program.*AUTOGLM_HOME/);
    expect(readdirSync(join(file, '..')).some((name) => name.includes('damaged'))).toBe(false);
  });

  it('is held by one app at a time', () => {
    const file = join(temporaryHome(), 'a.db');
    open(file);
    expect(() => openDatabase(file)).toThrow(/in use by another program/);
  });

  it('leaves a database of a newer version alone', () => {
    const file = join(temporaryHome(), 'a.db');
    const { database } = openDatabase(file);
    database.exec('PRAGMA user_version = 999');
    database.close();
    expect(() => openDatabase(file)).toThrow(/newer version/);
    const again = new AppDatabase(file);
    onTestFinished(() => again.close());
    expect(again.version()).toBe(999);
  });

  it('says which file cannot be opened', () => {
    expect(() => openDatabase(join(temporaryHome(), 'missing', 'a.db'))).toThrow(/missing.*could not be/);
  });
});

describe('migrate', () => {
  it('applies only what is missing, and nothing of a step that fails', () => {
    const database = new AppDatabase(join(temporaryHome(), 'a.db'));
    onTestFinished(() => database.close());
    migrate(database, ['CREATE TABLE one (x)']);
    migrate(database, ['CREATE TABLE one (x)', 'CREATE TABLE two (x)']);
    expect(database.version()).toBe(2);
    const broken = 'CREATE TABLE three (x); CREATE TABLE one (x)';
    expect(() => migrate(database, ['', '', broken])).toThrow();
    expect(database.version()).toBe(2);
    expect(() => database.prepare('SELECT * FROM three')).toThrow();
  });
});

describe('AppDatabase', () => {
  it('turns a full disk into disk-full and keeps what was there', () => {
    const { database } = open(join(temporaryHome(), 'a.db'));
    const insert = database.prepare(
      'INSERT INTO conversations (id, title, created_at, updated_at) VALUES (?, ?, 1, 1)',
    );
    insert.run('kept', 'Kept');
    const { page_count: pages } = database.prepare<{ page_count: number }>('PRAGMA page_count').get() ?? {
      page_count: 0,
    };
    // SQLite reports its own limit exactly as it reports a full disk.
    database.exec(`PRAGMA max_page_count = ${pages + 2}`);
    const code = codeOf(() =>
      database.transaction(() => {
        for (let index = 0; index < 500; index++) insert.run(`id-${index}`, 'x'.repeat(1_000));
      }),
    );
    expect(code).toBe('disk-full');
    const rows = database.prepare<{ id: string }>('SELECT id FROM conversations').all();
    expect(rows.map(({ id }) => id)).toEqual(['kept']);
  });

  it('joins a transaction within a transaction, and undoes both', () => {
    const { database } = open(join(temporaryHome(), 'a.db'));
    const insert = database.prepare(
      "INSERT INTO folders (id, name, position, created_at) VALUES (?, '', 0, 0)",
    );
    expect(() =>
      database.transaction(() => {
        database.transaction(() => insert.run('inner'));
        throw new Error('changed my mind');
      }),
    ).toThrow('changed my mind');
    expect(database.prepare('SELECT id FROM folders').all()).toEqual([]);
  });
});
