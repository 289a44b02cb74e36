import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { normalise } from '../../../../electron/engine/families/glm4v/image';
import { buildFixture, fixtureFolder } from '../../fixture-packages';
import type { AccuracyLevel, Activation } from '../../layers';
import { DRAFT_ROWS } from '../../next-tokens';
import type { Precision } from '../../store';
import { cosine, readReference, relativeError } from '../testing';
import { loadGlm4vConfig } from './config';
import { GRAPH_CHOICE_NAMES, type GraphChoiceName } from './graph-choice';
import { Glm4vRunner, type TestImage } from './runner';

/** The graphs against Hugging Face transformers: fixtures written by models/builder/fixtures/make_glm4v.py. */

interface Case {
  readonly name: string;
  readonly images: readonly string[];
  readonly grids: readonly (readonly number[])[];
  readonly input_ids: readonly number[];
  /** Rows of the prompt whose logits the fixture holds. */
  readonly logit_rows: readonly number[];
  readonly greedy: readonly number[];
}

const fixture = fixtureFolder('glm4v');
const config = loadGlm4vConfig(path.join(fixture, 'config.json'));
const { cases } = JSON.parse(readFileSync(path.join(fixture, 'cases.json'), 'utf8')) as { cases: Case[] };
const reference = readReference(path.join(fixture, 'reference.safetensors'));
const temporary = mkdtempSync(path.join(tmpdir(), 'autoglm-glm4v-'));
afterAll(() => rmSync(temporary, { recursive: true }));

/** An image as transformers' processor cut it; how ours does it is tested in electron/engine/families/glm4v. */
function load(name: string, grid: readonly number[]): TestImage {
  const pixels = reference(`${name}.pixels`);
  return {
    grid: [grid[1]!, grid[2]!],
    values: Float32Array.from(pixels, (level, i) => normalise(level, Math.floor(i / 196) % 3)),
  };
}

async function open(
  precision: Precision,
  activation: Activation,
  accuracyLevel: AccuracyLevel = 1,
  cudaGraph?: readonly GraphChoiceName[],
): Promise<Glm4vRunner> {
  const choices = cudaGraph ?? ['gate-apart'];
  const out = path.join(temporary, [precision, activation, accuracyLevel, ...choices].join('-'));
  if (!existsSync(out)) build(out, precision, accuracyLevel, choices);
  return Glm4vRunner.load(out, config, 160, activation);
}

function build(
  out: string,
  precision: Precision,
  accuracyLevel: AccuracyLevel,
  cudaGraph?: readonly GraphChoiceName[],
): void {
  buildFixture('glm4v', out, { precision, accuracyLevel, cudaGraph });
}

async function greedy(runner: Glm4vRunner, ids: readonly number[], steps: number): Promise<number[]> {
  const out: number[] = [];
  let next = await runner.feed(ids);
  for (;;) {
    out.push(next.nextToken);
    if (out.length === steps) return out;
    next = await runner.feed([next.nextToken]);
  }
}

describe.each([
  ['fp32', 'float32', 1e-3, 1e-3],
  ['fp16', 'float32', 2e-3, 2e-3],
  ['fp16', 'float16', 0.02, 0.02],
] as const)('%s package, %s activations', (precision, activation, featureTolerance, logitTolerance) => {
  test.each(cases)('$name: features, logits and greedy tokens', async (reference_) => {
    const { name, images: names, grids, input_ids: ids, logit_rows: rows } = reference_;
    const runner = await open(precision, activation);
    const images = names.map((image, i) => load(image, grids[i]!));
    if (images.length > 0) {
      const features: number[] = [];
      for (const image of images) features.push(...(await runner.see(image)));
      const error = relativeError(features, reference(`${name}.features`));
      console.log(`${precision} ${activation} ${name}: features differ by ${error.toExponential(1)}`);
      expect(error).toBeLessThan(featureTolerance);
    }

    // Token by token, so that every row's logits can be seen.
    await runner.start(ids, images);
    const logits: number[] = [];
    const steps: Float32Array[] = [];
    for (const [i, id] of ids.entries()) {
      const step = await runner.feed([id]);
      steps.push(step.logits);
      expect(step.nextLength).toBe(i + 1);
      if (rows.includes(i)) logits.push(...step.logits);
    }
    const error = relativeError(logits, reference(`${name}.logits`));
    console.log(`${precision} ${activation} ${name}: logits differ by ${error.toExponential(1)}`);
    expect(error).toBeLessThan(logitTolerance);

    await runner.start(ids, images);
    expect(await greedy(runner, ids, 64)).toEqual(reference_.greedy);

    if (activation === 'float32') {
      // All at once: what a draft is checked by are the logits of the last rows.
      await runner.start(ids, images);
      const { rowLogits } = await runner.feed(ids);
      const count = Math.min(ids.length, DRAFT_ROWS);
      const alone = steps.slice(-count).flatMap((row) => [...row]);
      expect(relativeError(rowLogits!, alone)).toBeLessThan(1e-4);
    }

    // In two pieces, as when a conversation goes on.
    await runner.start(ids, images);
    const cut = ids.length - 5;
    await runner.feed(ids.slice(0, cut));
    expect(await greedy(runner, ids.slice(cut), 64)).toEqual(reference_.greedy);
    await runner.release();
  });
});

// CUDA's float16 graphs, written in every way that can be chosen, on the CPU.
// What takes pixels is compared in pixels.test.ts.
const choices = GRAPH_CHOICE_NAMES.filter((name) => name !== 'pixels');
describe.each([[], ...choices.map((name) => [name]), choices].map((c) => [c]))(
  "CUDA's graphs with %j",
  (chosen) => {
    test.each(cases.slice(-2))('$name: features, logits and greedy tokens', async (reference_) => {
      const { name, images: names, grids, input_ids: ids, logit_rows: rows } = reference_;
      const runner = await open('fp16', 'float16', 1, chosen);
      const images = names.map((image, i) => load(image, grids[i]!));
      const features: number[] = [];
      for (const image of images) features.push(...(await runner.see(image)));
      expect(relativeError(features, reference(`${name}.features`))).toBeLessThan(0.02);
      await runner.start(ids, images);
      const logits: number[] = [];
      for (const [i, id] of ids.entries()) {
        const step = await runner.feed([id]);
        if (rows.includes(i)) logits.push(...step.logits);
      }
      expect(relativeError(logits, reference(`${name}.logits`))).toBeLessThan(0.02);
      await runner.start(ids, images);
      expect(await greedy(runner, ids, 64)).toEqual(reference_.greedy);
      await runner.release();
    });
  },
);

// The fixture's wide random weights enlarge what rounding does: this asks only that vectors point the same way.
describe.each([
  ['int8', 'float32', 1, 0.99],
  ['int8', 'float32', 4, 0.99],
  ['int4', 'float32', 1, 0.7],
  ['int4', 'float32', 4, 0.7],
  ['int4', 'float16', 0, 0.7],
] as const)('%s package, %s activations, accuracy level %i', (precision, activation, level, least) => {
  test.each(cases)('$name points the same way', async ({ name, images: names, grids, input_ids: ids }) => {
    const runner = await open(precision, activation, level);
    const images = names.map((image, i) => load(image, grids[i]!));
    await runner.start(ids, images);
    const { logits } = await runner.feed(ids);
    const all = reference(`${name}.logits`);
    const similarity = cosine(logits, all.subarray(all.length - config.text.vocab_size));
    console.log(
      `${precision} ${activation} level ${level} ${name}: cosine of the logits ${similarity.toFixed(4)}`,
    );
    expect(similarity).toBeGreaterThan(least);
    await runner.release();
  });
});
