import { type ChildProcess, fork } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readArguments } from '../../build/scripts/arguments.mjs';
import { loadApi } from '../../electron/engine/ort/api';
import { findRuntimeLibrary } from '../../electron/engine/ort/library';
import { readManifest } from '../../electron/engine/runtime/package';
import { BENCH_PROVIDERS, type BenchTuning } from './backends';
import { type DraftingFigures, measureDrafting } from './drafting';
import {
  greedyTokens,
  LOOPS,
  type Loaded,
  type Loop,
  type MeasureOptions,
  type Round,
  Subject,
} from './measure';
import { comparisonRequests, mediaRequests } from './prompts';
import { type Result, report } from './report';
import type { TurnFigures } from './turns';

const USAGE = `npm run bench -- [options]

  --model DIR        package to measure (default: models/nano)
  --provider ${BENCH_PROVIDERS.join('|')}
  --loops a,b        rows, of: ${Object.keys(LOOPS).join(', ')} (default: all on the CPU, engine elsewhere)
  --rounds N         medians are taken over these (default: 5)
  --threads N        CPU threads of one run (default: physical cores)
  --context N        rows of the KV cache (default: the model's context length)
  --tuning JSON      one more row: the engine's loop with this CpuTuning, CudaTuning or WebGpuTuning and "threads",
                     for example '{"spinning":false}'; repeatable
  --no-drafts        without the rows of guessing ahead: plain writing against checking drafts, on text
                     that repeats its prompt and on ordinary questions (--loops '' measures these alone)
  --no-turns         without questions with pictures and speech, of a model that takes them
  --sparse           dense against sparse attention instead; add --help for its options
  --compare          print the greedy tokens of 100 prompts instead, with --tuning's settings
  --media FILE       with --compare also a question about this picture, or one spoken in this .wav; repeatable
  --prompts N        no more than N of these, and of the ordinary questions that drafts are measured with
  --diff A B         compare two such outputs
`;

const { values, positionals } = readArguments(USAGE, {
  // Those of --sparse are another program's.
  args: process.argv.includes('--sparse') ? [] : process.argv.slice(2),
  allowPositionals: true,
  allowNegative: true,
  options: {
    model: { type: 'string', default: 'models/nano' },
    provider: { type: 'string', default: 'cpu' },
    loops: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    threads: { type: 'string' },
    context: { type: 'string' },
    tuning: { type: 'string', multiple: true, default: [] },
    drafts: { type: 'boolean', default: true },
    turns: { type: 'boolean', default: true },
    compare: { type: 'boolean' },
    media: { type: 'string', multiple: true, default: [] },
    prompts: { type: 'string' },
    diff: { type: 'boolean' },
  },
});

/** A child measures one loop, so that peak memory is its own. */
type ToChild =
  | { readonly load: MeasureOptions }
  | 'measure'
  | { readonly drafting: MeasureOptions; readonly rounds: number; readonly prompts?: number }
  | { readonly turns: MeasureOptions; readonly rounds: number }
  | 'quit';
type FromChild =
  | { readonly loaded: Loaded }
  | { readonly round: Round }
  | { readonly drafting: readonly DraftingFigures[] }
  | { readonly turns: readonly TurnFigures[] }
  | { readonly error: string };

if (process.send) serve();
else if (process.argv.includes('--sparse')) runSparse();
else process.exitCode = await main();

function runSparse(): void {
  const args = process.argv.slice(2).filter((arg) => arg !== '--sparse');
  const child = fork(fileURLToPath(new URL('sparse.ts', import.meta.url)), args);
  child.once('exit', (code) => {
    process.exitCode = code ?? 1;
  });
}

