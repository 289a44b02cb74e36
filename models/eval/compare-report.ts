import { cpus } from 'node:os';
import { z } from 'zod';
import { score, type Tally } from './report';

export const COLUMNS = ['fp32', 'fp16', 'int8', 'int8-awq', 'int4', 'int4-awq'] as const;
export type ColumnName = (typeof COLUMNS)[number];

const ColumnSchema = z.object({
  /** `weights.data`, graphs and the rest. */
  bytes: z.number().int().positive(),
  /** Of the matrices alone: fp16's over this one's. */
  smallerThanFp16: z.number().positive(),
  /** Tokens per second, median of three; greedy, 64-token prompt. */
  decode: z.number().positive(),
  scores: z.array(
    z.object({
      task: z.string(),
      thinking: z.boolean(),
      n: z.number().int().positive(),
      percent: z.number(),
    }),
  ),
});
export type Column = z.infer<typeof ColumnSchema>;

/** What `npm run eval -- --table` writes. */
export const ComparisonSchema = z.object({
  /** Of the checkpoint and the options: a comparison that goes on does so only with the same. */
  key: z.string(),
  checkpoint: z.string(),
  blockSize: z.number().int(),
  machine: z.string(),
  columns: z.partialRecord(z.enum(COLUMNS), ColumnSchema),
});
export type Comparison = z.infer<typeof ComparisonSchema>;

export const machine = (): string => `${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown processor'}`;

export const scoresOf = (tallies: readonly Tally[]): Column['scores'] =>
  tallies.map((t) => ({ task: t.name, thinking: t.thinking, n: t.n, percent: score(t) }));

/** Bytes of each package's weights. */
export type Sizes = Readonly<Record<'fp32' | 'fp16', number>>;

/**
 * How many times smaller than in fp16 the matrices of a package are. What is not a matrix takes the same room in every package, so the
 * two float packages tell how much it is.
 */
export function smallerThanFp16(sizes: Sizes, bytes: number): number {
  const matrices = sizes.fp32 - sizes.fp16;
  const rest = sizes.fp16 - matrices;
  return matrices / (bytes - rest);
}

/** Mean over tasks and modes, in percent: each task counts alike, however many lines it has. */
export function average({ scores }: Column): number {
  return scores.reduce((sum, row) => sum + row.percent, 0) / scores.length;
}

/** The comparison as Markdown, one row a task. */
export function markdown(comparison: Comparison): string {
  const present = COLUMNS.filter((name) => comparison.columns[name]);
  const columns = present.map((name) => comparison.columns[name]!);
  const [first] = columns;
  if (!first) return '';
  const tasks = [...new Set(columns.flatMap(({ scores }) => scores.map(({ task }) => task)))];
  const cell = (column: Column, task: string): string => {
    const found = [true, false].flatMap(
      (thinking) => column.scores.find((row) => row.task === task && row.thinking === thinking) ?? [],
    );
    return found.map(({ percent }) => percent.toFixed(1)).join(' / ');
  };
  const fp32 = comparison.columns.fp32;
  const line = (head: string, n: string, of: (column: Column) => string) =>
    `| ${[head, n, ...columns.map(of)].join(' | ')} |`;
  const loss = (column: Column) => (fp32 ? signed(average(column) - average(fp32)) : '');
  const modes = new Set(first.scores.map(({ thinking }) => thinking));
  const both =
    modes.size > 1 ? ', with thinking / without' : modes.has(true) ? ', with thinking' : ', without thinking';
  return [
    `Percent right${both}. Quantized in blocks of ${comparison.blockSize}; measured on ${comparison.machine}.`,
    '',
    `| task | n | ${present.join(' | ')} |`,
    `| --- | --- | ${present.map(() => '---').join(' | ')} |`,
    ...tasks.map((task) => {
      const n = first.scores.find((row) => row.task === task)?.n ?? 0;
      return line(task, String(n), (column) => cell(column, task));
    }),
    line('**average**', '', (column) => `**${average(column).toFixed(2)}**`),
    line('points against fp32', '', loss),
    line('package, MB', '', ({ bytes }) => (bytes / 1e6).toFixed(1)),
    line('matrices smaller than fp16', '', ({ smallerThanFp16: times }) => `${times.toFixed(2)}x`),
    line('decode, tokens/s', '', ({ decode }) => decode.toFixed(0)),
    '',
  ].join('\n');
}

const signed = (points: number): string => `${points > 0 ? '+' : ''}${points.toFixed(2)}`;
