import { z } from 'zod';
import type { Manifest } from '../../electron/contract/manifest';
import type { Outcome } from './pool';

/** Column of a package in `eval.json`. */
export const columnOf = ({
  precision,
  quantizer,
}: Pick<Manifest, 'precision' | 'quantizer'>): MeasuredColumn =>
  quantizer && (precision === 'int4' || precision === 'int8') ? `${precision}-${quantizer}` : precision;
export type MeasuredColumn = Manifest['precision'] | 'int4-awq' | 'int8-awq';

const percent = z.number().min(0).max(100);
const RowSchema = z.object({
  name: z.string(),
  /** `Line.metric` (sets.ts; models/eval/README.md), `mixed` where a set has several. */
  metric: z.string(),
  /** Lines. */
  n: z.number().int().positive(),
  fp32: percent.optional(),
  fp16: percent.optional(),
  int8: percent.optional(),
  int4: percent.optional(),
  'int8-awq': percent.optional(),
  'int4-awq': percent.optional(),
  thinking: z.boolean(),
});

/** `models/nano/eval.json`: scores in percent. */
export const EvaluationSchema = z.object({
  tasks: z.array(RowSchema),
  /** The tasks' lines pooled by group (`arithmetic` of `arithmetic.add`). */
  groups: z.array(RowSchema),
  /** What the subset of `npm test` scored when the figures above were measured. */
  subset: z.object({
    size: z.number().int().positive(),
    precision: z.string(),
    groups: z.array(
      z.object({
        name: z.string(),
        thinking: z.boolean(),
        n: z.number().int(),
        right: z.number().int(),
        /** Words or characters where they are counted; absent: lines. */
        of: z.number().int().optional(),
        /** Ids of the lines that are not right, where lines are counted. */
        wrong: z.array(z.string()).optional(),
        /** `right` of the same lines in other precisions of the same weights, by column. */
        others: z.record(z.string(), z.number()).optional(),
      }),
    ),
  }),
});

export type Row = z.infer<typeof RowSchema>;
export type Evaluation = z.infer<typeof EvaluationSchema>;

export interface Tally {
  readonly name: string;
  readonly thinking: boolean;
  readonly metric: string;
  /** Lines. */
  readonly n: number;
  /** Of `of` answers, words or characters. */
  readonly right: number;
  readonly of: number;
  readonly tokens: number;
}

/** Counts by `nameOf`, in the order of first appearance, thinking first. */
export function tally(outcomes: readonly Outcome[], nameOf: (task: string) => string): Tally[] {
  const tallies = new Map<string, Tally>();
  for (const { line, thinking, right, of, tokens } of outcomes) {
    const name = nameOf(line.task);
    const key = `${name} ${thinking}`;
    const { metric } = line;
    const old = tallies.get(key) ?? { name, thinking, metric, n: 0, right: 0, of: 0, tokens: 0 };
    tallies.set(key, {
      ...old,
      metric: old.metric === metric ? metric : 'mixed',
      n: old.n + 1,
      right: old.right + right,
      of: old.of + of,
      tokens: old.tokens + tokens,
    });
  }
  return [...tallies.values()].sort(
    (a, b) => a.name.localeCompare(b.name, 'en') || Number(b.thinking) - Number(a.thinking),
  );
}

/** Percent with two decimals: of answers, or 100 minus the error rate of words or characters. */
export const score = ({ n, right, of = n }: Pick<Tally, 'n' | 'right'> & { readonly of?: number }): number =>
  Math.round((10_000 * Math.max(0, right)) / Math.max(1, of)) / 100;

/** A measured package's rows: its own column alone, as others would be of other weights. */
export const rowsOf = (column: MeasuredColumn, tallies: readonly Tally[]): Row[] =>
  tallies.map((t) => ({ name: t.name, metric: t.metric, n: t.n, [column]: score(t), thinking: t.thinking }));

/** A table for a terminal: one line a name, columns by precision and mode. */
export function table(
  measured: readonly { readonly label: string; readonly tallies: readonly Tally[] }[],
): string {
  const names = [...new Set(measured.flatMap(({ tallies }) => tallies.map((t) => t.name)))];
  const columns = measured.flatMap(({ label, tallies }) =>
    [true, false]
      .filter((thinking) => tallies.some((t) => t.thinking === thinking))
      .map((thinking) => ({ title: `${label} ${thinking ? 'think' : 'no think'}`, thinking, tallies })),
  );
  const cells = [['', 'n', ...columns.map((c) => c.title), 'tokens']];
  for (const name of names) {
    const found = columns.map(({ tallies, thinking }) =>
      tallies.find((t) => t.name === name && t.thinking === thinking),
    );
    const first = found.find((t) => t !== undefined);
    const tokens = first ? (first.tokens / first.n).toFixed(0) : '';
    cells.push([name, String(first?.n ?? 0), ...found.map((t) => (t ? score(t).toFixed(1) : '')), tokens]);
  }
  const widths = cells[0]!.map((_, i) => Math.max(...cells.map((row) => row[i]!.length)));
  return cells
    .map((row) =>
      row.map((cell, i) => (i === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[i]!))).join('  '),
    )
    .join('\n');
}
