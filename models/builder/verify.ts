import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { type Manifest, ManifestSchema } from '../../electron/contract/manifest';
import { ModelError } from './errors';
import { MANIFEST_FILE } from './manifest';

export function readManifest(folder: string): Manifest {
  const file = path.join(folder, MANIFEST_FILE);
  if (!existsSync(file))
    throw new ModelError(`${folder} is no model package: it has no ${MANIFEST_FILE}.`, {
      kind: 'model-folder-empty',
      folder,
    });
  let data: unknown;
  try {
    data = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new ModelError(`${file} is not valid JSON: ${(error as Error).message}`, {
      kind: 'model-description-invalid',
      file,
    });
  }
  const parsed = ManifestSchema.safeParse(data);
  if (!parsed.success) {
    const issues = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
    throw new ModelError(`${file} is not a valid manifest:\n${issues.join('\n')}`, {
      kind: 'model-description-invalid',
      file,
    });
  }
  return parsed.data;
}

/** One sentence for each file that is not what the manifest says; none when the package is whole. */
export async function verifyPackage(
  folder: string,
  onFile?: (path: string, fault: string | undefined) => void,
): Promise<string[]> {
  const faults: string[] = [];
  for (const file of readManifest(folder).files) {
    const fault = await fileFault(path.join(folder, file.path), file);
    if (fault) faults.push(fault);
    onFile?.(file.path, fault);
  }
  return faults;
}

async function fileFault(at: string, file: Manifest['files'][number]): Promise<string | undefined> {
  if (!existsSync(at)) return `${file.path} is missing.`;
  const { size } = statSync(at);
  if (size !== file.bytes) return `${file.path} has ${size} bytes instead of ${file.bytes}.`;
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(at, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  const actual = hash.digest('hex');
  if (actual === file.sha256) return undefined;
  return `${file.path} is damaged: its sha256 is ${actual} instead of ${file.sha256}.`;
}
