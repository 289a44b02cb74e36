import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { MANIFEST_FILE } from '../builder/manifest';
import { BLOCK_SIZES, type BlockSize } from '../builder/quantize';
import { readManifest } from '../builder/verify';
import { compare } from './compare';
import { COLUMNS, type ColumnName, markdown } from './compare-report';
import { evaluate, jobsOf, type Mode } from './evaluate';
import type { Outcome } from './pool';
import {
  columnOf,
  type Evaluation,
  EvaluationSchema,
  type MeasuredColumn,
  rowsOf,
  table,
  tally,
} from './report';
import { groupOf, isOfMedia, type Line, readSets, subsetOf } from './sets';
import { everySecond, inDoubt, ofAsked, regressions, subsetGroups, withOthers } from './subset';

/** `npm run eval`. Exit codes: 0 done, 1 a group fell below its figure or the evaluation failed. */

const NANO = path.join(import.meta.dirname, '../nano');
/** Lines a group. What of them may be lost, and why: `regressions` and models/eval/README.md. */
const SUBSET_SIZE = 20;
/** The same of text with thinking, as Nano is used: so many that two points are three lines. */
const THINKING_SIZE = 150;

interface Flags {
  readonly model: string;
  readonly reference?: string;
  readonly subset?: number | true;
  readonly faults?: string;
  readonly task?: readonly string[];
  readonly sets?: string;
  readonly thinking: Mode;
  readonly maxTokens: number;
  readonly processes: number;
  readonly cuda?: string;
  readonly beamWidth?: number;
  readonly out?: string;
  readonly wrong?: string;
  readonly table?: string;
  readonly columns: readonly ColumnName[];
  readonly more: readonly More[];
  readonly block: BlockSize;
  readonly awq: string;
}

const positive = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('It must be a whole number above 0.');
  return value;
};

const block = (text: string): BlockSize => {
  const size = BLOCK_SIZES.find((value) => value === Number(text));
  if (size === undefined) throw new InvalidArgumentError(`It must be one of ${BLOCK_SIZES.join(', ')}.`);
  return size;
};

/** A column of the table that is asked more lines than --subset says: so many a group, or all. */
interface More {
  readonly column: ColumnName;
  readonly size: number;
}

function more(text: string, before: readonly More[] = []): More[] {
  const [name, size = ''] = text.split(':');
  const column = COLUMNS.find((known) => known === name);
  if (!column || !/^(all|[1-9]\d*)$/.test(size))
    throw new InvalidArgumentError(`It must be a column and lines a group, as int4:100 or int4:all.`);
  return [...before, { column, size: size === 'all' ? Number.POSITIVE_INFINITY : Number(size) }];
}

const CALIBRATION = path.join(import.meta.dirname, '../builder/awq/calibration.jsonl');
const TABLE_COLUMNS: readonly ColumnName[] = ['fp32', 'fp16', 'int8', 'int4', 'int4-awq'];

const flags = new Command('eval')
  .description('Scores a package on the held-out sets of models/eval/sets and writes its eval.json.')
  .option('-m, --model <folder>', 'the package', path.relative(process.cwd(), NANO))
  .option(
    '-r, --reference <folder>',
    "instead: the model's weights in another precision are asked the fixed subset, and what they know goes beside the model's in eval.json",
  )
  .option(
    '-s, --subset [lines]',
    `only the fixed subset, so many lines a group (${SUBSET_SIZE}; text with thinking ${THINKING_SIZE}), compared with eval.json; writes nothing`,
    positive,
  )
  .option('--faults <file>', 'writes there what --subset finds fault with, a JSON list of sentences')
  .option('-t, --task <names...>', 'only these tasks or groups; writes nothing')
  .option('--sets <folder>', 'other sets than the held-out ones, as models/train/fresh; writes nothing')
  .addOption(new Option('--thinking <mode>', 'which modes').choices(['on', 'off', 'both']).default('both'))
  .option('--max-tokens <count>', 'longest answer, reasoning included', positive, 768)
  .option('-p, --processes <count>', 'processes with one thread each', positive, availableParallelism())
  .option(
    '--cuda <json>',
    "on the first GPU, with these settings of the engine's (CudaTuning); writes nothing",
  )
  .option(
    '--beam-width <count>',
    'transcripts followed side by side, 1 for greedy choice; writes nothing',
    positive,
  )
  .option('-o, --out <file>', "where the figures go; default: the package's eval.json")
  .option('--wrong <file>', 'writes every wrong answer there, a JSON line each')
  .option(
    '--table <checkpoint>',
    'builds this checkpoint of float weights in every precision and compares them (all lines, or --subset)',
  )
  .addOption(new Option('--columns <names...>', 'of the table').choices(COLUMNS).default(TABLE_COLUMNS))
  .option(
    '--more <columns...>',
    'columns that are asked more lines a group than --subset: int4:100',
    more,
    [],
  )
  .option('--block <size>', `of the table's quantized packages (${BLOCK_SIZES.join(', ')})`, block, 128)
  .option('--awq <conversations>', "what the table's AWQ packages are calibrated on", CALIBRATION)
  .parse()
  .opts<Flags>();

