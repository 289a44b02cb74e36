import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import OpenAI, { toFile } from 'openai';
import { expect, it, onTestFinished } from 'vitest';
import { buildFixture } from '../../models/builder/fixture-packages';
import { createApp } from '../app/app';
import { writeModel } from '../app/testing/manifest';
import { testSounds } from '../app/testing/sounds';
import { temporaryHome } from '../app/testing/temporary-home';
import { resampleSound } from '../contract/resample-sound';
import { encodeWav } from '../contract/wav';
import { joined, quiet, voice } from '../engine/speech/testing/voice';
import { forkEngine } from './fork-engine';
import { startHttpHost } from './http-host';

const ENGINE = fileURLToPath(new URL('../engine/main.ts', import.meta.url));
const here = (path: string) => join(import.meta.dirname, path);

async function start(withWhisper: boolean) {
  const home = temporaryHome();
  // Of random weights: it writes something down wherever somebody speaks, always the same.
  if (withWhisper) buildFixture('whisper', join(home, 'models', 'whisper-test'));
  const host = await startHttpHost({
    port: 0,
    host: '127.0.0.1',
    page: null,
    app: () =>
      createApp({
        version: '0',
        host: 'browser',
        home,
        builtInModels: [writeModel(home, 'nano')],
        spawnEngine: () => forkEngine(ENGINE, ['--import', 'tsx']),
        ...(testSounds.entry && { soundWorker: testSounds.entry }),
        log: () => {},
      }),
  });
  onTestFinished(async () => {
    await host.app.close();
    await host.close();
  });
  return new OpenAI({ baseURL: `${host.url}/v1`, apiKey: 'EMPTY', maxRetries: 0 }).audio.transcriptions;
}

it('writes down sound of any kind with the app’s own recogniser', { timeout: 60_000 }, async () => {
  const transcriptions = await start(true);
  const talk = resampleSound(joined(quiet(2), voice(8), quiet(1)), 16_000, 22_050);
  const wav = encodeWav(talk);
  new DataView(wav.buffer).setUint32(24, 22_050, true);
  const spoken = await transcriptions.create({
    file: await toFile(wav, 'talk.wav'),
    model: 'whisper-test',
    response_format: 'verbose_json',
    language: 'en',
  });
  expect(spoken.text).not.toBe('');
  expect(spoken.duration).toBeCloseTo(talk.length / 22_050, 2);
  expect(spoken.language).toBe('english');
  const [first] = spoken.segments ?? [];
  // The silence before the voice, of which the recogniser is spared most, counts.
  expect(first?.start).toBeGreaterThan(1);
  expect(first?.end).toBeLessThanOrEqual(spoken.duration + 0.5);

  // A tone: nobody speaks, and nothing is made up.
  const file = await toFile(readFileSync(here('../app/sound/fixtures/tone.mp3')), 'tone.mp3');
  expect((await transcriptions.create({ file, model: 'whisper-1' })).text).toBe('');
  const m4a = await toFile(readFileSync(here('../app/sound/fixtures/tone.m4a')), 'tone.m4a');
  await expect(transcriptions.create({ file: m4a, model: 'whisper-1' })).rejects.toThrow(
    /^400 The sound tone\.m4a is MP4\/M4A \(AAC\), a coding that is not read here\. Save it as MP3/,
  );
});

it('says what is missing where nothing hears', { timeout: 60_000 }, async () => {
  const transcriptions = await start(false);
  const file = await toFile(encodeWav(voice(4)), 'talk.wav');
  await expect(transcriptions.create({ file, model: 'whisper-1' })).rejects.toMatchObject({
    status: 503,
    code: 'no_recognizer',
  });
});
