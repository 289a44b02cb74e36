import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { buildFixture, fixtureFolder } from '../../fixture-packages';
import type { AccuracyLevel, Activation, AttentionKind } from '../../layers';
import { DRAFT_ROWS } from '../../next-tokens';
import type { BlockSize } from '../../quantize';
import type { Precision } from '../../store';
import { relativeError } from '../testing';
import { loadConfig } from './config';
import { Runner } from './runner';

/** The graphs against PyTorch: fixtures written by models/train/fixtures.py. */

interface Variant {
  readonly logits: number[][];
  readonly greedy: number[];
  readonly key_0?: number[][][];
  readonly value_0?: number[][][];
}

interface Case extends Record<'fp32' | 'int8_32' | 'int4_32' | 'int4_64', Variant> {
  readonly input_ids: number[];
  readonly decoder_ids: number[];
}

const fixture = fixtureFolder('tiny');
const config = loadConfig(path.join(fixture, 'config.json'));
const { cases } = JSON.parse(readFileSync(path.join(fixture, 'reference.json'), 'utf8')) as { cases: Case[] };
const temporary = mkdtempSync(path.join(tmpdir(), 'autoglm-parity-'));
afterAll(() => rmSync(temporary, { recursive: true }));

interface Variation {
  readonly accuracyLevel?: AccuracyLevel;
  readonly activation?: Activation;
  readonly attention?: AttentionKind;
}

async function open(precision: Precision, blockSize: BlockSize, variation: Variation = {}): Promise<Runner> {
  const { accuracyLevel = 1, activation = 'float32', attention = 'gqa' } = variation;
  const out = path.join(temporary, [precision, blockSize, accuracyLevel, activation, attention].join('-'));
  buildFixture('tiny', out, { precision, blockSize, accuracyLevel, attention });
  return Runner.load(out, config, 96, activation);
}

/** Cosine of the angle between two vectors: 1 when they point the same way. */
function cosine(a: Float32Array, b: readonly number[]): number {
  const dot = (x: ArrayLike<number>, y: ArrayLike<number>) =>
    Array.from(x, (v, i) => v * y[i]!).reduce((s, v) => s + v);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

async function greedy(runner: Runner, first: number, steps: number): Promise<number[]> {
  const out: number[] = [];
  for (let i = 0, token = first; i < steps; i++) {
    token = (await runner.decode([token])).nextToken;
    out.push(token);
  }
  return out;
}

// The fixture's matrices are float16, so the fp16 package holds exactly its weights. Accuracy level 1 computes in float32.
describe.each([
  ['fp32', 'fp32', 32, 'float32', 'gqa'],
  ['fp16', 'fp32', 32, 'float32', 'gqa'],
  ['int8', 'int8_32', 32, 'float32', 'gqa'],
  ['int4', 'int4_32', 32, 'float32', 'gqa'],
  ['int4', 'int4_64', 64, 'float32', 'gqa'],
  ['fp16', 'fp32', 32, 'float16', 'gqa'],
  ['int8', 'int8_32', 32, 'float16', 'gqa'],
  ['int4', 'int4_32', 32, 'float16', 'gqa'],
  ['fp32', 'fp32', 32, 'float32', 'mha'],
  ['int4', 'int4_32', 32, 'float32', 'mha'],
  ['int4', 'int4_32', 32, 'float16', 'mha'],
] as const)(
  '%s package, PyTorch’s %s, block %i, %s activations, %s',
  (precision, name, block, activation, attention) => {
    const tolerance = activation === 'float32' ? 1e-4 : 0.01;
    test('memory, logits and greedy tokens', async () => {
      const runner = await open(precision, block, { activation, attention });
      for (const reference of cases) {
        const expected = reference[name];
        await runner.encode(reference.input_ids);
        if (expected.key_0 && expected.value_0) {
          expect(relativeError(runner.cacheRows(0, 'key'), expected.key_0.flat(2))).toBeLessThan(tolerance);
          expect(relativeError(runner.cacheRows(0, 'value'), expected.value_0.flat(2))).toBeLessThan(
            tolerance,
          );
        }
        for (const [t, token] of reference.decoder_ids.entries()) {
          const { logits, nextToken, nextLength } = await runner.decode([token]);
          expect(relativeError(logits, expected.logits[t]!)).toBeLessThan(tolerance);
          expect(nextToken).toBe(logits.indexOf(logits.reduce((a, b) => Math.max(a, b))));
          expect(nextLength).toBe(reference.input_ids.length + t + 1);
        }
        // The same tokens in one step: what continues a stopped answer.
        await runner.encode(reference.input_ids);
        const { logits, rowLogits } = await runner.decode(reference.decoder_ids);
        expect(relativeError(logits, expected.logits.at(-1)!)).toBeLessThan(tolerance);
        // What a draft is checked by: every one of the last rows.
        if (activation === 'float16') expect(rowLogits).toBeUndefined();
        else {
          const last = expected.logits.slice(-DRAFT_ROWS).flat();
          expect(relativeError(rowLogits!, last)).toBeLessThan(tolerance);
        }

        await runner.encode(reference.input_ids);
        expect(await greedy(runner, config.decoder_start_token_id, 16)).toEqual(expected.greedy);
      }
      await runner.release();
    });
  },
);

// Accuracy level 4, what packages ship with: activations rounded to int8 by block. The fixture's wide random weights enlarge the
// cost, so this asks only that the logits point the same way; `npm run eval` measures what it does to a trained model.
test.each([
  ['int8', 'int8_32'],
  ['int4', 'int4_32'],
] as const)('%s graphs with int8 activations stay close', async (precision, name) => {
  const runner = await open(precision, 32, { accuracyLevel: 4 });
  for (const reference of cases) {
    await runner.encode(reference.input_ids);
    const { logits } = await runner.decode(reference.decoder_ids);
    expect(cosine(logits, reference[name].logits.at(-1)!)).toBeGreaterThan(0.99);
  }
  await runner.release();
});
