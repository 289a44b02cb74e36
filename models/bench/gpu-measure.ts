import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { describeDevice } from '../../electron/contract/device';
import { AppError } from '../../electron/contract/errors';
import type { ContentPart, GenerationRequest, GenerationStats } from '../../electron/contract/generation';
import { CudaBackend } from '../../electron/engine/ort/cuda-backend';
import type { CudaTuning } from '../../electron/engine/ort/cuda-tuning';
import { LoadedModel } from '../../electron/engine/runtime/loaded-model';
import { type KernelTime, readProfile } from './gpu-profile';
import { round, spread } from './spread';
import { measureTurns, type TurnFigures } from './turns';

/** What one package is measured for. Times in milliseconds, speeds in tokens per second, memory in MiB of the whole device. */
export interface PackageFigures {
  readonly name: string;
  /** What differs from the engine's own settings. */
  readonly tuning: Partial<CudaTuning>;
  readonly id: string;
  readonly precision: string;
  readonly device: string;
  /** First load of the process, then again with the files in the system's cache. */
  readonly loadMs: number;
  readonly warmLoadMs: number;
  readonly depths: Readonly<Record<number, Depth>>;
  /** The process's first text of the first depth, and its first picture: kernels and tactics are chosen then. */
  readonly firstTextMs?: number;
  readonly firstImageMs?: number;
  /** Tokens per second after a prompt of the first depth where they are drawn as `DRAWN` says; elsewhere the likeliest is taken. */
  readonly drawn: Spread;
  /** From a question about a 1080 x 2400 screenshot that was never seen to the first token of the answer. */
  readonly imageFirstTokenMs?: Spread;
  /** The same for pictures of sizes that were never seen. */
  readonly newImageFirstTokenMs?: Spread;
  /** Of a model that hears: questions typed, with pictures, spoken. */
  readonly turns?: readonly TurnFigures[];
  /** After loading: weights, cache, what the libraries take. */
  readonly loadedMemoryMiB: number;
  readonly memoryBeforeMiB: number;
  /** Of samples taken all the time: what a run frees when it ends is seen as well. */
  readonly peakMemoryMiB: number;
}

type Spread = ReturnType<typeof spread>;

export interface ProfileFigures {
  readonly name: string;
  readonly profile: readonly KernelTime[];
}

interface Depth {
  readonly firstTokenMs: Spread;
  /** Of prompts whose length was never read before, as people's are. */
  readonly newLengthMs: Spread;
  readonly prefill: Spread;
  readonly decode: Spread;
}

/** As people have it: `GenerationRequest.sampling`. */
const DRAWN = { temperature: 0.8, topK: 40, topP: 0.9, seed: 1 } as const;

/** Tokens of an answer; llama-bench is asked for as many. */
export const DECODE_TOKENS = 128;

export interface Job {
  readonly name: string;
  readonly folder: string;
  readonly context: number;
  readonly depths: readonly number[];
  readonly rounds: number;
  readonly tuning: Partial<CudaTuning>;
  /** Where ORT's profile of one more, slower run goes; it records no CUDA graph, which would be one event. */
  readonly profile?: string;
  /** What holds how much memory after each step, instead of times. */
  readonly stages?: boolean;
}

/** In a process of its own. */
export async function measure(job: Job): Promise<PackageFigures | ProfileFigures> {
  return job.profile === undefined ? measurePackage(job) : profilePackage(job, job.profile);
}

