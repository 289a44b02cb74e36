import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createApp } from '../../electron/app/app';
import { manifest } from '../../electron/app/testing/manifest';
import { forkEngine } from '../../electron/host/fork-engine';
import { startHttpHost } from '../../electron/host/http-host';

/** The headless host over the built page, with a model that says how many images and recordings it was given. Run by tsx. */

const home = process.env.AUTOGLM_HOME;
if (!home) throw new Error('AUTOGLM_HOME is not set.');
const model = join(home, 'seeing');
mkdirSync(model, { recursive: true });
const facts = { ...manifest('seeing'), name: 'Seeing', modalities: ['text', 'image', 'audio'] };
writeFileSync(join(model, 'autoglm.json'), JSON.stringify(facts));

const host = await startHttpHost({
  port: 0,
  host: '127.0.0.1',
  page: fileURLToPath(new URL('../../out/renderer', import.meta.url)),
  app: () =>
    createApp({
      version: '0',
      host: 'browser',
      home,
      builtInModels: [model],
      spawnEngine: () => forkEngine(fileURLToPath(new URL('./seeing-engine.mjs', import.meta.url)), []),
      log: console.log,
    }),
});
console.log(`AutoGLM Desktop is at ${host.url}`);
process.on('SIGTERM', () => {
  void host.app.close().then(() => process.exit(0));
});
