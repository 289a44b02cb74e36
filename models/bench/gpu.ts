import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readArguments } from '../../build/scripts/arguments.mjs';
import { loadApi } from '../../electron/engine/ort/api';
import type { CudaTuning } from '../../electron/engine/ort/cuda-tuning';
import { findRuntimeLibrary } from '../../electron/engine/ort/library';
import {
  DECODE_TOKENS,
  type Job,
  measure,
  nvidiaSmi,
  type PackageFigures,
  type ProfileFigures,
} from './gpu-measure';
import { measureStages, type StageFigures } from './gpu-stages';
import { machine } from './report';

const USAGE = `npm run bench:gpu -- [options] PACKAGE…

  --variant NAME=PACKAGE [JSON]
                     one more row, as a single argument; JSON: settings of the engine's CUDA provider (CudaTuning) and "env",
                     variables of the environment, for example 'no-xqa=/m/int4 {"env":{"ORT_ENABLE_XQA":"0"}}'; repeatable
  --rounds N         medians are taken over these, at least 5 (default: 5)
  --context N        rows of the KV cache (default: 8192)
  --depths a,b       prompt lengths (default: 512,3000)
  --profile FOLDER   then runs each row once more and keeps ONNX Runtime's profiles there, and the sum by kernel in the result
  --stages           instead: what holds how much of the device's memory after each step of loading and each turn
  --llama-bench FILE measures --gguf with llama.cpp in the same run: its llama-bench, built for this GPU
  --gguf FILE
  --out FILE         (default: models/bench/results.json)
`;

interface Row {
  readonly name: string;
  readonly folder: string;
  readonly tuning: Partial<CudaTuning>;
  readonly env: Readonly<Record<string, string>>;
}

type Reply =
  | { readonly figures: PackageFigures | ProfileFigures | StageFigures }
  | { readonly error: string };

if (process.send) {
  process.once('message', (job) => {
    const { stages } = job as Job;
    (stages ? measureStages(job as Job) : measure(job as Job)).then(
      (figures) => process.send?.({ figures }, () => process.disconnect()),
      // What was open stays open: the next row must not find its memory taken.
      (error: unknown) => process.send?.({ error: String(error) }, () => process.exit(1)),
    );
  });
} else {
  process.exitCode = await main();
}

async function main(): Promise<number> {
  const { values, positionals } = readArguments(USAGE, {
    allowPositionals: true,
    options: {
      variant: { type: 'string', multiple: true, default: [] },
      rounds: { type: 'string', default: '5' },
      context: { type: 'string', default: '8192' },
      depths: { type: 'string', default: '512,3000' },
      profile: { type: 'string' },
      stages: { type: 'boolean' },
      'llama-bench': { type: 'string' },
      gguf: { type: 'string' },
      out: { type: 'string', default: 'models/bench/results.json' },
    },
  });
  let rows: Row[];
  try {
    rows = [...positionals.map((folder) => rowOf(`${folder}=${folder}`)), ...values.variant.map(rowOf)];
    if (rows.length === 0) throw new Error(USAGE);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    return 1;
  }
  const depths = values.depths.split(',').map(Number);
  const rounds = Math.max(5, Number(values.rounds));
  const gpu = nvidiaSmi();
  const packages: ((PackageFigures | { readonly name: string; readonly error: string }) &
    Partial<ProfileFigures>)[] = [];
  const save = (llama?: ReturnType<typeof llamaBench>): string => {
    const results = {
      machine: { ...machine(), gpu },
      versions: { node: process.versions.node, onnxruntime: loadApi(findRuntimeLibrary()).version },
      date: new Date().toISOString().slice(0, 10),
      context: Number(values.context),
      rounds,
      packages,
      llama,
    };
    const text = `${JSON.stringify(results, null, 2)}\n`;
    writeFileSync(values.out, text);
    return text;
  };
  if (values.profile) mkdirSync(values.profile, { recursive: true });
  for (const { name, folder, tuning, env } of rows) {
    const job: Job = {
      name,
      folder: resolve(folder),
      context: Number(values.context),
      depths,
      rounds,
      tuning,
      stages: values.stages,
    };
    const reply = await inChild(job, env);
    const figures = 'figures' in reply ? (reply.figures as PackageFigures) : { name, error: reply.error };
    const profile = values.profile && (await profileOf(job, resolve(values.profile), env));
    packages.push({ ...figures, ...profile });
    process.stderr.write(`${JSON.stringify(packages.at(-1))}\n`);
    // A lent machine may be taken back before the end.
    save();
  }
  const { gguf, 'llama-bench': binary } = values;
  process.stdout.write(save(binary && gguf ? llamaBench(binary, gguf, depths, rounds) : undefined));
  return 0;
}

/** `NAME=PACKAGE [JSON]`. @throws Error saying what is wrong with it. */
function rowOf(text: string): Row {
  const [, name, folder, json = '{}'] = /^([^=]+)=(.*?)(?:\s+(\{.*\}))?$/s.exec(text) ?? [];
  if (!name || !folder) throw new Error(`--variant takes NAME=PACKAGE and perhaps JSON, not ${text}`);
  if (!existsSync(join(folder, 'autoglm.json'))) throw new Error(`There is no package in ${folder}.`);
  const { env = {}, ...tuning } = JSON.parse(json) as Partial<CudaTuning> & { env?: Record<string, string> };
  return { name, folder, tuning, env };
}

async function profileOf(job: Job, folder: string, env: Row['env']): Promise<Partial<ProfileFigures>> {
  const prefix = join(folder, job.name.replace(/[^\w.-]+/g, '_'));
  const reply = await inChild({ ...job, profile: prefix }, env);
  if ('error' in reply) process.stderr.write(`${job.name}, profile: ${reply.error}\n`);
  return 'figures' in reply ? { profile: (reply.figures as ProfileFigures).profile } : {};
}

/** A process of its own for each row, so that memory, environment and failures are its own. */
function inChild(job: Job, env: Row['env']): Promise<Reply> {
  return new Promise((done) => {
    const child: ChildProcess = fork(fileURLToPath(import.meta.url), { env: { ...process.env, ...env } });
    child.once('message', (reply) => done(reply as Reply));
    child.once('exit', (code) => done({ error: `the measuring process ended with code ${code}` }));
    child.send(job);
  });
}

interface LlamaRow {
  readonly n_prompt: number;
  readonly n_gen: number;
  readonly n_depth: number;
  readonly avg_ts: number;
  readonly stddev_ts: number;
  readonly build_commit: string;
}

function llamaBench(binary: string, gguf: string, depths: readonly number[], rounds: number) {
  const bench = (...args: string[]): LlamaRow[] => {
    const common = ['-m', gguf, '-ngl', '99', '-fa', '1', '-r', String(rounds), '-o', 'json'];
    return JSON.parse(execFileSync(binary, [...common, ...args], { encoding: 'utf8', maxBuffer: 1 << 26 }));
  };
  const rows = [
    ...bench('-p', depths.join(','), '-n', '0'),
    ...bench('-p', '0', '-n', String(DECODE_TOKENS), '-d', depths.join(',')),
  ];
  return rows.map((row) => ({
    prompt: row.n_prompt,
    generated: row.n_gen,
    depth: row.n_depth,
    tokensPerSecond: row.avg_ts,
    deviation: row.stddev_ts,
    commit: row.build_commit,
  }));
}
