// One file of the bench and the engine below it, for a machine that has Node and the two native packages but no compiler:
// node models/bench/bundle.mjs [OUT]
import { build } from 'esbuild';

const outfile = process.argv[2] ?? 'bench.mjs';
await build({
  entryPoints: [new URL('run.ts', import.meta.url).pathname],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  external: ['onnxruntime-node', 'koffi'],
});
process.stdout.write(`${outfile}\n`);
