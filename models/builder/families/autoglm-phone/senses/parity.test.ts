import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Tensor } from 'onnxruntime-node';
import sharp from 'sharp';
import { afterAll, describe, expect, test } from 'vitest';
import { decodeWav } from '../../../../../electron/contract/wav';
import { normalizeWave } from '../../../../../electron/engine/families/autoglm-phone/clip';
import { buildFixture, fixtureFolder } from '../../../fixture-packages';
import type { AccuracyLevel, Activation } from '../../../layers';
import type { Precision } from '../../../store';
import { cosine, floats, openGraph, readReference, relativeError } from '../../testing';
import { loadConfig } from '../config';
import { Runner } from '../runner';

/** The graphs of eyes and ears against PyTorch: fixtures written by models/train/fixtures_senses.py. */

type Variant = 'fp32' | 'int8_32' | 'int4_32';

interface Case {
  readonly name: string;
  readonly input_ids: readonly number[];
  readonly media: readonly {
    readonly kind: 'image' | 'audio';
    readonly name: string;
    readonly start: number;
  }[];
  readonly decoder_ids: readonly number[];
  readonly greedy: Readonly<Record<Variant, readonly number[]>>;
  readonly steady: Readonly<Record<Variant, number>>;
}

const fixture = fixtureFolder('senses');
const config = loadConfig(path.join(fixture, 'config.json'));
const reference = readReference(path.join(fixture, 'reference.safetensors'));
const { cases, clips } = JSON.parse(readFileSync(path.join(fixture, 'cases.json'), 'utf8')) as {
  cases: Case[];
  clips: Record<string, { samples: number; rows: number }>;
};
const temporary = mkdtempSync(path.join(tmpdir(), 'autoglm-senses-'));
afterAll(() => rmSync(temporary, { recursive: true }));

/** Pictures whose files have the size of their canvas: nothing is resized. */
const PICTURES = ['square', 'wide'];

function build(precision: Precision, accuracyLevel: AccuracyLevel): string {
  const out = path.join(temporary, `${precision}-${accuracyLevel}`);
  buildFixture('senses', out, { precision, accuracyLevel });
  return out;
}

/** Rows of every picture and clip of the fixture, by name. */
async function senses(folder: string, activation: Activation): Promise<Map<string, Float32Array>> {
  const vision = await openGraph(folder, 'vision', activation);
  const speech = await openGraph(folder, 'speech', activation);
  const rows = new Map<string, Float32Array>();
  for (const name of PICTURES) {
    const { data, info } = await sharp(path.join(fixture, 'images', `${name}.png`))
      .raw()
      .toBuffer({ resolveWithObject: true });
    const plane = info.width * info.height;
    const pixels = new Float32Array(3 * plane);
    for (let i = 0; i < pixels.length; i++)
      pixels[i] = data[(i % plane) * 3 + Math.floor(i / plane)]! / 127.5 - 1;
    const out = await vision.run({ pixels: new Tensor('float32', pixels, [1, 3, info.height, info.width]) });
    rows.set(name, floats(out.features!));
  }
  for (const name of Object.keys(clips)) {
    const samples = decodeWav(readFileSync(path.join(fixture, 'clips', `${name}.wav`)))!;
    const wave = normalizeWave(samples, 640);
    const out = await speech.run({ wave: new Tensor('float32', wave, [1, wave.length]) });
    rows.set(name, floats(out.features!));
  }
  await vision.release();
  await speech.release();
  return rows;
}

/** What the encoder is fed for a prompt with media. */
function mediaOf(sample: Case, rows: ReadonlyMap<string, Float32Array>) {
  const parts = sample.media.map(({ name }) => rows.get(name)!);
  const features = new Float32Array(
    Math.max(
      1,
      parts.reduce((sum, p) => sum + p.length, 0),
    ),
  );
  const source = sample.input_ids.map((_, i) => i);
  let at = 0;
  for (const [i, part] of parts.entries()) {
    features.set(part, at);
    for (let row = 0; row < part.length / config.hidden_size; row++) {
      source[sample.media[i]!.start + row] = sample.input_ids.length + at / config.hidden_size + row;
    }
    at += part.length;
  }
  return parts.length > 0 ? { features, source } : undefined;
}

// The fixture's matrices are float16, so the fp16 package holds exactly its weights. Accuracy level 1 computes in float32.
describe.each([
  ['fp32', 'fp32', 'float32'],
  ['fp16', 'fp32', 'float32'],
  ['int8', 'int8_32', 'float32'],
  ['int4', 'int4_32', 'float32'],
  ['fp16', 'fp32', 'float16'],
  ['int8', 'int8_32', 'float16'],
  ['int4', 'int4_32', 'float16'],
] as const)('%s package, PyTorch’s %s, %s activations', (precision, variant, activation) => {
  // The fixture's wide random weights enlarge what float16 loses.
  const tolerance = activation === 'float32' ? 1e-4 : 0.03;
  test('rows of pictures and clips, logits, greedy tokens', async () => {
    const folder = build(precision, 1);
    const rows = await senses(folder, activation);
    const errors: Record<string, number> = {};
    for (const [name, values] of rows) {
      errors[name] = relativeError(values, reference(`rows.${name}.${variant}`));
      expect(errors[name]).toBeLessThan(tolerance);
    }
    const runner = await Runner.load(folder, config, 224, activation);
    for (const sample of cases) {
      const media = mediaOf(sample, rows);
      await runner.encode(sample.input_ids, media);
      if (variant === 'fp32') {
        for (const kind of ['key', 'value'] as const) {
          const expected = reference(`${kind}.${sample.name}`);
          expect(relativeError(runner.cacheRows(0, kind), expected)).toBeLessThan(tolerance);
        }
      }
      const expected = reference(`logits.${sample.name}.${variant}`);
      for (const [t, token] of sample.decoder_ids.entries()) {
        const { logits } = await runner.decode([token]);
        const row = expected.subarray(t * config.vocab_size, (t + 1) * config.vocab_size);
        const error = relativeError(logits, row);
        errors[sample.name] = Math.max(errors[sample.name] ?? 0, error);
        expect(error).toBeLessThan(tolerance);
      }
      await runner.encode(sample.input_ids, media);
      const count = activation === 'float32' ? sample.greedy[variant].length : sample.steady[variant];
      const greedy: number[] = [];
      for (let token = config.decoder_start_token_id; greedy.length < count; ) {
        token = (await runner.decode([token])).nextToken;
        greedy.push(token);
      }
      expect(greedy).toEqual(sample.greedy[variant].slice(0, count));
    }
    await runner.release();
    const shown = Object.entries(errors).map(([name, error]) => `${name} ${error.toExponential(1)}`);
    console.log(`${precision}, ${activation}: ${shown.join(', ')}`);
  });
});

// What packages ship with: activations rounded to int8 by block. Random weights enlarge the cost; `npm run eval` measures a trained model.
test.each([
  ['int8', 'int8_32'],
  ['int4', 'int4_32'],
] as const)('%s graphs with int8 activations stay close', async (precision, variant) => {
  const rows = await senses(build(precision, 4), 'float32');
  for (const [name, values] of rows) {
    expect(cosine(values, reference(`rows.${name}.${variant}`))).toBeGreaterThan(0.99);
  }
});
