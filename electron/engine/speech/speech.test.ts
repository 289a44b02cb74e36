import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { buildFixture } from '../../../models/builder/fixture-packages';
import { encodeWav, SPEECH_RATE } from '../../contract/wav';
import type { TranscribeOptions } from '../families/family';
import { CpuBackend } from '../ort/cpu-backend';
import { Endpoints } from './endpoints';
import { findVoices, SpeechListener, toStretches } from './listener';
import { SileroVad } from './silero';
import { Speech } from './speech';
import { joined, quiet, voice } from './testing/voice';

const backend = new CpuBackend(1);
const folder = mkdtempSync(join(tmpdir(), 'autoglm-speech-'));
let vad: SileroVad;

beforeAll(async () => {
  vad = await SileroVad.open(backend);
});

afterAll(() => {
  vad.dispose();
  backend.dispose();
  rmSync(folder, { recursive: true });
});

const seconds = (samples: number) => samples / SPEECH_RATE;

function wav(name: string, samples: Float32Array): string {
  const path = join(folder, name);
  writeFileSync(path, encodeWav(samples));
  return path;
}

describe('Silero', () => {
  it('tells a voice from silence, noise and a tone', () => {
    const mean = (sound: Float32Array) => {
      const probabilities = vad.stream().push(sound);
      return probabilities.reduce((sum, value) => sum + value, 0) / probabilities.length;
    };
    expect(mean(voice(8))).toBeGreaterThan(0.8);
    expect(mean(quiet(1))).toBeLessThan(0.05);
    expect(
      mean(Float32Array.from({ length: 32_000 }, (_, i) => ((Math.sin(i * 78.233) * 43_758.5) % 1) * 0.1)),
    ).toBeLessThan(0.1);
    expect(mean(Float32Array.from({ length: 32_000 }, (_, i) => Math.sin(i * 0.17) * 0.3))).toBeLessThan(0.1);
  });

  it('hears the same in pieces of any length, also while another stream is heard', () => {
    const sound = joined(quiet(0.3), voice(4), quiet(0.3));
    const whole = vad.stream().push(sound);
    const [stream, other] = [vad.stream(), vad.stream()];
    const pieces: number[] = [];
    for (let at = 0; at < sound.length; at += 777) {
      pieces.push(...stream.push(sound.subarray(at, at + 777)));
      other.push(voice(1));
    }
    expect(pieces).toEqual(whole);
  });
});

describe('endpoints', () => {
  const run = (text: string, options = {}) => {
    const endpoints = new Endpoints({ minSpeechMs: 96, pauseMs: 160, roomMs: 64, ...options });
    const events = [...text].flatMap((digit) => endpoints.push(Number(digit) / 10) ?? []);
    const last = endpoints.end();
    return [...events, ...(last ? [last] : [])].map((event) =>
      event.type === 'start' ? ['start', event.at / 512] : ['end', event.start / 512, event.end / 512],
    );
  };

  test.each([
    ['silence', '0000000000', []],
    ['a click', '0000900000', []],
    ['two clicks far apart', '00900000000000900000000', []],
    [
      'a word',
      '00009999900000000',
      [
        ['start', 2],
        ['end', 2, 11],
      ],
    ],
    [
      'a word with a gap shorter than a pause',
      '0099990009999000000',
      [
        ['start', 0],
        ['end', 0, 15],
      ],
    ],
    [
      'two words',
      '0099990000000999900000',
      [
        ['start', 0],
        ['end', 0, 8],
        ['start', 11],
        ['end', 11, 19],
      ],
    ],
    [
      'a word that is cut off',
      '000099999',
      [
        ['start', 2],
        ['end', 2, 9],
      ],
    ],
    [
      'a voice that grows weak',
      '0099944444400000',
      [
        ['start', 0],
        ['end', 0, 13],
      ],
    ],
    ['a weak voice alone', '0044444400000', []],
  ])('%s', (_, probabilities, expected) => {
    expect(run(probabilities)).toEqual(expected);
  });
});