async function measurePackage(job: Job): Promise<PackageFigures> {
  const memoryBeforeMiB = usedMiB();
  let model = await load(job);
  const loadMs = model.info.loadMs;
  await model.dispose();
  model = await load(job);
  const loadedMemoryMiB = usedMiB();
  const memory = watchMemory();
  let serial = 0;
  const run = async (request: GenerationRequest): Promise<GenerationStats> => {
    for await (const event of model.generate(request)) {
      if (event.type === 'failed') throw new Error(event.error.message);
      if (event.type === 'finished') return event.stats;
    }
    throw new Error('the generation ended without statistics');
  };
  let firstTextMs: number | undefined;
  const depths: Record<number, Depth> = {};
  for (const depth of job.depths) {
    const all: GenerationStats[] = [];
    for (let i = 0; i <= job.rounds; i++) {
      const stats = await run(await promptOf(model, depth, DECODE_TOKENS, ++serial));
      if (i > 0) all.push(stats); // the first of a length allocates
      firstTextMs ??= stats.firstTokenMs;
    }
    const fresh: number[] = [];
    for (let i = 0; i < job.rounds; i++) {
      const stats = await run(await promptOf(model, depth - 5 - 7 * i, 2, ++serial));
      fresh.push(stats.firstTokenMs);
    }
    depths[depth] = {
      firstTokenMs: spread(all.map((stats) => stats.firstTokenMs)),
      newLengthMs: spread(fresh),
      prefill: spread(all.map((stats) => (stats.promptTokens * 1000) / stats.firstTokenMs)),
      decode: spread(all.map((stats) => stats.tokensPerSecond)),
    };
  }
  const drawn: number[] = [];
  for (let i = 0; i <= job.rounds; i++) {
    const request = await promptOf(model, job.depths[0] ?? 512, DECODE_TOKENS, ++serial);
    const stats = await run({ ...request, sampling: { ...request.sampling, ...DRAWN } });
    if (i > 0) drawn.push(stats.tokensPerSecond); // the first of a process compares the kernel
  }
  let firstImageMs: number | undefined;
  let imageFirstTokenMs: Spread | undefined;
  let newImageFirstTokenMs: Spread | undefined;
  if (model.info.manifest.modalities.includes('image')) {
    const times: number[] = [];
    for (let i = 0; i <= job.rounds; i++) {
      const stats = await run(await screenshotQuestion(i));
      if (i > 0) times.push(stats.firstTokenMs);
      firstImageMs ??= stats.firstTokenMs;
    }
    imageFirstTokenMs = spread(times);
    const fresh: number[] = [];
    for (let i = 0; i < job.rounds; i++) {
      const stats = await run(await screenshotQuestion(100 + i, 2400 - 56 * (i + 1)));
      fresh.push(stats.firstTokenMs);
    }
    newImageFirstTokenMs = spread(fresh);
  }
  const turns = model.info.manifest.modalities.includes('audio')
    ? await measureTurns(model, job.rounds)
    : undefined;
  const { manifest, device, loadMs: warmLoadMs } = model.info;
  const peakMemoryMiB = await memory.end();
  await model.dispose();
  const { id, precision } = manifest;
  return {
    name: job.name,
    tuning: job.tuning,
    id,
    precision,
    device: describeDevice(device),
    loadMs,
    warmLoadMs,
    depths,
    drawn: spread(drawn),
    firstTextMs: firstTextMs && round(firstTextMs),
    firstImageMs: firstImageMs && round(firstImageMs),
    imageFirstTokenMs,
    newImageFirstTokenMs,
    turns,
    loadedMemoryMiB,
    memoryBeforeMiB,
    peakMemoryMiB,
  };
}

async function load({ folder, context, tuning }: Job): Promise<LoadedModel> {
  const backend = CudaBackend.open(0, tuning);
  const options = { contextLength: context, endTokens: [], maxSequences: 1, trusted: true, backend };
  // Plain writing: `npm run bench -- --provider cuda` measures drafts beside it.
  return LoadedModel.load(folder, { ...options, speculation: false });
}

