import { fork } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readArguments } from '../../build/scripts/arguments.mjs';
import { describeDevice } from '../../electron/contract/device';
import { type Manifest, ManifestSchema } from '../../electron/contract/manifest';
import { autoglmPhone } from '../../electron/engine/families/autoglm-phone/model';
import type { AutoglmPhonePrompt } from '../../electron/engine/families/autoglm-phone/prompt';
import type { Backend, Tensor } from '../../electron/engine/ort/backend';
import { CpuBackend } from '../../electron/engine/ort/cpu-backend';
import { CudaBackend } from '../../electron/engine/ort/cuda-backend';
import { defaultThreads } from '../../electron/engine/runtime/threads';
import { Tokenizer } from '../../electron/engine/tokenizer/tokenizer';
import type { Activation } from '../builder/layers';
import { machine } from './report';
import {
  ATTENTIONS,
  type AttentionKind,
  CACHE_ROWS,
  CHAINED,
  DECODE_STEPS,
  SIZES,
  SPARSE,
  writeAttention,
  writePackages,
} from './sparse-subjects';
import { round, spread } from './spread';

/**
 * Dense against sparse attention; `npm run bench -- --sparse`. Each figure comes from a process of its own; on CUDA, where starting one takes seconds, each kind's,
 * lengths ascending.
 */

const USAGE = `npm run bench -- --sparse [options]

  --provider cpu|cuda
  --sizes a,b        of: ${Object.keys(SIZES).join(', ')} (default: all)
  --lengths a,b      rows of the prompt (default: 512,1024,2048,4096,8192)
  --rounds N         medians are taken over these (default: 5)
  --threads N        CPU threads of one run (default: physical cores)
  --parts a,b        of: attention, model (default: both)
  --kinds a,b        of: ${ATTENTIONS.join(', ')} (default: all that the provider and the part have)
`;

interface Job {
  readonly part: 'attention' | 'model';
  /** A graph, or a package's folder. */
  readonly path: string;
  readonly size: string;
  readonly kind: AttentionKind;
  readonly lengths: readonly number[];
  readonly rounds: number;
  readonly threads: number;
  readonly provider: 'cpu' | 'cuda';
}

/**
 * Milliseconds a run, of attention alone that of one of those chained (of its `firstMs` all), and MiB on top of what is held before the first one. `firstMs` is the run before those that
 * are counted, the first of its length; `otherMs` of the model the first of another length after them. On the CPU, `cpuMs` is the processors' time.
 */
interface Figures {
  readonly device: string;
  readonly firstMs: number;
  readonly otherMs?: number;
  readonly ms: readonly number[];
  readonly cpuMs: readonly number[];
  readonly stepMs?: readonly number[];
  readonly stepCpuMs?: readonly number[];
  readonly peakMiB: number;
}

