import { writeFileSync } from 'node:fs';

/**
 * A Vitest reporter for the errors that belong to no test, which its JSON report leaves out: a promise nobody awaited, a worker that
 * ended. They go to the file that `AUTOGLM_UNHANDLED_ERRORS` names, as the failures of test-summary.mjs.
 */
export default class UnhandledErrors {
  /**
   * @param {unknown} _modules
   * @param {readonly import('vitest/node').SerializedError[]} errors
   */
  onTestRunEnd(_modules, errors) {
    const file = process.env.AUTOGLM_UNHANDLED_ERRORS;
    if (!file) return;
    const failures = errors.map(({ name, message, stack }) => ({
      name: 'outside of a test',
      message: stack || `${name}: ${message}`,
    }));
    writeFileSync(file, JSON.stringify(failures));
  }
}