/** Where the time of a prompt, of answering and of a picture goes, by kernel or operator. */
async function profilePackage(job: Job, prefix: string): Promise<ProfileFigures> {
  const model = await load({ ...job, tuning: { ...job.tuning, graphs: false, profile: prefix } });
  const requests = [await promptOf(model, job.depths[0] ?? 512, 16, 1)];
  if (model.info.manifest.modalities.includes('image')) requests.push(await screenshotQuestion(1));
  for (const request of requests) {
    for await (const event of model.generate(request)) {
      if (event.type === 'failed') throw new Error(event.error.message);
    }
  }
  // The files are written when the sessions end.
  await model.dispose();
  return { name: job.name, profile: readProfile(prefix) };
}

/** A prompt of exactly so many tokens of digits, another one each time, since the engine keeps what it has read. */
export async function promptOf(model: LoadedModel, tokens: number, maxTokens: number, serial: number) {
  const build = (content: string): GenerationRequest => ({
    messages: [{ role: 'user', content: [{ type: 'text', text: content }] }],
    sampling: { temperature: 0, maxTokens },
    enableThinking: true,
  });
  let text = `${serial}${'1234567890'.repeat(Math.ceil(tokens / 4))}`;
  for (;;) {
    const over = (await countUpTo(model, build(text), text.length)) - tokens;
    if (over <= 0) return build(text);
    text = text.slice(0, Math.max(1, text.length - Math.max(1, Math.floor(over * 0.9))));
  }
}

/** @param otherwise for what is longer than the context: no token of digits has less than one. */
async function countUpTo(model: LoadedModel, request: GenerationRequest, otherwise: number): Promise<number> {
  try {
    return await model.countTokens(request);
  } catch (error) {
    if (error instanceof AppError && error.code === 'context-exceeded') return otherwise;
    throw error;
  }
}

/** Bands and text-like marks at random: what it shows does not matter for the time, its size does. */
async function screenshotQuestion(seed: number, height = 2400): Promise<GenerationRequest> {
  const lines = Array.from({ length: 40 }, (_, i) => {
    const y = 60 * i;
    const hue = (seed * 77 + i * 31) % 360;
    return `<rect x="40" y="${y + 8}" width="${200 + ((seed * 131 + i * 97) % 780)}" height="36" rx="8" fill="hsl(${hue} 50% 60%)"/>`;
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="1080" height="${height}"><rect width="1080" height="${height}" fill="#fff"/>${lines.join('')}</svg>`;
  const path = join(mkdtempSync(join(tmpdir(), 'autoglm-bench-')), 'screen.png');
  await sharp(Buffer.from(svg)).png().toFile(path);
  const image: ContentPart = { type: 'image', path, sha256: `bench-${process.pid}-${seed}` };
  return {
    messages: [{ role: 'user', content: [image, { type: 'text', text: 'What is on this screen?' }] }],
    sampling: { temperature: 0, maxTokens: 2 },
    enableThinking: true,
  };
}

export function nvidiaSmi(): string {
  return query('name,driver_version,memory.total');
}

function usedMiB(): number {
  return Number.parseInt(query('memory.used'), 10);
}

function query(fields: string): string {
  return execFileSync('nvidia-smi', queryArguments(fields), { encoding: 'utf8' }).trim();
}

function queryArguments(fields: string): string[] {
  const device = process.env.CUDA_VISIBLE_DEVICES ?? '0';
  return ['-i', device, `--query-gpu=${fields}`, '--format=csv,noheader'];
}

/** The highest use of the device's memory, MiB, sampled by a process of its own since steps block this one. */
export function watchMemory() {
  const child = spawn('nvidia-smi', [...queryArguments('memory.used'), '-lms', '10']);
  let peak = 0;
  let recent = 0;
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) recent = Math.max(recent, Number.parseInt(line, 10) || 0);
    peak = Math.max(peak, recent);
  });
  return {
    /** The highest since this was last asked, of what has been told so far. */
    since(): number {
      const seen = recent;
      recent = 0;
      return seen;
    },
    async end(): Promise<number> {
      const closed = new Promise((resolve) => child.once('close', resolve));
      child.kill();
      await closed;
      return Math.max(peak, usedMiB());
    },
  };
}
