import { type ConvertOptions, dryRun } from './convert';
import { defaultWorkers } from './convert-tasks';
import type { Checkpoint } from './families/jobs';
import { duration } from './progress';
import { quantize } from './quantize';
import type { WeightsTask } from './weights';

interface PartRow {
  readonly part: string;
  readonly parameters: number;
  readonly bytes: number;
}

export interface DryRun {
  readonly family: string;
  readonly parameters: number;
  /** Of `weights.data`; graphs and tokenizer add a few megabytes. */
  readonly bytes: number;
  readonly parts: readonly PartRow[];
  readonly secondsEstimated: number;
}

const PARTS: readonly (readonly [pattern: RegExp, part: string])[] = [
  [/visual/, 'vision tower'],
  [/embed_tokens/, 'embedding'],
  [/lm_head/, 'last projection'],
  [/encoder\./, 'encoder'],
  [/decoder\./, 'decoder'],
  [/layers\./, 'language layers'],
];

const partOf = (name: string): string => PARTS.find(([pattern]) => pattern.test(name))?.[1] ?? 'other';

/** What a conversion would make and how long it would take here. @throws ModelError like the conversion itself. */
export function planConversion(checkpoint: Checkpoint, options: ConvertOptions): DryRun {
  const { job, plan } = dryRun(checkpoint, options);
  const parts = new Map<string, { parameters: number; bytes: number }>();
  for (const task of plan.tasks) {
    const row = parts.get(partOf(task.name)) ?? { parameters: 0, bytes: 0 };
    row.parameters += task.weights;
    row.bytes += taskBytes(task);
    parts.set(partOf(task.name), row);
  }
  return {
    family: job.family,
    parameters: job.parameters,
    bytes: plan.bytes,
    parts: [...parts].map(([part, row]) => ({ part, ...row })),
    secondsEstimated: plan.weights / (weightsPerSecond() * (options.workers ?? defaultWorkers())),
  };
}

const taskBytes = ({ ranges }: WeightsTask): number => ranges.reduce((sum, { bytes }) => sum + bytes, 0);

/** One core of this machine on made-up weights, reading and writing left out; about half as fast is usual with them. */
function weightsPerSecond(): number {
  const values = Float32Array.from({ length: 1 << 20 }, (_, i) => Math.sin(i));
  // The first pass is compiled on the way.
  quantize(values, 32, 4, 'sample');
  const started = performance.now();
  quantize(values, 32, 4, 'sample');
  return values.length / ((performance.now() - started) / 1000) / 2;
}

/** For a terminal. */
export function describeDryRun({ family, parameters, bytes, parts, secondsEstimated }: DryRun): string {
  const rows = [...parts, { part: 'weights.data', parameters, bytes }];
  const width = Math.max(...rows.map(({ part }) => part.length));
  const lines = rows.map(
    (row) =>
      `${row.part.padEnd(width)}  ${row.parameters.toLocaleString('en').padStart(15)}  ${(row.bytes / 1e6)
        .toLocaleString('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 })
        .padStart(10)} MB`,
  );
  return [`family ${family}`, ...lines, `about ${duration(secondsEstimated)} on this machine`].join('\n');
}
