import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { type BuildOptions, buildPackage } from './build';
import { type Config, loadConfig, parameterRows, presets } from './config';
import { ModelError } from './errors';
import { importDecoder } from './families/decoder/import';
import { checkpointJob, type Job, modelType, randomJob, randomPresets, unknownType } from './families/jobs';
import type { AccuracyLevel, AttentionKind } from './layers';
import { MANIFEST_FILE } from './manifest';
import { startProgress } from './progress';
import { BLOCK_SIZES, type BlockSize } from './quantize';
import { RandomSource } from './random';
import { SafetensorsSource } from './safetensors';
import { PRECISIONS, type Precision } from './store';
import { byteTokenizer } from './tokenizer';
import { verifyPackage } from './verify';

/** `npm run model -- …`. Exit codes: 0 done, 1 the files or options given are at fault, 70 a bug of ours. */

interface PackageFlags {
  readonly out: string;
  readonly precision: Precision;
  readonly block: BlockSize;
  readonly accuracyLevel: AccuracyLevel;
  readonly attention: AttentionKind;
  readonly head?: Precision;
  readonly id?: string;
  readonly name?: string;
  readonly license: string;
  readonly source: string;
  readonly tokenizer?: string;
}

interface ImportFlags {
  readonly context: number;
  readonly id?: string;
  readonly name?: string;
  readonly license: string;
  readonly source: string;
}

