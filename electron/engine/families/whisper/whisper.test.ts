import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cpuMs } from '../../../../build/testing/cpu-time';
import { readReference } from '../../../../models/builder/families/testing';
import { buildFixture, fixtureFolder, whisperClip } from '../../../../models/builder/fixture-packages';
import { ManifestSchema } from '../../../contract/manifest';
import { CpuBackend } from '../../ort/cpu-backend';
import { LogMel } from './log-mel';
import { WhisperRecognizer } from './recognizer';
import { applyRules } from './rules';
import { splitSegments } from './segments';
import { readSettings } from './settings';
import { WhisperWindow } from './window';

/** Against transformers: models/builder/fixtures/make_whisper.py. */

interface Written {
  readonly init: readonly number[];
  readonly tokens: readonly number[];
}

interface Case {
  readonly clip: string;
  readonly language: number;
  readonly greedy: Written;
  readonly greedy_timestamps: Written;
}

const fixture = fixtureFolder('whisper');
const { cases } = JSON.parse(readFileSync(path.join(fixture, 'cases.json'), 'utf8')) as { cases: Case[] };
const reference = readReference(path.join(fixture, 'reference.safetensors'));
const folder = path.join(mkdtempSync(path.join(tmpdir(), 'autoglm-whisper-')), 'package');
const backend = new CpuBackend(1);

beforeAll(() => buildFixture('whisper', folder));

afterAll(() => {
  backend.dispose();
  rmSync(path.dirname(folder), { recursive: true });
});

describe('log-mel', () => {
  test.each([
    ['short', 6, 10, 'mel'],
    ['speech', 6, 10, 'mel'],
    ['long', 6, 10, 'mel'],
    ['short', 30, 50, 'mel30'],
    ['speech', 30, 50, 'mel30'],
    ['long', 30, 50, 'mel30'],
  ] as const)('%s in a window of %i s', (name, seconds, stride, key) => {
    const logMel = new LogMel(80, seconds);
    const mel = logMel.compute(whisperClip(name));
    const expected = reference(`${name}.${key}`);
    let largest = 0;
    for (let row = 0; row < 80; row++) {
      for (let frame = 0; frame < logMel.frames; frame += stride) {
        const wanted = expected[row * (logMel.frames / stride) + frame / stride]!;
        largest = Math.max(largest, Math.abs(mel[row * logMel.frames + frame]! - wanted));
      }
    }
    console.log(`${name}, ${seconds} s: differs by ${largest.toExponential(1)}`);
    expect(largest).toBeLessThan(1e-4);
  });

  test('30 seconds of sound take far less than they last', async () => {
    const logMel = new LogMel(80, 30);
    const sound = Float32Array.from({ length: 480_000 }, (_, i) => Math.sin(i * 0.05) * Math.sin(i * 0.0001));
    const ms = await cpuMs(() => logMel.compute(sound), 2);
    console.log(`30 s of sound: ${ms.toFixed(0)} ms`);
    expect(ms).toBeLessThan(3000);
  });
});

describe('the engine’s runtime', () => {
  const settings = () =>
    readSettings(
      ManifestSchema.parse(JSON.parse(readFileSync(path.join(folder, 'autoglm.json'), 'utf8'))),
      'float32',
    );

  test.each(cases)('$clip: language and greedy tokens, with and without timestamps', async (expected) => {
    const encoder = await backend.open(path.join(folder, 'encoder.fp32.onnx'));
    const decoder = await backend.open(path.join(folder, 'decoder.fp32.onnx'));
    const window = new WhisperWindow(backend, encoder, decoder, settings());
    await window.hear(new LogMel(80, 6).compute(whisperClip(expected.clip)));
    for (const [timestamps, { init, tokens }] of [
      [false, expected.greedy],
      [true, expected.greedy_timestamps],
    ] as const) {
      // init: [<|startofprev|>, earlier…,] <|startoftranscript|>, language, task[, <|notimestamps|>]
      const prompt = init[0] === 409 ? init.slice(1, init.indexOf(401)) : [];
      const code = ['en', 'zh', 'de', 'ja'][expected.language - 402];
      const forced = { task: 'transcribe', timestamps, prompt, language: code, maxTokens: 64 } as const;
      expect((await window.write(forced)).tokens).toEqual(tokens);
    }
    const { language } = await window.write({ task: 'transcribe', timestamps: true, maxTokens: 1 });
    expect(settings().languages.get(language!)).toBe(expected.language);
    window.dispose();
    for (const session of [encoder, decoder]) session.dispose();
  });

  test('sound longer than a window is written to its end', async () => {
    const recognizer = await WhisperRecognizer.open(folder, backend);
    expect(recognizer.languages).toEqual(['en', 'zh', 'de', 'ja']);
    const parts = [whisperClip('long'), whisperClip('speech'), whisperClip('long')];
    const sound = Float32Array.from(parts.flatMap((part) => [...part]));
    let end = 0;
    for await (const utterance of recognizer.recognize(sound)) {
      expect(utterance.start).toBeGreaterThanOrEqual(end - 1e-9);
      expect(utterance.text).not.toBe('');
      end = utterance.end;
    }
    expect(end).toBeGreaterThan(6);
    expect(end).toBeLessThanOrEqual(sound.length / 16_000 + 0.02);
    await expect(recognizer.recognize(sound, { language: 'xx' }).next()).rejects.toMatchObject({
      code: 'invalid-request',
    });
    recognizer.dispose();
  });
});

describe('segments', () => {
  const T = 1000;
  test.each([
    ['one that ends', [T, 1, 2, T + 50], [[0, 50, [1, 2]]], 300],
    ['one that goes on', [T, 1, 2], [[0, 300, [1, 2]]], 300],
    ['a pair, then one that goes on', [T, 1, T + 50, T + 60, 2], [[0, 50, [1]]], 50],
    [
      'a pair, then one that ends',
      [T, 1, T + 50, T + 60, 2, T + 90],
      [
        [0, 50, [1]],
        [60, 90, [2]],
      ],
      300,
    ],
    ['nothing', [], [], 300],
  ] as const)('%s', (_, tokens, expected, rowsDone) => {
    const split = splitSegments(tokens, T, 300);
    expect(split.segments.map((segment) => [segment.start, segment.end, segment.tokens])).toEqual(expected);
    expect(split.rowsDone).toBe(rowsDone);
  });
});

test('after a timestamp that ends a segment only a timestamp or the end may come', () => {
  const rules = {
    suppress_tokens: [2],
    begin_suppress_tokens: [],
    no_timestamps_token_id: 5,
    timestampBegin: 6,
    endToken: 4,
    max_initial_timestamp_index: 1,
  };
  const allowed = (written: readonly number[]) => {
    const logits = new Float32Array(10);
    // Text so likely that timestamps are never forced.
    logits.fill(5, 0, 6);
    applyRules(logits, written, true, rules);
    return [...logits.keys()].filter((token) => logits[token] !== Number.NEGATIVE_INFINITY);
  };
  expect(allowed([])).toEqual([6, 7]);
  expect(allowed([6])).toEqual([0, 1, 3, 4]);
  expect(allowed([6, 1])).toEqual([0, 1, 3, 4, 7, 8, 9]);
  expect(allowed([6, 1, 8])).toEqual([4, 8, 9]);
  expect(allowed([6, 1, 8, 8])).toEqual([0, 1, 3, 4]);
});
