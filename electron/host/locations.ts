import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { z } from 'zod';

/** Where the parts of the app lie: beside each other in a checkout, inside the archive when packaged. */
export interface Locations {
  readonly root: string;
  readonly version: string;
  readonly page: string;
  readonly preload: string;
  /** The engine's entry: the bundle, or its source when the app itself runs from source (tsx). */
  readonly engine: string;
  /** The entry of what imports and converts models, likewise. */
  readonly modelTool: string;
  /** And of what reads documents. */
  readonly documentTool: string;
  /** And of what speaks with tools' servers. */
  readonly mcpProcess: string;
  /** The thread that decodes sound. */
  readonly soundWorker: URL;
  readonly builtInModels: readonly string[];
}

/** `moduleUrl` is the caller's `import.meta.url`; bundlers move code around, so the root is found rather than assumed. */
export function locate(moduleUrl: string): Locations {
  const start = fileURLToPath(moduleUrl);
  let root = dirname(start);
  while (!existsSync(join(root, 'package.json'))) {
    if (dirname(root) === root) throw new Error(`There is no package.json above ${start}.`);
    root = dirname(root);
  }
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
  // Weights are memory-mapped, which needs real files: the packager leaves them outside the archive.
  const unpacked = root.replace(/app\.asar$/, 'app.asar.unpacked');
  return {
    root,
    version,
    page: join(root, 'out', 'renderer'),
    preload: join(root, 'out', 'preload', 'preload.cjs'),
    engine: start.endsWith('.ts')
      ? join(root, 'electron', 'engine', 'main.ts')
      : join(root, 'out', 'main', 'engine.js'),
    modelTool: start.endsWith('.ts')
      ? join(root, 'models', 'builder', 'tool.ts')
      : join(root, 'out', 'main', 'model-tool.js'),
    documentTool: start.endsWith('.ts')
      ? join(root, 'electron', 'documents', 'main.ts')
      : join(root, 'out', 'main', 'document-tool.js'),
    mcpProcess: start.endsWith('.ts')
      ? join(root, 'electron', 'mcp', 'main.ts')
      : join(root, 'out', 'main', 'mcp.js'),
    soundWorker: pathToFileURL(
      start.endsWith('.ts')
        ? join(root, 'electron', 'app', 'sound', 'worker.ts')
        : join(root, 'out', 'main', 'sound-worker.js'),
    ),
    builtInModels: [join(unpacked, 'models', 'nano')],
  };
}
