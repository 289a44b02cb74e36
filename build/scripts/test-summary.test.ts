import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { binary, root } from './setup.mjs';
import {
  browserFailures,
  firstLines,
  orItself,
  pythonFailures,
  summary,
  unitFailures,
} from './test-summary.mjs';

/** Within the checkout, where the runners' packages are found. */
function folderWith(files: Readonly<Record<string, string>>): string {
  mkdirSync(join(root, 'out'), { recursive: true });
  const folder = mkdtempSync(join(root, 'out', 'summary-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

function runNode(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  // Of its own: this very test runs in a worker of the runner.
  const inherited = Object.entries(process.env).filter(([name]) => !/^(VITEST|TEST$|NODE_ENV$)/.test(name));
  const own = { ...Object.fromEntries(inherited), ...env };
  return spawnSync(process.execPath, args, { cwd, encoding: 'utf8', env: own });
}

const read = (file: string) => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null);

describe('unit tests', () => {
  const run = (folder: string) => {
    const unhandled = join(folder, 'unhandled.json');
    const reporter = join(root, 'build', 'scripts', 'unhandled-errors.mjs');
    const reporters = ['--reporter=json', `--reporter=${reporter}`, '--outputFile.json=unit.json'];
    const env = { AUTOGLM_UNHANDLED_ERRORS: unhandled };
    const { status } = runNode(folder, [binary('vitest'), 'run', '--root', folder, ...reporters], env);
    return { status, failures: unitFailures(read(join(folder, 'unit.json')), read(unhandled), folder) };
  };

  it('are named by file and titles, with files that do not load and errors of no test', () => {
    const folder = folderWith({
      'vitest.config.ts': 'export default {};',
      'sums.test.ts': `import { describe, expect, it } from 'vitest';
        describe('sums', () => {
          it('adds', () => expect(1 + 1, 'of one').toBe(3));
          it('subtracts', () => expect(2 - 1).toBe(1));
        });`,
      'absent.test.ts': "import './not-there';",
      'late.test.ts': `import { it } from 'vitest';
        it('passes', () => { Promise.reject(new Error('nobody waited for me')); });`,
    });
    const { status, failures } = run(folder);
    expect(status).toBe(1);
    const message = (name: string) => failures.find((failure) => failure.name === name)?.message;
    expect(message('sums.test.ts › sums › adds')).toMatch(/^AssertionError: of one: expected 2 to be 3/);
    expect(message('absent.test.ts')).toContain('./not-there');
    expect(message('outside of a test')).toContain('nobody waited for me');
    expect(failures).toHaveLength(3);
  });

  it('without any report name nothing, and the part itself is named', () => {
    const failures = orItself(unitFailures(null, null, root), false);
    expect(summary([{ part: 'Unit tests', failures }])).toMatch(/^── Failed ──\n✗ Unit tests\n {4}It ended/);
    expect(orItself([], true)).toEqual([]);
  });
});

describe('browser tests', () => {
  it('are named where they failed, and where they passed only at a retry', () => {
    const folder = folderWith({
      'playwright.config.ts': 'export default { workers: 1, retries: 1 };',
      'a.spec.ts': `import { expect, test } from '@playwright/test';
        test.describe('a page', () => {
          test('opens', async ({}, info) => expect(info.retry, 'the first try').toBe(1));
          test('closes', () => { expect('ajar').toBe('shut'); });
          test('shines', () => {});
          test.skip('sings', () => {});
        });`,
    });
    const report = join(folder, 'e2e.json');
    const env = { PLAYWRIGHT_JSON_OUTPUT_NAME: report };
    const args = ['test', '--reporter=json', '--config', folder];
    expect(runNode(folder, [binary('@playwright/test', 'playwright'), ...args], env).status).toBe(1);
    const { failures, retried } = browserFailures(read(report));
    expect(failures.map(({ name }) => name)).toEqual(['a.spec.ts › a page › closes']);
    expect(firstLines(failures[0]?.message ?? '').join('\n')).toMatch(/toBe.*Expected: "shut"/s);
    expect(retried.map(({ name }) => name)).toEqual(['a.spec.ts › a page › opens']);
    expect(retried[0]?.message).toContain('the first try');
  });

  it('that could not be started say why', () => {
    const report = { suites: [], errors: [{ message: 'SyntaxError: a.spec.ts' }] };
    expect(browserFailures(report).failures).toEqual([
      { name: 'outside of a test', message: 'SyntaxError: a.spec.ts' },
    ]);
    expect(browserFailures(null)).toEqual({ failures: [], retried: [] });
  });
});

it('Python’s tests are named with the end of their message', () => {
  const output = `F.E
======================================================================
ERROR: test_voice (data.test_speech.Voices)
----------------------------------------------------------------------
Traceback (most recent call last):
  File "test_speech.py", line 3, in test_voice
    speak()
OSError: no such voice

======================================================================
FAIL: test_add (data.test_data.Sums) (digits=8)
----------------------------------------------------------------------
Traceback (most recent call last):
  File "test_data.py", line 9, in test_add
    self.assertEqual(1, 2)
AssertionError: 1 != 2

----------------------------------------------------------------------
Ran 3 tests in 0.1s

FAILED (failures=1, errors=1)
`;
  const failures = pythonFailures(output);
  expect(failures.map(({ name }) => name)).toEqual([
    'test_voice (data.test_speech.Voices) (error)',
    'test_add (data.test_data.Sums) (digits=8)',
  ]);
  expect(failures[0]?.message).toMatch(/OSError: no such voice$/);
  expect(failures[1]?.message).toMatch(/AssertionError: 1 != 2/);
  expect(pythonFailures('..\n----\nRan 2 tests in 0.1s\n\nOK\n')).toEqual([]);
});

describe('the summary', () => {
  it('is empty where nothing happened', () => {
    expect(summary([{ part: 'Lint', failures: [] }])).toBe('');
  });

  it('says failures first, then what passed at a retry, whatever the part', () => {
    const text = summary([
      { part: 'Browser tests', failures: [], retried: [{ name: 'a', message: 'late' }] },
      { part: 'Eval', failures: [{ name: 'count fell from 81.67 % to 75 % (60 lines).', message: '' }] },
    ]);
    expect(text).toBe(
      [
        '── Failed ──',
        '✗ Eval: count fell from 81.67 % to 75 % (60 lines).',
        '── Passed only at a retry ──',
        '✗ Browser tests: a',
        '    late',
      ].join('\n'),
    );
  });

  it('shows a message’s first lines without colours and foreign calls', () => {
    const long = 'x'.repeat(1_000);
    const message = `\u001b[31mError:\u001b[39m no\n\n    at f (/a/own.test.ts:1:2)\n    at g (/a/node_modules/b/c.js:1:2)\n    at node:internal/d:1:2\n${long}`;
    const lines = firstLines(message);
    expect(lines.slice(0, 2)).toEqual(['Error: no', '    at f (/a/own.test.ts:1:2)']);
    expect(lines[2]).toMatch(/^x{240} …$/);
    expect(firstLines('line\n'.repeat(50))).toHaveLength(9);
  });
});
