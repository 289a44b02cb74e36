/** What a script is told on the command line. Runs before the packages are there, as setup.mjs does. */
import { parseArgs } from 'node:util';

/**
 * The arguments by `config`; `--help` prints `usage` and ends, and what the script does not know ends it too, by name, before it
 * has done anything.
 * @template {import('node:util').ParseArgsConfig} Config
 * @param {string} usage
 * @param {Config} config
 * @returns {ReturnType<typeof parseArgs<Config>>}
 */
export function readArguments(usage, config) {
  const { args = process.argv.slice(2) } = config;
  if (beforeTerminator(args).includes('--help')) {
    console.log(usage.trimEnd());
    process.exit(0);
  }
  try {
    return parseArgs(config);
  } catch (error) {
    // Its second sentence is about arguments that begin with a dash.
    return refuse(/** @type {Error} */ (error).message.replace(/\. (To specify|This command).*/s, ''));
  }
}

/**
 * Ends the script for an argument that it cannot take.
 * @param {string} reason
 * @returns {never}
 */
export function refuse(reason) {
  console.error(`${reason}. Add --help for what can be given.`);
  process.exit(1);
}

/** @param {readonly string[]} args */
function beforeTerminator(args) {
  const end = args.indexOf('--');
  return end < 0 ? args : args.slice(0, end);
}
