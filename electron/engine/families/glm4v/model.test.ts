import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildFixture, fixtureFolder } from '../../../../models/builder/fixture-packages';
import { ManifestSchema } from '../../../contract/manifest';
import { CpuBackend } from '../../ort/cpu-backend';
import { Tokenizer } from '../../tokenizer/tokenizer';
import type { FamilyModel, Sequence } from '../family';
import { glm4v } from './model';
import type { Glm4vPrompt } from './prompt';
import { segments } from './sequence';

/** The family over the engine's own runtime, against transformers: models/builder/fixtures/make_glm4v.py. */

interface Case {
  readonly name: string;
  readonly images: readonly string[];
  readonly grids: readonly (readonly [number, number, number])[];
  readonly input_ids: readonly number[];
  readonly greedy: readonly number[];
}

const fixture = fixtureFolder('glm4v');
const { cases } = JSON.parse(readFileSync(path.join(fixture, 'cases.json'), 'utf8')) as { cases: Case[] };
const folder = path.join(mkdtempSync(path.join(tmpdir(), 'autoglm-glm4v-')), 'package');
const backend = new CpuBackend(1);
let model: FamilyModel;

beforeAll(async () => {
  buildFixture('glm4v', folder);
  const manifest = ManifestSchema.parse(JSON.parse(readFileSync(path.join(folder, 'autoglm.json'), 'utf8')));
  const tokenizer = await Tokenizer.read(path.join(folder, 'tokenizer.json'));
  model = await glm4v.open({ folder, manifest, tokenizer, backend, contextLength: 160 });
});

afterAll(() => {
  model.dispose();
  backend.dispose();
  rmSync(path.dirname(folder), { recursive: true });
});

const image = (name: string) => ({ path: path.join(fixture, `images/${name}.png`), sha256: name });

const promptOf = ({ input_ids: tokens, images, grids }: Case): Glm4vPrompt => ({
  parts: { tokens },
  images: images.map((name, i) => ({ ...image(name), grid: [grids[i]![1], grids[i]![2]] })),
  written: [],
  length: tokens.length,
});

async function greedy(sequence: Sequence, steps: number): Promise<number[]> {
  const out: number[] = [];
  for (;;) {
    out.push(sequence.greedy());
    if (out.length === steps) return out;
    await sequence.step(out.at(-1)!);
  }
}

describe('greedy tokens of transformers', () => {
  test.each(cases)('$name', async (expected) => {
    const sequence = model.createSequence();
    await sequence.prefill(promptOf(expected));
    expect(sequence.room).toBe(160 - expected.input_ids.length);
    expect(await greedy(sequence, 64)).toEqual(expected.greedy);
    sequence.dispose();
  });

  test('in a cache that another conversation has used', async () => {
    const sequence = model.createSequence();
    for (const expected of [...cases, ...cases]) {
      await sequence.prefill(promptOf(expected));
      expect(await greedy(sequence, 64)).toEqual(expected.greedy);
      expect(sequence.holds(promptOf(expected))).toBe(true);
    }
    sequence.dispose();
  });

  test('when the conversation has grown since its image was read', async () => {
    const expected = cases.find(({ name }) => name === 'second_turn')!;
    const sequence = model.createSequence();
    const whole = promptOf(expected);
    const tokens = expected.input_ids.slice(0, -9);
    await sequence.prefill({ ...whole, parts: { tokens }, length: tokens.length });
    expect(sequence.holds(whole)).toBe(true);
    await sequence.prefill(whole);
    expect(await greedy(sequence, 64)).toEqual(expected.greedy);
    // The same placeholders for another image are another conversation.
    const other = { ...whole, images: [{ ...whole.images[0]!, sha256: 'other' }] };
    expect(sequence.holds(other)).toBe(false);
    sequence.dispose();
  });
});

describe('several tokens in a run', () => {
  test.each(cases)('have the logits that each has alone, and can be taken back: $name', async (expected) => {
    const sequence = model.createSequence();
    const drafts = sequence.drafts!;
    await sequence.prefill(promptOf(expected));
    const { room } = sequence;
    for (const size of drafts.sizes) {
      // Right ones, then wrong ones: what comes after must not depend on what was taken back.
      await drafts.run(expected.greedy.slice(0, size));
      for (let i = 0; i < size; i++) {
        const logits = drafts.logits(i);
        expect(logits.indexOf(logits.reduce((a, b) => Math.max(a, b)))).toBe(expected.greedy[i + 1]);
      }
      drafts.rewind(size);
      await drafts.run(new Array<number>(size).fill(7));
      drafts.rewind(size);
      expect(sequence.room).toBe(room);
    }
    const tokens: number[] = [];
    for (let token = expected.greedy[0]!; tokens.length < 63; token = sequence.greedy()) {
      await sequence.step(token);
      tokens.push(sequence.greedy());
    }
    expect(tokens).toEqual(expected.greedy.slice(1));
    sequence.dispose();
  });
});

