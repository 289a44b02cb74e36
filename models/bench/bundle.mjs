// One file of the bench and the engine below it, for a machine that has Node and the two native packages but no compiler:
// node models/bench/bundle.mjs [OUT] [ENTRY]   (ENTRY: run.ts, gpu.ts, ../builder/cli.ts, or any other of this repository)
import { build } from 'esbuild';

const outfile = process.argv[2] ?? 'bench.mjs';
await build({
  entryPoints: [new URL(process.argv[3] ?? 'run.ts', import.meta.url).pathname],
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
process.stdout.write(`${outfile}\n`);
