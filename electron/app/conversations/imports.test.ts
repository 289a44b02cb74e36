import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ExportedConversation, ExportedMessage } from '../../contract/transfer';
import { openDatabase } from '../database/open-database';
import { temporaryHome } from '../testing/temporary-home';
import { Conversations } from './conversations';
import { Folders } from './folders';
import { Transfer } from './transfer';

function opened(file = join(temporaryHome(), 'a.db')) {
  const { database } = openDatabase(file);
  onTestFinished(() => database.close());
  const conversations = new Conversations(database, { changed: () => {}, removed: () => {} });
  const { messages, removal } = conversations;
  const folders = new Folders(database, () => {});
  const transfer = new Transfer({ database, messages, folders, removal });
  const count = (table: 'messages' | 'conversations') =>
    database.prepare<{ n: number }>(`SELECT count(*) AS n FROM ${table}`).get()?.n;
  return { file, database, conversations, transfer, imports: transfer.imports, count };
}

/** Questions and answers in turn, each after the one before. */
function talk(id: string, length: number, words = 'Some words about the weather.'): ExportedConversation {
  const messages = Array.from({ length }, (_, index): ExportedMessage => {
    const base = {
      id: `${id}-${index}`,
      parentId: index === 0 ? null : `${id}-${index - 1}`,
      selectedChildId: index === length - 1 ? null : `${id}-${index + 1}`,
      createdAt: index,
      text: `${words} ${index}`,
    };
    if (index % 2 === 0) return { ...base, role: 'user', attachments: [] };
    return {
      ...base,
      role: 'assistant',
      state: 'done',
      reasoning: 'Think.',
      modelId: 'nano',
      thinking: true,
      finishReason: 'stop',
      stats: null,
      error: null,
    };
  });
  return {
    id,
    title: `Talk ${id}`,
    titleIsManual: true,
    createdAt: 1,
    updatedAt: 1,
    pinned: false,
    archived: false,
    folder: null,
    options: {},
    leafId: `${id}-${length - 1}`,
    messages,
  };
}

const part = (whole: ExportedConversation, from: number, to: number) => ({
  ...whole,
  messages: whole.messages.slice(from, to),
  ...(from > 0 && { continued: true }),
});

describe('Imports', () => {
  it('puts a conversation together that comes in parts, and shows nothing before the last', async () => {
    const { imports, conversations, transfer } = opened();
    const [first, long] = [talk('a', 2), talk('b', 9)];
    const id = randomUUID();
    expect(await imports.add({ id, conversations: [first, part(long, 0, 3)], last: false })).toEqual([]);
    expect(await imports.add({ id, conversations: [part(long, 3, 4)], last: false })).toEqual([]);
    expect(conversations.list()).toEqual([]);
    expect(conversations.bin()).toEqual([]);
    expect(conversations.search('weather')).toEqual([]);
    expect(() => conversations.get('b')).toThrow(/no longer exists/);
    // Nobody may bring it out before its time either.
    conversations.delete(['b']);
    expect(() => conversations.restore(['b'])).toThrow(/no longer exists/);
    const ids = await imports.add({ id, conversations: [part(long, 4, 9)], last: true });
    expect(ids).toEqual(['a', 'b']);
    expect(transfer.export(ids)).toEqual([first, long]);
    expect(conversations.search('weather')).not.toEqual([]);
  });

  it.each<[string, Parameters<Transfer['imports']['add']>[0]['conversations']]>([
    ['a title that cannot be kept', [{ ...talk('z', 1), title: null as unknown as string }]],
    ['a parent that never came', [part(talk('b', 9), 5, 9)]],
    ['a leaf that is missing', [{ ...talk('z', 2), leafId: 'z-7' }]],
    ['a choice that leads elsewhere', [{ ...talk('z', 3), messages: talk('z', 3).messages.slice(0, 2) }]],
  ])('keeps none of a file with %s', async (_, damaged) => {
    const { imports, conversations, count } = opened();
    const id = randomUUID();
    await imports.add({ id, conversations: [talk('a', 4), part(talk('b', 9), 0, 4)], last: false });
    await expect(imports.add({ id, conversations: damaged, last: true })).rejects.toThrow();
    expect(conversations.list()).toEqual([]);
    await conversations.removal.run();
    expect([count('conversations'), count('messages')]).toEqual([0, 0]);
    // And the same file, mended, is not held up by it.
    expect(await imports.add({ id, conversations: [talk('a', 4)], last: true })).toEqual(['a']);
  });

  it('refuses a part without a beginning', async () => {
    const { imports } = opened();
    const batch = { id: randomUUID(), conversations: [part(talk('b', 9), 3, 9)], last: true };
    await expect(imports.add(batch)).rejects.toThrow(/lacks its beginning/);
  });

  it('forgets what was cancelled, and what a crash left', async () => {
    const { file, database, imports, conversations, count } = opened();
    const [cancelled, cut] = [randomUUID(), randomUUID()];
    await imports.add({ id: cancelled, conversations: [talk('a', 30)], last: false });
    await imports.add({ id: cut, conversations: [talk('b', 30)], last: false });
    await imports.cancel(cancelled);
    await imports.cancel(cancelled);
    await conversations.removal.run();
    expect(count('messages')).toBe(30);
    database.close();
    const again = opened(file);
    await again.conversations.purgeBin();
    expect([again.count('conversations'), again.count('messages')]).toEqual([0, 0]);
    again.database.assertSound();
  });

  it('lets other work in between, and so does deleting for good', async () => {
    const { imports, conversations, count } = opened();
    const long = talk('a', 3_000, 'Many different words, each of three letters and more. '.repeat(6));
    const other = conversations.create('Other');
    // What waits its turn meanwhile: each time it gets one it writes, as a conversation that goes on does.
    const turns = async (work: Promise<unknown>) => {
      let count = 0;
      let over = false;
      void work.finally(() => {
        over = true;
      });
      while (!over) {
        await new Promise((resolve) => setImmediate(resolve));
        conversations.update(other.id, { title: `Other ${count++}` });
      }
      await work;
      return count;
    };
    expect(await turns(imports.add({ id: randomUUID(), conversations: [long], last: true }))).toBeGreaterThan(
      2,
    );
    expect(count('messages')).toBe(3_000);
    conversations.delete(['a']);
    expect(await turns(conversations.deleteForever(['a']))).toBeGreaterThan(2);
    expect([count('conversations'), count('messages')]).toEqual([1, 0]);
  });
});
