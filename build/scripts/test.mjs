/**
 * `npm test`: sets up what is missing, then runs everything: lint, types, the unit tests, the data generators' tests, and the
 * browser tests. Every part runs even when an earlier one failed. The last line counts the tests: `N passed, N failed`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { binary, checkNode, ensureBuild, ensureDependencies, root, run } from './setup.mjs';

checkNode();
ensureDependencies();
ensureBuild();
const { ensureChromium } = await import('./chromium.mjs');

const results = join(root, 'out', 'test-results');
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });

const total = { passed: 0, failed: 0 };

part('Lint', () => check(binary('@biomejs/biome', 'biome'), ['check', '.']));
part('Types', () => check(binary('typescript', 'tsc'), ['--noEmit']));
part('Unit tests', () => {
  const report = join(results, 'unit.json');
  const status = node(binary('vitest'), [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ]);
  const counts = readReport(report);
  return tests(status, counts?.numPassedTests, counts?.numFailedTests);
});
part('Training data tests', () => {
  const python = ['python3', 'python'].find(
    (name) => spawnSync(name, ['-c', 'import sys; sys.exit(sys.version_info < (3, 10))']).status === 0,
  );
  if (!python) return skip('no Python 3.10 or newer');
  const numpy = spawnSync(python, ['-c', 'import numpy']).status === 0;
  if (!numpy) console.log('Pictures and speech are left out: they need NumPy (Debian: python3-numpy).');
  const which = numpy ? ['discover', '-s', 'data', '-t', '.'] : ['data.test_data'];
  const result = spawnSync(python, ['-m', 'unittest', ...which], {
    cwd: join(root, 'models', 'train'),
    encoding: 'utf8',
  });
  process.stdout.write(result.stdout + result.stderr);
  const ran = Number(/Ran (\d+) test/.exec(result.stderr)?.[1] ?? 0);
  const failed = [...result.stderr.matchAll(/(?:failures|errors)=(\d+)/g)].reduce(
    (sum, [, count]) => sum + Number(count),
    0,
  );
  return tests(result.status ?? 1, ran - failed, failed);
});
part("The built-in model's answers", () => check(binary('tsx'), ['models/eval/run.ts', '--subset']));
const chromium = await ensureChromium();
part('Browser tests', () => {
  if ('missing' in chromium) {
    console.error(chromium.missing);
    return { passed: 0, failed: 1 };
  }
  const report = join(results, 'e2e.json');
  const status = node(binary('@playwright/test', 'playwright'), ['test', '--reporter=list,json'], {
    ...process.env,
    AUTOGLM_CHROMIUM: chromium.executable,
    PLAYWRIGHT_JSON_OUTPUT_NAME: report,
  });
  const stats = readReport(report)?.stats;
  return tests(status, stats && stats.expected + stats.flaky, stats?.unexpected);
});

console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 ? 0 : 1);

/**
 * @param {string} name
 * @param {() => { passed: number, failed: number }} body
 */
function part(name, body) {
  console.log(`\n── ${name} ──`);
  const started = Date.now();
  const { passed, failed } = body();
  total.passed += passed;
  total.failed += failed;
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.log(`${name}: ${failed === 0 ? 'ok' : 'FAILED'} in ${seconds} s`);
}

/**
 * @param {string} script
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 */
function node(script, args, env) {
  return run(process.execPath, [script, ...args], env);
}

/**
 * @param {string} script
 * @param {string[]} args
 */
function check(script, args) {
  const ok = node(script, args) === 0;
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1 };
}

/**
 * A runner that failed without naming a failed test (a file that does not load, say) still counts as one.
 * @param {number} status
 * @param {number} [passed]
 * @param {number} [failed]
 */
function tests(status, passed = 0, failed = 0) {
  return { passed, failed: status === 0 ? failed : Math.max(1, failed) };
}

/** @param {string} reason */
function skip(reason) {
  console.log(`skipped: ${reason}`);
  return { passed: 0, failed: 0 };
}

/** @param {string} path */
function readReport(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null;
}