describe('a listener', () => {
  it('finds two sentences with a pause between them', () => {
    const sound = joined(quiet(1), voice(6), quiet(1.5), voice(4), quiet(1.5));
    const events = new SpeechListener(vad).push(sound);
    expect(events.map(({ type }) => type)).toEqual(['start', 'end', 'start', 'end']);
    const [, first, , second] = events;
    if (first?.type !== 'end' || second?.type !== 'end') throw new Error('unreachable');
    // 0.3 s of room, and what the detector itself takes to fall silent.
    expect(seconds(first.start)).toBeGreaterThan(0.5);
    expect(seconds(first.start)).toBeLessThan(1.05);
    expect(seconds(first.end)).toBeGreaterThan(2.3);
    expect(seconds(first.end)).toBeLessThan(3);
    expect(seconds(second.start)).toBeGreaterThan(3.2);
    expect(seconds(second.end)).toBeLessThan(5.7);
  });

  it('cuts off the silence around, not inside', async () => {
    const speech = joined(voice(4), quiet(0.4), voice(4));
    const [found, ...more] = toStretches(await findVoices(vad, joined(quiet(2), speech, quiet(3))));
    if (!found) throw new Error('nobody was heard');
    expect(more).toEqual([]);
    expect(Math.abs(seconds(found.start) - 2)).toBeLessThan(0.6);
    expect(found.end - found.start).toBeGreaterThan(speech.length * 0.9);
    expect(seconds(found.end - found.start)).toBeLessThan(seconds(speech.length) + 1.1);
    expect(await findVoices(vad, quiet(2))).toEqual([]);
    expect(await findVoices(vad, new Float32Array())).toEqual([]);
    expect(toStretches([])).toEqual([]);
  });

  it('is cut at pauses where it is long, into stretches of half a minute', () => {
    const at = (from: number, to: number) => ({ start: from * SPEECH_RATE, end: to * SPEECH_RATE });
    expect(toStretches([at(1, 20), at(25, 61)])).toEqual([at(1, 61)]);
    const talk = [at(2, 10), at(12, 29), at(31, 33), at(40, 95), at(96, 97), at(200, 210)];
    expect(toStretches(talk)).toEqual([at(2, 29), at(31, 33), at(40, 95), at(96, 97), at(200, 210)]);
  });
});

