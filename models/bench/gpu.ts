import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import type { ContentPart, GenerationRequest, GenerationStats } from '../../electron/contract/generation';
import { loadApi } from '../../electron/engine/ort/api';
import { findRuntimeLibrary } from '../../electron/engine/ort/library';
import { LoadedModel } from '../../electron/engine/runtime/loaded-model';
import { machine, spread } from './report';

const USAGE = `npm run bench:gpu -- [options] PACKAGE…

  --rounds N         medians are taken over these, at least 5 (default: 5)
  --context N        rows of the KV cache (default: 8192)
  --depths a,b       prompt lengths (default: 512,3000)
  --llama-bench FILE measures --gguf with llama.cpp in the same run: its llama-bench, built for this GPU
  --gguf FILE
  --out FILE         (default: models/bench/results.json)
`;

/** What one package is measured for. Times in milliseconds, speeds in tokens per second, memory in MiB of the whole device. */
export interface PackageFigures {
  readonly id: string;
  readonly precision: string;
  readonly device: string;
  /** First load of the process, then again with the files in the system's cache. */
  readonly loadMs: number;
  readonly warmLoadMs: number;
  readonly depths: Readonly<Record<number, Depth>>;
  /** From a question about a 1080 x 2400 screenshot that was never seen to the first token of the answer. */
  readonly imageFirstTokenMs?: Spread;
  readonly memoryBeforeMiB: number;
  readonly peakMemoryMiB: number;
}

type Spread = ReturnType<typeof spread>;

interface Depth {
  readonly firstTokenMs: Spread;
  readonly prefill: Spread;
  readonly decode: Spread;
}

const DECODE_TOKENS = 128;

interface Job {
  readonly folder: string;
  readonly context: number;
  readonly depths: readonly number[];
  readonly rounds: number;
}

if (process.send) {
  process.once('message', (job) => {
    measurePackage(job as Job).then(
      (figures) => process.send?.({ figures }, () => process.disconnect()),
      (error: unknown) => process.send?.({ error: String(error) }, () => process.disconnect()),
    );
  });
} else {
  process.exitCode = await main();
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: '5' },
      context: { type: 'string', default: '8192' },
      depths: { type: 'string', default: '512,3000' },
      'llama-bench': { type: 'string' },
      gguf: { type: 'string' },
      out: { type: 'string', default: 'models/bench/results.json' },
      help: { type: 'boolean' },
    },
  });
  const missing = positionals.find((folder) => !existsSync(join(folder, 'autoglm.json')));
  if (values.help || !positionals.length || missing) {
    process.stderr.write(missing ? `There is no package in ${missing}.\n` : USAGE);
    return values.help ? 0 : 1;
  }
  const depths = values.depths.split(',').map(Number);
  const rounds = Math.max(5, Number(values.rounds));
  const packages: (PackageFigures | { folder: string; error: string })[] = [];
  for (const folder of positionals) {
    const job: Job = { folder: resolve(folder), context: Number(values.context), depths, rounds };
    const reply = await inChild(job);
    packages.push('figures' in reply ? reply.figures : { folder, error: reply.error });
    process.stderr.write(`${JSON.stringify(packages.at(-1))}\n`);
  }
  const llama =
    values['llama-bench'] && values.gguf
      ? llamaBench(values['llama-bench'], values.gguf, depths, rounds)
      : undefined;
  const results = {
    machine: { ...machine(), gpu: nvidiaSmi() },
    versions: { node: process.versions.node, onnxruntime: loadApi(findRuntimeLibrary()).version },
    date: new Date().toISOString().slice(0, 10),
    context: Number(values.context),
    rounds,
    packages,
    llama,
  };
  writeFileSync(values.out, `${JSON.stringify(results, null, 2)}\n`);
  process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
  return 0;
}

/** A process of its own for each package, so that memory and failures are its own. */
function inChild(job: Job): Promise<{ figures: PackageFigures } | { error: string }> {
  return new Promise((done) => {
    const child: ChildProcess = fork(fileURLToPath(import.meta.url));
    child.once('message', (reply) => done(reply as { figures: PackageFigures } | { error: string }));
    child.once('exit', (code) => done({ error: `the measuring process ended with code ${code}` }));
    child.send(job);
  });
}

