import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cpuMs } from '../../../build/testing/cpu-time';
import type { SamplingParams } from '../../contract/generation';
import { largest } from './candidates';
import { createRandom } from './random';
import { NEUTRAL_SAMPLING, Sampler } from './sampling';

const sampler = (params: Partial<SamplingParams>, seed = 1, written: number[] = []) =>
  new Sampler({ ...NEUTRAL_SAMPLING, ...params }, seed, written);

const finite = fc.float({ min: -30, max: 30, noNaN: true });
const someLogits = fc
  .array(finite, { minLength: 1, maxLength: 200 })
  .map((values) => Float32Array.from(values));

/** Draws often and says which tokens ever came. */
function support(params: Partial<SamplingParams>, logits: Float32Array, draws = 300): Set<number> {
  const chosen = new Set<number>();
  const one = sampler(params);
  for (let i = 0; i < draws; i++) chosen.add(one.sample(logits.slice()));
  return chosen;
}

/** Probabilities at a temperature, straight from the definition. */
function softmax(logits: Float32Array, temperature = 1): number[] {
  const top = Math.max(...logits);
  const weights = Array.from(logits, (logit) => Math.exp((logit - top) / temperature));
  const total = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / total);
}

describe('limits on what may be drawn', () => {
  test('temperature 0 is the first maximum', () => {
    fc.assert(
      fc.property(someLogits, (logits) => {
        expect(sampler({ temperature: 0 }).sample(logits.slice())).toBe(logits.indexOf(Math.max(...logits)));
      }),
    );
  });

  test('top-k draws only the k likeliest', () => {
    fc.assert(
      fc.property(someLogits, fc.integer({ min: 1, max: 20 }), (logits, topK) => {
        const sorted = [...logits].sort((a, b) => b - a);
        const floor = sorted[Math.min(topK, sorted.length) - 1] as number;
        const chosen = support({ topK }, logits, 50);
        expect(chosen.size).toBeLessThanOrEqual(topK);
        for (const id of chosen) expect(logits[id]).toBeGreaterThanOrEqual(floor);
      }),
    );
  });

  test('top-p draws only from the smallest set that reaches p', () => {
    fc.assert(
      fc.property(someLogits, fc.double({ min: 0.05, max: 0.95, noNaN: true }), (logits, topP) => {
        const probabilities = softmax(logits);
        for (const id of support({ topP }, logits, 50)) {
          const likelier = probabilities.filter((p) => p > (probabilities[id] as number));
          expect(likelier.reduce((a, b) => a + b, 0)).toBeLessThan(topP + 1e-9);
        }
      }),
    );
  });

  test('min-p draws nothing below its share of the likeliest', () => {
    fc.assert(
      fc.property(someLogits, fc.double({ min: 0.01, max: 1, noNaN: true }), (logits, minP) => {
        const probabilities = softmax(logits, 0.7);
        const floor = Math.max(...probabilities) * minP;
        for (const id of support({ minP, temperature: 0.7 }, logits, 50)) {
          expect(probabilities[id]).toBeGreaterThanOrEqual(floor - 1e-9);
        }
      }),
    );
  });

  test('frequencies are those of the softmax', () => {
    const logits = Float32Array.from([2, 1, 0, -1]);
    const counts = [0, 0, 0, 0];
    const one = sampler({ temperature: 1.5 });
    for (let i = 0; i < 40_000; i++) counts[one.sample(logits.slice())]!++;
    for (const [id, p] of softmax(logits, 1.5).entries()) expect(counts[id]! / 40_000).toBeCloseTo(p, 2);
  });

  test('infinite and undefined logits are survived', () => {
    const logits = Float32Array.from([Number.NEGATIVE_INFINITY, Number.NaN, 1, 0]);
    expect([2, 3]).toContain(sampler({}).sample(logits));
    expect(sampler({}).sample(new Float32Array(4).fill(Number.NEGATIVE_INFINITY))).toBe(0);
  });
});

describe('penalties and biases', () => {
  test('repetition penalty shrinks positive and grows negative logits of what was written', () => {
    const logits = Float32Array.from([2, -2, 2]);
    sampler({ repetitionPenalty: 2, temperature: 0 }, 1, [0, 1]).sample(logits);
    expect([...logits]).toEqual([1, -4, 2]);
  });

  test('frequency counts every time, presence once', () => {
    const logits = new Float32Array(3);
    sampler({ frequencyPenalty: 0.5, presencePenalty: 1, temperature: 0 }, 1, [0, 0, 1]).sample(logits);
    expect([...logits]).toEqual([-2, -1.5, 0]);
  });

  test('a bias of 100 forces a token, of -100 forbids it, and one beyond the vocabulary does nothing', () => {
    expect(support({ logitBias: { 2: 100 } }, new Float32Array(5), 20)).toEqual(new Set([2]));
    expect(support({ logitBias: { 2: -100, 99: 5 } }, new Float32Array(3))).toEqual(new Set([0, 1]));
  });

  test('only a choice without them is left to the device', () => {
    expect(sampler({ temperature: 0 }).isGreedy).toBe(true);
    expect(sampler({ temperature: 0.1 }).isGreedy).toBe(false);
    expect(sampler({ temperature: 0, logitBias: { 1: 1 } }).isGreedy).toBe(false);
    expect(sampler({ temperature: 0, presencePenalty: 1 }).isGreedy).toBe(false);
  });
});

test('the same seed gives the same draws, another seed others', () => {
  const draws = (seed: number) => {
    const one = sampler({}, seed);
    return Array.from({ length: 50 }, () => one.sample(new Float32Array(100)));
  };
  expect(draws(7)).toEqual(draws(7));
  expect(draws(7)).not.toEqual(draws(8));
  // Seeds that differ only above 32 bits are different seeds.
  expect(draws(7)).not.toEqual(draws(7 + 2 ** 32));
});

test('random numbers are uniform in [0, 1)', () => {
  const random = createRandom(42);
  const values = Array.from({ length: 20_000 }, random);
  expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...values)).toBeLessThan(1);
  expect(values.reduce((a, b) => a + b) / values.length).toBeCloseTo(0.5, 2);
});

test.each([{ topP: 0.9, topK: 50 }, { topP: 0.9 }, { minP: 0.1 }, {}])(
  'a vocabulary of 150,000 is sampled in a few milliseconds: %j',
  async (params) => {
    const random = createRandom(1);
    const logits = Float32Array.from({ length: 150_000 }, () => 20 * random() ** 8);
    const one = sampler(params);
    one.sample(logits.slice());
    expect(await cpuMs(() => one.sample(logits), 10)).toBeLessThan(40);
  },
);

test('the k largest come sorted, of equals the lower id first', () => {
  const coarse = fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(coarse, fc.integer({ min: 1, max: 12 }), (values, k) => {
      const sorted = [...values.keys()].sort((a, b) => values[b]! - values[a]! || a - b);
      const found = largest(Float32Array.from(values), k);
      expect([...found.ids.subarray(0, found.count)]).toEqual(sorted.slice(0, k));
    }),
  );
});
