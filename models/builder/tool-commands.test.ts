import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { manifest } from '../../electron/app/testing/manifest';
import { writeRandomFolder } from './families/decoder/random-folder';
import { filesBelow, locateModel } from './hub-cache';
import { runTool } from './tool-commands';
import { readManifest, verifyPackage } from './verify';

/** Folders as somebody else may have made them. */

let root = '';
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'autoglm-import-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const importFrom = (from: string) =>
  runTool(
    { type: 'import', path: from, out: path.join(root, 'models', 'a'), id: 'a', name: null },
    { progress: () => {} },
  );

interface GenaiConfig {
  readonly model: { readonly decoder: { filename: string; readonly inputs: { past_value_names: string } } };
}

function changeConfig(folder: string, change: (decoder: GenaiConfig['model']['decoder']) => void): void {
  const file = path.join(folder, 'genai_config.json');
  const config = JSON.parse(readFileSync(file, 'utf8')) as GenaiConfig;
  change(config.model.decoder);
  writeFileSync(file, JSON.stringify(config));
}

test('a graph outside of the folder is not opened', async () => {
  const outside = path.join(root, 'outside');
  const from = path.join(root, 'from');
  writeRandomFolder(outside, 'genai', 'gqa');
  writeRandomFolder(from, 'genai', 'gqa');
  mkdirSync(path.join(root, 'models'));
  changeConfig(from, (decoder) => {
    decoder.filename = `../../outside/${decoder.filename}`;
  });
  await expect(importFrom(from)).rejects.toThrow(/outside of the folder/);
  expect(existsSync(path.join(root, 'models', 'a'))).toBe(false);
});

test('names of tensors are names, not patterns', async () => {
  const from = path.join(root, 'from');
  writeRandomFolder(from, 'genai', 'gqa');
  changeConfig(from, (decoder) => {
    decoder.inputs.past_value_names = '\\D+\\d+\\D+';
  });
  await expect(importFrom(from)).rejects.toThrow(/which a text decoder does not have/);
});

test('links are not followed: what they lead to is not copied', async () => {
  const from = path.join(root, 'from');
  mkdirSync(from);
  writeFileSync(path.join(root, 'secret'), 'secret');
  symlinkSync(path.join(root, 'secret'), path.join(from, 'notes.txt'));
  writeFileSync(path.join(from, 'autoglm.json'), JSON.stringify(manifest('a')));
  await importFrom(from);
  expect(existsSync(path.join(root, 'models', 'a', 'autoglm.json'))).toBe(true);
  expect(existsSync(path.join(root, 'models', 'a', 'notes.txt'))).toBe(false);
});

