/**
 * `npm test`: sets up what is missing, then runs everything: lint, types, the unit tests, the data generators' tests, and the
 * browser tests. Every part runs even when another one failed. What failed is named at the end (test-summary.mjs), and the last
 * line counts the tests: `N passed, N failed`.
 *
 * Unit and browser tests wait for much of their time, so what only computes runs beside them and takes what they leave of the processor
 * (test-processes.mjs). What is measured runs alone, at the end.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readArguments } from './arguments.mjs';
import { binary, checkNode, ensureBuild, ensureDependencies, root } from './setup.mjs';
import { follow } from './test-processes.mjs';
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
 * @typedef {object} Outcome
 * @property {number} passed
 * @property {number} failed
 * @property {readonly Failure[]} [failures]
 * @property {readonly Failure[]} [retried]
 * @property {string} [said]  by a part that runs beside others
 *
 * @typedef {{ name: string, outcome: Outcome, seconds: string }} Part
 */

const chromium = await ensureChromium();

// One after another: the last of them keeps every core busy by itself.
/** @type {Part[]} */
const done = [];
let shown = 0;
const others = (async () => {
  done.push(await timed('Lint', () => check(binary('@biomejs/biome', 'biome'), ['check', '.'])));
  done.push(await timed('Types', () => check(binary('typescript', 'tsc'), ['--noEmit'])));
  done.push(await timed('Training data tests', trainingDataTests));
  done.push(await timed("The built-in model's answers", answers));
})();
/** @type {Part[]} */
const parts = [];
await inView('Unit tests', unitTests);
// Two at a time, as a browser test waits for much of its time.
await inView('Browser tests', () => browserTests('e2e', ['--grep-invert', '@alone', '--workers=2']));
await others;
showOthers();
await inView('Browser measurements', () => browserTests('measured', ['--grep', '@alone', '--workers=1']));

const said = summary(
  [...done, ...parts].map(({ name, outcome: { failed, failures = [], retried = [] } }) => ({
    part: name,
    failures: orItself(failures, failed === 0),
    retried,
  })),
);
if (said !== '') console.log(`\n${said}`);
const total = { passed: 0, failed: 0 };
for (const { outcome } of [...done, ...parts]) {
  total.passed += outcome.passed;
  total.failed += outcome.failed;
}
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 ? 0 : 1);

/** @returns {Promise<Outcome>} */
async function unitTests() {
  const report = join(results, 'unit.json');
  const unhandled = join(results, 'unhandled-errors.json');
  const status = await node(
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
}

/** @returns {Promise<Outcome>} */
async function trainingDataTests() {
  const python = ['python3', 'python'].find(
    (name) => spawnSync(name, ['-c', 'import sys; sys.exit(sys.version_info < (3, 10))']).status === 0,
  );
  if (!python) return { passed: 0, failed: 0, said: 'skipped: no Python 3.10 or newer\n' };
  const numpy = spawnSync(python, ['-c', 'import numpy']).status === 0;
  const without = 'Pictures and speech are left out: they need NumPy (Debian: python3-numpy).\n';
  const which = numpy ? ['discover', '-s', 'data', '-t', '.'] : ['data.test_data'];
  const { status, said, stderr } = await beside(
    python,
    ['-m', 'unittest', ...which],
    join(root, 'models', 'train'),
  );
  const ran = Number(/Ran (\d+) test/.exec(stderr)?.[1] ?? 0);
  const failed = [...stderr.matchAll(/(?:failures|errors)=(\d+)/g)].reduce(
    (sum, [, count]) => sum + Number(count),
    0,
  );
  return {
    ...tests(status, ran - failed, failed),
    failures: pythonFailures(stderr),
    said: numpy ? said : without + said,
  };
}

/** @returns {Promise<Outcome>} */
async function answers() {
  const faults = join(results, 'eval-faults.json');
  const script = [binary('tsx'), 'models/eval/run.ts', '--subset', '--faults', faults];
  const { status, said } = await beside(process.execPath, script, root);
  /** @type {readonly string[]} */
  const sentences = readReport(faults) ?? [];
  return {
    ...tests(status, status === 0 ? 1 : 0),
    failures: sentences.map((sentence) => ({ name: sentence, message: '' })),
    said,
  };
}

/**
 * @param {string} name  of its report
 * @param {string[]} args
 * @returns {Promise<Outcome>}
 */
async function browserTests(name, args) {
  if ('missing' in chromium) {
    console.error(chromium.missing);
    return { passed: 0, failed: 1, failures: [{ name: 'no Chromium', message: chromium.missing }] };
  }
  const report = join(results, `${name}.json`);
  // A second try for what a busy machine made fail once; the summary names it.
  const status = await node(
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
 * @param {() => Promise<Outcome>} body
 * @returns {Promise<Part>}
 */
async function timed(name, body) {
  const started = Date.now();
  const outcome = await body();
  return { name, outcome, seconds: ((Date.now() - started) / 1000).toFixed(1) };
}

/**
 * A part that shows what it says as it says it, after those that have ended meanwhile.
 * @param {string} name
 * @param {() => Promise<Outcome>} body
 */
async function inView(name, body) {
  showOthers();
  console.log(`\n── ${name} ──`);
  const part = await timed(name, body);
  parts.push(part);
  showEnd(part);
}

function showOthers() {
  for (; shown < done.length; shown++) {
    const part = /** @type {Part} */ (done[shown]);
    console.log(`\n── ${part.name} ──`);
    process.stdout.write(part.outcome.said ?? '');
    showEnd(part);
  }
}

/** @param {Part} part */
function showEnd({ name, outcome, seconds }) {
  console.log(`${name}: ${outcome.failed === 0 ? 'ok' : 'FAILED'} in ${seconds} s`);
}

/**
 * @param {string} script
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 */
async function node(script, args, env) {
  const { status, stderr } = await follow(process.execPath, [script, ...args], {
    cwd: root,
    env,
    shown: true,
  });
  process.stderr.write(stderr);
  return status;
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {string} cwd
 */
async function beside(command, args, cwd) {
  const { status, stdout, stderr } = await follow(command, args, { cwd, yields: true });
  return { status, said: stdout + stderr, stdout, stderr };
}

/**
 * @param {string} script
 * @param {string[]} args
 * @returns {Promise<Outcome>}
 */
async function check(script, args) {
  const { status, said, stdout, stderr } = await beside(process.execPath, [script, ...args], root);
  const failures = orItself([], status === 0, stderr + stdout);
  return { ...tests(status, status === 0 ? 1 : 0), failures, said };
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

/** @param {string} path */
function readReport(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null;
}
