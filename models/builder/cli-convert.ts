import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { awqFolder, prepareAwq, summary } from './awq/prepare';
import { type ConvertOptions, type ConvertPhase, convert } from './convert';
import { ConversionPaused } from './convert-tasks';
import { CUDA_LAYOUTS, type CudaLayout } from './cuda-layout';
import { describeDryRun, planConversion } from './dry-run';
import { ModelError } from './errors';
import { GRAPH_CHOICE_NAMES, type GraphChoiceName } from './families/glm4v/graph-choice';
import { type Checkpoint, modelType, randomPresets } from './families/jobs';
import { fetchCheckpoint, isRepository } from './hub';
import { locateModel } from './hub-cache';
import type { AccuracyLevel, AttentionKind } from './layers';
import { startProgress } from './progress';
import { BLOCK_SIZES, type BlockSize } from './quantize';
import { PRECISIONS, type Precision } from './store';

interface PackageFlags {
  readonly out: string;
  readonly precision: Precision;
  readonly block: BlockSize;
  readonly accuracyLevel: AccuracyLevel;
  readonly attention: AttentionKind;
  readonly head?: Precision;
  readonly int8?: readonly string[];
  readonly cudaPrepack?: CudaLayout;
  readonly cudaGraph?: readonly (GraphChoiceName | 'plain')[];
  readonly weightsOf?: string;
  readonly workers?: number;
  readonly dryRun?: boolean;
  readonly id?: string;
  readonly name?: string;
  readonly license: string;
  readonly source: string;
  readonly tokenizer?: string;
}

interface ConvertFlags extends PackageFlags {
  readonly awq?: string;
  readonly family?: string;
  readonly revision: string;
  readonly yes?: boolean;
}

export const integer = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value)) throw new InvalidArgumentError('It is not a whole number.');
  return value;
};

const threads = (text: string): number => {
  const value = integer(text);
  if (value < 1) throw new InvalidArgumentError('There must be at least one.');
  return value;
};

function choice<T extends number>(
  flags: string,
  description: string,
  values: readonly T[],
  preset: T,
): Option {
  return new Option(flags, `${description} (choices: ${values.join(', ')})`)
    .argParser((text) => {
      const value = values.find((v) => v === Number(text));
      if (value === undefined) throw new InvalidArgumentError(`It must be one of ${values.join(', ')}.`);
      return value;
    })
    .default(preset);
}

function packageOptions(command: Command): Command {
  return command
    .requiredOption('-o, --out <folder>', 'where the package goes; an older package there is replaced')
    .addOption(
      new Option('-p, --precision <type>', 'how the matrices are stored').choices(PRECISIONS).default('int4'),
    )
    .addOption(
      choice(
        '-b, --block <size>',
        'weights that share a scale in int4 and int8; fewer where it does not divide a matrix',
        BLOCK_SIZES,
        32,
      ),
    )
    .addOption(
      choice('--accuracy-level <level>', "the CPU's quantized products: 4 in int8, 1 in float32", [1, 4], 4),
    )
    .addOption(
      new Option(
        '--attention <kind>',
        'gqa is fast; mha also computes in float32 on CUDA (autoglm-phone with --precision fp32)',
      )
        .choices(['gqa', 'mha'])
        .default('gqa'),
    )
    .addOption(
      new Option(
        '--head <type>',
        'how the last projection is stored, where it is no copy of the embedding (glm4v)',
      ).choices(PRECISIONS),
    )
    .option('--int8 <names...>', 'matrices of an int4 package kept in int8; * stands for anything')
    .addOption(
      new Option(
        '--cuda-prepack <layout>',
        'glm4v, for CUDA alone: matrices in the order of its mixed products; sm90 for Hopper, sm80 for any other since Turing',
      ).choices(CUDA_LAYOUTS),
    )
    .addOption(
      new Option(
        '--cuda-graph <choices...>',
        "glm4v: how CUDA's graphs are written, to compare; plain for none of these",
      ).choices(['plain', ...GRAPH_CHOICE_NAMES]),
    )
    .option(
      '--weights-of <package>',
      'write graphs alone, over the weights of a package built from the same checkpoint',
    )
    .option('--workers <number>', 'threads; one a core unless told', threads)
    .option('--dry-run', 'print parameters, bytes of each part and an estimate of the time, and stop')
    .option('--id <id>', 'what API clients name: lower case, digits, dashes, dots')
    .option('--name <name>', 'what people read')
    .option('--license <id>', 'SPDX identifier of the weights', 'Apache-2.0')
    .option('--source <text>', 'where the weights come from', 'trained in this repository')
    .option('--tokenizer <file>', 'tokenizer.json to pack');
}

