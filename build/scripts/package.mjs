/**
 * `npm run package`: sets up and builds, then makes the installers for this system in dist/. Where Electron's binary or the tools
 * of an installer cannot be fetched, one line says so and the application folder is staged instead.
 */
import { rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { readArguments } from './arguments.mjs';
import { checkNode, ensureBuild, ensureDependencies, fail, root } from './setup.mjs';

const USAGE = `npm run package                   the installers of this system and processor, in dist/
npm run package -- --arch arm64   for another processor of this system
        --dir                     the unpacked app only, no installer
        --publish                 also upload to the update feed (see build/README.md)
        --stage                   the application folder alone, without Electron`;

const { values } = readArguments(USAGE, {
  options: {
    arch: { type: 'string', default: process.arch },
    dir: { type: 'boolean', default: false },
    publish: { type: 'boolean', default: false },
    stage: { type: 'boolean', default: false },
  },
});

checkNode();
ensureDependencies();
ensureBuild();
const { missingParts, folderSize } = await import('./packable.mjs');
const problems = missingParts(process.platform, values.arch);

if (values.stage) {
  for (const problem of problems) console.log(`Note: ${problem}`);
  await stageInstead();
} else {
  if (problems.length > 0) fail(problems.join('\n'));
  try {
    await makeInstallers();
  } catch (error) {
    const reason = unreachable(error);
    if (!reason) throw error;
    console.log(`No installer: Electron or a packaging tool could not be fetched (${reason}).`);
    await stageInstead();
  }
}

async function makeInstallers() {
  const { Arch, build, Platform } = await import('electron-builder');
  const { configuration } = await import('../electron-builder.mjs');
  const arch = Arch[/** @type {keyof typeof Arch} */ (values.arch)];
  if (typeof arch !== 'number') fail(`--arch must be x64 or arm64, not '${values.arch}'.`);
  const artifacts = await build({
    projectDir: root,
    targets: Platform.current().createTarget(values.dir ? 'dir' : null, arch),
    publish: values.publish ? 'always' : 'never',
    config: configuration(),
  });
  for (const artifact of artifacts) console.log(relative(root, artifact));
}

async function stageInstead() {
  const out = join(root, 'dist', 'stage');
  rmSync(out, { recursive: true, force: true });
  const { stage } = await import('./stage.mjs');
  const { app } = await stage(out);
  const size = Math.round(folderSize(app) / 1e6);
  console.log(`Staged the application folder (${size} MB): ${relative(root, app)}`);
  console.log(`Run it with: node ${relative(root, join(app, 'out', 'main', 'headless.js'))} --open`);
}

/**
 * @param {unknown} error
 * @returns {string | null} why a download failed; null where it was something else
 */
function unreachable(error) {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code = '' } = /** @type {NodeJS.ErrnoException} */ (cause);
    const network =
      /^(ENOTFOUND|EAI_AGAIN|ECONN\w+|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ERR_NON_2XX_3XX_RESPONSE)$/.test(
        code,
      ) ||
      /^(RequestError|HTTPError|HttpError|TimeoutError)$/.test(cause.name) ||
      /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT)\b|cannot download|status code 40[347]/i.test(
        cause.message,
      );
    if (network) return (cause.message.split('\n')[0] ?? '').slice(0, 160);
  }
  return null;
}
