import { cpus, release, totalmem } from 'node:os';
import type { Loaded, Loop, Round } from './measure';
import { round, spread } from './spread';

export interface Result {
  readonly loaded: Loaded;
  readonly rounds: readonly Round[];
}

/** What was measured, where and with what, as one JSON document. Every figure is a median; ranges show the noise. */
export function report(results: readonly Result[], runtime: string) {
  const rows = results.map(({ loaded, rounds }) => ({
    loop: loaded.label,
    device: loaded.device,
    loadMs: round(loaded.loadMs),
    firstTokenMs: spread(rounds.map((r) => r.firstTokenMs)),
    prefillTokensPerSecond: spread(rounds.map((r) => r.prefill)),
    decodeTokensPerSecond: spread(rounds.map((r) => r.decode)),
    peakMemoryMiB: Math.round(Math.max(...rounds.map((r) => r.peakMemoryBytes)) / 2 ** 20),
  }));
  const decode = (loop: Loop) => rows.find((row) => row.loop === loop)?.decodeTokensPerSecond.median;
  const ratio = (loop: Loop) => {
    const [own, other] = [decode('engine'), decode(loop)];
    return own && other ? round(own / other) : undefined;
  };
  return {
    machine: machine(),
    versions: { node: process.versions.node, onnxruntime: runtime },
    model: results[0] && {
      id: results[0].loaded.id,
      precision: results[0].loaded.precision,
      cacheRows: results[0].loaded.contextLength,
    },
    rounds: results[0]?.rounds.length,
    results: rows,
    decodeRatio: { toNodeRun: ratio('node-run'), toNodeGiven: ratio('node-given') },
  };
}

export function machine() {
  const [cpu] = cpus();
  return {
    cpu: cpu?.model.trim(),
    logicalCores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform}-${process.arch} ${release()}`,
  };
}
