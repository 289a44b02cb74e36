import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { manifest } from '../../electron/app/testing/manifest';
import { writeRandomFolder } from './families/decoder/random-folder';
import { runTool } from './tool-commands';

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
