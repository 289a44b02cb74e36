import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { byteTokenizer } from '../../../models/builder/tokenizer';
import type { GenerationEvent, GenerationStats, SamplingParams } from '../../contract/generation';
import type { DraftChecker, Sequence } from '../families/family';
import { createRandomPackage } from '../testing/random-package';
import { collect, request } from '../testing/requests';
import { Tokenizer } from '../tokenizer/tokenizer';
import { Generation } from './generation';
import { LoadedModel } from './loaded-model';
import { createRandom } from './random';

const tokenizer = new Tokenizer(JSON.parse(byteTokenizer()));
const VOCABULARY = 300;
const END = 1;
/** Two logits of a row computed among others drift apart by at most twice this. */
const DRIFT = 0.05;

/**
 * A model whose logits follow from the last two tokens, so that its text repeats itself, and a little from whether each row of its
 * cache was written alone: as rounding does.
 */
class ScriptedSequence implements Sequence {
  readonly drafts: DraftChecker;
  readonly cache: { readonly token: number; readonly alone: boolean }[] = [];
  checks = 0;
  readonly #rows: number;
  readonly #noise: number;
  readonly #words: number;
  #last = 0;

  constructor(words: number, noise: number, rows = 400) {
    this.#words = words;
    this.#noise = noise;
    this.#rows = rows;
    this.drafts = {
      sizes: [3, 5, 9],
      run: (tokens) => {
        this.checks++;
        if (tokens.length > this.room) throw new RangeError('more tokens than rows');
        this.#last = this.cache.length;
        for (const token of tokens) this.cache.push({ token, alone: false });
      },
      logits: (i) => this.#logits(this.#last + i + 1),
      rewind: (rows) => {
        this.cache.length -= rows;
      },
    };
  }

  get room(): number {
    return this.#rows - this.cache.length;
  }

  holds(): boolean {
    return false;
  }

  async prefill({ parts }: { parts: Readonly<Record<string, readonly number[]>> }): Promise<void> {
    this.cache.length = 0;
    for (const token of parts.tokens!) this.cache.push({ token, alone: true });
  }

  step(token: number): void {
    this.cache.push({ token, alone: true });
  }

  greedy(): number {
    const logits = this.logits();
    return logits.indexOf(logits.reduce((a, b) => Math.max(a, b)));
  }

  logits(): Float32Array {
    return this.#logits(this.cache.length);
  }

  dispose(): void {}

  /** After the first `length` rows. */
  #logits(length: number): Float32Array {
    const [before, last] = [this.cache[length - 2]?.token ?? 0, this.cache[length - 1]!.token];
    const random = createRandom(1 + (before % 7) * 4096 + last);
    const logits = Float32Array.from({ length: VOCABULARY }, () => 4 * random() - 20);
    for (let i = 0; i < this.#words; i++) logits[65 + Math.floor(random() * 26)] = 2 + 4 * random();
    logits[END] = -3 + 6 * random();
    const drifted = this.cache.slice(0, length).filter(({ alone }) => !alone).length;
    if (drifted > 0 && this.#noise > 0) {
      const rounding = createRandom(drifted * 31 + length);
      for (let i = 0; i < VOCABULARY; i++) logits[i]! += this.#noise * (2 * rounding() - 1);
    }
    return logits;
  }
}

interface Run {
  readonly tokens: readonly number[];
  readonly reason: string;
  readonly stats: GenerationStats;
  readonly sequence: ScriptedSequence;
}

async function write(
  sequence: ScriptedSequence,
  prompt: readonly number[],
  sampling: Partial<SamplingParams>,
  draftMargin: number | null,
): Promise<Run> {
  const tokens: number[] = [];
  const events: GenerationEvent[] = [];
  const context = {
    tokenizer,
    eos: new Set([END]),
    tags: null,
    answerTags: null,
    defaults: {},
    maxOutputTokens: 300,
    provider: 'cpu',
    device: { kind: 'processor', threads: 1 },
    precision: 'fp32',
    peakMemory: () => 0,
    draftMargin,
  } as const;
  const generation = new Generation(
    context,
    { ...request(''), sampling },
    { parts: { tokens: prompt }, written: [], length: prompt.length },
    new AbortController().signal,
    { emit: (event) => events.push(event), onToken: (id) => tokens.push(id) },
  );
  await generation.start(sequence);
  while (!generation.ended) await generation.advance(sequence);
  const last = events.at(-1);
  if (last?.type !== 'finished') throw new Error(JSON.stringify(last));
  return { tokens, reason: last.reason, stats: last.stats, sequence };
}

const WAYS: readonly (readonly [string, Partial<SamplingParams>])[] = [
  ['greedy', { temperature: 0 }],
  ['greedy with penalties', { temperature: 0, frequencyPenalty: 0.05, logitBias: { 70: 0.3 } }],
  ['greedy to a stop string', { temperature: 0, stop: ['QQ', 'AB', 'ZX'] }],
  ['drawn', { temperature: 0.4, seed: 7 }],
  [
    'drawn from few, with penalties',
    { temperature: 0.8, topK: 5, topP: 0.9, repetitionPenalty: 1.1, seed: 9 },
  ],
];

