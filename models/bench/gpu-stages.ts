import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import type { ContentPart, GenerationRequest } from '../../electron/contract/generation';
import { encodeWav, SPEECH_RATE } from '../../electron/contract/wav';
import { loadApi } from '../../electron/engine/ort/api';
import { type Backend, ELEMENT, elementCount, type Tensor } from '../../electron/engine/ort/backend';
import { CudaBackend } from '../../electron/engine/ort/cuda-backend';
import { findRuntimeLibrary } from '../../electron/engine/ort/library';
import { OrtSession } from '../../electron/engine/ort/session';
import { LoadedModel } from '../../electron/engine/runtime/loaded-model';
import { type Job, promptOf, watchMemory } from './gpu-measure';
import { hum } from './turns';

/** What one package holds of the device, MiB, after each step of loading and after each turn. */
export interface StageFigures {
  readonly name: string;
  readonly stages: readonly Stage[];
}

interface Stage {
  readonly after: string;
  /** Of the whole device. */
  readonly used: number;
  /** The highest that was seen since the stage before. */
  readonly peak: number;
  /** Of that: tensors that the engine has allocated itself, the cache above all. */
  readonly tensors: number;
  /** What each session's arena has from the device, by the graph's file. A shared arena is counted with each of its sessions. */
  readonly arenas: Readonly<Record<string, number>>;
  readonly ms: number;
}

const mib = (bytes: number) => Math.round(bytes / 2 ** 20);

/** In a process of its own. */
export async function measureStages(job: Job): Promise<StageFigures> {
  const memory = watchMemory();
  const stages: Stage[] = [];
  const device = CudaBackend.open(0, job.tuning);
  const api = loadApi(findRuntimeLibrary());
  const info = api.createMemoryInfo('Cuda', 1, 0, 0);
  const sessions = new Map<string, OrtSession>();
  let tensors = 0;
  let started = performance.now();
  const stage = (after: string) => {
    const used = mib(device.memory().usedBytes);
    const arenas = Object.fromEntries(
      [...sessions].map(([name, session]) => [name, mib(session.memoryHeld(info) ?? 0)]),
    );
    const ms = Math.round(performance.now() - started);
    stages.push({ after, used, peak: Math.max(used, memory.since()), tensors: mib(tensors), arenas, ms });
    process.stderr.write(`${JSON.stringify(stages.at(-1))}\n`);
    started = performance.now();
  };
  stage('context');
  const counted = <T extends Tensor>(tensor: T, place?: string): T => {
    if (place === 'host') return tensor;
    const bytes = elementCount(tensor.shape) * ELEMENT[tensor.type].bytes;
    const dispose = tensor.dispose.bind(tensor);
    tensors += bytes;
    let isGone = false;
    tensor.dispose = () => {
      if (!isGone) tensors -= bytes;
      isGone = true;
      dispose();
    };
    return tensor;
  };
  const watched: Partial<Backend> = {
    open: async (path, graphs) => {
      const session = await device.open(path, graphs);
      if (session instanceof OrtSession) sessions.set(basename(path), session);
      stage(`open ${basename(path)}`);
      return session;
    },
    shareWeights: async (graphs, onProgress) => {
      const shares = await device.shareWeights(graphs, onProgress);
      stage('weights');
      return shares;
    },
    allocate: (type, shape) => counted(device.allocate(type, shape)),
    buffer: (type, shape, place) => counted(device.buffer(type, shape, place), place),
  };
  const backend = new Proxy(device, {
    get(target, key) {
      if (key in watched) return watched[key as keyof Backend];
      const value = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const options = { contextLength: job.context, endTokens: [], maxSequences: 1, trusted: true, backend };
  const model = await LoadedModel.load(job.folder, { ...options, speculation: false });
  stage('loaded');
  const folder = mkdtempSync(join(tmpdir(), 'autoglm-stages-'));
  try {
    for (const [name, request] of await turnsOf(model, folder, job)) {
      for await (const event of model.generate(request))
        if (event.type === 'failed') throw new Error(`${name}: ${event.error.message}`);
      stage(name);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  await model.dispose();
  sessions.clear();
  stage('disposed');
  await memory.end();
  api.releaseMemoryInfo(info);
  return { name: job.name, stages };
}

const PICTURES = [
  [256, 256],
  [1200, 800],
  [4000, 3000],
  [1080, 2400],
  [1080, 2288],
] as const;

async function turnsOf(
  model: LoadedModel,
  folder: string,
  { depths, context }: Job,
): Promise<[string, GenerationRequest][]> {
  const { modalities } = model.info.manifest;
  const turns: [string, GenerationRequest][] = [];
  let serial = 0;
  const texts = [...depths, depths.at(-1)! - 7];
  for (const depth of texts) turns.push([`text of ${depth}`, await promptOf(model, depth, 16, ++serial)]);
  const asked = (part: ContentPart): GenerationRequest => ({
    messages: [{ role: 'user', content: [part, { type: 'text', text: 'What is this?' }] }],
    sampling: { temperature: 0, maxTokens: 16 },
    enableThinking: false,
  });
  if (modalities.includes('image')) {
    for (const [width, height] of PICTURES) {
      const path = join(folder, `${width}x${height}.jpeg`);
      const noise = { type: 'gaussian', mean: 128, sigma: 30 } as const;
      await sharp({ create: { width, height, channels: 3, background: '#fff', noise } })
        .jpeg()
        .toFile(path);
      turns.push([
        `picture of ${width} x ${height}`,
        asked({ type: 'image', path, sha256: `stage-${width}-${height}` }),
      ]);
    }
  }
  if (modalities.includes('audio')) {
    for (const seconds of [3, 10]) {
      const path = join(folder, `${seconds}.wav`);
      writeFileSync(path, encodeWav(hum(seconds * SPEECH_RATE)));
      turns.push([`${seconds} s of speech`, asked({ type: 'audio', path, sha256: `stage-${seconds}` })]);
    }
  }
  const longest = context - 64;
  turns.push([`text of ${longest}`, await promptOf(model, longest, 16, ++serial)]);
  return turns;
}
