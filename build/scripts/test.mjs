/**
 * `npm test`: sets up what is missing, then runs everything: lint, types, the unit tests, the data generators' tests, and the
 * browser tests. Every part runs even when an earlier one failed. What failed is named at the end (test-summary.mjs), and the last
 * line counts the tests: `N passed, N failed`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readArguments } from './arguments.mjs';
import { binary, checkNode, ensureBuild, ensureDependencies, root, run } from './setup.mjs';
import { browserFailures, orItself, pythonFailures, summary, unitFailures } from './test-summary.mjs';

readArguments(
  `npm test            everything: lint, types, unit tests, training data tests, evaluation subset, browser tests
npx vitest run FILE…           these unit tests alone
npx playwright test FILE…      these browser tests alone, after npm run build`,
  {},
);

checkNode();
ensureDependencies();
ensureBuild();
const { ensureChromium } = await import('./chromium.mjs');

const results = join(root, 'out', 'test-results');
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });

/**
 * @typedef {import('./test-summary.mjs').Failure} Failure
 * @typedef {{ passed: number, failed: number, failures?: readonly Failure[], retried?: readonly Failure[] }} Outcome
 */
const total = { passed: 0, failed: 0 };
/** @type {{ part: string, failures: readonly Failure[], retried: readonly Failure[] }[]} */
const parts = [];

part('Lint', () => check(binary('@biomejs/biome', 'biome'), ['check', '.']));
part('Types', () => check(binary('typescript', 'tsc'), ['--noEmit']));
part('Unit tests', () => {
  const report = join(results, 'unit.json');
  const unhandled = join(results, 'unhandled-errors.json');
  const status = node(
    binary('vitest'),
    [
      'run',
      '--reporter=default',
      '--reporter=json',
      '--reporter=./build/scripts/unhandled-errors.mjs',
      `--outputFile.json=${report}`,
    ],
    { ...process.env, AUTOGLM_UNHANDLED_ERRORS: unhandled },
  );
  const counts = readReport(report);
  const failures = unitFailures(counts, readReport(unhandled), root);
  return { ...tests(status, counts?.numPassedTests, counts?.numFailedTests), failures };
});
part('Training data tests', () => {
  const python = ['python3', 'python'].find(
    (name) => spawnSync(name, ['-c', 'import sys; sys.exit(sys.version_info < (3, 10))']).status === 0,
  );
  if (!python) return skip('no Python 3.10 or newer');
  const numpy = spawnSync(python, ['-c', 'import numpy']).status === 0;
  if (!numpy) console.log('Pictures and speech are left out: they need NumPy (Debian: python3-numpy).');
  const which = numpy ? ['discover', '-s', 'data', '-t', '.'] : ['data.test_data'];
  const result = captured(python, ['-m', 'unittest', ...which], join(root, 'models', 'train'));
  const ran = Number(/Ran (\d+) test/.exec(result.stderr)?.[1] ?? 0);
  const failed = [...result.stderr.matchAll(/(?:failures|errors)=(\d+)/g)].reduce(
    (sum, [, count]) => sum + Number(count),
    0,
  );
  return { ...tests(result.status, ran - failed, failed), failures: pythonFailures(result.stderr) };
});
part("The built-in model's answers", () => {
  const faults = join(results, 'eval-faults.json');
  const status = node(binary('tsx'), ['models/eval/run.ts', '--subset', '--faults', faults]);
  /** @type {readonly string[]} */
  const sentences = readReport(faults) ?? [];
  return {
    ...tests(status, status === 0 ? 1 : 0),
    failures: sentences.map((sentence) => ({ name: sentence, message: '' })),
  };
});
const chromium = await ensureChromium();
// Two at a time, as a browser test waits for much of its time; what is measured runs alone.
part('Browser tests', () => browserTests('e2e', ['--grep-invert', '@alone', '--workers=2']));
part('Browser measurements', () => browserTests('measured', ['--grep', '@alone', '--workers=1']));

const said = summary(parts);
if (said !== '') console.log(`\n${said}`);
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 ? 0 : 1);

/**
 * @param {string} name  of its report
 * @param {string[]} args
 * @returns {Outcome}
 */
function browserTests(name, args) {
  if ('missing' in chromium) {
    console.error(chromium.missing);
    return { passed: 0, failed: 1, failures: [{ name: 'no Chromium', message: chromium.missing }] };
  }
  const report = join(results, `${name}.json`);
  // A second try for what a busy machine made fail once; the summary names it.
  const status = node(
    binary('@playwright/test', 'playwright'),
    ['test', '--reporter=list,json', '--retries=1', `--output=out/e2e/${name}`, ...args],
    { ...process.env, AUTOGLM_CHROMIUM: chromium.executable, PLAYWRIGHT_JSON_OUTPUT_NAME: report },
  );
  const outcome = readReport(report);
  const stats = outcome?.stats;
  return {
    ...tests(status, stats && stats.expected + stats.flaky, stats?.unexpected),
    ...browserFailures(outcome),
  };
}

/**
 * @param {string} name
 * @param {() => Outcome} body
 */
function part(name, body) {
  console.log(`\n── ${name} ──`);
  const started = Date.now();
  const { passed, failed, failures = [], retried = [] } = body();
  total.passed += passed;
  total.failed += failed;
  parts.push({ part: name, failures: orItself(failures, failed === 0), retried });
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
  const { status, stdout, stderr } = captured(process.execPath, [script, ...args], root);
  const failures = orItself([], status === 0, stderr + stdout);
  return { ...tests(status, status === 0 ? 1 : 0), failures };
}

/**
 * Runs it and shows what it says once it has ended.
 * @param {string} command
 * @param {string[]} args
 * @param {string} cwd
 */
function captured(command, args, cwd) {
  const result = spawnSync(command, args, { cwd, encoding: 'utf8', maxBuffer: 2 ** 28 });
  const stderr = result.stderr ?? '';
  const stdout = result.stdout ?? '';
  process.stdout.write(stdout + stderr);
  if (result.error) console.error(result.error.message);
  return { status: result.status ?? 1, stdout, stderr };
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
