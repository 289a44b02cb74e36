import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { copyFile, open, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Manifest } from '../../electron/contract/manifest';
import type { ToolCommand } from '../../electron/contract/model-tool';
import { checkSpace } from './disk';
import { ModelError } from './errors';
import { importDecoder } from './families/decoder/import';
import { filesBelow, locateModel } from './hub-cache';
import { MANIFEST_FILE } from './manifest';
import { readManifest } from './verify';

/** `COPYFILE_FICLONE_FORCE`. */
const CLONE_OR_FAIL = 4;

/** Copies a package, or an ONNX export which becomes one. @param progress told 0 … 1 */
export async function importFolder(
  { path: chosen, out, id, name }: ToolCommand & { type: 'import' },
  progress: (fraction: number) => void,
): Promise<void> {
  const { folder: from } = locateModel(chosen);
  const isPackage = existsSync(path.join(from, MANIFEST_FILE));
  const listed = isPackage ? readManifest(from) : null;
  const files = filesBelow(from).filter(
    (file) => !file.name.split(path.sep).some((part) => part.startsWith('.')),
  );
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  checkSpace(out, total, 'The model');
  const folder = `${out}.part`;
  rmSync(folder, { recursive: true, force: true });
  try {
    let done = 0;
    for (const file of files) {
      const expected = listed?.files.find((known) => path.normalize(known.path) === file.name);
      const target = path.join(folder, file.name);
      mkdirSync(path.dirname(target), { recursive: true });
      const sha256 = await copy(file.path, target, (bytes) =>
        progress(total === 0 ? 1 : (done + bytes) / total),
      );
      if (expected && sha256 !== expected.sha256) {
        throw new ModelError(
          `${file.name} is damaged: its sha256 is ${sha256} instead of ${expected.sha256}. Get the model again.`,
          { kind: 'checkpoint-file-damaged', file: file.name },
        );
      }
      done += file.bytes;
    }
    const missing = listed?.files.find((known) => !existsSync(path.join(folder, known.path)));
    if (missing) {
      throw new ModelError(`${missing.path} is missing. Get the model again.`, {
        kind: 'checkpoint-file-missing',
        file: missing.path,
      });
    }
    const manifest: Manifest = listed ?? (await describe(folder, id));
    const named = { ...manifest, id, name: name ?? manifest.name };
    await writeFile(path.join(folder, MANIFEST_FILE), `${JSON.stringify(named, null, 2)}\n`);
    renameSync(folder, out);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

const describe = (folder: string, id: string): Promise<Manifest> =>
  importDecoder(folder, { names: { id, name: id, license: 'unknown', source: 'imported' } });

/** Copies and hashes in one pass. @returns sha256, hex. */
async function copy(from: string, to: string, onBytes: (bytes: number) => void): Promise<string> {
  const hash = createHash('sha256');
  // A clone where the file system can: it takes no room and no time; reading it is then all there is to do.
  const cloned = await copyFile(from, to, CLONE_OR_FAIL).then(
    () => true,
    () => false,
  );
  const target = cloned ? null : await open(to, 'w');
  let bytes = 0;
  try {
    for await (const chunk of createReadStream(from, { highWaterMark: 4 << 20 })) {
      hash.update(chunk as Buffer);
      await target?.write(chunk as Buffer);
      bytes += (chunk as Buffer).length;
      onBytes(bytes);
    }
  } finally {
    await target?.close();
  }
  return hash.digest('hex');
}
