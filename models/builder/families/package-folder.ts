import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { Manifest } from '../../../electron/contract/manifest';
import { ModelError } from '../errors';
import { WEIGHTS_FILE } from '../graph';
import { MANIFEST_FILE, type PackageFile } from '../manifest';
import { BLOCK_SIZES, type BlockSize, blockFor } from '../quantize';
import { type WeightsFile, WeightsPlan, writeWeights } from '../weights';

/** `weights.data` as it was made beforehand, by several threads (convert.ts); it is moved into the package. */
export interface PreparedWeights extends WeightsFile {
  readonly path: string;
}

interface WeightsOptions {
  readonly prepared?: PreparedWeights;
  /** Weights read, of those that the plan reads. */
  readonly onProgress?: (done: number) => void;
}

/** A package being written. */
export interface PackageFolder {
  readonly files: readonly PackageFile[];
  /** Writes `weights.data`; what `store` returns comes back. */
  weights<T>(store: (plan: WeightsPlan) => T, options?: WeightsOptions): T;
  add(name: string, data: Uint8Array): void;
}

/** A `tokenizer.json`: a path to copy, or its text. */
export type TokenizerFile = { readonly path: string } | { readonly text: string };

/**
 * Writes a package beside its place and moves it there when it is whole, so a failed build leaves what was there; files and folders
 * of an older package that the builder does not make stay.
 *
 * @param fill writes the files and returns the manifest.
 * @throws ModelError when `out` holds something else than a package.
 */
export function writePackage(out: string, fill: (folder: PackageFolder) => Manifest): Manifest {
  checkTarget(out);
  const folder = `${path.resolve(out)}.part`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  try {
    const manifest = fill(new Writer(folder));
    writeFileSync(path.join(folder, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`);
    keepOthers(out, folder);
    rmSync(out, { recursive: true, force: true });
    renameSync(folder, out);
    return manifest;
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

class Writer implements PackageFolder {
  readonly files: PackageFile[] = [];
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  weights<T>(store: (plan: WeightsPlan) => T, { prepared, onProgress }: WeightsOptions = {}): T {
    const plan = new WeightsPlan();
    const result = store(plan);
    const target = path.join(this.folder, WEIGHTS_FILE);
    const { bytes, sha256 } = prepared ?? writeWeights(plan, target, onProgress);
    if (bytes !== plan.bytes)
      throw new RangeError(`${bytes} bytes were prepared for a plan of ${plan.bytes}`);
    if (prepared) renameSync(prepared.path, target);
    this.files.push({ path: WEIGHTS_FILE, bytes, sha256 });
    return result;
  }

  add(name: string, data: Uint8Array): void {
    writeFileSync(path.join(this.folder, name), data);
    const sha256 = createHash('sha256').update(data).digest('hex');
    this.files.push({ path: name, bytes: data.length, sha256 });
  }
}

/** @throws ModelError when the folder holds something else than a package, or what an export left for one. */
export function checkTarget(out: string): void {
  if (!existsSync(out)) return;
  const entries = readdirSync(out);
  if (entries.length > 0 && !entries.some((name) => name === MANIFEST_FILE || name === 'tokenizer.json')) {
    throw new ModelError(`${out} is not empty and holds no model package; it was left as it is.`, {
      kind: 'folder-in-use',
      folder: out,
    });
  }
}

/** @throws ModelError when there is no file at the path. */
export function readTokenizer(tokenizer: TokenizerFile): Uint8Array {
  if ('text' in tokenizer) return Buffer.from(tokenizer.text);
  if (!existsSync(tokenizer.path)) {
    throw new ModelError(`There is no tokenizer at ${tokenizer.path}.`, {
      kind: 'checkpoint-file-missing',
      file: tokenizer.path,
    });
  }
  return readFileSync(tokenizer.path);
}

function keepOthers(from: string, to: string): void {
  if (!existsSync(from)) return;
  for (const entry of readdirSync(from)) {
    const target = path.join(to, entry);
    if (!entry.endsWith('.onnx') && !existsSync(target)) {
      cpSync(path.join(from, entry), target, { recursive: true });
    }
  }
}

/** @throws ModelError naming the first size that not even the smallest blocks divide. */
export function checkBlocks(sizes: Readonly<Record<string, number>>, blockSize: BlockSize): void {
  const [smallest] = BLOCK_SIZES;
  for (const [name, value] of Object.entries(sizes)) {
    if (blockFor(value, blockSize) === undefined) {
      throw new ModelError(
        `Block size ${smallest}, the smallest, does not divide ${name}, ${value}: store the matrices in fp16.`,
        { kind: 'block-size', block: smallest, value },
      );
    }
  }
}
