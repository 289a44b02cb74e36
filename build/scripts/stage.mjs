/**
 * Stages the application folder exactly as packed, without Electron: electron-builder's own packer runs on this checkout with its
 * real configuration, only Electron's distribution is replaced by a stand-in of a few bytes. What it packed is then taken out of
 * the archive again, so that plain Node can run it.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { configuration } from '../electron-builder.mjs';
import { readArguments, refuse } from './arguments.mjs';
import { nativeFolders } from './packable.mjs';
import { root } from './setup.mjs';

/** The packer's own parts, in the versions it uses. */
export const fromPacker = createRequire(
  createRequire(createRequire(import.meta.url).resolve('electron-builder')).resolve('app-builder-lib'),
);

/**
 * @param {string} out an empty or missing folder
 * @returns {Promise<{ resources: string, app: string, executable: string }>} `resources` as installed, archive included; `app`
 *   the application folder
 */
export async function stage(out) {
  const { Arch, build, Platform } = await import('electron-builder');
  const config = configuration();
  const standIn = mkdtempSync(join(tmpdir(), 'autoglm-electron-'));
  try {
    writeStandIn(standIn);
    await build({
      projectDir: root,
      // Always Linux's layout, as it needs no tools; the files are chosen for this system all the same.
      targets: Platform.LINUX.createTarget('dir', Arch[/** @type {'x64' | 'arm64'} */ (process.arch)]),
      publish: 'never',
      config: {
        ...config,
        directories: { ...config.directories, output: out },
        electronDist: standIn,
        // Staging also serves checkouts without the trained model.
        beforePack: null,
      },
    });
  } finally {
    rmSync(standIn, { recursive: true, force: true });
  }
  const unpacked = join(out, process.arch === 'x64' ? 'linux-unpacked' : `linux-${process.arch}-unpacked`);
  const resources = join(unpacked, 'resources');
  const app = join(out, 'app');
  fromPacker('@electron/asar').extractAll(join(resources, 'app.asar'), app);
  return { resources, app, executable: join(unpacked, 'autoglm-desktop') };
}

/**
 * As much of a distribution as the packer touches: an executable with a fuse wire (its marker, version, length and one state a
 * fuse), the folder for resources and Chromium's languages.
 * @param {string} folder
 */
function writeStandIn(folder) {
  const wire = Buffer.concat([
    Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX', 'latin1'),
    Buffer.from([1, 8]),
    // Electron's defaults: run-as-node, NODE_OPTIONS, --inspect and file:// rights are on.
    Buffer.from('10110001', 'latin1'),
  ]);
  writeFileSync(join(folder, 'electron'), wire, { mode: 0o755 });
  mkdirSync(join(folder, 'resources'));
  mkdirSync(join(folder, 'locales'));
  for (const language of ['en-US', 'zh-CN', 'zh-TW', 'de']) {
    writeFileSync(join(folder, 'locales', `${language}.pak`), '');
  }
}

/**
 * @param {string} archive path of an app.asar
 * @returns {{ path: string, unpacked: boolean, size: number }[]} its files
 */
export function listArchive(archive) {
  /** @typedef {{ files?: Record<string, Entry>, size?: number, unpacked?: boolean, link?: string }} Entry */
  /** @type {{ path: string, unpacked: boolean, size: number }[]} */
  const found = [];
  /** @type {(entry: Entry, path: string) => void} */
  const walk = (entry, path) => {
    for (const [name, child] of Object.entries(entry.files ?? {})) {
      const at = path ? `${path}/${name}` : name;
      if (child.files) walk(child, at);
      else found.push({ path: at, unpacked: child.unpacked === true, size: child.size ?? 0 });
    }
  };
  walk(fromPacker('@electron/asar').getRawHeader(archive).header, '');
  return found;
}

/**
 * @param {string} executable
 * @returns {Promise<string>} one character a fuse, "1" for on, in Electron's order
 */
export async function fuses(executable) {
  const { getCurrentFuseWire } = fromPacker('@electron/fuses');
  const { version: _, resetAdHocDarwinSignature: __, ...wire } = await getCurrentFuseWire(executable);
  return Object.values(wire)
    .map((state) => String.fromCharCode(state))
    .join('');
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const usage =
    'node build/scripts/stage.mjs DIR   the application folder as packed, without Electron, in DIR';
  const { positionals } = readArguments(usage, { allowPositionals: true });
  const [out] = positionals;
  if (!out) refuse('DIR is missing');
  const staged = await stage(resolve(out));
  console.log(JSON.stringify({ ...staged, native: nativeFolders(process.platform, process.arch) }));
}
