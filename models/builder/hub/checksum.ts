import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';

/** Of a file's bytes, in hexadecimal; `git-sha1` is git's name of a blob: sha1 over "blob", the size, a zero byte and the bytes. */
export async function checksum(
  file: string,
  algorithm: 'sha256' | 'git-sha1',
  signal?: AbortSignal,
): Promise<string> {
  const hash = createHash(algorithm === 'sha256' ? 'sha256' : 'sha1');
  if (algorithm === 'git-sha1') hash.update(`blob ${statSync(file).size}\0`);
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20, ...(signal && { signal }) })) {
    hash.update(chunk as Buffer);
  }
  return hash.digest('hex');
}