async function main(): Promise<number> {
  const { values } = readArguments(USAGE, {
    options: {
      provider: { type: 'string', default: 'cpu' },
      sizes: { type: 'string', default: Object.keys(SIZES).join() },
      lengths: { type: 'string', default: '512,1024,2048,4096,8192' },
      rounds: { type: 'string', default: '5' },
      threads: { type: 'string' },
      parts: { type: 'string', default: 'attention,model' },
      kinds: { type: 'string', default: ATTENTIONS.join() },
    },
  });
  const sizes = values.sizes.split(',');
  const wrong = sizes.find((size) => !SIZES[size]);
  if (wrong) {
    process.stderr.write(`There is no size ${wrong}.\n\n${USAGE}`);
    return 1;
  }
  const provider = values.provider === 'cuda' ? 'cuda' : 'cpu';
  const activation: Activation = provider === 'cuda' ? 'float16' : 'float32';
  const folder = mkdtempSync(join(tmpdir(), 'autoglm-sparse-bench-'));
  const results: object[] = [];
  let device = '';
  try {
    for (const size of sizes) {
      const common = {
        size,
        provider,
        rounds: Number(values.rounds),
        threads: values.threads ? Number(values.threads) : defaultThreads(),
      } as const;
      for (const part of values.parts.split(',') as Job['part'][]) {
        if (part === 'model') writePackages(folder, size);
        for (const kind of ATTENTIONS) {
          if (!values.kinds.split(',').includes(kind) || !isMeasured(kind, part, provider)) continue;
          const path =
            part === 'model'
              ? join(folder, `${size}-${kind === 'sparse' ? kind : 'dense'}`)
              : writeAttention(folder, size, kind, activation);
          // Scores and their softmax: more than a machine has at the longest lengths.
          const lengths = values.lengths
            .split(',')
            .map(Number)
            .filter(
              (length) => kind !== 'materialised' || scoreBytes(size, length, activation) <= 4 * 2 ** 30,
            );
          const together = provider === 'cuda' ? [lengths] : lengths.map((length) => [length]);
          for (const some of together) {
            const measured = await inChild({ ...common, part, path, kind, lengths: some });
            for (const [i, figures] of measured.entries()) {
              device = figures.device;
              const row = summary({ part, size, length: some[i]!, kind }, figures);
              process.stderr.write(`${JSON.stringify(row)}\n`);
              results.push(row);
            }
          }
        }
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  process.stdout.write(
    `${JSON.stringify({ machine: machine(), device, rounds: values.rounds, results }, null, 1)}\n`,
  );
  return 0;
}

const isMeasured = (kind: AttentionKind, part: Job['part'], provider: Job['provider']): boolean =>
  (kind !== 'materialised' || part === 'attention') && (kind !== 'planned' || provider === 'cuda');

function scoreBytes(size: string, length: number, activation: Activation): number {
  return 2 * SIZES[size]!.num_attention_heads * length ** 2 * (activation === 'float32' ? 4 : 2);
}

function summary(row: object, figures: Figures) {
  const { firstMs, otherMs, ms, cpuMs, stepMs, stepCpuMs, peakMiB } = figures;
  return {
    ...row,
    ms: spread(ms),
    firstMs: round(firstMs),
    ...(otherMs !== undefined && { otherMs: round(otherMs) }),
    cpuMs: spread(cpuMs).median,
    ...(stepMs && { stepMs: spread(stepMs), stepCpuMs: spread(stepCpuMs!).median }),
    peakMiB: round(peakMiB),
  };
}

function inChild(job: Job): Promise<Figures[]> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), ['measure-one'], { serialization: 'advanced' });
    child.once('exit', (code) => reject(new Error(`${job.path} at ${job.lengths}: ended with code ${code}`)));
    child.once('message', (reply: Figures[] | { error: string }) => {
      if ('error' in reply) reject(new Error(`${job.path} at ${job.lengths}: ${reply.error}`));
      else resolve(reply);
    });
    child.send(job);
  });
}

async function measure(job: Job): Promise<Figures[]> {
  const planned = job.kind === 'planned' ? { attention: 0, encoderAttention: 0 } : {};
  const backend: Backend =
    job.provider === 'cuda'
      ? CudaBackend.open(0, { sparseLength: 0, ...planned })
      : new CpuBackend(job.threads);
  const subject = job.part === 'attention' ? await attention(backend, job) : await model(backend, job);
  const before = backend.memory().usedBytes;
  const all: Figures[] = [];
  for (const length of job.lengths) all.push(await measureLength(job, backend, subject.of(length), before));
  return all;
}

async function measureLength(
  { provider, rounds }: Job,
  backend: Backend,
  subject: AtLength,
  before: number,
): Promise<Figures> {
  // On CUDA the arena keeps what its longest run took, so that the device tells each length's.
  const start = provider === 'cuda' ? before + subject.inputBytes : startOfPeak(backend);
  const first = await timed(() => subject.run(0));
  await subject.steps?.();
  const times: Record<'ms' | 'cpuMs' | 'stepMs' | 'stepCpuMs', number[]> = {
    ms: [],
    cpuMs: [],
    stepMs: [],
    stepCpuMs: [],
  };
  for (let i = 1; i <= rounds; i++) {
    const run = await timed(() => subject.run(i));
    const steps = subject.steps && (await timed(subject.steps));
    times.ms.push(run.ms / subject.chained);
    times.cpuMs.push(run.cpuMs / subject.chained);
    if (!steps) continue;
    times.stepMs.push(steps.ms / DECODE_STEPS);
    times.stepCpuMs.push(steps.cpuMs / DECODE_STEPS);
  }
  const { usedBytes, peakBytes } = backend.memory();
  const peakMiB = ((provider === 'cuda' ? usedBytes : peakBytes) - start) / 2 ** 20;
  const other = subject.other && (await timed(subject.other));
  const { ms, cpuMs, stepMs, stepCpuMs } = times;
  subject.dispose?.();
  return {
    device: describeDevice(backend.device),
    firstMs: first.ms,
    ...(other && { otherMs: other.ms }),
    ms,
    cpuMs,
    peakMiB,
    ...(subject.steps && { stepMs, stepCpuMs }),
  };
}

