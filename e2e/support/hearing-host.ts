import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createApp } from '../../electron/app/app';
import { manifest } from '../../electron/app/testing/manifest';
import { forkEngine } from '../../electron/host/fork-engine';
import { startHttpHost } from '../../electron/host/http-host';
import { writeTextOnly } from './text-only-model';

/** The headless host over the built page, with a recogniser beside the built-in model without ears (hearing-engine.ts). Run by tsx. */

const home = process.env.AUTOGLM_HOME;
if (!home) throw new Error('AUTOGLM_HOME is not set.');
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
if (!process.argv.includes('--deaf')) {
  const folder = join(home, 'models', 'counter');
  mkdirSync(folder, { recursive: true });
  const facts = { ...manifest('counter'), name: 'Counter', family: 'whisper', modalities: ['audio'] };
  writeFileSync(join(folder, 'autoglm.json'), JSON.stringify(facts));
}

const deaf = join(home, 'deaf');
writeTextOnly(here('../../models/nano'), deaf);

const host = await startHttpHost({
  port: 0,
  host: '127.0.0.1',
  page: process.env.AUTOGLM_APP ? join(process.env.AUTOGLM_APP, 'out/renderer') : here('../../out/renderer'),
  app: () =>
    createApp({
      version: '0',
      host: 'browser',
      home,
      builtInModels: [deaf],
      spawnEngine: () => forkEngine(here('./hearing-engine.ts'), ['--import', 'tsx']),
      log: console.log,
    }),
});
console.log(`AutoGLM Desktop is at ${host.url}`);
process.on('SIGTERM', () => {
  void host.app.close().then(() => process.exit(0));
});