async function measurePackage(job: Job): Promise<PackageFigures> {
  const memoryBeforeMiB = usedMiB();
  const options = {
    provider: 'cuda',
    contextLength: job.context,
    endTokens: [],
    maxSequences: 1,
    trusted: true,
  } as const;
  let model = await LoadedModel.load(job.folder, options);
  const loadMs = model.info.loadMs;
  await model.dispose();
  model = await LoadedModel.load(job.folder, options);
  if (model.info.provider !== 'cuda') throw new Error(JSON.stringify(model.info.passedOver));
  let peak = 0;
  let serial = 0;
  const run = async (request: GenerationRequest): Promise<GenerationStats> => {
    for await (const event of model.generate(request)) {
      if (event.type === 'failed') throw new Error(event.error.message);
      if (event.type === 'finished') {
        peak = Math.max(peak, event.stats.peakMemoryBytes / 2 ** 20, usedMiB());
        return event.stats;
      }
    }
    throw new Error('the generation ended without statistics');
  };
  const depths: Record<number, Depth> = {};
  for (const depth of job.depths) {
    const all: GenerationStats[] = [];
    for (let i = 0; i <= job.rounds; i++) {
      const stats = await run(await promptOf(model, depth, DECODE_TOKENS, ++serial));
      if (i > 0) all.push(stats); // the first of a length allocates
    }
    depths[depth] = {
      firstTokenMs: spread(all.map((stats) => stats.firstTokenMs)),
      prefill: spread(all.map((stats) => (stats.promptTokens * 1000) / stats.firstTokenMs)),
      decode: spread(all.map((stats) => stats.tokensPerSecond)),
    };
  }
  let imageFirstTokenMs: Spread | undefined;
  if (model.info.manifest.modalities.includes('image')) {
    const times: number[] = [];
    for (let i = 0; i <= job.rounds; i++) {
      const stats = await run(await screenshotQuestion(i));
      if (i > 0) times.push(stats.firstTokenMs);
    }
    imageFirstTokenMs = spread(times);
  }
  const { manifest, device, loadMs: warmLoadMs } = model.info;
  await model.dispose();
  const { id, precision } = manifest;
  return {
    id,
    precision,
    device,
    loadMs,
    warmLoadMs,
    depths,
    imageFirstTokenMs,
    memoryBeforeMiB,
    peakMemoryMiB: Math.round(peak),
  };
}

/** A prompt of exactly so many tokens of digits, another one each time, since the engine keeps what it has read. */
async function promptOf(model: LoadedModel, tokens: number, maxTokens: number, serial: number) {
  const build = (content: string): GenerationRequest => ({
    messages: [{ role: 'user', content: [{ type: 'text', text: content }] }],
    sampling: { temperature: 0, maxTokens },
    enableThinking: true,
  });
  let text = `${serial}${'1234567890'.repeat(Math.ceil(tokens / 4))}`;
  for (;;) {
    const over = (await model.countTokens(build(text))) - tokens;
    if (over <= 0) return build(text);
    text = text.slice(0, Math.max(1, text.length - Math.max(1, Math.floor(over * 0.9))));
  }
}

/** Bands and text-like marks at random: what it shows does not matter for the time, its size does. */
async function screenshotQuestion(seed: number): Promise<GenerationRequest> {
  const lines = Array.from({ length: 40 }, (_, i) => {
    const y = 60 * i;
    const hue = (seed * 77 + i * 31) % 360;
    return `<rect x="40" y="${y + 8}" width="${200 + ((seed * 131 + i * 97) % 780)}" height="36" rx="8" fill="hsl(${hue} 50% 60%)"/>`;
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="1080" height="2400"><rect width="1080" height="2400" fill="#fff"/>${lines.join('')}</svg>`;
  const path = join(mkdtempSync(join(tmpdir(), 'autoglm-bench-')), 'screen.png');
  await sharp(Buffer.from(svg)).png().toFile(path);
  const image: ContentPart = { type: 'image', path, sha256: `bench-${process.pid}-${seed}` };
  return {
    messages: [{ role: 'user', content: [image, { type: 'text', text: 'What is on this screen?' }] }],
    sampling: { temperature: 0, maxTokens: 2 },
    enableThinking: true,
  };
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

function nvidiaSmi(): string {
  return query('name,driver_version,memory.total');
}

function usedMiB(): number {
  return Number.parseInt(query('memory.used'), 10);
}

function query(fields: string): string {
  const device = process.env.CUDA_VISIBLE_DEVICES ?? '0';
  return execFileSync('nvidia-smi', ['-i', device, `--query-gpu=${fields}`, '--format=csv,noheader'], {
    encoding: 'utf8',
  }).trim();
}
