import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { bundled } from '../../build/testing/bundled';
import { writeRandomFolder } from './families/decoder/random-folder';

const folder = mkdtempSync(path.join(tmpdir(), 'autoglm-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

const bundle = bundled('models/builder/cli.ts', 'models/builder/convert-worker.ts');

function run(...args: string[]): Promise<{ code: number; out: string; error: string }> {
  const cli = bundle('models/builder/cli.ts');
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [cli, ...args], (_, out, error) => {
      resolve({ code: child.exitCode ?? -1, out, error });
    });
  });
}

test('build, verify and refuse, with exit codes', async () => {
  const out = path.join(folder, 'tiny');
  const built = await run('random', '--config', 'tiny', '--out', out);
  expect(built).toMatchObject({ code: 0, out: expect.stringContaining('164,480 parameters') });
  expect(built.error).toContain('tiny-random int4: 100 %');

  const verified = await run('verify', out);
  expect(verified).toMatchObject({ code: 0, out: expect.stringContaining('is whole') });

  const [unknown, bad, nowhere, counted] = await Promise.all([
    run('verify', folder),
    run('random', '--config', 'tiny', '--out', out, '--block', '48'),
    run('build', path.join(folder, 'nowhere'), '--out', out),
    run('parameters', '9b'),
  ]);
  expect(unknown).toMatchObject({ code: 1, error: expect.stringContaining('is no model package') });
  expect(bad).toMatchObject({ code: 1, error: expect.stringContaining('It must be one of 32, 64, 128') });
  expect(nowhere).toMatchObject({ code: 1, error: expect.stringContaining('There is no configuration') });
  expect(counted).toMatchObject({ code: 0, out: expect.stringContaining('vision encoder (ViT-Lite)') });
  expect(counted.out).toMatch(/total +8,992,635,904 +100\.0 %/);
});

test.each(['glm4v', 'whisper'])('a checkpoint of transformers is built by its type: %s', async (type) => {
  const out = path.join(folder, type);
  const fixture = path.join(import.meta.dirname, 'fixtures', type);
  const built = await run('build', fixture, '--out', out, '--precision', 'int8');
  expect(built).toMatchObject({ code: 0, out: expect.stringMatching(/parameters, .* MB, built in/) });
  expect(await run('verify', out)).toMatchObject({ code: 0 });
});

test('a folder of another runtime is imported where it lies', async () => {
  const imported = path.join(folder, 'genai');
  writeRandomFolder(imported, 'genai');
  expect(await run('import', imported)).toMatchObject({
    code: 0,
    out: expect.stringContaining('genai, 256 tokens'),
  });
  expect(await run('verify', imported)).toMatchObject({ code: 0 });
  expect(await run('import', folder)).toMatchObject({
    code: 1,
    error: expect.stringContaining('has neither'),
  });
});

test('a model of Hugging Face’s cache is imported into a folder of its own', async () => {
  const repository = path.join(folder, 'models--a--Tiny');
  const snapshot = path.join(repository, 'snapshots', 'main');
  const blobs = path.join(repository, 'blobs');
  writeRandomFolder(blobs, 'genai');
  mkdirSync(snapshot, { recursive: true });
  for (const name of readdirSync(blobs))
    symlinkSync(path.join('..', '..', 'blobs', name), path.join(snapshot, name));
  expect(await run('import', repository)).toMatchObject({
    code: 1,
    error: expect.stringContaining("is in Hugging Face's cache, whose files others share"),
  });
  const out = path.join(folder, 'imported');
  expect(await run('import', repository, '--out', out, '--license', 'MIT')).toMatchObject({
    code: 0,
    out: expect.stringContaining('tiny, 256 tokens'),
  });
  expect(await run('verify', out)).toMatchObject({ code: 0 });
  expect(await run('import', repository, '--out', out)).toMatchObject({ code: 1 });
});

test('random weights of another family', async () => {
  const out = path.join(folder, 'random');
  const random = await run('random', '--config', 'glm4v-tiny', '--out', out, '--head', 'int8');
  expect(random).toMatchObject({ code: 0, error: expect.stringContaining('glm4v-tiny-random int4: 100 %') });
});
