/** One file of the bench and the engine below it, for a machine that has Node and the two native packages but no compiler. */
import { copyFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { readArguments } from '../../build/scripts/arguments.mjs';

const USAGE = `node models/bench/bundle.mjs [OUT] [ENTRY]
  OUT     (default: bench.mjs)
  ENTRY   beside this script: run.ts (default), gpu.ts, ../builder/cli.ts, or any other of this repository`;

const [outfile = 'bench.mjs', entry = 'run.ts'] = readArguments(USAGE, {
  allowPositionals: true,
}).positionals;
await build({
  entryPoints: [new URL(entry, import.meta.url).pathname],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  // Bundled CommonJS asks for Node's modules by `require`.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  external: ['onnxruntime-node', 'koffi', 'sharp', 'libsql'],
});
// Compiled where they run, read from beside the bundle.
const kernels = fileURLToPath(new URL('../../electron/engine/ort/kernels/', import.meta.url));
for (const name of readdirSync(kernels).filter((name) => name.endsWith('.cu')))
  copyFileSync(join(kernels, name), join(dirname(outfile), name));
process.stdout.write(`${outfile}\n`);
