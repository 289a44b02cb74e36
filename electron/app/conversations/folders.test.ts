import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../database/open-database';
import { temporaryHome } from '../testing/temporary-home';
import { Conversations } from './conversations';
import { Folders } from './folders';

function setup() {
  const { database } = openDatabase(join(temporaryHome(), 'a.db'));
  onTestFinished(() => database.close());
  const told: string[] = [];
  const folders = new Folders(database, (list) => told.push(list.map(({ name }) => name).join(', ')));
  const conversations = new Conversations(database, { changed: () => {}, removed: () => {} });
  return { folders, conversations, told };
}

it('keeps folders in the order they were made, and tells of every change', () => {
  const { folders, told } = setup();
  const work = folders.create('  Work\n2026 ');
  folders.create('工作');
  folders.rename(work.id, 'Job');
  expect(folders.list().map(({ name }) => name)).toEqual(['Job', '工作']);
  expect(folders.delete(work.id)).toEqual([]);
  expect(told).toEqual(['Work 2026', 'Work 2026, 工作', 'Job, 工作', '工作']);
  expect(() => folders.create(' \n ')).toThrow('needs a name');
  expect(() => folders.rename(work.id, 'Again')).toThrow('no longer exists');
});

it('lets go of its conversations when it is deleted', () => {
  const { folders, conversations } = setup();
  const { id } = folders.create('Work');
  const inside = conversations.create('Inside');
  conversations.updateMany([inside.id], { folderId: id, archived: true });
  expect(conversations.get(inside.id)).toMatchObject({ folderId: id, archived: true });
  expect(folders.delete(id)).toEqual([inside.id]);
  expect(conversations.get(inside.id)).toMatchObject({ folderId: null, archived: true });
  expect(() => conversations.updateMany([inside.id], { folderId: id })).toThrow('no longer exists');
});
