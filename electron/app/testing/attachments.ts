import { readdirSync } from 'node:fs';
import { onTestFinished } from 'vitest';
import { toErrorInfo } from '../../contract/errors';
import { AttachmentStore, pieces } from '../attachments/attachments';
import { openDatabase } from '../database/open-database';
import { preparePaths } from '../paths';
import { testDocuments } from './documents';
import { temporaryHome } from './temporary-home';

/** An empty store of a home of its own; `files` are those in it, `reason` is why it refuses what it is given. */
export function setup() {
  const paths = preparePaths(temporaryHome());
  const { database } = openDatabase(paths.database);
  onTestFinished(() => database.close());
  const store = new AttachmentStore(paths, database, () => {}, testDocuments);
  const files = () =>
    readdirSync(paths.attachments, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => name)
      .sort();
  const reason = (bytes: Uint8Array, name = 'a.png') =>
    store.add(pieces(bytes), name).then(
      () => 'taken',
      (error: unknown) => toErrorInfo(error).details?.reason,
    );
  return { paths, database, store, files, reason };
}