// What runs on CUDA, here on the CPU through ONNX Runtime's casts.
test.each(cases)('float16 graphs write the same tokens: $name', async (expected) => {
  const manifest = ManifestSchema.parse(JSON.parse(readFileSync(path.join(folder, 'autoglm.json'), 'utf8')));
  const tokenizer = await Tokenizer.read(path.join(folder, 'tokenizer.json'));
  const half = { ...manifest, graphs: { cpu: manifest.graphs.cuda! } };
  const opened = await glm4v.open({ folder, manifest: half, tokenizer, backend, contextLength: 160 });
  const sequence = opened.createSequence();
  await sequence.prefill(promptOf(expected));
  expect(await greedy(sequence, 64)).toEqual(expected.greedy);
  expect(sequence.logits().length).toBe(544);
  sequence.dispose();
  opened.dispose();
});

describe('the prompt', () => {
  test('has an image’s placeholders between its marks, and what was typed as text', async () => {
    const prompt = (await model.prompt({
      messages: [
        { role: 'system', content: [{ type: 'text', text: 'S' }] },
        {
          role: 'user',
          content: [
            { type: 'image', ...image('one') },
            { type: 'text', text: '<|user|>' },
          ],
        },
        { role: 'assistant', content: [{ type: 'text', text: 'A' }] },
        { role: 'user', content: [{ type: 'text', text: 'B' }] },
      ],
      sampling: {},
      enableThinking: true,
    })) as Glm4vPrompt;
    const tokenizer = await Tokenizer.read(path.join(folder, 'tokenizer.json'));
    const line =
      '[gMASK]<sop><|system|>\nS<|user|>\n<|begin_of_image|>IMAGE<|end_of_image|>TYPED<|assistant|>\n<answer>A</answer><|user|>\nB<|assistant|>\n';
    const ids = line.split(/(\[gMASK\]|<[^>]+>|IMAGE|TYPED)/).flatMap((part) => {
      if (part === 'IMAGE') return new Array<number>(9).fill(526);
      if (part === 'TYPED') return tokenizer.encode('<|user|>');
      return tokenizer.special(part) ?? tokenizer.encode(part);
    });
    expect(prompt.parts.tokens).toEqual(ids);
    expect(prompt.images).toEqual([{ ...image('one'), grid: [6, 6] }]);
    expect(prompt.written).toEqual([]);
  });

  test.each([
    [undefined, true, ''],
    [undefined, false, '<think></think><answer>'],
    [{ reasoning: 'w', answer: '' }, true, '<think>w'],
    [{ reasoning: 'w', answer: 's' }, true, '<think>w</think><answer>s'],
    [{ reasoning: '', answer: 's' }, true, '<think></think><answer>s'],
  ])('continues %j, thinking %s, as %s', async (prefix, enableThinking, expected) => {
    const tokenizer = await Tokenizer.read(path.join(folder, 'tokenizer.json'));
    const messages = [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'B' }] }];
    const { written } = await model.prompt({ messages, sampling: {}, enableThinking, prefix });
    const ids = expected
      .split(/(<[^>]+>)/)
      .flatMap((part) => tokenizer.special(part) ?? tokenizer.encode(part));
    expect(written).toEqual(ids);
  });

  test('longer than the context is refused with its length, images included', async () => {
    const content = Array.from({ length: 20 }, () => ({ type: 'image' as const, ...image('one') }));
    const request = { messages: [{ role: 'user' as const, content }], sampling: {}, enableThinking: true };
    await expect(model.prompt(request)).rejects.toMatchObject({
      code: 'context-exceeded',
      message: expect.stringMatching(/is 226 tokens long, its images included; this model takes at most 160/),
    });
  });
});

test('runs of a prompt have one image each and go on inside it', () => {
  const [I, t] = [9, 1];
  const ids = [t, I, I, t, I, I, I, t];
  expect([...segments(ids, I, 0)]).toEqual([
    { start: 0, end: 4, image: 0, imageRow: 0 },
    { start: 4, end: 8, image: 1, imageRow: 0 },
  ]);
  expect([...segments(ids, I, 5)]).toEqual([{ start: 5, end: 8, image: 1, imageRow: 1 }]);
  expect([...segments(ids, I, 7)]).toEqual([{ start: 7, end: 8, image: undefined, imageRow: 0 }]);
  expect([...segments(ids, I, 0, 2)]).toEqual([
    { start: 0, end: 2, image: 0, imageRow: 0 },
    { start: 2, end: 4, image: 0, imageRow: 1 },
    { start: 4, end: 6, image: 1, imageRow: 0 },
    { start: 6, end: 8, image: 1, imageRow: 2 },
  ]);
});
