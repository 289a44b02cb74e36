import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SamplingParams } from '../../contract/generation';
import type { LikelyTokens, LikelyTokensAsked } from '../ort/backend';
import { NEUTRAL_SAMPLING, Sampler } from './sampling';

const sampler = (params: Partial<SamplingParams>, seed = 1, written: number[] = []) =>
  new Sampler({ ...NEUTRAL_SAMPLING, ...params }, seed, written);

const BOUNDS = [0.25, 0.5, 1, 1.5, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 17, 20];

/** What candidates.cu does, over an array, and the ids in disorder. */
function finder(logits: Float32Array): LikelyTokens & { readonly asked: LikelyTokensAsked[] } {
  const asked: LikelyTokensAsked[] = [];
  return {
    most: 256,
    asked,
    find(of) {
      asked.push(of);
      const top = Math.max(...logits);
      const below = (id: number) => ((top - logits[id]!) / of.temperature) as number;
      const ids = [...logits.keys()];
      const total = ids.reduce((sum, id) => sum + Math.exp(-below(id)), 0);
      for (const bound of BOUNDS) {
        const within = ids.filter((id) => below(id) < bound).reverse();
        const mass = within.reduce((sum, id) => sum + Math.exp(-below(id)), 0);
        if (mass < of.mass * total || within.length < of.least || bound < of.reach) continue;
        if (within.length > 256) return null;
        return {
          top,
          total,
          ids: Int32Array.from(within),
          logits: Float32Array.from(within, (id) => logits[id]!),
        };
      }
      return null;
    },
    dispose() {},
  };
}

const someLogits = fc
  .array(fc.float({ min: -30, max: 30, noNaN: true }), { minLength: 1, maxLength: 200 })
  .map((values) => Float32Array.from(values));

describe('a draw from the likeliest tokens alone', () => {
  test('is the one that all logits would give, with top-k, top-p and min-p', () => {
    const params = fc.record({
      temperature: fc.double({ min: 0.3, max: 2, noNaN: true }),
      topK: fc.constantFrom(0, 1, 3, 40),
      topP: fc.constantFrom(0.3, 0.9, 0.95, 1),
      minP: fc.constantFrom(0, 0.05, 0.3),
    });
    let drawn = 0;
    fc.assert(
      fc.property(someLogits, params, fc.nat(), (logits, params, seed) => {
        fc.pre(params.topK > 0 || params.topP < 1);
        const id = sampler(params, seed).sampleLikely(finder(logits));
        if (id === null) return;
        drawn++;
        expect(id).toBe(sampler(params, seed).sample(logits.slice()));
      }),
    );
    expect(drawn).toBeGreaterThan(20);
  });

  test('draws min-p alone from all that reach it, and nothing else', () => {
    const logits = Float32Array.from([3, 1, 2.5, 0.8, -4]);
    const draws = sampler({ minP: 0.1 });
    const chosen = new Set(Array.from({ length: 400 }, () => draws.sampleLikely(finder(logits))));
    expect([...chosen].sort()).toEqual([0, 1, 2, 3]);
  });

  test('has the whole vocabulary’s distribution where nothing is cut', () => {
    const logits = Float32Array.from({ length: 50 }, (_, i) => -i / 10);
    const draws = sampler({}, 7);
    const counts = new Array<number>(50).fill(0);
    for (let i = 0; i < 20_000; i++) counts[draws.sampleLikely(finder(logits))!]!++;
    const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
    for (const [id, count] of counts.entries()) {
      const expected = (20_000 * Math.exp(logits[id]!)) / total;
      expect(Math.abs(count - expected)).toBeLessThan(5 * Math.sqrt(expected) + 1);
    }
  });

  test('asks for no more than the cut needs', () => {
    const logits = Float32Array.from([2, 1]);
    const asked = (params: Partial<SamplingParams>) => {
      const found = finder(logits);
      sampler(params).sampleLikely(found);
      return found.asked[0];
    };
    expect(asked({ topP: 0.5 })).toMatchObject({ mass: expect.closeTo(0.5, 4), least: 1, reach: 0 });
    expect(asked({ topK: 40, topP: 0.5 })).toMatchObject({ mass: 0, least: 40, reach: 0 });
    expect(asked({ minP: 0.1 })).toMatchObject({ mass: 0, reach: expect.closeTo(Math.log(10), 6) });
    expect(asked({ topP: 0.5, temperature: 0.7 })).toMatchObject({ temperature: 0.7 });
  });

  test.each([
    [{ temperature: 0 }, []],
    [{ repetitionPenalty: 1.1 }, [1]],
    [{ logitBias: { 1: 5 } }, []],
    [{ topK: 300 }, []],
  ] as const)('is left to all logits with %j', (params, written) => {
    const found = finder(Float32Array.from([2, 1]));
    expect(sampler(params, 1, [...written]).sampleLikely(found)).toBeNull();
    expect(found.asked).toEqual([]);
  });
});