describe('Hugging Face’s cache', () => {
  const COMMIT = '0123456789abcdef0123456789abcdef01234567';

  /** Turns a folder into a repository of the cache, its files into links; returns the repository. */
  function cached(from: string, name: string, commit = COMMIT): string {
    const repository = path.join(root, 'hub', name);
    const snapshot = path.join(repository, 'snapshots', commit);
    mkdirSync(path.join(repository, 'blobs'), { recursive: true });
    mkdirSync(path.join(repository, 'refs'), { recursive: true });
    writeFileSync(path.join(repository, 'refs', 'main'), commit);
    for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = path.join(entry.parentPath, entry.name);
      const blob = createHash('sha256').update(readFileSync(file)).digest('hex');
      cpSync(file, path.join(repository, 'blobs', blob));
      const link = path.join(snapshot, path.relative(from, file));
      mkdirSync(path.dirname(link), { recursive: true });
      symlinkSync(path.relative(path.dirname(link), path.join(repository, 'blobs', blob)), link);
    }
    return repository;
  }

  const imported = (file: string) => lstatSync(path.join(root, 'models', 'a', file));

  test.each(['genai', 'transformers.js'] as const)(
    'a decoder in the layout of %s is imported whole',
    async (layout) => {
      writeRandomFolder(path.join(root, 'from'), layout, 'gqa');
      const repository = cached(path.join(root, 'from'), 'models--some-body--Tiny-Llama');
      const snapshot = path.join(repository, 'snapshots', COMMIT);
      for (const chosen of [repository, snapshot]) {
        const { found } = await runTool({ type: 'inspect', path: chosen }, { progress: () => {} });
        expect(found).toMatchObject({ kind: 'onnx', name: 'Tiny-Llama' });
        expect(found?.bytes).toBeGreaterThan(10_000);
        await importFrom(chosen);
        const graph = layout === 'genai' ? 'model.onnx' : path.join('onnx', 'model_q4.onnx');
        expect(imported(graph).isFile()).toBe(true);
        expect(readManifest(path.join(root, 'models', 'a')).family).toBe('decoder');
        expect(await verifyPackage(path.join(root, 'models', 'a'), () => {})).toEqual([]);
        rmSync(path.join(root, 'models'), { recursive: true });
      }
      // Nothing was written where others read.
      expect(readdirSync(snapshot)).not.toContain('autoglm.json');
    },
  );

  test('a checkpoint is looked into and converted', async () => {
    const repository = cached(
      path.join(import.meta.dirname, 'fixtures', 'glm4v'),
      'models--zai-org--AutoGLM',
    );
    const { found } = await runTool({ type: 'inspect', path: repository }, { progress: () => {} });
    expect(found).toMatchObject({ kind: 'checkpoint', name: 'AutoGLM', family: 'glm4v' });
    const out = path.join(root, 'package');
    await runTool(
      {
        type: 'convert',
        path: repository,
        out,
        id: 'a',
        name: 'A',
        precision: 'int4',
        block: 32,
        headInt8: false,
      },
      { progress: () => {} },
    );
    expect(readManifest(out)).toMatchObject({ family: 'glm4v', source: 'AutoGLM' });
    for (const name of readdirSync(out))
      expect([name, lstatSync(path.join(out, name)).isSymbolicLink()]).toEqual([name, false]);
  });

  test('without a branch that says which, the snapshot that came last', () => {
    const repository = path.join(root, 'models--gpt2');
    for (const [commit, year] of [
      ['a'.repeat(40), 2020],
      ['b'.repeat(40), 2024],
      ['c'.repeat(40), 2022],
    ] as const) {
      const folder = path.join(repository, 'snapshots', commit);
      mkdirSync(folder, { recursive: true });
      utimesSync(folder, new Date(year, 0), new Date(year, 0));
    }
    expect(locateModel(repository)).toEqual({
      folder: path.join(repository, 'snapshots', 'b'.repeat(40)),
      name: 'gpt2',
    });
    mkdirSync(path.join(repository, 'refs'));
    writeFileSync(path.join(repository, 'refs', 'main'), `../../../etc\n`);
    expect(locateModel(repository).folder).toBe(path.join(repository, 'snapshots', 'b'.repeat(40)));
    writeFileSync(path.join(repository, 'refs', 'main'), `${'c'.repeat(40)}\n`);
    expect(locateModel(repository).folder).toBe(path.join(repository, 'snapshots', 'c'.repeat(40)));
    expect(locateModel(root)).toEqual({ folder: root, name: path.basename(root) });
  });

  test('links to anything but its own blobs are not followed', () => {
    const from = path.join(root, 'from');
    mkdirSync(from);
    writeFileSync(path.join(from, 'config.json'), '{}');
    writeFileSync(path.join(root, 'secret'), 'secret');
    const repository = cached(from, 'models--x--y');
    const snapshot = path.join(repository, 'snapshots', COMMIT);
    const other = cached(from, 'models--x--other');
    symlinkSync(path.join(root, 'secret'), path.join(snapshot, 'notes.txt'));
    symlinkSync(
      path.join(other, 'blobs', readdirSync(path.join(other, 'blobs'))[0]!),
      path.join(snapshot, 'theirs'),
    );
    // A blob that is itself a link, a link to nothing, and a link to a folder.
    symlinkSync(path.join(root, 'secret'), path.join(repository, 'blobs', 'link'));
    symlinkSync('../../blobs/link', path.join(snapshot, 'twice'));
    symlinkSync('../../blobs/gone', path.join(snapshot, 'gone'));
    symlinkSync('../../blobs', path.join(snapshot, 'folder'));
    expect(filesBelow(snapshot).map(({ name }) => name)).toEqual(['config.json']);
    // A folder of the name that is somewhere else.
    renameSync(path.join(repository, 'blobs'), path.join(root, 'moved'));
    symlinkSync(path.join(root, 'moved'), path.join(repository, 'blobs'));
    expect(filesBelow(snapshot)).toEqual([]);
    // And a link into blobs from what is no snapshot.
    symlinkSync(path.join(root, 'moved', 'link'), path.join(from, 'model.onnx'));
    expect(filesBelow(from).map(({ name }) => name)).toEqual(['config.json']);
  });
});
