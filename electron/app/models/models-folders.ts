import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { AppError } from '../../contract/errors';
import type { FolderListing } from '../../contract/models';

/** What makes a folder one that can be imported; the tool looks closer. */
const SIGNS = [
  'autoglm.json',
  'genai_config.json',
  'model.safetensors',
  'model.safetensors.index.json',
  'onnx',
];

const holdsModel = (folder: string): boolean =>
  SIGNS.some((name) => existsSync(join(folder, name))) || isRepository(folder);

/** In Hugging Face's cache, where a model's files lie in `snapshots` (models/builder/hub-cache.ts). */
const isRepository = (folder: string): boolean =>
  basename(folder).startsWith('models--') && existsSync(join(folder, 'snapshots'));

/** That cache lies in a hidden folder; of the user's home it is shown all the same. */
const HUB_CACHE = join('.cache', 'huggingface', 'hub');

/** Folders of this machine, for a page that has no dialog of the system. Files are not told, nor what is hidden. */
export async function listFolders(path: string | null): Promise<FolderListing> {
  const folder = resolve(path ?? homedir());
  const found = await stat(folder).catch(() => null);
  if (!found?.isDirectory()) {
    throw new AppError('not-found', `There is no folder ${folder} that can be read.`, {
      kind: 'folder-missing',
      folder,
    });
  }
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => {
    throw new AppError('not-found', `The folder ${folder} cannot be read: it belongs to somebody else.`, {
      kind: 'folder-forbidden',
      folder,
    });
  });
  const folders = entries
    .filter((entry) => (entry.isDirectory() || entry.isSymbolicLink()) && !entry.name.startsWith('.'))
    .map(({ name }) => ({ name, model: holdsModel(join(folder, name)) }))
    .sort((a, b) => a.name.localeCompare(b.name));
  if (folder === homedir() && existsSync(join(folder, HUB_CACHE))) {
    folders.unshift({ name: HUB_CACHE, model: false });
  }
  const parent = dirname(folder);
  return { path: folder, parent: parent === folder ? null : parent, folders, model: holdsModel(folder) };
}
