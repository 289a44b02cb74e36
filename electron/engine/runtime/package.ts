import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
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
      kind: 'model-folder-empty',
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
      kind: 'model-description-invalid',
      file: path,
    });
  }
}

interface Verified {
  readonly sha256: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/**
 * Hashes of files found good, by path, size and time of change: a package of several GB is read once, not at every load. Kept in a
 * file where one is named, else for as long as the process lives.
 */
export class VerifiedFiles {
  readonly #file: string | null;
  readonly #known: Map<string, Verified>;

  constructor(file: string | null = null) {
    this.#file = file;
    this.#known = file === null ? new Map() : readVerified(file);
  }

  sha256(key: string): string | undefined {
    return this.#known.get(key)?.sha256;
  }

  add(key: string, sha256: string): void {
    const [path] = key.split('\n');
    // One entry a file: what it was before is of no use any more.
    for (const known of this.#known.keys()) if (known.startsWith(`${path}\n`)) this.#known.delete(known);
    this.#known.set(key, { sha256, at: Date.now() });
    this.#save();
  }

  remove(key: string): void {
    if (this.#known.delete(key)) this.#save();
  }

  #save(): void {
    if (this.#file === null) return;
    try {
      // Another process may have added to it; what is lost is only time.
      const all = new Map([...readVerified(this.#file), ...this.#known]);
      writeFileSync(`${this.#file}.new`, JSON.stringify(Object.fromEntries(all)), { mode: 0o600 });
      renameSync(`${this.#file}.new`, this.#file);
    } catch {
      // Without it the files are read again.
    }
  }
}

function readVerified(file: string): Map<string, Verified> {
  try {
    return new Map(Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<string, Verified>));
  } catch {
    return new Map();
  }
}

const inMemory = new VerifiedFiles();

export interface VerifyOptions {
  readonly cache?: VerifiedFiles;
  /** Reads everything, whatever the cache says. */
  readonly again?: boolean;
}

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
  { cache = inMemory, again = false }: VerifyOptions = {},
): Promise<void> {
  const total = manifest.files.reduce((sum, file) => sum + file.bytes, 0) || 1;
  let done = 0;
  // Sizes first: a truncated download is found without reading gigabytes.
  const stats = new Map<string, string>();
  for (const file of manifest.files) stats.set(file.path, await checkSize(folder, file));
  for (const file of manifest.files) {
    const key = stats.get(file.path) as string;
    if (again || total <= SMALL_BYTES || cache.sha256(key) !== file.sha256) {
      const actual = await sha256(join(folder, file.path), (bytes) => onProgress?.((done + bytes) / total));
      if (actual !== file.sha256) {
        cache.remove(key);
        throw damaged(folder, file.path, `its sha256 is ${actual}, it should be ${file.sha256}`, {
          kind: 'model-file-checksum',
          expected: file.sha256,
          actual,
        });
      }
      if (again || total > SMALL_BYTES) cache.add(key, actual);
    }
    done += file.bytes;
    onProgress?.(done / total);
  }
}

async function checkSize(folder: string, file: Manifest['files'][number]): Promise<string> {
  const info = await stat(join(folder, file.path)).catch(() => null);
  if (!info) throw damaged(folder, file.path, 'it is missing', { kind: 'model-file-missing' });
  if (info.size !== file.bytes) {
    const sizes = { kind: 'model-file-size', expectedBytes: file.bytes, actualBytes: info.size };
    throw damaged(folder, file.path, `it has ${info.size} bytes, it should have ${file.bytes}`, sizes);
  }
  return `${resolve(folder, file.path)}\n${info.size}\n${info.mtimeMs}`;
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