/** `convert` (also called `build`) and `random`. */
export function addConvertCommands(program: Command): void {
  packageOptions(program.command('convert').alias('build'))
    .description(
      'converts a checkpoint (config.json and safetensors) into a package, with all cores; run it again after an interruption and it goes on',
    )
    .argument('<folder or repository>', 'a folder, or owner/name on the Hugging Face hub')
    .option('--family <name>', 'refuse anything but autoglm-phone, glm4v or whisper')
    .option('--revision <name>', 'of the repository: a branch, a tag or a commit', 'main')
    .option('--yes', 'agree to the download of a repository')
    .option(
      '--awq <conversations>',
      'int4 and int8: scale and clip the weights for what these JSON lines activate (models/builder/awq)',
    )
    .action(async (source: string, flags: ConvertFlags) => {
      const folder = isRepository(source)
        ? await fetchCheckpoint(source, {
            revision: flags.revision,
            consent: flags.yes === true,
            into: `${path.resolve(flags.out)}.download`,
          })
        : locateModel(source).folder;
      const family = modelType(folder) ?? 'autoglm-phone';
      if (flags.family !== undefined && flags.family !== family) {
        throw new ModelError(`${source} is of the family ${family}, not ${flags.family}.`);
      }
      const tokenizer = flags.tokenizer && path.resolve(flags.tokenizer);
      const checkpoint: Checkpoint = { kind: 'folder', folder, ...(tokenizer && { tokenizer }) };
      const awq = flags.dryRun ? undefined : await searchAwq(folder, tokenizer, flags);
      await run(
        { ...checkpoint, ...(awq && { awq }) },
        flags,
        isRepository(source) ? path.basename(source) : locateModel(source).name,
      );
    });

  packageOptions(program.command('random'))
    .description(
      'builds a package of random weights, for tests and benchmarks; streams, so 9b fits in memory',
    )
    .requiredOption('-c, --config <preset or file>', `one of ${randomPresets.join(', ')}, or a config.json`)
    .option('--seed <number>', 'same seed, same weights', integer, 1)
    .action(async (flags: PackageFlags & { readonly config: string; readonly seed: number }) => {
      const { config, seed } = flags;
      const tokenizer = flags.tokenizer && path.resolve(flags.tokenizer);
      const label = randomPresets.includes(config) ? config : 'custom';
      await run({ kind: 'random', config, seed, ...(tokenizer && { tokenizer }) }, flags, `${label}-random`);
    });
}

/** Shares of AWQ's stages in its time, as measured for nano. */
const AWQ_SPANS = { activations: [0, 0.2], scales: [0.2, 0.5], rounding: [0.5, 1] } as const;

/** What AWQ found, in a file; undefined where it was not asked for. */
async function searchAwq(
  folder: string,
  tokenizer: string | undefined,
  flags: ConvertFlags,
): Promise<string | undefined> {
  if (flags.awq === undefined) return undefined;
  const progress = startProgress('AWQ');
  try {
    const { file, result } = await prepareAwq({
      folder,
      out: flags.out,
      tokenizer,
      calibration: flags.awq,
      precision: flags.precision,
      blockSize: flags.block,
      headPrecision: flags.head,
      int8: flags.int8,
      threads: flags.workers,
      onProgress: (stage, done, total) => {
        const [from, to] = AWQ_SPANS[stage];
        progress.update(from + ((to - from) * done) / total);
      },
    });
    progress.stop();
    if (result) console.log(summary(result));
    return file;
  } finally {
    progress.stop();
  }
}

/** Where a phase begins and ends in the whole. */
const SPANS: Readonly<Record<ConvertPhase, readonly [number, number]>> = {
  convert: [0, 0.9],
  verify: [0.9, 0.99],
  load: [0.99, 1],
};

async function run(checkpoint: Checkpoint, flags: PackageFlags, label: string): Promise<void> {
  const id = packageId(flags.id, label);
  const progress = flags.dryRun ? null : startProgress(`${id} ${flags.precision}`);
  const abort = new AbortController();
  const options: ConvertOptions = {
    out: flags.out,
    precision: flags.precision,
    blockSize: flags.block,
    accuracyLevel: flags.accuracyLevel,
    attention: flags.attention,
    headPrecision: flags.head,
    int8: flags.int8,
    cudaLayout: flags.cudaPrepack,
    cudaGraph: flags.cudaGraph?.filter((choice) => choice !== 'plain'),
    ...(flags.weightsOf !== undefined && { weightsOf: path.resolve(flags.weightsOf) }),
    ...(checkpoint.kind === 'folder' && checkpoint.awq && { quantizer: 'awq' as const }),
    names: { id, name: flags.name ?? id, license: flags.license, source: flags.source },
    workers: flags.workers,
    signal: abort.signal,
    onProgress: ({ phase, fraction, secondsLeft }) => {
      const [from, to] = SPANS[phase];
      progress?.update(from + (to - from) * fraction, secondsLeft);
    },
  };
  if (flags.dryRun) {
    console.log(describeDryRun(planConversion(checkpoint, options)));
    return;
  }
  mkdirSync(path.dirname(path.resolve(flags.out)), { recursive: true });
  const started = performance.now();
  const stop = () => abort.abort();
  process.once('SIGINT', stop);
  try {
    const { parameters, bytes, resumed } = await convert(checkpoint, options);
    progress?.stop();
    rmSync(awqFolder(flags.out), { recursive: true, force: true });
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const earlier =
      resumed > 0 ? `, ${((100 * resumed) / parameters).toFixed(0)} % of it by an earlier run` : '';
    console.log(
      `${flags.out}: ${parameters.toLocaleString('en')} parameters, ${megabytes(bytes)}, built in ${seconds} s${earlier}.`,
    );
  } catch (error) {
    progress?.stop();
    if (error instanceof ConversionPaused) process.exitCode = 130;
    throw error;
  } finally {
    process.removeListener('SIGINT', stop);
  }
}

/** @throws ModelError when the id that was given is none. */
export function packageId(given: string | undefined, label: string): string {
  const fallback =
    label
      .toLowerCase()
      .replace(/[^a-z0-9.-]+/g, '-')
      .replace(/^[^a-z0-9]+/, '') || 'model';
  const id = given ?? fallback;
  if (!/^[a-z0-9][a-z0-9.-]*$/.test(id)) {
    throw new ModelError(`"${id}" is no valid id: use lower case letters, digits, dashes and dots.`);
  }
  return id;
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
