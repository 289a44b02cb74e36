import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../contract/errors';
import { type Manifest, ManifestSchema } from '../../contract/manifest';

/**
 * Reads a package's manifest.
 *
 * @throws AppError `model-not-found` without one, `model-damaged` when it is not valid.
 */
export async function readManifest(folder: string): Promise<Manifest> {
  const path = join(folder, 'autoglm.json');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    throw new AppError('model-not-found', `There is no model in ${folder}: autoglm.json is missing.`, {
      folder,
    });
  }
  try {
    const parsed = ManifestSchema.safeParse(JSON.parse(text));
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    throw new SyntaxError(issue ? `${issue.path.join('.')}: ${issue.message}` : 'not valid');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError('model-damaged', `${path} is damaged (${reason}). Install the model again.`, {
      file: path,
    });
  }
}

/** Hashes of files found good, by path, size and time of change: a package of several GB is read once, not at every load. */
const verified = new Map<string, string>();

/** Packages up to this size are hashed at every load: it takes less than a tenth of a second. */
const SMALL_BYTES = 64 << 20;

/**
 * Checks sizes and sha256 of the files that a load will read.
 *
 * @param onProgress called with 0 … 1.
 * @throws AppError `model-damaged` naming the file, with both hashes in `details`.
 */
export async function verifyPackage(
  folder: string,
  manifest: Manifest,
  onProgress?: (fraction: number) => void,
): Promise<void> {
  const total = manifest.files.reduce((sum, file) => sum + file.bytes, 0) || 1;
  let done = 0;
  // Sizes first: a truncated download is found without reading gigabytes.
  const stats = new Map<string, string>();
  for (const file of manifest.files) stats.set(file.path, await checkSize(folder, file));
  for (const file of manifest.files) {
    const key = stats.get(file.path) as string;
    if (total <= SMALL_BYTES || verified.get(key) !== file.sha256) {
      const actual = await sha256(join(folder, file.path), (bytes) => onProgress?.((done + bytes) / total));
      if (actual !== file.sha256) {
        throw damaged(folder, file.path, `its sha256 is ${actual}, it should be ${file.sha256}`, {
          expected: file.sha256,
          actual,
        });
      }
      verified.set(key, actual);
    }
    done += file.bytes;
    onProgress?.(done / total);
  }
}

async function checkSize(folder: string, file: Manifest['files'][number]): Promise<string> {
  const info = await stat(join(folder, file.path)).catch(() => null);
  if (!info) throw damaged(folder, file.path, 'it is missing', {});
  if (info.size !== file.bytes) {
    const sizes = { expectedBytes: file.bytes, actualBytes: info.size };
    throw damaged(folder, file.path, `it has ${info.size} bytes, it should have ${file.bytes}`, sizes);
  }
  return `${join(folder, file.path)}\n${info.size}\n${info.mtimeMs}`;
}

function damaged(
  folder: string,
  file: string,
  what: string,
  details: Record<string, string | number>,
): AppError {
  const message = `The model file ${file} in ${folder} is damaged: ${what}. Install the model again.`;
  return new AppError('model-damaged', message, { file, ...details });
}

async function sha256(path: string, onBytes: (bytes: number) => void): Promise<string> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 4 << 20 })) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    onBytes(bytes);
  }
  return hash.digest('hex');
}
