import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createApp } from '../../electron/app/app';
import { dataFolder } from '../../electron/app/paths';
import { parseArguments } from '../../electron/host/arguments';
import { forkEngine } from '../../electron/host/fork-engine';
import { startHttpHost } from '../../electron/host/http-host';

/** The headless host with the built page, over an engine that follows a script (streaming-engine.mjs). */

const [page = '', ...rest] = process.argv.slice(2);
const { port, host } = parseArguments(rest);
const here = fileURLToPath(new URL('.', import.meta.url));
const served = await startHttpHost({
  port,
  host,
  page,
  app: () =>
    createApp({
      version: '0',
      host: 'browser',
      home: dataFolder(),
      builtInModels: [join(page, '..', '..', 'models', 'nano')],
      spawnEngine: () => forkEngine(join(here, 'streaming-engine.mjs'), []),
      log: console.log,
    }),
});
process.on('SIGTERM', () => {
  const ended = served.app.close().finally(() => served.close());
  void ended.finally(() => process.exit(0));
});
console.log(`AutoGLM Desktop is at ${served.url}`);
