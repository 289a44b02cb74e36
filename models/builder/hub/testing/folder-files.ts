import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** A folder's files by their names in a repository. */
export function folderFiles(folder: string, prefix = ''): Record<string, Buffer> {
  return Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => statSync(path.join(folder, name)).isFile())
      .map((name) => [`${prefix}${name.split(path.sep).join('/')}`, readFileSync(path.join(folder, name))]),
  );
}
