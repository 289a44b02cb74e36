import { describe, expect, test } from 'vitest';
import { createRandom } from '../runtime/random';
import { type BeamSearchOptions, type NextLogits, searchBeam, sharedLength } from './beam-search';

const END = 0;
const VOCABULARY = 6;

/** What follows a text, by its tokens joined with blanks: probabilities by token. Tokens that are not named cannot follow. */
type Script = Readonly<Record<string, Readonly<Record<number, number>>>>;

interface Model {
  readonly next: NextLogits;
  readonly asked: (readonly number[])[];
}

/** Logits are log probabilities, moved by a constant that differs from text to text, as a network's may. */
function scripted(probabilities: (tokens: readonly number[]) => readonly number[]): Model {
  const asked: (readonly number[])[] = [];
  const shared = new Float32Array(VOCABULARY);
  return {
    asked,
    async next(tokens) {
      asked.push(tokens);
      for (const [id, p] of probabilities(tokens).entries()) shared[id] = Math.log(p) + 7 * tokens.length;
      return shared;
    },
  };
}

function script(table: Script): Model {
  return scripted((tokens) => {
    const row = table[tokens.join(' ')];
    if (!row) throw new Error(`nothing follows "${tokens.join(' ')}"`);
    return Array.from({ length: VOCABULARY }, (_, id) => row[id] ?? 0);
  });
}

/** Probabilities that follow from the text alone. */
function randomModel(seed: number): Model {
  return scripted((tokens) => {
    const random = createRandom(tokens.reduce((hash, token) => hash * 31 + token + 1, seed));
    const weights = Array.from({ length: VOCABULARY }, () => random() ** 4 + 1e-3);
    const sum = weights.reduce((a, b) => a + b);
    return weights.map((weight) => weight / sum);
  });
}

const search = (model: Model, options: Partial<BeamSearchOptions> = {}, signal?: AbortSignal) =>
  searchBeam(model.next, { width: 4, limit: 10, ends: new Set([END]), ...options }, signal);

/** Greedy choice takes 1, which leads to a text of 0.6 * 0.4; behind 2 comes one of 0.4 * 0.9. */
const DETOUR: Script = {
  '': { 1: 0.6, 2: 0.4 },
  '1': { 3: 0.4, 4: 0.35, 5: 0.25 },
  '2': { 3: 0.9, 4: 0.1 },
  '1 3': { [END]: 1 },
  '1 4': { [END]: 1 },
  '1 5': { [END]: 1 },
  '2 3': { [END]: 1 },
  '2 4': { [END]: 1 },
};

describe('what is found', () => {
  test('the likelier text that greedy choice misses', async () => {
    const greedy = await search(script(DETOUR), { width: 1 });
    expect(greedy.tokens).toEqual([1, 3]);
    expect(greedy.score).toBeCloseTo(Math.log(0.6 * 0.4), 5);
    const found = await search(script(DETOUR), { width: 2 });
    expect(found.tokens).toEqual([2, 3]);
    expect(found.score).toBeCloseTo(Math.log(0.4 * 0.9), 5);
  });

  test('a width of 1 is greedy choice', async () => {
    for (let seed = 1; seed <= 40; seed++) {
      const model = randomModel(seed);
      const written: number[] = [];
      while (written.length < 8) {
        const logits = await model.next(written);
        const token = logits.indexOf(Math.max(...logits));
        if (token === END) break;
        written.push(token);
      }
      expect((await search(randomModel(seed), { width: 1, limit: 8 })).tokens).toEqual(written);
    }
  });

  test('with room for every text, the likeliest of all', async () => {
    for (let seed = 1; seed <= 40; seed++) {
      const { next } = randomModel(seed);
      let best = { tokens: [] as readonly number[], score: Number.NEGATIVE_INFINITY };
      const walk = async (tokens: readonly number[], score: number): Promise<void> => {
        const logits = Float64Array.from(await next(tokens));
        const norm = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
        for (const [id, logit] of logits.entries()) {
          const total = score + logit - norm;
          if (id === END && total > best.score) best = { tokens, score: total };
          else if (id !== END && tokens.length < 3) await walk([...tokens, id], total);
        }
      };
      await walk([], 0);
      const found = await search(randomModel(seed), { width: 1000, limit: 4 });
      expect(found.tokens).toEqual(best.tokens);
      expect(found.score).toBeCloseTo(best.score, 4);
    }
  });

  test('of equally likely texts the one with the lower ids, however often it is asked', async () => {
    const halves: Script = {
      '': { 2: 0.5, 1: 0.5 },
      '1': { 5: 0.5, 3: 0.5 },
      '2': { 5: 0.5, 3: 0.5 },
    };
    const ends = Object.fromEntries(['1 5', '1 3', '2 5', '2 3'].map((text) => [text, { [END]: 1 }]));
    for (let i = 0; i < 3; i++) {
      expect((await search(script({ ...halves, ...ends }))).tokens).toEqual([1, 3]);
    }
  });

  test('a long text’s probability does not run out of digits', async () => {
    const model = scripted(() => [1e-6, ...new Array<number>(VOCABULARY - 1).fill((1 - 1e-6) / 5)]);
    const { tokens, score } = await search(model, { limit: 500 });
    expect(tokens).toHaveLength(500);
    expect(score).toBeCloseTo(500 * Math.log(0.2), 0);
  });
});

