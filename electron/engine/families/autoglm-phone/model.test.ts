import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readReference } from '../../../../models/builder/families/testing';
import { buildFixture, fixtureFolder } from '../../../../models/builder/fixture-packages';
import { byteTokenizer } from '../../../../models/builder/tokenizer';
import type { GenerationRequest } from '../../../contract/generation';
import { ManifestSchema } from '../../../contract/manifest';
import { decodeWav } from '../../../contract/wav';
import { imageSize } from '../../media/image-file';
import { readSound } from '../../media/sound-file';
import type { Backend } from '../../ort/backend';
import { CpuBackend } from '../../ort/cpu-backend';
import { Tokenizer } from '../../tokenizer/tokenizer';
import type { FamilyModel, Prompt, Sequence } from '../family';
import { normalizeWave } from './clip';
import { MediaIndex } from './media';
import { autoglmPhone } from './model';
import { gridOf, readPicture } from './picture';
import type { AutoglmPhonePrompt } from './prompt';

/** The family over the engine's own runtime, against PyTorch: models/train/fixtures_senses.py. */

interface Case {
  readonly name: string;
  readonly input_ids: readonly number[];
  readonly media: readonly {
    readonly kind: 'image' | 'audio';
    readonly name: string;
    readonly start: number;
  }[];
  readonly greedy: { readonly fp32: readonly number[] };
}

const fixture = fixtureFolder('senses');
const facts = JSON.parse(readFileSync(path.join(fixture, 'cases.json'), 'utf8')) as {
  readonly pictures: Record<string, { width: number; height: number; rows: number; columns: number }>;
  readonly clips: Record<string, { samples: number; rows: number }>;
  readonly cases: readonly Case[];
};
const reference = readReference(path.join(fixture, 'reference.safetensors'));
const folder = path.join(mkdtempSync(path.join(tmpdir(), 'autoglm-phone-')), 'package');
const picture = { cell: 32, maxCells: 64 };
const settings = { picture, sound: { cell: 640 }, rows: 512 };
const [ASSISTANT, END] = [4, 1];

const fileOf = (kind: 'image' | 'audio', name: string): string =>
  kind === 'image' ? path.join(fixture, 'images', `${name}.png`) : path.join(fixture, 'clips', `${name}.wav`);

describe('pictures as training prepares them', () => {
  test.each(Object.entries(facts.pictures))('%s', async (name, { width, height, rows, columns }) => {
    const file = fileOf('image', name);
    expect(await imageSize(file)).toEqual({ width, height });
    const grid = gridOf({ width, height }, picture);
    expect(grid).toEqual({ rows, columns });
    const pixels = await readPicture(file, grid, picture);
    const expected = reference(`pixels.${name}`);
    const [h, w] = [rows * 32, columns * 32];
    let largest = 0;
    let at = 0;
    for (let channel = 0; channel < 3; channel++) {
      for (let y = 0; y < h; y += 5) {
        for (let x = 0; x < w; x += 5) {
          largest = Math.max(largest, Math.abs(pixels[(channel * h + y) * w + x]! - expected[at++]!));
        }
      }
    }
    expect(at).toBe(expected.length);
    expect(largest).toBeLessThan(1e-4);
  });
});

describe('clips as training prepares them', () => {
  test.each(Object.entries(facts.clips))('%s', async (name, { samples, rows }) => {
    const sound = await readSound(fileOf('audio', name));
    expect(sound.length).toBe(samples);
    const wave = normalizeWave(sound, 640);
    expect(wave.length).toBe(rows * 640);
    const expected = reference(`wave.${name}`);
    let largest = 0;
    for (const [i, value] of expected.entries()) largest = Math.max(largest, Math.abs(wave[i * 16]! - value));
    expect(largest).toBeLessThan(1e-4);
  });
});

