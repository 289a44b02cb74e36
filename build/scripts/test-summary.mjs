/**
 * What `npm test` says right before its last line: every test that failed, by name and with the first lines of its message. Of a long
 * log often the end alone is kept.
 */
import { isAbsolute, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/**
 * @typedef {object} Failure
 * @property {string} name  where it stands and what it is called; empty for a whole part
 * @property {string} message  as the runner wrote it; may be empty
 */

const MESSAGE_LINES = 8;
const LINE_LENGTH = 240;

/**
 * @param {readonly { readonly part: string, readonly failures: readonly Failure[], readonly retried?: readonly Failure[] }[]} parts
 * @returns {string} empty where nothing failed and nothing was retried
 */
export function summary(parts) {
  /** @param {readonly { part: string, found: readonly Failure[] }[]} all */
  const list = (all) =>
    all.flatMap(({ part, found }) =>
      found.map(({ name, message }) =>
        [`✗ ${[part, name].filter(Boolean).join(': ')}`, ...firstLines(message)].join('\n    '),
      ),
    );
  const failed = list(parts.map(({ part, failures }) => ({ part, found: failures })));
  const retried = list(parts.map(({ part, retried: found = [] }) => ({ part, found })));
  return [
    ...(failed.length > 0 ? ['── Failed ──', ...failed] : []),
    ...(retried.length > 0 ? ['── Passed only at a retry ──', ...retried] : []),
  ].join('\n');
}

/**
 * Without colours, empty lines and calls within libraries.
 * @param {string} message
 */
export function firstLines(message) {
  const lines = stripVTControlCharacters(message)
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '' && !/^\s*at .*\bnode_modules\b|^\s*at .*\bnode:/.test(line))
    .map((line) => (line.length > LINE_LENGTH ? `${line.slice(0, LINE_LENGTH)} …` : line));
  return lines.length > MESSAGE_LINES ? [...lines.slice(0, MESSAGE_LINES), '…'] : lines;
}

/**
 * Of Vitest's JSON report, and of what `unhandled-errors.mjs` noted.
 * @param {VitestReport | null} report
 * @param {readonly Failure[] | null} unhandled
 * @param {string} root
 * @returns {Failure[]}
 */
export function unitFailures(report, unhandled, root) {
  const named = (report?.testResults ?? []).flatMap((file) => {
    const where = isAbsolute(file.name) ? relative(root, file.name).replaceAll('\\', '/') : file.name;
    const failed = file.assertionResults.filter(({ status }) => status === 'failed');
    // Its hooks and its imports are nobody's test.
    const own =
      file.status === 'failed' && (file.message !== '' || failed.length === 0)
        ? [{ name: where, message: file.message ?? '' }]
        : [];
    return [
      ...own,
      ...failed.map(({ ancestorTitles, title, failureMessages }) => ({
        name: [where, ...ancestorTitles, title].filter(Boolean).join(' › '),
        message: failureMessages.join('\n'),
      })),
    ];
  });
  return [...named, ...(unhandled ?? [])];
}

/**
 * Of Playwright's JSON report.
 * @param {PlaywrightReport | null} report
 * @returns {{ failures: Failure[], retried: Failure[] }} `retried`: with the message of the attempt that failed
 */
export function browserFailures(report) {
  /** @type {{ failures: Failure[], retried: Failure[] }} */
  const found = { failures: [], retried: [] };
  /**
   * @param {readonly PlaywrightSuite[]} suites
   * @param {readonly string[]} titles
   */
  const visit = (suites, titles) => {
    for (const suite of suites) {
      const path = [...titles, suite.title];
      for (const spec of suite.specs) {
        for (const { status, results } of spec.tests) {
          if (status !== 'unexpected' && status !== 'flaky') continue;
          const message = results
            .map(({ errors }) => errors.map((error) => error.message).join('\n'))
            .find(Boolean);
          const failure = { name: [...path, spec.title].join(' › '), message: message ?? '' };
          (status === 'flaky' ? found.retried : found.failures).push(failure);
        }
      }
      visit(suite.suites ?? [], path);
    }
  };
  visit(report?.suites ?? [], []);
  for (const { message } of report?.errors ?? []) {
    found.failures.push({ name: 'outside of a test', message: message ?? '' });
  }
  return found;
}

/**
 * Of what Python's unittest wrote. A message ends with the error and begins with calls, so its end is what counts.
 * @param {string} output
 * @returns {Failure[]}
 */
export function pythonFailures(output) {
  const sections = output.split(/^={60,}\n/m).slice(1);
  return sections.flatMap((section) => {
    const [, kind, name] = /^(FAIL|ERROR): (.*)/.exec(section) ?? [];
    if (!kind || !name) return [];
    const body = section.split(/^-{60,}\n/m)[1] ?? '';
    const lines = body.split('\n').filter((line) => line.trim() !== '');
    return [
      { name: kind === 'ERROR' ? `${name} (error)` : name, message: lines.slice(-MESSAGE_LINES).join('\n') },
    ];
  });
}

/**
 * A part that failed and named nothing.
 * @param {readonly Failure[]} failures
 * @param {boolean} ok
 * @param {string} output  of the part, where it was kept
 * @returns {readonly Failure[]}
 */
export function orItself(failures, ok, output = '') {
  if (ok || failures.length > 0) return failures;
  return [{ name: '', message: output || 'It ended early: its own output above says why.' }];
}

/**
 * @typedef {object} VitestReport
 * @property {readonly VitestFile[]} testResults
 *
 * @typedef {object} VitestFile
 * @property {string} name
 * @property {string} status
 * @property {string} message
 * @property {readonly { ancestorTitles: readonly string[], title: string, status: string, failureMessages: readonly string[] }[]} assertionResults
 *
 * @typedef {Pick<import('@playwright/test/reporter').JSONReport, 'suites' | 'errors'>} PlaywrightReport
 * @typedef {import('@playwright/test/reporter').JSONReportSuite} PlaywrightSuite
 */
