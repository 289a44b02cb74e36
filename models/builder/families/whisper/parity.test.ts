import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { LogMel } from '../../../../electron/engine/families/whisper/log-mel';
import { buildFixture, fixtureFolder, whisperClip } from '../../fixture-packages';
import type { AccuracyLevel, Activation } from '../../layers';
import type { Precision } from '../../store';
import {
  cosine,
  type Feeds,
  floats,
  floatTensor,
  idTensor,
  lengthTensors,
  openGraph,
  readReference,
  relativeError,
  zeros,
} from '../testing';
import { loadWhisperConfig } from './config';

/** The graphs against Hugging Face transformers: fixtures written by models/builder/fixtures/make_whisper.py. */

interface Case {
  readonly clip: string;
  readonly decoder_ids: readonly number[];
}

const fixture = fixtureFolder('whisper');
const config = loadWhisperConfig(path.join(fixture, 'config.json'));
const { cases } = JSON.parse(readFileSync(path.join(fixture, 'cases.json'), 'utf8')) as { cases: Case[] };
const reference = readReference(path.join(fixture, 'reference.safetensors'));
const temporary = mkdtempSync(path.join(tmpdir(), 'autoglm-whisper-parity-'));
afterAll(() => rmSync(temporary, { recursive: true }));

function build(precision: Precision, accuracyLevel: AccuracyLevel): string {
  const out = path.join(temporary, `${precision}-${accuracyLevel}`);
  if (existsSync(out)) return out;
  buildFixture('whisper', out, { precision, accuracyLevel });
  return out;
}

function mel(clip: string): Float32Array {
  const sound = whisperClip(clip);
  return new LogMel(config.num_mel_bins, 6).compute(sound);
}

/** Encoder output, every sixth row as in the fixture, and the logits after each of `ids`. */
async function run(
  folder: string,
  activation: Activation,
  { clip, decoder_ids: ids }: Case,
): Promise<{ encoded: number[]; logits: number[] }> {
  const encoder = await openGraph(folder, 'encoder', activation);
  const frames = 2 * config.max_source_positions;
  const input = floatTensor(activation, mel(clip), [1, config.num_mel_bins, frames]);
  const { encoded: rows, ...cross } = await encoder.run({ input_features: input });
  const { d_model: hidden, decoder_attention_heads: heads } = config;
  const encoded = [...floats(rows!)].filter((_, i) => Math.floor(i / hidden) % 6 === 0);

  const decoder = await openGraph(folder, 'decoder', activation);
  const cache: Feeds = {};
  for (let i = 0; i < config.decoder_layers; i++) {
    for (const part of ['key', 'value'])
      cache[`past_key_values.${i}.${part}`] = zeros(activation, [1, heads, 32, hidden / heads]);
  }
  const logits: number[] = [];
  for (const [i, id] of ids.entries()) {
    const feeds = { input_ids: idTensor([id]), position_ids: idTensor([i]), ...lengthTensors(i + 1) };
    const out = await decoder.run({ ...feeds, ...cross, ...cache });
    for (const name of Object.keys(cache)) cache[name] = out[name.replace('past_key_values', 'present')]!;
    logits.push(...floats(out.logits!));
  }
  await encoder.release();
  await decoder.release();
  return { encoded, logits };
}

describe.each([
  ['fp32', 'float32', 1e-3],
  ['fp16', 'float32', 5e-3],
  ['fp16', 'float16', 0.03],
] as const)('%s package, %s activations', (precision, activation, tolerance) => {
  test.each(cases)('$clip: encoder output and logits', async (one) => {
    const { encoded, logits } = await run(build(precision, 1), activation, one);
    const ofEncoder = relativeError(encoded, reference(`${one.clip}.encoded`));
    const ofLogits = relativeError(logits, reference(`${one.clip}.logits`));
    console.log(
      `${precision} ${activation} ${one.clip}: encoder differs by ${ofEncoder.toExponential(1)}, logits by ${ofLogits.toExponential(1)}`,
    );
    expect(ofEncoder).toBeLessThan(tolerance);
    expect(ofLogits).toBeLessThan(tolerance);
  });
});

// The fixture's wide random weights enlarge what rounding does: this asks only that vectors point the same way.
describe.each([
  ['int8', 'float32', 1, 0.99],
  ['int8', 'float32', 4, 0.98],
  ['int4', 'float32', 4, 0.7],
  ['int4', 'float16', 0, 0.7],
] as const)('%s package, %s activations, accuracy level %i', (precision, activation, level, least) => {
  test.each(cases)('$clip points the same way', async (one) => {
    const { logits } = await run(build(precision, level), activation, one);
    const similarity = cosine(logits, reference(`${one.clip}.logits`));
    console.log(`${precision} ${activation} level ${level} ${one.clip}: cosine ${similarity.toFixed(4)}`);
    expect(similarity).toBeGreaterThan(least);
  });
});