describe('a conversation with pictures and sound', () => {
  let backend: CpuBackend;
  let counting: Backend;
  let model: FamilyModel;
  let sequence: Sequence;
  const tokenizer = new Tokenizer(JSON.parse(byteTokenizer()));
  /** Runs of each graph so far. */
  const runs: Record<string, number> = {};

  beforeAll(async () => {
    buildFixture('senses', folder);
    const manifest = ManifestSchema.parse(
      JSON.parse(readFileSync(path.join(folder, 'autoglm.json'), 'utf8')),
    );
    backend = new CpuBackend(1);
    counting = countRuns(backend, runs);
    model = await autoglmPhone.open({ folder, manifest, tokenizer, backend: counting, contextLength: 512 });
    sequence = model.createSequence();
  });

  afterAll(() => {
    sequence.dispose();
    model.dispose();
    backend.dispose();
    rmSync(path.dirname(folder), { recursive: true });
  });

  async function promptOf({ input_ids, media }: Case): Promise<AutoglmPhonePrompt> {
    const index = new MediaIndex(settings);
    const placed = [];
    for (const { kind, name, start } of media) {
      const [medium] = await index.of({ type: kind, path: fileOf(kind, name), sha256: name });
      placed.push({ ...medium!, start });
    }
    const parts = { encoder: input_ids, decoder: [ASSISTANT] };
    return { parts, media: placed, written: [], length: input_ids.length + 1 };
  }

  async function write(prompt: Prompt, steps: number): Promise<number[]> {
    await sequence.prefill(prompt);
    const tokens = [sequence.greedy()];
    while (tokens.length < steps) {
      await sequence.step(tokens.at(-1)!);
      tokens.push(sequence.greedy());
    }
    return tokens;
  }

  test.each(facts.cases)('$name gives PyTorch’s tokens', async (sample) => {
    const expected = sample.greedy.fp32;
    expect(await write(await promptOf(sample), expected.length)).toEqual(expected);
  });

  test('a second question about the same picture costs no second encoding', async () => {
    const sample = facts.cases.find(({ name }) => name === 'picture')!;
    const prompt = await promptOf(sample);
    await write(prompt, 1);
    const before = { ...runs };
    const ids = [...prompt.parts.encoder];
    ids[ids.length - 2] = 100;
    await write({ ...prompt, parts: { encoder: ids, decoder: [ASSISTANT] } } as Prompt, 1);
    expect(runs.vision).toBe(before.vision);
    expect(runs.encoder).toBe(before.encoder! + 1);
  });

  test('another picture in the same place is another conversation', async () => {
    const sample = facts.cases.find(({ name }) => name === 'picture')!;
    const prompt = await promptOf(sample);
    await write(prompt, 1);
    expect(sequence.holds(prompt)).toBe(true);
    const media = prompt.media.map((medium) => ({ ...medium, key: 'image of something else' }));
    expect(sequence.holds({ ...prompt, media } as Prompt)).toBe(false);
  });

  test('an abort is heard between two pictures', async () => {
    const sample = facts.cases.find(({ name }) => name === 'everything')!;
    const prompt = await promptOf(sample);
    const media = prompt.media.map((medium, i) => ({ ...medium, key: `unseen ${i}` }));
    const abort = new AbortController();
    const before = runs.speech!;
    const unsubscribe = onRun(() => abort.abort());
    await expect(sequence.prefill({ ...prompt, media } as Prompt, abort.signal)).rejects.toMatchObject({
      code: 'aborted',
    });
    unsubscribe();
    expect(runs.speech).toBe(before);
  });

  test('a clip is written down', async () => {
    const sample = facts.cases.find(({ name }) => name === 'transcribe')!;
    const samples = decodeWav(readFileSync(fileOf('audio', sample.media[0]!.name)))!;
    const expected = sample.greedy.fp32;
    const end = expected.indexOf(END);
    const { text } = await model.transcribe!(samples, { language: 'en', beamWidth: 1 });
    // The answer may go on where the fixture ends.
    const wanted = tokenizer.decode(expected.slice(0, end < 0 ? expected.length : end)).trim();
    expect(text.startsWith(wanted)).toBe(true);
    const aborted = new AbortController();
    aborted.abort();
    await expect(model.transcribe!(samples, {}, aborted.signal)).rejects.toMatchObject({ code: 'aborted' });
  });

  test('the prompt has media before the text, a row a cell, and counts them', async () => {
    const request: GenerationRequest = {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'hi' },
            { type: 'image', path: fileOf('image', 'wide'), sha256: 'wide' },
            { type: 'audio', path: fileOf('audio', 'word'), sha256: 'word' },
          ],
        },
      ],
      sampling: {},
      enableThinking: false,
    };
    const prompt = (await model.prompt(request)) as AutoglmPhonePrompt;
    const run = (begin: number, rows: number) => [...new Array<number>(rows + 1).fill(begin), begin + 1];
    expect(prompt.parts.encoder).toEqual([3, ...run(9, 60), ...run(11, 31), ...tokenizer.encode('hi'), 6]);
    expect(prompt.media.map(({ start, rows }) => [start, rows])).toEqual([
      [2, 60],
      [64, 31],
    ]);
    expect(prompt.mediaTokens).toBe(91);
    expect(prompt.length).toBe(prompt.parts.encoder.length + 1);
  });
});

let listener: (() => void) | null = null;
function onRun(listen: () => void): () => void {
  listener = listen;
  return () => {
    listener = null;
  };
}

/** The same backend; `runs` counts by the graph's file. */
function countRuns(backend: CpuBackend, runs: Record<string, number>): Backend {
  return {
    provider: backend.provider,
    device: backend.device,
    allocate: (type, shape) => backend.allocate(type, shape),
    buffer: (type, shape) => backend.buffer(type, shape),
    memory: () => backend.memory(),
    dispose: () => {},
    async open(file) {
      const role = path.basename(file).split('.')[0]!;
      runs[role] = 0;
      const session = await backend.open(file);
      return {
        dispose: () => session.dispose(),
        bind: (inputs, outputs) => {
          const binding = session.bind(inputs as never, outputs as never);
          return {
            run: () => binding.run(),
            dispose: () => binding.dispose(),
            async runAsync(signal) {
              runs[role]!++;
              await binding.runAsync(signal);
              listener?.();
            },
          };
        },
      };
    },
  };
}
