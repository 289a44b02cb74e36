/**
 * `npm start`: sets up what is missing, then opens the app. In Electron when its binary is there or can be fetched; otherwise one
 * line says why and the same app is served to the browser. `--headless` serves without opening anything.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readArguments } from './arguments.mjs';
import { checkNode, ensureBuild, ensureDependencies, root } from './setup.mjs';

const USAGE = `npm start                      set up, then open AutoGLM Desktop
npm start -- PICTURE…          with these pictures in a new message; or an autoglm:// link
npm start -- --headless        serve the app and its API without opening anything
        --port 8000            where to listen (the default)
        --host 127.0.0.1       loopback names only
        --home DIR             keep conversations, settings and models there (also AUTOGLM_HOME)
        --model ID             load this model instead of the one in the settings
npm start -- -- --no-sandbox   what follows the second -- is Electron's own`;

const args = process.argv.slice(2);
const { values } = readArguments(USAGE, {
  allowPositionals: true,
  options: {
    headless: { type: 'boolean', default: false },
    open: { type: 'boolean' },
    port: { type: 'string' },
    host: { type: 'string' },
    home: { type: 'string' },
    model: { type: 'string' },
  },
});

checkNode();
ensureDependencies();
ensureBuild();

const electron = values.headless ? null : electronBinary();
if (electron) {
  forward(spawn(electron, [root, ...args.filter((argument) => argument !== '--')], { stdio: 'inherit' }));
} else {
  const rest = args.filter((argument) => argument !== '--headless');
  const open = values.headless ? [] : ['--open'];
  forward(
    spawn(process.execPath, [join(root, 'out', 'main', 'headless.js'), ...open, ...rest], {
      stdio: 'inherit',
    }),
  );
}

/** @returns {string | null} Electron's executable, fetched now if need be; null after one line that says why there is none */
function electronBinary() {
  const folder = join(root, 'node_modules', 'electron');
  const find = () => {
    const pathFile = join(folder, 'path.txt');
    if (!existsSync(pathFile)) return null;
    const executable = join(
      process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(folder, 'dist'),
      readFileSync(pathFile, 'utf8'),
    );
    return existsSync(executable) ? executable : null;
  };
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
    return explain('this machine has no display');
  }
  const found = find();
  if (found) return found;
  console.log('Fetching Electron (about 110 MB, once) …');
  const result = spawnSync(process.execPath, [join(folder, 'install.js')], {
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  if (result.status !== 0) {
    const reason =
      /([A-Za-z]*Error: .*)/.exec(result.stderr?.toString() ?? '')?.[1] ?? `exit code ${result.status}`;
    return explain(`its binary could not be fetched (${reason})`);
  }
  return find() ?? explain('its binary is not where its installer should have put it');
}

/**
 * @param {string} reason
 * @returns {null}
 */
function explain(reason) {
  console.log(`Not starting Electron: ${reason}. Serving the same app to your browser instead.`);
  return null;
}

/**
 * Ends as the app ends, and hands it the signals that would end us.
 * @param {import('node:child_process').ChildProcess} child
 */
function forward(child) {
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM']))
    process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) =>
    process.exit(code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 1)),
  );
}
