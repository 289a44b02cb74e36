import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createApp } from '../../electron/app/app';
import { dataFolder } from '../../electron/app/paths';
import { parseArguments } from '../../electron/host/arguments';
import { forkEngine } from '../../electron/host/fork-engine';
import { forkTool } from '../../electron/host/fork-tool';
import { startHttpHost } from '../../electron/host/http-host';
import { appFolder } from './host';

interface TestApp {
  /** Beside this file; TypeScript or not. */
  readonly engine: string;
  /** Folders of the models that come with the app, the first of them the default. */
  readonly models: readonly string[];
  readonly args?: readonly string[];
}

/** The headless host with the built page, over another engine than the app's. It ends with SIGTERM, as the real one does. */
export async function serveApp({ engine, models, args = process.argv.slice(2) }: TestApp): Promise<void> {
  const { port, host } = parseArguments(args);
  const script = fileURLToPath(new URL(engine, import.meta.url));
  const served = await startHttpHost({
    port,
    host,
    page: join(appFolder, 'out', 'renderer'),
    app: () =>
      createApp({
        version: '0',
        host: 'browser',
        home: dataFolder(),
        builtInModels: models,
        spawnEngine: () => forkEngine(script, engine.endsWith('.ts') ? ['--import', 'tsx'] : []),
        spawnDocumentTool: () => forkTool(join(appFolder, 'out', 'main', 'document-tool.js'), []),
        spawnMcpProcess: () => forkTool(join(appFolder, 'out', 'main', 'mcp.js'), []),
        log: console.log,
      }),
  });
  process.on('SIGTERM', () => {
    const ended = served.app.close().finally(() => served.close());
    void ended.finally(() => process.exit(0));
  });
  console.log(`AutoGLM Desktop is at ${served.url}`);
}
