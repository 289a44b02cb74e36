import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from './scripts/setup.mjs';
import { bundled } from './testing/bundled';

/** Nothing is installed, built, measured or taken by somebody who only asks how, or who mistypes. */

const plain = ['start', 'test', 'package', 'stage', 'icons'].map((name) => `build/scripts/${name}.mjs`);
const sources = [
  'models/bench/run.ts',
  'models/bench/gpu.ts',
  'models/bench/sparse.ts',
  'models/builder/cli.ts',
  'models/eval/run.ts',
  'e2e/screenshots.ts',
] as const;
const commands = [...plain, 'models/bench/bundle.mjs', ...sources];
const bundle = bundled(...sources);

/** As people run it. */
const run = (script: string, ...args: readonly string[]) =>
  node(...(script.endsWith('.ts') ? ['--import', 'tsx'] : []), join(root, script), ...args);

/** The same, without the second of the processor that tsx takes to start it. */
const runBundled = (script: string, ...args: readonly string[]) => {
  const source = sources.find((name) => name === script);
  return source ? node(bundle(source), ...args) : run(script, ...args);
};

function node(...args: readonly string[]) {
  return new Promise<{ readonly code: unknown; readonly stdout: string; readonly stderr: string }>(
    (resolve) =>
      execFile(process.execPath, args, { cwd: root }, (error, stdout, stderr) =>
        resolve({ code: error ? error.code : 0, stdout, stderr }),
      ),
  );
}

test.each(commands)('%s --help says how it is used', async (script) => {
  const { code, stdout, stderr } = await run(script, '--help');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^(Usage: |node |npm )/);
});

test.each(commands)('%s refuses an option that it does not know, by its name', async (script) => {
  const { code, stdout, stderr } = await runBundled(script, '--nonsense');
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/unknown option '--nonsense'/i);
  expect(stderr.split('\n').length, 'no stack').toBeLessThan(4);
});

test('a screen that is not there is refused, too', async () => {
  const { code, stderr } = await runBundled('e2e/screenshots.ts', 'palete');
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('There is no screen palete') });
});

test('what follows a second -- is for Electron', async () => {
  const { code, stdout } = await run('build/scripts/start.mjs', '--help', '--', '--no-sandbox');
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('npm start') });
  expect((await run('build/scripts/start.mjs', '--nonsense', '--', '--help')).code).toBe(1);
});