describe.each(WAYS)('what is written with drafts, %s', (_, sampling) => {
  test.each([
    ['by kernels that round rows alike', 0, 0],
    ...(sampling.temperature === 0 ? [['by kernels that do not', DRIFT, 2 * DRIFT] as const] : []),
  ] as const)('is what is written without, %s', async (_how, noise, margin) => {
    let accepted = 0;
    for (let seed = 1; seed <= 30; seed++) {
      const random = createRandom(seed);
      const prompt = Array.from({ length: 20 }, () => 65 + Math.floor(random() * 26));
      const maxTokens = 40 + seed * 7;
      const words = 1 + (seed % 3);
      const plain = await write(new ScriptedSequence(words, 0), prompt, { ...sampling, maxTokens }, null);
      const drafted = await write(
        new ScriptedSequence(words, noise),
        prompt,
        { ...sampling, maxTokens },
        margin,
      );
      expect(drafted.tokens).toEqual(plain.tokens);
      expect(drafted.reason).toBe(plain.reason);
      expect(drafted.stats.outputTokens).toBe(plain.stats.outputTokens);
      expect(plain.stats.draftTokens).toBeUndefined();
      accepted += drafted.stats.acceptedTokens ?? 0;
      // The cache holds what was written: the next turn goes on from it.
      const held = drafted.sequence.cache.map(({ token }) => token);
      expect([...prompt, ...drafted.tokens].slice(0, held.length)).toEqual(held);
    }
    expect(accepted).toBeGreaterThan(50);
  });
});

test('without a margin, rounding does change what is written: the test above can fail', async () => {
  let differing = 0;
  for (let seed = 1; seed <= 30; seed++) {
    const random = createRandom(seed);
    const prompt = Array.from({ length: 20 }, () => 65 + Math.floor(random() * 26));
    const sampling = { temperature: 0, maxTokens: 250 };
    const plain = await write(new ScriptedSequence(3, 0), prompt, sampling, null);
    const drafted = await write(new ScriptedSequence(3, 10 * DRIFT), prompt, sampling, 0);
    if (drafted.tokens.join() !== plain.tokens.join()) differing++;
  }
  expect(differing).toBeGreaterThan(0);
});

test('an answer never needs a row that is not there', async () => {
  const prompt = [65, 66, 67, 65, 66, 67, 65, 66, 67];
  for (let rows = 10; rows < 60; rows++) {
    const plain = await write(new ScriptedSequence(1, 0, rows), prompt, { temperature: 0 }, null);
    const drafted = await write(new ScriptedSequence(1, 0, rows), prompt, { temperature: 0 }, 0);
    expect(drafted.tokens).toEqual(plain.tokens);
    expect(drafted.reason).toBe(plain.reason);
  }
});

test('guesses that fail are few: the runs are at most a hundredth more, and two', async () => {
  // Repetitions everywhere, none of which tells what comes next.
  class Fickle extends ScriptedSequence {
    override logits(): Float32Array {
      const logits = new Float32Array(VOCABULARY);
      logits[this.cache.length % 11 === 10 ? 65 + (Math.imul(this.cache.length, 2654435761) >>> 28) : 90] = 5;
      return logits;
    }
  }
  const sequence = new Fickle(1, 0);
  sequence.drafts.logits = () => {
    const logits = new Float32Array(VOCABULARY);
    logits[64] = 5;
    return logits;
  };
  const { stats } = await write(sequence, [65, 66, 67], { temperature: 0 }, 0);
  expect(stats.acceptedTokens).toBe(0);
  expect(sequence.checks).toBeGreaterThan(0);
  expect(sequence.checks * 0.8).toBeLessThan(1.4 + 0.01 * stats.outputTokens + 1.4);
});

describe('a model of random weights', () => {
  const tiny = createRandomPackage();
  let plain: LoadedModel;
  let drafting: LoadedModel;

  beforeAll(async () => {
    plain = await LoadedModel.load(tiny.folder, { provider: 'cpu', threads: 1, speculation: false });
    drafting = await LoadedModel.load(tiny.folder, { provider: 'cpu', threads: 1 });
  });

  afterAll(async () => {
    await plain.dispose();
    await drafting.dispose();
    tiny.remove();
  });

  test('writes the same with drafts, and says how many were right', async () => {
    let accepted = 0;
    for (const text of ['Hello', 'abcabcabcabc', 'one two one two one two', 'x'.repeat(60)]) {
      // A bias makes its text repeat itself.
      const biases: readonly Record<number, number>[] = [{ 1: -100 }, { 1: -100, 97: 1.5, 98: 1.4 }];
      for (const logitBias of biases) {
        const asked = request(text, { maxTokens: 120, logitBias });
        const expected = await collect(plain.generate(asked));
        const actual = await collect(drafting.generate(asked));
        expect(actual.text).toEqual(expected.text);
        if (actual.last?.type !== 'finished') throw new Error('not finished');
        const { draftTokens = 0, acceptedTokens = 0 } = actual.last.stats;
        expect(acceptedTokens).toBeLessThanOrEqual(draftTokens);
        accepted += acceptedTokens;
      }
    }
    expect(accepted).toBeGreaterThan(20);
  });
});