describe('the end', () => {
  test('any of the tokens that end a text does, and is no part of it', async () => {
    const model = script({ '': { 1: 0.9, 5: 0.1 }, '1': { 5: 0.9, 2: 0.1 }, '1 2': { [END]: 1 } });
    expect((await search(model, { ends: new Set([END, 5]) })).tokens).toEqual([1]);
  });

  test('nothing may be the likeliest text', async () => {
    const model = script({ '': { [END]: 0.8, 1: 0.2 } });
    expect((await search(model)).tokens).toEqual([]);
    expect(model.asked).toEqual([[]]);
  });

  test('nothing is asked once no open text can become likelier than one that has ended', async () => {
    const endless = { 1: 0.5, 2: 0.5 };
    const model = script({ '': { 1: 0.7, 2: 0.3 }, '1': { [END]: 0.6, 3: 0.4 }, '2': endless });
    // 0.7 * 0.6 is more than 0.7 * 0.4 and 0.3: neither "1 3" nor what follows "2" is looked at.
    expect((await search(model)).tokens).toEqual([1]);
    expect(model.asked).toEqual([[], [1], [2]]);
  });

  test('an open text that can still become likelier is followed', async () => {
    const model = script({
      '': { 1: 0.9, 2: 0.1 },
      '1': { [END]: 0.4, 3: 0.6 },
      '2': { [END]: 1 },
      '1 3': { [END]: 0.95, 4: 0.05 },
    });
    expect((await search(model)).tokens).toEqual([1, 3]);
  });

  test('at the limit a text that has ended comes before one that goes on and on', async () => {
    const on = { 1: 0.99, [END]: 0.01 };
    const model = scripted(() => [0.01, 0.99, 0, 0, 0, 0]);
    expect((await search(model, { limit: 6 })).tokens).toEqual([]);
    const never = script({ '': on, '1': { 1: 1 }, '1 1': { 1: 1 } });
    expect((await search(never, { width: 1, limit: 3 })).tokens).toEqual([1, 1, 1]);
    expect(never.asked).toHaveLength(3);
  });

  test('a limit of none asks nothing', async () => {
    const model = script({});
    expect(await search(model, { limit: 0 })).toEqual({ tokens: [], score: 0 });
    expect(model.asked).toEqual([]);
  });
});

describe('the work', () => {
  test('texts far less likely than the likeliest are given up', async () => {
    const one = { '': { 1: 0.98, 2: 0.02 }, '1': { 3: 1 }, '1 3': { [END]: 1 } };
    const model = script(one);
    expect((await search(model, { spread: 2 })).tokens).toEqual([1, 3]);
    expect(model.asked).toEqual([[], [1], [1, 3]]);
    await expect(search(script(one), { spread: 5 })).rejects.toThrow('nothing follows "2"');
  });

  test('every text is one token longer than one asked for before, and at most `width` are asked a token', async () => {
    const model = randomModel(7);
    await search(model, { width: 5, limit: 8 });
    const seen = new Set<string>();
    for (const tokens of model.asked) {
      if (tokens.length > 0) expect(seen.has(tokens.slice(0, -1).join(' '))).toBe(true);
      seen.add(tokens.join(' '));
    }
    for (let length = 0; length < 8; length++) {
      expect(model.asked.filter((tokens) => tokens.length === length).length).toBeLessThanOrEqual(5);
    }
  });

  test('what shares its beginning with the last one comes next', async () => {
    const model = script({
      ...DETOUR,
      '': { 1: 0.5, 2: 0.5 },
      '1': { 3: 0.5, 4: 0.5 },
      '2': { 3: 0.5, 4: 0.5 },
    });
    await search(model);
    // "2" was asked last of its length: its continuations come before those of "1".
    expect(model.asked.slice(0, 4)).toEqual([[], [1], [2], [2, 3]]);
  });

  test('an abort ends it before the next run', async () => {
    const abort = new AbortController();
    const model = randomModel(3);
    const next: NextLogits = (tokens) => {
      if (model.asked.length === 3) abort.abort();
      return model.next(tokens);
    };
    const { asked } = model;
    await expect(search({ next, asked }, { ends: new Set() }, abort.signal)).rejects.toMatchObject({
      code: 'aborted',
    });
    expect(asked).toHaveLength(4);
    await expect(search(randomModel(3), {}, AbortSignal.abort())).rejects.toMatchObject({ code: 'aborted' });
  });

  test('an abort that comes as an event is heard in between', async () => {
    const abort = new AbortController();
    const model = randomModel(3);
    setImmediate(() => abort.abort());
    await expect(search(model, { ends: new Set(), limit: 500 }, abort.signal)).rejects.toMatchObject({
      code: 'aborted',
    });
    expect(model.asked.length).toBeLessThan(10);
  });

  test('an error of the model is its own', async () => {
    await expect(search(script({}))).rejects.toThrow('nothing follows ""');
  });
});

test.each([
  [[], [], 0],
  [[1], [], 0],
  [[1, 2], [1, 2, 3], 2],
  [[1, 2, 3], [1, 4, 3], 1],
])('%j and %j have %d tokens in common', (a, b, length) => {
  expect(sharedLength(a, b)).toBe(length);
  expect(sharedLength(b, a)).toBe(length);
});
