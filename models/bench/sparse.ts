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
  DECODE_STEPS,
  SIZES,
  writeAttention,
  writePackages,
} from './sparse-subjects';
import { spread } from './spread';

/** Dense against sparse attention; `npm run bench -- --sparse`. Each figure comes from a process of its own. */

const USAGE = `npm run bench -- --sparse [options]

  --provider cpu|cuda
  --sizes a,b        of: ${Object.keys(SIZES).join(', ')} (default: all)
  --lengths a,b      rows of the prompt (default: 512,1024,2048,4096,8192)
  --rounds N         medians are taken over these (default: 5)
  --threads N        CPU threads of one run (default: physical cores)
  --parts a,b        of: attention, model (default: both)
`;

interface Job {
  readonly part: 'attention' | 'model';
  /** A graph, or a package's folder. */
  readonly path: string;
  readonly size: string;
  readonly kind: AttentionKind;
  readonly length: number;
  readonly rounds: number;
  readonly threads: number;
  readonly provider: 'cpu' | 'cuda';
}

/** Milliseconds a run, and MiB on top of what is held before the first one. On the CPU, `cpuMs` is the processors' time. */
interface Figures {
  readonly device: string;
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
        const kinds = ATTENTIONS.filter((kind) => part === 'attention' || kind !== 'materialised');
        for (const length of values.lengths.split(',').map(Number)) {
          for (const kind of kinds) {
            // Scores and their softmax: more than a machine has at the longest lengths.
            if (kind === 'materialised' && scoreBytes(size, length, activation) > 4 * 2 ** 30) continue;
            const path =
              part === 'model'
                ? join(folder, `${size}-${kind}`)
                : writeAttention(folder, size, kind, activation);
            const figures = await inChild({ ...common, part, path, kind, length });
            device = figures.device;
            const row = summary({ part, size, length, kind }, figures);
            process.stderr.write(`${JSON.stringify(row)}\n`);
            results.push(row);
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

function scoreBytes(size: string, length: number, activation: Activation): number {
  return 2 * SIZES[size]!.num_attention_heads * length ** 2 * (activation === 'float32' ? 4 : 2);
}

function summary(row: object, { ms, cpuMs, stepMs, stepCpuMs, peakMiB }: Figures) {
  return {
    ...row,
    ms: spread(ms),
    cpuMs: spread(cpuMs).median,
    ...(stepMs && { stepMs: spread(stepMs), stepCpuMs: spread(stepCpuMs!).median }),
    peakMiB: Math.round(peakMiB),
  };
}

function inChild(job: Job): Promise<Figures> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), ['measure-one'], { serialization: 'advanced' });
    child.once('exit', (code) => reject(new Error(`${job.path} at ${job.length}: ended with code ${code}`)));
    child.once('message', (reply: Figures | { error: string }) => {
      if ('error' in reply) reject(new Error(`${job.path} at ${job.length}: ${reply.error}`));
      else resolve(reply);
    });
    child.send(job);
  });
}

async function measure(job: Job): Promise<Figures> {
  const backend: Backend = job.provider === 'cuda' ? CudaBackend.open(0) : new CpuBackend(job.threads);
  const subject = job.part === 'attention' ? await attention(backend, job) : await model(backend, job);
  const before = startOfPeak(backend);
  const times: Record<'ms' | 'cpuMs' | 'stepMs' | 'stepCpuMs', number[]> = {
    ms: [],
    cpuMs: [],
    stepMs: [],
    stepCpuMs: [],
  };
  // The first round allocates, and is thrown away.
  for (let round = 0; round <= job.rounds; round++) {
    const run = await timed(() => subject.run(round));
    const steps = subject.steps && (await timed(subject.steps));
    if (round === 0) continue;
    times.ms.push(run.ms);
    times.cpuMs.push(run.cpuMs);
    if (!steps) continue;
    times.stepMs.push(steps.ms / DECODE_STEPS);
    times.stepCpuMs.push(steps.cpuMs / DECODE_STEPS);
  }
  const peakMiB = (backend.memory().peakBytes - before) / 2 ** 20;
  const { ms, cpuMs, stepMs, stepCpuMs } = times;
  return {
    device: describeDevice(backend.device),
    ms,
    cpuMs,
    peakMiB,
    ...(subject.steps && { stepMs, stepCpuMs }),
  };
}

interface Subject {
  run(round: number): Promise<void>;
  readonly steps?: () => Promise<void>;
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
  const { hidden_size: hidden } = SIZES[job.size]!;
  const activation = backend.provider === 'cuda' ? 'float16' : 'float32';
  const shape = [1, job.length, hidden];
  const session = await backend.open(job.path);
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
  const out = backend.buffer(activation, shape);
  const binding = session.bind(inputs, { out });
  return {
    // What it wrote is fetched, since a GPU may still be at work when a run returns; both kinds pay the same for it.
    run: async () => {
      await binding.runAsync();
      out.download();
    },
  };
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
  return {
    run: async (round) => {
      const encoder = Array.from({ length: job.length }, (_, i) => 32 + ((i * 7919 + round * 104_729) % 480));
      const prompt: AutoglmPhonePrompt = {
        parts: { encoder, decoder: [4] },
        media: [],
        written: [],
        length: job.length + 1,
      };
      await sequence.prefill(prompt);
      sequence.greedy();
    },
    steps: async () => {
      for (let i = 0; i < DECODE_STEPS; i++) await sequence.step(32 + (sequence.greedy() % 480));
      sequence.greedy();
    },
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
