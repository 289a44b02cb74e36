import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createApp } from './app/app';
import { hostWithout } from './app/no-host';
import { dataFolder } from './app/paths';
import { parseArguments, USAGE } from './host/arguments';
import { forkEngine } from './host/fork-engine';
import { forkTool } from './host/fork-tool';
import { type HttpHost, startHttpHost } from './host/http-host';
import { locate } from './host/locations';

/** The app without a window: served to a browser on this machine, or used through its API alone. */

/** A host that does not end by itself in this time is ended; what matters was saved first. */
const CLOSE_TIMEOUT_MS = 1_800;

async function main(): Promise<void> {
  if (process.argv.includes('--help')) {
    console.log(USAGE);
    return;
  }
  const args = parseArguments(process.argv.slice(2));
  if (args.home !== undefined) process.env.AUTOGLM_HOME = args.home;
  // The engine, a child of this process, looks there for GPU libraries.
  process.env.AUTOGLM_CUDA ??= join(dataFolder(), 'cuda');
  const places = locate(import.meta.url);
  const host = await startHttpHost({
    port: args.port,
    host: args.host,
    page: places.page,
    app: (url) =>
      createApp({
        version: places.version,
        host: 'browser',
        home: dataFolder(),
        builtInModels: places.builtInModels,
        soundWorker: places.soundWorker,
        spawnEngine: () => forkEngine(places.engine),
        spawnTool: () => forkTool(places.modelTool),
        spawnDocumentTool: () => forkTool(places.documentTool),
        spawnMcpProcess: () => forkTool(places.mcpProcess),
        hostHandlers: hostWithout({ state: 'running', url }),
        ...(args.model !== undefined && { modelId: args.model }),
        log: console.log,
      }),
  });
  closeOnSignals(host);
  console.log(`AutoGLM Desktop is at ${host.url}`);
  if (args.open) openInBrowser(host.url);
}

function closeOnSignals(host: HttpHost): void {
  let closing = false;
  const close = (code: number) => {
    // Asked twice: the user does not want to wait.
    if (closing) process.exit(code);
    closing = true;
    setTimeout(() => process.exit(code), CLOSE_TIMEOUT_MS).unref();
    // Pages still hear how their answers ended, then the lines are cut.
    const ended = host.app.close().finally(() => host.close());
    ended.then(
      () => process.exit(code),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => close(0));
  process.on('unhandledRejection', (reason) => console.error('A bug, please report it:', reason));
  process.on('uncaughtException', (error) => {
    console.error('A bug, please report it:', error);
    close(1);
  });
}

function openInBrowser(url: string): void {
  const [command, ...args]: readonly [string, ...string[]] =
    process.platform === 'darwin'
      ? ['open', url]
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '', url]
        : ['xdg-open', url];
  const child = spawn(command, args, { stdio: 'ignore', detached: true });
  // A server has no browser to open; the address stands in the terminal.
  child.on('error', () => {});
  child.unref();
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
