import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fixtureFolder } from './fixture-packages';
import { fetchCheckpoint, isRepository } from './hub';
import { FakeHub } from './hub/testing/fake-hub';
import { folderFiles } from './hub/testing/folder-files';

/** The command line's way to a checkpoint; how files come is tested in hub/download.test.ts. */

let hub: FakeHub;
let into = '';
const files = folderFiles(fixtureFolder('glm4v'));

beforeEach(async () => {
  into = path.join(mkdtempSync(path.join(tmpdir(), 'autoglm-hub-')), 'download');
  hub = await FakeHub.start();
  hub.add('someone/phone', {
    ...files,
    'pytorch_model.bin': Buffer.alloc(1000),
    'README.md': Buffer.from('read me'),
  });
});
afterEach(async () => {
  await hub.close();
  rmSync(path.dirname(into), { recursive: true, force: true });
});

const fetchIt = (repository = 'someone/phone', consent = true) =>
  fetchCheckpoint(repository, { revision: 'main', consent, into, hubUrl: hub.url, onProgress: () => {} });

test('a repository is told from a folder', () => {
  expect(isRepository('zai-org/AutoGLM-Phone-9B')).toBe(true);
  for (const other of ['models/nano', './a/b', '/a/b', 'a', 'a/b/c', 'models/../b']) {
    expect(isRepository(other), other).toBe(false);
  }
});

test('what a checkpoint needs is fetched, and nothing else', async () => {
  expect(await fetchIt()).toBe(into);
  const there = readdirSync(into).filter((name) => !name.startsWith('.'));
  expect(there).not.toContain('pytorch_model.bin');
  expect(there).not.toContain('README.md');
  expect(there).toContain('config.json');
  for (const name of there) expect(readFileSync(path.join(into, name)).equals(files[name]!), name).toBe(true);
  const before = hub.ranges.length;
  await fetchIt();
  // Its description is looked at again; its weights are not.
  expect(hub.ranges.slice(before).filter((line) => line.includes('safetensors '))).toEqual([]);
});

test('without consent nothing but descriptions is fetched, and the size is said', async () => {
  await expect(fetchIt('someone/phone', false)).rejects.toThrow(
    /downloads 0\.0 GB from 127\.0\.0\.1:\d+ into .*Add --yes to agree/,
  );
  expect(hub.ranges.filter((line) => /safetensors |tokenizer/.test(line))).toEqual([]);
  expect(existsSync(into)).toBe(false);
});

test('an export that needs no conversion is not converted', async () => {
  hub.add('someone/chat', {
    'config.json': Buffer.from('{"model_type":"llama"}'),
    'onnx/model_q4.onnx': Buffer.alloc(9),
  });
  await expect(fetchIt('someone/chat')).rejects.toThrow(/no safetensors of a type that can be converted/);
});

test('no such repository', async () => {
  await expect(fetchIt('someone/nobody')).rejects.toThrow(/has no someone\/nobody with the revision main/);
});
