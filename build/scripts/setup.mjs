/**
 * What `npm start` and `npm test` do before anything else, so that a fresh clone needs no other command: check Node, install
 * the packages, build. Runs before the packages are there, hence plain JavaScript on Node's own modules.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

const MINIMUM_NODE = [20, 19];

export function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [wantMajor = 0, wantMinor = 0] = MINIMUM_NODE;
  if (major > wantMajor || (major === wantMajor && minor >= wantMinor)) return;
  fail(
    `AutoGLM Desktop needs Node ${MINIMUM_NODE.join('.')} or newer; this is Node ${process.versions.node}.`,
  );
}

/** Installs the packages when there are none or the lock file has changed since. */
export function ensureDependencies() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const stamp = join(root, 'node_modules', '.autoglm-installed');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  console.log('Installing packages (first run, or they have changed) …');
  // Engine warnings are expected: Electron brings its own Node, newer than the one that installs it.
  const result = npm(['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  if (result !== 0) fail('npm could not install the packages; its message is above.');
  writeFileSync(stamp, lock);
}

/** What `out/` is made of (electron.vite.config.ts). */
export const BUILD_SOURCES = [
  'electron',
  'renderer',
  'models/builder',
  'build/scripts',
  'package-lock.json',
  'electron.vite.config.ts',
  'tsconfig.json',
];

/** Builds `out/` when any source is newer than the last build. */
export function ensureBuild() {
  const stamp = join(root, 'out', '.built');
  const built = existsSync(stamp) ? statSync(stamp).mtimeMs : 0;
  if (BUILD_SOURCES.every((source) => newestChange(join(root, source)) <= built)) return;
  console.log('Building …');
  const result = run(process.execPath, [binary('electron-vite'), 'build', '--logLevel', 'error']);
  if (result !== 0) fail('The build failed; its message is above.');
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, '');
}

/**
 * @param {string} path
 * @returns {number} milliseconds since 1970 of the latest change to the file, or to any source below the folder
 */
function newestChange(path) {
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  let newest = stats.mtimeMs;
  for (const entry of readdirSync(path)) {
    if (/\.test\.tsx?$/.test(entry)) continue;
    newest = Math.max(newest, newestChange(join(path, entry)));
  }
  return newest;
}

/**
 * The JavaScript file behind a package's command, so that no shell is needed on any system.
 * @param {string} packageName
 * @param {string} [command] where it is not called as the package is
 */
export function binary(packageName, command = packageName) {
  const folder = join(root, 'node_modules', packageName);
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return join(folder, typeof bin === 'string' ? bin : bin[command]);
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {number} exit status
 */
export function run(command, args, env = process.env) {
  const result = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env });
  if (result.error) console.error(result.error.message);
  return result.status ?? 1;
}

/** @param {string[]} args */
function npm(args) {
  // Under `npm start` npm says where it is; on Windows npm is a script that only a shell can start.
  const cli = process.env.npm_execpath;
  if (cli?.endsWith('.js')) return run(process.execPath, [cli, ...args]);
  const result = spawnSync('npm', args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  return result.status ?? 1;
}

/**
 * @param {string} message
 * @returns {never}
 */
export function fail(message) {
  console.error(message);
  process.exit(1);
}