async function main(): Promise<number> {
  if (flags.sets && (flags.subset || flags.reference))
    throw new Error('--sets has nothing to be compared with: leave --subset and --reference away.');
  const sets = readSets(flags.sets);
  const size = typeof flags.subset === 'number' ? flags.subset : SUBSET_SIZE;
  const subset = subsetOf(sets, size);
  const isAsked = (line: Line) =>
    !flags.task || flags.task.includes(line.task) || flags.task.includes(groupOf(line.task));
  const asked = [...sets.values()].flat().filter(isAsked);
  const lines = flags.subset || flags.reference ? asked.filter(({ id }) => subset.has(id)) : asked;
  const thinkingSubset = subsetOf(new Map([...sets].filter(([task]) => !isOfMedia(task))), THINKING_SIZE);
  // Those beyond the subset of both modes.
  const further = asked.filter(({ id }) => thinkingSubset.has(id) && !subset.has(id));
  if (lines.length === 0)
    throw new Error(`There are no such tasks; there are ${[...sets.keys()].join(', ')}.`);
  if (flags.table !== undefined) {
    const chosen = new Set(lines);
    return printTable(flags.table, (column) => {
      const size = flags.more.find((wanted) => wanted.column === column)?.size ?? 0;
      const further = subsetOf(sets, size);
      return asked.filter((line) => chosen.has(line) || further.has(line.id));
    });
  }
  if (flags.reference) return measureReference(flags.reference, { size, lines, further });
  if (flags.subset) return checkSubset({ size, lines, further });

  const manifest = readManifest(flags.model);
  const column = columnOf(manifest);
  const outcomes = await evaluate(flags.model, column, jobsOf(lines, manifest, flags.thinking), flags);
  show(column, outcomes);
  if (flags.task || flags.sets || flags.cuda || flags.beamWidth || flags.thinking !== 'both') return 0;
  const inSubset = ({ line, thinking }: Outcome) =>
    subset.has(line.id) || (thinking && thinkingSubset.has(line.id));
  const evaluation: Evaluation = {
    tasks: rowsOf(
      column,
      tally(outcomes, (task) => task),
    ),
    groups: rowsOf(column, tally(outcomes, groupOf)),
    subset: { size, precision: column, groups: subsetGroups(outcomes.filter(inSubset)) },
  };
  writeEvaluation(evaluation);
  if (!flags.out) recordInManifest(flags.model, evaluation, column);
  return 0;
}

/** The exit code of `--table`. */
async function printTable(
  checkpoint: string,
  linesOf: (column: ColumnName) => readonly Line[],
): Promise<number> {
  const out = flags.out ?? `${path.resolve(checkpoint)}.table.json`;
  const { columns, block: blockSize, awq: calibration } = flags;
  console.log(
    markdown(await compare({ ...flags, checkpoint, columns, blockSize, calibration, linesOf, out })),
  );
  console.log(`Wrote ${out}.`);
  return 0;
}

/** The tables of what was answered, and `--wrong`. */
function show(column: MeasuredColumn, outcomes: readonly Outcome[]): void {
  const by = (nameOf: (task: string) => string) =>
    table([{ label: column, tallies: tally(outcomes, nameOf) }]);
  console.log(`${by((task) => task)}\n\n${by(groupOf)}\n`);
  if (flags.wrong) writeWrong(flags.wrong, outcomes);
}

