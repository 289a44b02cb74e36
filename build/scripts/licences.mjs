import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * @typedef {object} Package
 * @property {string} name
 * @property {string} version
 * @property {string} license as the package states it, in SPDX's terms
 * @property {string} homepage empty where it names none
 * @property {number[]} texts places in `texts`; most packages bring the same few licences, each with another name above it
 */

/**
 * @typedef {object} Licences What ships with the app, and on which terms.
 * @property {Package[]} packages by name
 * @property {string[]} texts
 * @property {string} notice the file NOTICE
 * @property {string} own the app's own licence
 */

const IMPORT = /(?:\bfrom|\bimport|@import|\burl\()\s*\(?\s*["']([^."'/][^"']*)["']/g;
const TEXT_FILE = /^(?:licen[cs]e|copying|notice|ofl|third.?party)/i;

/**
 * The licences of all that is packed: what `dependencies` names, and what the sources import, each with what it needs itself. Read
 * from node_modules, so nothing is asked of the network, and the list is that of this build.
 *
 * @param {string} root the checkout
 * @returns {Licences}
 */
export function collectLicences(root) {
  /** @type {Map<string, Package>} */
  const found = new Map();
  /** @type {Map<string, number>} */
  const texts = new Map();
  const place = (/** @type {string} */ text) => {
    if (!texts.has(text)) texts.set(text, texts.size);
    return texts.get(text) ?? 0;
  };
  const waiting = [...roots(root)].map((name) => ({ name, from: root }));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const folder = resolve(next.name, next.from);
    // Another system's library, which is optional, or types alone.
    if (!folder || next.name.startsWith('@types/')) continue;
    const json = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const key = `${json.name}@${json.version}`;
    if (found.has(key)) continue;
    const own = textsIn(folder);
    found.set(key, {
      name: json.name,
      version: json.version,
      license: licenseOf(json) || firstLine(own[0]),
      homepage: /^https?:/.test(json.homepage ?? '') ? json.homepage : '',
      texts: own.map(place),
    });
    // What Electron's package needs fetches its binary, and is not packed.
    if (json.name === 'electron') continue;
    const needs = { ...json.dependencies, ...json.optionalDependencies };
    for (const name of Object.keys(needs)) waiting.push({ name, from: folder });
  }
  const packages = [...found.values()].sort((a, b) => a.name.localeCompare(b.name, 'en'));
  const read = (/** @type {string} */ file) => readFileSync(join(root, file), 'utf8').trim();
  return { packages, texts: [...texts.keys()], notice: read('NOTICE'), own: read('LICENSE') };
}

/** @param {string} root */
function roots(root) {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  // Its binary is the program itself; Chromium's own list lies beside it.
  const names = new Set([...Object.keys(dependencies), 'electron']);
  // What is not a dependency is bundled into the page, or into what runs in Node.
  for (const file of ['renderer', 'electron', 'models/builder'].flatMap((folder) =>
    sources(join(root, folder)),
  )) {
    for (const [, specifier = ''] of readFileSync(file, 'utf8').matchAll(IMPORT)) {
      const name = specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/');
      if (name in devDependencies) names.add(name);
    }
  }
  return names;
}

/**
 * @param {string} folder
 * @returns {string[]}
 */
function sources(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /(?<!\.test)\.(?:tsx?|css)$/.test(entry.name))
    .filter(({ parentPath }) => !/[\\/]testing(?:[\\/]|$)/.test(parentPath))
    .filter((entry) => !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

/**
 * As Node finds it: beside who needs it, or above.
 *
 * @param {string} name
 * @param {string} from
 */
function resolve(name, from) {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return realpathSync(candidate);
    if (dirname(folder) === folder) return null;
  }
}

/** @param {{ license?: unknown, licenses?: unknown }} json */
function licenseOf({ license, licenses }) {
  /** @type {(value: unknown) => string} */
  const name = (value) =>
    typeof value === 'string'
      ? value
      : value && typeof value === 'object' && 'type' in value
        ? String(value.type)
        : '';
  if (Array.isArray(licenses)) return licenses.map(name).join(' OR ');
  return name(license) || name(licenses);
}

/** Where a package states no licence but brings its text: "The MIT License (MIT)". */
function firstLine(text = '') {
  return text.split('\n', 1)[0]?.trim().slice(0, 60) ?? '';
}

/** @param {string} folder */
function textsIn(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter(
      (entry) =>
        entry.isFile() && TEXT_FILE.test(entry.name) && !/\.(?:js|ts|mjs|cjs|json)$/.test(entry.name),
    )
    .map((entry) => readFileSync(join(folder, entry.name), 'utf8').trim())
    .filter((text) => text !== '');
}

/**
 * `licences.json` beside the page; while developing it is made when asked for.
 *
 * @param {string} root
 * @returns {import('vite').Plugin}
 */
export function licencesFile(root) {
  return {
    name: 'licences-file',
    generateBundle() {
      this.emitFile({
        type: 'asset',
        fileName: 'licences.json',
        source: JSON.stringify(collectLicences(root)),
      });
    },
    configureServer(server) {
      server.middlewares.use('/licences.json', (_request, response) => {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify(collectLicences(root)));
      });
    },
  };
}
