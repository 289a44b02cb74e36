import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Manifest } from '../../contract/manifest';

/** Which files were found whole, as the engine and the model tool write it down: by path, size and date. */
export type VerifiedFiles = Readonly<Record<string, { readonly sha256: string; readonly at: number }>>;

export async function readVerified(file: string): Promise<VerifiedFiles> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as VerifiedFiles;
  } catch {
    return {};
  }
}

/** The oldest of its files' dates; null when one has changed since or was never read. */
export async function verifiedAt(
  folder: string,
  { files }: Manifest,
  known: VerifiedFiles,
): Promise<number | null> {
  let oldest: number | null = null;
  for (const file of files) {
    const at = resolve(folder, file.path);
    const info = await stat(at).catch(() => null);
    const entry = info && known[`${at}\n${info.size}\n${info.mtimeMs}`];
    if (!entry || entry.sha256 !== file.sha256) return null;
    oldest = Math.min(oldest ?? entry.at, entry.at);
  }
  return oldest;
}
