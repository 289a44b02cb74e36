import { cpus } from 'node:os';
import { z } from 'zod';
import { type Answers, type Paired, paired } from './paired';
import type { Outcome } from './pool';
import { score, type Tally } from './report';

export const COLUMNS = ['fp32', 'fp16', 'int8', 'int8-awq', 'int4', 'int4-awq'] as const;
export type ColumnName = (typeof COLUMNS)[number];

const ColumnSchema = z.object({
  /** `weights.data`, graphs and the rest. */
  bytes: z.number().int().positive(),
  /** fp16's bytes over this one's: of the matrices that quantized packages store in blocks, scales included, and of `weights.data`. */
  smallerThanFp16: z.object({ quantized: z.number().positive(), weights: z.number().positive() }),
  /** Tokens per second, greedy, 64-token prompt: median of rounds in which the columns take turns. */
  decode: z.number().positive().optional(),
  /** What makes this column another one than the rest of the key says: AWQ's conversations. */
  of: z.string().optional(),
  scores: z.array(
    z.object({
      task: z.string(),
      thinking: z.boolean(),
      n: z.number().int().positive(),
      percent: z.number(),
    }),
  ),
  /** For comparisons question by question. */
  answers: z.record(
    z.string(),
    z.object({ task: z.string(), thinking: z.number().optional(), plain: z.number().optional() }),
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

/** Of words and characters the share that is right; wrong insertions can cost no more than there is. */
export function answersOf(outcomes: readonly Outcome[]): Answers {
  const answers: Record<string, Answers[string]> = {};
  for (const { line, thinking, right, of } of outcomes) {
    const part = Math.max(0, right) / Math.max(1, of);
    answers[line.id] = { ...answers[line.id], task: line.task, [thinking ? 'thinking' : 'plain']: part };
  }
  return answers;
}

/** Mean over tasks and modes, in percent: each task counts alike, however many lines it has. */
export function average({ scores }: Column): number {
  return scores.reduce((sum, row) => sum + row.percent, 0) / scores.length;
}

/** Columns whose difference is told question by question. */
const PAIRS: readonly (readonly [ColumnName, ColumnName])[] = [
  ['int4-awq', 'int4'],
  ['int8-awq', 'int8'],
  ['int4-awq', 'fp32'],
  ['int4', 'fp32'],
  ['int8', 'fp32'],
];

/** A table of the columns' differences; empty where there is nothing to compare. */
function differences({ columns }: Comparison): string[] {
  const rows = PAIRS.flatMap(([first, second]) => {
    const [a, b] = [columns[first], columns[second]];
    const result = a && b && paired(a.answers, b.answers);
    return result ? [differenceRow(`${first} minus ${second}`, result)] : [];
  });
  if (rows.length === 0) return [];
  return [
    'Question by question, on those that both were asked: points with their standard error by question, and how likely so uneven a',
    'count of better and worse answers is where neither is better (sign test).',
    '',
    '| | answers | better / worse | every answer alike | every task alike | p |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ];
}

function differenceRow(name: string, { answers, wins, losses, byAnswer, byTask, p }: Paired): string {
  const points = (of: Paired['byAnswer']) => `${signed(of.points)} ± ${of.error.toFixed(2)}`;
  const chance = p < 1e-3 ? p.toExponential(0) : p.toFixed(3);
  return `| ${name} | ${answers} | ${wins} / ${losses} | ${points(byAnswer)} | ${points(byTask)} | ${chance} |`;
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
  const line = (head: string, n: string, of: (column: Column) => string) =>
    `| ${[head, n, ...columns.map(of)].join(' | ')} |`;
  const alike = tasks.every((task) => !counts(columns, task).includes(' '));
  const modes = new Set(first.scores.map(({ thinking }) => thinking));
  const both =
    modes.size > 1 ? ', with thinking / without' : modes.has(true) ? ', with thinking' : ', without thinking';
  return [
    `Percent right${both}. Quantized in blocks of ${comparison.blockSize}, smaller where that does not divide; measured on ${comparison.machine}.`,
    '',
    `| task | n | ${present.join(' | ')} |`,
    `| --- | --- | ${present.map(() => '---').join(' | ')} |`,
    ...tasks.map((task) => {
      return line(task, counts(columns, task), (column) => cell(column, task));
    }),
    line(
      `**average**${alike ? '' : ', each of its own questions'}`,
      '',
      (column) => `**${average(column).toFixed(2)}**`,
    ),
    line('package, MB', '', ({ bytes }) => (bytes / 1e6).toFixed(1)),
    line('quantized part smaller than fp16', '', (column) => times(column.smallerThanFp16.quantized)),
    line('all weights smaller than fp16', '', (column) => times(column.smallerThanFp16.weights)),
    line('decode, tokens/s', '', ({ decode }) => decode?.toFixed(0) ?? ''),
    '',
    ...differences(comparison),
  ].join('\n');
}

const times = (factor: number): string => `${factor.toFixed(2)}x`;

/** Lines of a task: one number, or the least and the most where columns were asked more or fewer. */
function counts(columns: readonly Column[], task: string): string {
  const all = columns.flatMap(({ scores }) => scores.find((row) => row.task === task)?.n ?? []);
  const [least, most] = [Math.min(...all), Math.max(...all)];
  return least === most ? String(most) : `${least} to ${most}`;
}

const signed = (points: number): string => `${points > 0 ? '+' : ''}${points.toFixed(2)}`;
