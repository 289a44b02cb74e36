import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { addConvertCommands, integer, megabytes, packageId } from './cli-convert';
import { ModelError } from './errors';
import { loadConfig, parameterRows, presets } from './families/autoglm-phone/config';
import { unpackPackage } from './families/autoglm-phone/unpack';
import { importDecoder } from './families/decoder/import';
import { isSnapshot, locateModel } from './hub-cache';
import { MANIFEST_FILE } from './manifest';
import { runTool } from './tool-commands';
import { verifyPackage } from './verify';

/** `npm run model -- …`. Exit codes: 0 done, 1 the files or options given are at fault, 70 a bug of ours, 130 stopped by the user. */

interface ImportFlags {
  readonly context: number;
  readonly id?: string;
  readonly name?: string;
  readonly license: string;
  readonly source: string;
  readonly out?: string;
}

const program = new Command('model')
  .description(
    'Builds, checks and counts model packages of the families autoglm-phone, glm4v and whisper (models/README.md).',
  )
  .showHelpAfterError('(add --help for the options)');

addConvertCommands(program);

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
  .option(
    '-o, --out <folder>',
    "copies what the package needs there; always for a folder of Hugging Face's cache",
  )
  .action(async (chosen: string, flags: ImportFlags) => {
    const { folder: from, name } = locateModel(chosen);
    if (flags.out === undefined && isSnapshot(from)) {
      throw new ModelError(
        `${chosen} is in Hugging Face's cache, whose files others share. Name a folder for the package with --out.`,
      );
    }
    const id = packageId(flags.id, name);
    const names = { id, name: flags.name ?? id, license: flags.license, source: flags.source };
    const folder = flags.out ?? from;
    if (flags.out !== undefined) {
      if (existsSync(flags.out)) throw new ModelError(`${flags.out} is there already. Name another folder.`);
      mkdirSync(path.dirname(path.resolve(flags.out)), { recursive: true });
      const command = { type: 'import', path: from, out: flags.out, id, name: names.name } as const;
      await runTool(command, { progress: () => {} });
    }
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
  .command('unpack')
  .description(
    "writes an autoglm-phone package's weights back as a checkpoint, from which training can go on",
  )
  .argument('<folder>', 'the package')
  .requiredOption('-o, --out <folder>', 'for model.safetensors, config.json and tokenizer.json')
  .action((folder: string, { out }: { readonly out: string }) => {
    unpackPackage(folder, out);
    console.log(`${out} holds the weights of ${folder}.`);
  });

program
  .command('parameters')
  .description('counts the parameters of a configuration, module by module')
  .argument(
    '[config]',
    `one of ${Object.keys(presets).join(', ')}, a config.json, or a folder that holds one`,
  )
  .option('-c, --config <config>', 'the same')
  .action((given: string | undefined, flags: { readonly config?: string }) => {
    const name = given ?? flags.config;
    if (name === undefined)
      throw new ModelError('Name a configuration: a preset, a config.json, or its folder.');
    const inside = path.join(name, 'config.json');
    const { rows, total } = parameterRows(loadConfig(existsSync(inside) ? inside : name));
    const counted = rows.reduce((sum, { count }) => sum + count, 0);
    const table = [
      ...rows,
      { module: 'total', count: counted },
      { module: 'stored (the tied embedding once)', count: total },
    ];
    const width = Math.max(...table.map((row) => row.module.length));
    for (const { module, count } of table) {
      const share = `${((100 * count) / counted).toFixed(1)} %`;
      console.log(
        `${module.padEnd(width)}  ${count.toLocaleString('en').padStart(15)}  ${share.padStart(7)}`,
      );
    }
    // 4 bits a weight, and a float16 scale for every 32.
    console.log(`int4 with block 32: ${megabytes((total * 4.5) / 8)}; fp16: ${megabytes(total * 2)}`);
  });

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof ModelError) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode ||= 1;
  } else {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 70;
  }
}
