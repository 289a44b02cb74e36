/** What must be in the checkout before a package for a system can be made, each missing thing said with what to do. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './setup.mjs';

/** electron-builder's numbers for processors. */
const ARCHITECTURES = ['ia32', 'x64', 'armv7l', 'arm64', 'universal'];

/**
 * The folders that hold a target's native libraries, below node_modules.
 * @param {string} system as process.platform names it
 * @param {string} arch as process.arch names it
 */
export function nativeFolders(system, arch) {
  const libc = { linux: '-gnu', win32: '-msvc' }[system] ?? '';
  return [
    `onnxruntime-node/bin/napi-v6/${system}/${arch}`,
    `@koromix/koffi-${system}-${arch}`,
    `@libsql/${system}-${arch}${libc}`,
    `@img/sharp-${system}-${arch}`,
  ];
}

/**
 * @param {string} system
 * @param {string} arch
 * @param {string} [folder] the checkout
 * @returns {string[]} sentences
 */
export function missingParts(system, arch, folder = root) {
  const problems = [];
  const modules = join(folder, 'node_modules');
  const missing = nativeFolders(system, arch).filter((name) => !existsSync(join(modules, name)));
  if (missing.length > 0) {
    problems.push(
      `node_modules has no ${missing.join(', no ')}: package on ${system}-${arch} itself, or install for it first with "npm ci --os=${system} --cpu=${arch}".`,
    );
  }
  return [...problems, ...modelProblems(join(folder, 'models', 'nano'))];
}

/**
 * @param {string} folder of the built-in model
 * @returns {string[]}
 */
export function modelProblems(folder) {
  const manifest = join(folder, 'autoglm.json');
  if (!existsSync(manifest)) return ['models/nano has no autoglm.json: the built-in model is not there.'];
  /** @type {{ files: { path: string, bytes: number }[] }} */
  const { files } = JSON.parse(readFileSync(manifest, 'utf8'));
  return files.flatMap(({ path, bytes }) => {
    const file = join(folder, path);
    if (!existsSync(file)) return [`models/nano lacks ${path}.`];
    const { size } = statSync(file);
    return size === bytes ? [] : [`models/nano/${path} has ${size} bytes, not the ${bytes} of its manifest.`];
  });
}

/**
 * Stops a package that could not run.
 * @param {string} system
 * @param {number} arch
 */
export function assertPackable(system, arch) {
  const problems = missingParts(system, ARCHITECTURES[arch] ?? String(arch));
  if (!existsSync(join(root, 'out', 'main', 'main.js'))) problems.push('out/ is not built: npm run build.');
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

/**
 * @param {string} folder
 * @returns {number} bytes of all files below it
 */
export function folderSize(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