async function main(): Promise<number> {
  if (values.diff) return diff(positionals);
  const provider = BENCH_PROVIDERS.find((name) => name === values.provider);
  if (!provider) return fail(`There is no provider ${values.provider}.\n\n${USAGE}`);
  const model = resolve(values.model);
  if (!existsSync(join(model, 'autoglm.json'))) {
    return fail(`There is no model in ${model}. Make one of random weights with
  npm run model -- random --config nano --out DIR
and measure it with --model DIR.`);
  }
  const prompts = values.prompts ? Number(values.prompts) : undefined;
  if (values.compare) {
    const [tuning] = values.tuning.map((text) => JSON.parse(text) as BenchTuning);
    const requests = [...comparisonRequests().slice(0, prompts), ...mediaRequests(values.media)];
    const context = values.context ? Number(values.context) : undefined;
    print(await greedyTokens(model, provider, requests, context, tuning));
    return 0;
  }
  const loops = (values.loops?.split(',').filter((loop) => loop !== '') ??
    (provider === 'cpu' ? Object.keys(LOOPS) : ['engine'])) as Loop[];
  const threads = values.threads ? Number(values.threads) : undefined;
  const contextLength = values.context ? Number(values.context) : undefined;
  const rows: MeasureOptions[] = loops.map((loop) => ({
    model,
    provider,
    loop,
    label: loop,
    threads,
    contextLength,
  }));
  for (const label of values.tuning) {
    const { threads: own = threads, ...tuning } = JSON.parse(label) as BenchTuning & { threads?: number };
    rows.push({
      model,
      provider,
      loop: 'engine',
      label,
      threads: own,
      contextLength,
      tuning,
    });
  }
  const rounds = Number(values.rounds);
  const results = rows.length > 0 ? await measureLoops(rows, rounds) : [];
  const own = { model, provider, loop: 'engine', label: 'engine', threads, contextLength } as const;
  const drafting = values.drafts ? await inChild({ drafting: own, rounds, prompts }) : {};
  const { modalities } = await readManifest(model);
  const turns = values.turns && modalities.length > 1 ? await inChild({ turns: own, rounds }) : {};
  print({ ...report(results, loadApi(findRuntimeLibrary()).version), ...drafting, ...turns });
  return 0;
}

/** One round of each loop in turn, so that a busy minute of the machine touches all of them. The first round is thrown away. */
async function measureLoops(options: readonly MeasureOptions[], rounds: number): Promise<Result[]> {
  const children: { child: ChildProcess; loaded: Loaded; rounds: Round[] }[] = [];
  for (const load of options) {
    const child = fork(fileURLToPath(import.meta.url), { serialization: 'advanced' });
    const reply = await ask(child, { load });
    if (!('loaded' in reply)) throw new Error('unexpected reply');
    children.push({ child, loaded: reply.loaded, rounds: [] });
  }
  for (let i = 0; i <= rounds; i++) {
    for (const { child, rounds: measured } of children) {
      const reply = await ask(child, 'measure');
      if ('round' in reply && i > 0) measured.push(reply.round);
    }
  }
  for (const { child } of children) child.send('quit' satisfies ToChild);
  return children;
}

/** In a process of its own, as the loops. */
async function inChild(message: ToChild): Promise<FromChild> {
  const child = fork(fileURLToPath(import.meta.url), { serialization: 'advanced' });
  const reply = await ask(child, message);
  child.send('quit' satisfies ToChild);
  return reply;
}

function ask(child: ChildProcess, message: ToChild): Promise<FromChild> {
  return new Promise((resolveReply, reject) => {
    const onExit = (code: number | null) => reject(new Error(`a measuring process ended with code ${code}`));
    child.once('exit', onExit);
    child.once('message', (reply) => {
      child.off('exit', onExit);
      const answer = reply as FromChild;
      if ('error' in answer) reject(new Error(answer.error));
      else resolveReply(answer);
    });
    child.send(message as object);
  });
}

function serve(): void {
  let subject: Subject | null = null;
  const reply = (answer: FromChild) => void process.send?.(answer);
  const handle = async (message: ToChild): Promise<void> => {
    if (message === 'quit') {
      await subject?.dispose();
      process.disconnect();
    } else if (message === 'measure') {
      if (subject) reply({ round: await subject.measure() });
    } else if ('drafting' in message) {
      reply({ drafting: await measureDrafting(message.drafting, message.rounds, message.prompts) });
    } else if ('turns' in message) {
      subject = await Subject.load(message.turns);
      reply({ turns: await subject.turns(message.rounds) });
    } else {
      subject = await Subject.load(message.load);
      reply({ loaded: subject.loaded });
    }
  };
  process.on('message', (message) => {
    handle(message as ToChild).catch((error: unknown) => reply({ error: String(error) }));
  });
}

type Comparison = Awaited<ReturnType<typeof greedyTokens>>;

/** Where two providers' greedy tokens part. */
function diff(paths: readonly string[]): number {
  const [a, b] = paths.map((path) => JSON.parse(readFileSync(path, 'utf8')) as Comparison);
  if (!a || !b) return fail('--diff takes two files.');
  const differences = a.answers.flatMap((answer, i) => {
    const other = b.answers[i];
    const at = answer.tokens.findIndex((token, position) => token !== other?.tokens[position]);
    const same = at < 0 && answer.tokens.length === other?.tokens.length;
    if (same) return [];
    const position = at < 0 ? answer.tokens.length : at;
    return [{ prompt: answer.prompt, position, [a.provider]: answer.text, [b.provider]: other?.text }];
  });
  print({
    prompts: a.answers.length,
    same: a.answers.length - differences.length,
    devices: [a.device, b.device],
    differences,
  });
  return 0;
}

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

function fail(message: string): number {
  process.stderr.write(`${message}\n`);
  return 1;
}
