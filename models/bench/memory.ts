import { readFileSync } from 'node:fs';
import { readArguments } from '../../build/scripts/arguments.mjs';
import { Arena } from './arena';
import { memoryEvents, peakOf } from './liveness';

const USAGE = `npx tsx models/bench/memory.ts GRAPH.onnx SIZES…

  What runs of a package's CUDA graph take of the device by calculation: the most that is alive at once, what it is, and what ONNX Runtime's
  arena holds after each run. SIZES is a run: S=3000,N=1,M=8192 says how large the dimensions are that the graph names.
`;

const [file, ...runs] = readArguments(USAGE, { allowPositionals: true }).positionals;
if (!file || runs.length === 0) {
  process.stderr.write(USAGE);
  process.exitCode = 1;
} else {
  const model = readFileSync(file);
  const arena = new Arena();
  const mib = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;
  for (const run of runs) {
    const sizes = Object.fromEntries(run.split(',').map((part) => part.split('='))) as Record<string, string>;
    const events = memoryEvents(
      model,
      Object.fromEntries(Object.entries(sizes).map(([name, size]) => [name, Number(size)])),
    );
    arena.run(events);
    const { bytes, alive } = peakOf(events);
    const largest = alive.slice(0, 8).map(([name, size]) => `${name} ${mib(size)}`);
    process.stdout.write(
      `${run}: ${mib(bytes)} alive, the arena holds ${mib(arena.held)}\n  ${largest.join(', ')}\n`,
    );
  }
}
