import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import type { FoundModel } from '../../electron/contract/models';
import { ModelError } from './errors';
import { openJob } from './families/jobs';
import { filesBelow, type ModelFolder } from './hub-cache';
import { MANIFEST_FILE } from './manifest';
import { BLOCK_SIZES } from './quantize';
import { readManifest } from './verify';

const isOnnxFolder = (folder: string): boolean =>
  existsSync(path.join(folder, 'genai_config.json')) ||
  (existsSync(path.join(folder, 'config.json')) && existsSync(path.join(folder, 'onnx')));

/** What a folder that the user chose holds. @throws ModelError naming what it lacks. */
export function inspectFolder({ folder, name }: ModelFolder): FoundModel {
  if (!existsSync(folder))
    throw new ModelError(`There is no folder ${folder}.`, { kind: 'folder-missing', folder });
  if (!statSync(folder).isDirectory()) {
    throw new ModelError(`${folder} is a file: choose the folder that holds the model.`, {
      kind: 'folder-is-file',
      folder,
    });
  }
  if (existsSync(path.join(folder, MANIFEST_FILE))) {
    const { id, name: own, family, files } = readManifest(folder);
    return { kind: 'package', id, name: own, family, bytes: sum(files.map(({ bytes }) => bytes)) };
  }
  if (isOnnxFolder(folder)) {
    return { kind: 'onnx', name, bytes: sum(filesBelow(folder).map(({ bytes }) => bytes)) };
  }
  if (!existsSync(path.join(folder, 'config.json'))) {
    throw new ModelError(
      `${folder} holds no model: it has neither autoglm.json (a package), genai_config.json (onnxruntime-genai) nor config.json (a checkpoint).`,
      { kind: 'folder-holds-no-model', folder },
    );
  }
  return inspectCheckpoint(folder, name);
}

function inspectCheckpoint(folder: string, name: string): FoundModel {
  const job = openJob({ kind: 'folder', folder });
  try {
    const names = { id: 'x', name, license: 'unknown', source: 'x' };
    const blocks = BLOCK_SIZES.filter((blockSize) => {
      try {
        job.plan({ names, out: '', precision: 'int4', blockSize });
        return true;
      } catch (error) {
        if (error instanceof ModelError && error.details?.kind === 'block-size') return false;
        throw error;
      }
    });
    const shards = filesBelow(folder).filter(({ name: file }) => file.endsWith('.safetensors'));
    const bytes = sum(shards.map((file) => file.bytes));
    return { kind: 'checkpoint', name, family: job.family, parameters: job.parameters, bytes, blocks };
  } finally {
    job.close();
  }
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
