import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';

/*
 * Hugging Face's cache (huggingface_hub, "Manage the cache"): `models--owner--name` holds `refs/<branch>`, a file with a commit's name,
 * `snapshots/<commit>`, the files as the repository has them, and `blobs`, what they hold. A snapshot's files are links into `blobs`.
 *
 * Links are followed there and nowhere else, and no further: a folder from a stranger could hold one that leads to any file of the user's,
 * which an import would copy to where others can read it.
 */

const REPOSITORY = /^models--(?:[^-].*?--)?([^/\\]+)$/;

/** A folder that a person chose, and what it is called. */
export interface ModelFolder {
  readonly folder: string;
  readonly name: string;
}

/** The files of a repository in the cache, whether it or one of its snapshots was chosen; every other folder is what it is. */
export function locateModel(chosen: string): ModelFolder {
  const folder = path.resolve(chosen);
  const repository = REPOSITORY.exec(path.basename(folder));
  if (repository && existsSync(path.join(folder, 'snapshots'))) {
    const commit = newest(folder);
    if (commit !== null) return { folder: path.join(folder, 'snapshots', commit), name: repository[1]! };
  }
  const above = REPOSITORY.exec(path.basename(repositoryOf(folder) ?? ''));
  return { folder, name: above?.[1] ?? path.basename(folder) };
}

/** Whether its files are links that are shared with others: nothing may be written there. */
export const isSnapshot = (folder: string): boolean => repositoryOf(path.resolve(folder)) !== null;

/** The commit that `main` names, else the snapshot that was made last. */
function newest(repository: string): string | null {
  const snapshots = path.join(repository, 'snapshots');
  const main = path.join(repository, 'refs', 'main');
  if (existsSync(main)) {
    const commit = readFileSync(main, 'utf8').trim();
    if (/^[0-9a-f]{40}$/.test(commit) && existsSync(path.join(snapshots, commit))) return commit;
  }
  const all = readdirSync(snapshots, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => ({ name, made: statSync(path.join(snapshots, name)).mtimeMs }))
    .sort((a, b) => b.made - a.made);
  return all[0]?.name ?? null;
}

/** `models--owner--name`, of one of its snapshots; null for every other folder. */
function repositoryOf(folder: string): string | null {
  if (path.basename(path.dirname(folder)) !== 'snapshots') return null;
  const repository = path.dirname(path.dirname(folder));
  return REPOSITORY.test(path.basename(repository)) ? repository : null;
}

export interface ModelFile {
  /** Below the folder. */
  readonly name: string;
  /** Where its bytes are. */
  readonly path: string;
  readonly bytes: number;
}

/** All files of a folder; links only where they lead from a snapshot into its own repository's blobs. */
export function filesBelow(folder: string): readonly ModelFile[] {
  const blobs = blobsOf(folder);
  return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry): ModelFile[] => {
    const at = path.join(entry.parentPath, entry.name);
    const real = entry.isFile() ? at : entry.isSymbolicLink() ? blobBehind(at, blobs) : null;
    return real === null ? [] : [{ name: path.relative(folder, at), path: real, bytes: statSync(real).size }];
  });
}

function blobsOf(folder: string): string | null {
  const repository = repositoryOf(path.resolve(folder));
  if (repository === null) return null;
  const blobs = path.join(repository, 'blobs');
  // One that is a link itself would make any folder the repository's own.
  return existsSync(blobs) && lstatSync(blobs).isDirectory() ? realpathSync(blobs) : null;
}

function blobBehind(link: string, blobs: string | null): string | null {
  if (blobs === null) return null;
  try {
    const real = realpathSync(link);
    return path.dirname(real) === blobs && statSync(real).isFile() ? real : null;
  } catch {
    // It leads nowhere: a download that was ended in the middle.
    return null;
  }
}
