import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { presets } from '../../../models/builder/families/autoglm-phone/config';
import type { ContentPart, GenerationEvent } from '../../contract/generation';
import { encodeWav } from '../../contract/wav';
import { createRandomPackage } from '../testing/random-package';
import { LoadedModel } from './loaded-model';

/** Pictures and sound through the whole loop, on a package of random weights. */

const folder = mkdtempSync(path.join(tmpdir(), 'autoglm-media-'));
const seeing = createRandomPackage(presets['tiny-senses']);
const reading = createRandomPackage();
let model: LoadedModel;
let picture: ContentPart;
let clip: ContentPart;

beforeAll(async () => {
  const image = path.join(folder, 'a.png');
  await sharp({ create: { width: 320, height: 192, channels: 3, background: '#c33' } })
    .png()
    .toFile(image);
  const sound = path.join(folder, 'a.wav');
  writeFileSync(sound, encodeWav(new Float32Array(16_000).map((_, i) => 0.3 * Math.sin(i / 9))));
  picture = { type: 'image', path: image, sha256: 'a' };
  clip = { type: 'audio', path: sound, sha256: 'b' };
  model = await LoadedModel.load(seeing.folder, { provider: 'cpu', threads: 1, trusted: true });
});

afterAll(async () => {
  await model.dispose();
  seeing.remove();
  reading.remove();
  rmSync(folder, { recursive: true });
});

const text = (value: string): ContentPart => ({ type: 'text', text: value });

async function ask(on: LoadedModel, content: readonly ContentPart[]): Promise<GenerationEvent> {
  let last: GenerationEvent | undefined;
  const request = {
    messages: [{ role: 'user' as const, content }],
    sampling: { maxTokens: 3 },
    enableThinking: false,
  };
  for await (const event of on.generate(request)) last = event;
  return last!;
}

test('a picture and a clip count in the prompt and in the statistics; known ones cost nothing', async () => {
  const first = await ask(model, [picture, clip, text('hi')]);
  // <|user|>, 62 for the picture, 27 for the clip, two bytes, <|nothink|>, and <|assistant|>.
  const length = 1 + (60 + 2) + (25 + 2) + 2 + 1 + 1;
  expect(first).toMatchObject({ type: 'finished', stats: { promptTokens: length, mediaTokens: 85 } });
  // Whoever looked at them again would find no picture and no sound.
  const files = [picture, clip].flatMap((part) => (part.type === 'text' ? [] : part.path));
  const kept = files.map((file) => readFileSync(file));
  for (const file of files) writeFileSync(file, 'gone');
  const again = await ask(model, [picture, clip, text('ho')]);
  for (const [i, file] of files.entries()) writeFileSync(file, kept[i]!);
  if (first.type !== 'finished' || again.type !== 'finished') throw new Error('it did not finish');
  expect(first.stats.mediaMs).toBeGreaterThan(0);
  expect(again.stats.mediaMs).toBeGreaterThanOrEqual(0);
});

test('a question may be spoken, without a word of text', async () => {
  expect(await ask(model, [clip])).toMatchObject({ type: 'finished', stats: { mediaTokens: 25 } });
});

test('text alone has no media in its statistics', async () => {
  const end = await ask(model, [text('hi')]);
  expect(end.type === 'finished' && 'mediaTokens' in end.stats).toBe(false);
});

test('a recording is written down', async () => {
  expect(typeof (await model.transcribe(new Float32Array(25 * 16_000)))).toBe('string');
});

test.each<[string, () => readonly ContentPart[], RegExp]>([
  ['images', () => [picture], /^This model reads text only; it cannot take images\.$/],
  ['sound', () => [clip], /^This model reads text only; it cannot take sound\.$/],
])('a model of text is not given %s', async (_, content, message) => {
  const blind = await LoadedModel.load(reading.folder, { provider: 'cpu', threads: 1, trusted: true });
  const end = await ask(blind, content());
  expect(end).toMatchObject({
    type: 'failed',
    error: { code: 'invalid-request', message: expect.stringMatching(message) },
  });
  await expect(blind.transcribe(new Float32Array(100))).rejects.toMatchObject({ code: 'model-unsupported' });
  await blind.dispose();
});

test('a picture too many is said to be, before it is encoded', async () => {
  const many = Array.from({ length: 9 }, () => picture);
  expect(await ask(model, [...many, text('hi')])).toMatchObject({
    type: 'failed',
    error: { code: 'context-exceeded', details: { tokens: 9 * 62 + 5, limit: 512 } },
  });
});

test('a damaged picture is one sentence', async () => {
  const file = path.join(folder, 'broken.png');
  writeFileSync(file, 'no picture');
  expect(await ask(model, [{ type: 'image', path: file, sha256: 'c' }, text('hi')])).toMatchObject({
    type: 'failed',
    error: { code: 'invalid-request', message: expect.stringMatching(/^The image cannot be read/) },
  });
});