const integer = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value)) throw new InvalidArgumentError('It is not a whole number.');
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
    .addOption(choice('-b, --block <size>', 'weights that share a scale in int4 and int8', BLOCK_SIZES, 32))
    .addOption(
      choice('--accuracy-level <level>', "the CPU's quantized products: 4 in int8, 1 in float32", [1, 4], 4),
    )
    .addOption(
      new Option(
        '--attention <kind>',
        'gqa is fast; mha also computes in float32 on CUDA (with --precision fp32)',
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
    .option('--id <id>', 'what API clients name: lower case, digits, dashes, dots')
    .option('--name <name>', 'what people read')
    .option('--license <id>', 'SPDX identifier of the weights', 'Apache-2.0')
    .option('--source <text>', 'where the weights come from', 'trained in this repository')
    .option('--tokenizer <file>', 'tokenizer.json to pack');
}

const program = new Command('model')
  .description(
    'Builds, checks and counts model packages of the families autoglm-phone, glm4v and whisper (models/README.md).',
  )
  .showHelpAfterError('(add --help for the options)');

packageOptions(program.command('build'))
  .description('builds a package from config.json and model.safetensors (or the shards its index lists)')
  .argument('<folder>', 'the checkpoint')
  .action((folder: string, flags: PackageFlags) => {
    const type = modelType(folder);
    const own = type === undefined || type === 'autoglm-phone';
    const config = own ? loadConfig(path.join(folder, 'config.json')) : undefined;
    const source = new SafetensorsSource(folder);
    try {
      const tokenizer = { path: flags.tokenizer ?? path.join(folder, 'tokenizer.json') };
      const job = config
        ? autoglmPhoneJob(config, source, tokenizer, flags)
        : checkpointJob(folder, type, source, flags.tokenizer);
      if (!job) throw unknownType(type);
      build(job, flags, path.basename(path.resolve(folder)));
    } finally {
      source.close();
    }
  });

packageOptions(program.command('random'))
  .description('builds a package of random weights, for tests and benchmarks; streams, so 9b fits in memory')
  .requiredOption(
    '-c, --config <preset or file>',
    `one of ${[...Object.keys(presets), ...randomPresets].join(', ')}, or a config.json`,
  )
  .option('--seed <number>', 'same seed, same weights', integer, 1)
  .action((flags: PackageFlags & { readonly config: string; readonly seed: number }) => {
    const job = randomJob(flags.config, flags.seed);
    if (job) return build(job, flags, `${flags.config}-random`);
    const config = loadConfig(flags.config);
    const tokenizer = flags.tokenizer ? { path: flags.tokenizer } : { text: byteTokenizer() };
    const label = presets[flags.config] ? flags.config : 'custom';
    const own = autoglmPhoneJob(config, new RandomSource(config, flags.seed), tokenizer, flags);
    build(own, flags, `${label}-random`);
  });

program
  .command('import')
  .description(
    "makes a package of a folder in onnxruntime-genai's or Transformers.js' layout: writes its autoglm.json",
  )
  .argument('<folder>', 'the folder; its graph and tokenizer stay as they are')
  .option('--context <tokens>', 'rows of the KV cache that are offered at most', integer, 8192)
  .option('--id <id>', 'what API clients name: lower case, digits, dashes, dots')
  .option('--name <name>', 'what people read')
  .option('--license <id>', 'SPDX identifier of the weights', 'unknown')
  .option('--source <text>', 'where the weights come from', 'imported')
  .action(async (folder: string, flags: ImportFlags) => {
    const id = packageId(flags.id, path.basename(path.resolve(folder)));
    const names = { id, name: flags.name ?? id, license: flags.license, source: flags.source };
    const manifest = await importDecoder(folder, { names, contextLength: flags.context });
    writeFileSync(path.join(folder, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`);
    console.log(`${folder}: ${id}, ${manifest.contextLength} tokens of context.`);
  });

program
  .command('verify')
  .description('compares every file of a package with the sha256 in its autoglm.json')
  .argument('<folder>', 'the package')
  .action(async (folder: string) => {
    const faults = await verifyPackage(folder, (file, fault) => {
      console.log(fault ? `FAULT  ${fault}` : `ok     ${file}`);
    });
    if (faults.length > 0)
      throw new ModelError(`${folder}: ${faults.length} of its files are not as they should be.`);
    console.log(`${folder} is whole.`);
  });

program
  .command('parameters')
  .description('counts the parameters of a configuration, module by module')
  .requiredOption(
    '-c, --config <preset or file>',
    `one of ${Object.keys(presets).join(', ')}, or a config.json`,
  )
  .action((flags: { readonly config: string }) => {
    const { rows, total } = parameterRows(loadConfig(flags.config));
    const table = [...rows, { module: 'total', count: total }];
    const width = Math.max(...table.map((row) => row.module.length));
    for (const { module, count } of table) {
      const share = `${((100 * count) / total).toFixed(1)} %`;
      console.log(
        `${module.padEnd(width)}  ${count.toLocaleString('en').padStart(15)}  ${share.padStart(7)}`,
      );
    }
    // 4 bits a weight, and a float16 scale for every 32.
    console.log(`int4 with block 32: ${megabytes((total * 4.5) / 8)}; fp16: ${megabytes(total * 2)}`);
  });

function autoglmPhoneJob(
  config: Config,
  source: BuildOptions['source'],
  tokenizer: BuildOptions['tokenizer'],
  { attention }: PackageFlags,
): Job {
  return {
    parameters: parameterRows(config).total,
    run: (options) => buildPackage({ ...options, config, source, tokenizer, attention }),
  };
}

function build(job: Job, flags: PackageFlags, label: string): void {
  const id = packageId(flags.id, label);
  mkdirSync(path.dirname(path.resolve(flags.out)), { recursive: true });
  const started = performance.now();
  const progress = startProgress(`${id} ${flags.precision}`, job.parameters);
  try {
    const result = job.run({
      out: flags.out,
      precision: flags.precision,
      blockSize: flags.block,
      accuracyLevel: flags.accuracyLevel,
      headPrecision: flags.head,
      names: { id, name: flags.name ?? id, license: flags.license, source: flags.source },
      onProgress: (done) => progress.update(done),
    });
    progress.stop();
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const { parameters, bytes } = result;
    console.log(
      `${flags.out}: ${parameters.toLocaleString('en')} parameters, ${megabytes(bytes)}, built in ${seconds} s.`,
    );
  } finally {
    progress.stop();
  }
}

/** @throws ModelError when the id that was given is none. */
function packageId(given: string | undefined, label: string): string {
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

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof ModelError) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  } else {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 70;
  }
}