interface Subset {
  /** Lines a group. */
  readonly size: number;
  /** Asked in the modes wanted. */
  readonly lines: readonly Line[];
  /** Of text, asked with thinking as well: every second of them, and the others of groups that lost any. */
  readonly further: readonly Line[];
}

/** The exit code of `--reference`. */
async function measureReference(folder: string, { size, lines, further }: Subset): Promise<number> {
  const stored = readSubset(size);
  const manifest = readManifest(folder);
  const column = columnOf(manifest);
  const jobs = [...jobsOf(lines, manifest, 'both'), ...further.map((line) => ({ line, thinking: true }))];
  const outcomes = await evaluate(folder, column, jobs, flags);
  show(column, outcomes);
  const groups = withOthers(stored.subset.groups, column, subsetGroups(outcomes));
  writeEvaluation({ ...stored, subset: { ...stored.subset, groups } });
  return 0;
}

/** The exit code of `--subset`. */
async function checkSubset({ size, lines, further }: Subset): Promise<number> {
  const stored = readSubset(size).subset;
  const manifest = readManifest(flags.model);
  const column = columnOf(manifest);
  const thinking = (some: readonly Line[]) => some.map((line) => ({ line, thinking: true }));
  const half = flags.thinking === 'off' ? [] : everySecond(further);
  const jobs = [...jobsOf(lines, manifest, flags.thinking), ...thinking(half)];
  const outcomes = await evaluate(flags.model, column, jobs, flags);
  const doubtful = inDoubt(stored.groups, outcomes);
  const rest = further.filter((line) => doubtful.has(groupOf(line.task)) && !half.includes(line));
  if (half.length > 0 && rest.length > 0) {
    const names = new Set(rest.map(({ task }) => groupOf(task)));
    console.log(`Asked in full, as an answer was lost or is not known: ${[...names].join(', ')}.`);
    outcomes.push(...(await evaluate(flags.model, column, thinking(rest), flags)));
  }
  show(column, outcomes);

  const asked = outcomes.flatMap((outcome) => (outcome.thinking ? [outcome.line] : []));
  const known = ofAsked(stored.groups, [...lines, ...further], asked);
  const faults = regressions(known, subsetGroups(outcomes));
  for (const fault of faults) console.error(fault);
  writeFaults(faults);
  if (faults.length === 0) console.log('No group of the subset fell by more than it may.');
  return faults.length === 0 ? 0 : 1;
}

function writeFaults(faults: readonly string[]): void {
  if (flags.faults) writeFileSync(flags.faults, JSON.stringify(faults));
}

const evaluationFile = () => flags.out ?? path.join(flags.model, 'eval.json');

/** eval.json, which must have figures for a subset of so many lines a group. */
function readSubset(size: number): Evaluation {
  const file = evaluationFile();
  if (!existsSync(file)) throw new Error(`${file} is missing: run npm run eval first.`);
  const stored = EvaluationSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  if (stored.subset.size !== size)
    throw new Error(
      `eval.json has figures for a subset of ${stored.subset.size} lines a group, not of ${size}.`,
    );
  return stored;
}

function writeEvaluation(evaluation: Evaluation): void {
  writeFileSync(evaluationFile(), `${JSON.stringify(evaluation, null, 1)}\n`);
  console.log(`Wrote ${evaluationFile()}.`);
}

/** The groups' figures also go into the package's manifest, where the app finds them. */
function recordInManifest(folder: string, { groups }: Evaluation, column: MeasuredColumn): void {
  const evaluation = Object.fromEntries(
    groups.map((row) => [row.thinking ? row.name : `${row.name}, no thinking`, row[column] ?? 0]),
  );
  const manifest = { ...readManifest(folder), evaluation };
  writeFileSync(path.join(folder, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`);
}

function writeWrong(file: string, outcomes: readonly Outcome[]): void {
  const wrong = outcomes.filter(({ right, of }) => right < of);
  const text = wrong.map(({ line, thinking, reasoning, answer }) => {
    const { id, lang, messages, images, audio, expect } = line;
    return `${JSON.stringify({ id, lang, thinking, messages, images, audio, expect, reasoning, answer })}\n`;
  });
  writeFileSync(file, text.join(''));
}

try {
  process.exitCode = await main();
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${message}\n`);
  writeFaults([message]);
  process.exitCode = 1;
}