interface Subject {
  of(length: number): AtLength;
}

/** What is run with a prompt of one length. */
interface AtLength {
  run(round: number): Promise<void>;
  readonly steps?: () => Promise<void>;
  /** A run of a length that has not been. */
  readonly other?: () => Promise<void>;
  /** Attentions in a run. */
  readonly chained: number;
  /** On the device, of what is not counted. */
  readonly inputBytes: number;
  dispose?(): void;
}

async function timed(run: () => Promise<void>): Promise<{ ms: number; cpuMs: number }> {
  const cpu = process.cpuUsage();
  const started = performance.now();
  await run();
  const ms = performance.now() - started;
  const { user, system } = process.cpuUsage(cpu);
  return { ms, cpuMs: (user + system) / 1000 };
}

/** Bytes in use; from here on Linux counts the process's peak anew. */
function startOfPeak(backend: Backend): number {
  if (existsSync('/proc/self/clear_refs')) writeFileSync('/proc/self/clear_refs', '5');
  return backend.memory().usedBytes;
}

async function attention(backend: Backend, job: Job): Promise<Subject> {
  const { hidden_size: hidden, num_attention_heads: heads } = SIZES[job.size]!;
  const onCuda = backend.provider === 'cuda';
  const activation = onCuda ? 'float16' : 'float32';
  const { query_block: queryBlock, min_length: minLength, ...rest } = SPARSE;
  const sparse = { ...rest, queryBlock, minLength, headSize: hidden / heads };
  const session = await backend.open(job.path, false, job.kind === 'sparse' ? sparse : undefined);
  const of = (length: number): AtLength => {
    const shape = [1, length, hidden];
    const inputs: Record<string, Tensor> = {};
    for (const [seed, name] of ['q', 'k', 'v'].entries()) {
      const tensor = backend.buffer(activation, shape);
      let x = seed + 1;
      for (let i = 0; i < tensor.data.length; i++) {
        x ^= x << 13;
        x ^= x >>> 17;
        x ^= x << 5;
        // As float16: -2 … 2, an exponent of 15 with a random mantissa.
        tensor.data[i] = activation === 'float32' ? x / 2 ** 30 : 0x3c00 | (x & 0x83ff);
      }
      tensor.upload();
      inputs[name] = tensor;
    }
    const out = backend.buffer(activation, [1, onCuda ? 1 : length, hidden]);
    const binding = session.bind(inputs, { out });
    return {
      chained: CHAINED[activation],
      inputBytes: 3 * 2 * length * hidden,
      // What it wrote is fetched, since a GPU may still be at work when a run returns.
      run: async () => {
        await binding.runAsync();
        out.download();
      },
      dispose: () => {
        binding.dispose();
        for (const tensor of [...Object.values(inputs), out]) tensor.dispose();
      },
    };
  };
  return { of };
}

async function model(backend: Backend, job: Job): Promise<Subject> {
  const manifest: Manifest = ManifestSchema.parse(
    JSON.parse(readFileSync(join(job.path, 'autoglm.json'), 'utf8')),
  );
  const tokenizer = new Tokenizer(JSON.parse(readFileSync(join(job.path, manifest.tokenizer), 'utf8')));
  const loaded = await autoglmPhone.open({
    folder: job.path,
    manifest,
    tokenizer,
    backend,
    contextLength: CACHE_ROWS,
  });
  const sequence = loaded.createSequence();
  const prefill = async (length: number, round: number) => {
    const encoder = Array.from({ length }, (_, i) => 32 + ((i * 7919 + round * 104_729) % 480));
    const prompt: AutoglmPhonePrompt = {
      parts: { encoder, decoder: [4] },
      media: [],
      written: [],
      length: length + 1,
    };
    await sequence.prefill(prompt);
    sequence.greedy();
  };
  const steps = async () => {
    for (let i = 0; i < DECODE_STEPS; i++) await sequence.step(32 + (sequence.greedy() % 480));
    sequence.greedy();
  };
  return {
    of: (length) => ({
      chained: 1,
      inputBytes: 0,
      run: (round) => prefill(length, round),
      steps,
      other: () => prefill(length - 16, 0),
    }),
  };
}

if (process.argv[2] === 'measure-one') {
  process.once('message', (job) => {
    measure(job as Job).then(
      (figures) => process.send?.(figures, () => process.exit(0)),
      (error: unknown) => process.send?.({ error: String(error) }, () => process.exit(1)),
    );
  });
} else {
  process.exitCode = await main();
}