describe('speech', () => {
  const never = new AbortController().signal;
  const opened: string[] = [];
  const disposed: string[] = [];
  const speech = new Speech(async (name) => {
    if (name === 'broken') throw new Error('broken');
    opened.push(name);
    return {
      transcribe: async (samples) => `${name}: ${seconds(samples.length).toFixed(0)} s`,
      dispose: () => void disposed.push(name),
    };
  });
  afterAll(() => speech.dispose());

  it('gives the recogniser the voice alone, with the language', async () => {
    const path = wav('said.wav', joined(quiet(3), voice(10), quiet(3)));
    let given: unknown;
    const model = async (samples: Float32Array, options: unknown) => {
      given = options;
      return `${Math.round(seconds(samples.length))} s`;
    };
    const heard = await speech.transcribe(path, model, { language: 'zh' }, never);
    expect(heard).toMatchObject({ text: '3 s', spoken: true });
    expect(heard.speechMs).toBeGreaterThan(2_200);
    expect(heard.speechMs).toBeLessThan(3_500);
    expect(given).toEqual({ language: 'zh', onSegment: expect.any(Function) });
  });

  it('asks nobody where nobody spoke', async () => {
    const path = wav('quiet.wav', quiet(2));
    const model = () => Promise.reject(new Error('must not be asked'));
    expect(await speech.transcribe(path, model, {}, never)).toEqual({
      text: '',
      spoken: false,
      speechMs: 0,
      segments: [],
    });
  });

  it('writes a long recording down in stretches, and lets others in between', async () => {
    const talk = joined(...Array.from({ length: 9 }, () => joined(voice(24), quiet(2))));
    expect(seconds(talk.length)).toBeGreaterThan(70);
    const long = wav('long.wav', talk);
    const short = wav('short.wav', voice(4));
    const asked: string[] = [];
    const said: Promise<unknown>[] = [];
    const say = (name: string) => async (samples: Float32Array, options: TranscribeOptions) => {
      asked.push(name);
      // Somebody speaks while the first stretch is being written.
      if (asked.length === 1) said.push(speech.transcribe(short, say('short'), {}, never));
      await setTimeout(50);
      options.onSegment?.({ text: name, start: 0.5, end: seconds(samples.length) });
      return name;
    };
    const heard = await speech.transcribe(long, say('long'), {}, never);
    await Promise.all(said);
    expect(asked.filter((name) => name === 'long').length).toBeGreaterThan(2);
    expect(asked.at(-1)).toBe('long');
    expect(asked).toContain('short');
    expect(heard.text).toBe(heard.segments.map(({ text }) => text).join(' '));
    for (const [i, { start, end }] of heard.segments.entries()) {
      expect(start).toBeGreaterThanOrEqual(heard.segments[i - 1]?.end ?? 0);
      expect(end).toBeLessThanOrEqual(seconds(talk.length));
    }
  });

  it('keeps a package open, exchanges it for another, and forgets one that failed', async () => {
    const path = wav('package.wav', joined(voice(4), quiet(1)));
    const say = async (name: string) => (await speech.transcribe(path, name, {}, never)).text;
    await speech.prepare('one');
    expect(await say('one')).toBe('one: 1 s');
    expect(await say('one')).toBe('one: 1 s');
    expect(await say('two')).toBe('two: 1 s');
    await expect(say('broken')).rejects.toThrow('broken');
    expect(await say('two')).toBe('two: 1 s');
    expect(opened).toEqual(['one', 'two', 'two']);
    await setTimeout(0);
    expect(disposed).toEqual(['one', 'two']);
  });

  it('refuses what is no speech file, and stops before it begins', async () => {
    const path = join(folder, 'text.wav');
    writeFileSync(path, 'Just some words.');
    await expect(speech.transcribe(path, 'one', {}, never)).rejects.toMatchObject({
      code: 'invalid-request',
    });
    const good = wav('stopped.wav', voice(4));
    await expect(speech.transcribe(good, 'one', {}, AbortSignal.abort())).rejects.toMatchObject({
      code: 'aborted',
    });
  });

  it('follows several microphones and lets go of them', async () => {
    const sound = joined(quiet(0.5), voice(6), quiet(1.5));
    const events = { a: [] as string[], b: [] as string[] };
    for (let at = 0; at < sound.length; at += 1600) {
      const piece = sound.subarray(at, at + 1600);
      events.a.push(...(await speech.listen('a', piece)).map(({ type }) => type));
      events.b.push(...(await speech.listen('b', quiet(0.1))).map(({ type }) => type));
    }
    expect(events).toEqual({ a: ['start', 'end'], b: [] });
    speech.stopListening('a');
    // Begins anew: positions count from zero again.
    const [start] = await speech.listen('a', sound);
    expect(start).toMatchObject({ type: 'start' });
    expect(start?.type === 'start' && seconds(start.at)).toBeLessThan(0.6);
  });
});

describe('an installed Whisper', () => {
  it('of random weights writes something down, from a recording to text', { timeout: 30_000 }, async () => {
    const out = join(folder, 'whisper');
    buildFixture('whisper', out);
    const speech = new Speech();
    const path = wav('whisper.wav', joined(quiet(0.5), voice(8), quiet(0.5)));
    const never = new AbortController().signal;
    const heard = await speech.transcribe(path, out, { language: 'en' }, never);
    expect(heard.text).not.toBe('');
    // Of the same recording always the same.
    expect((await speech.transcribe(path, out, { language: 'en' }, never)).text).toBe(heard.text);
    await expect(speech.transcribe(path, join(folder, 'nothing'), {}, never)).rejects.toMatchObject({
      code: 'model-not-found',
    });
    await speech.dispose();
  });
});
