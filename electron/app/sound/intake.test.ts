import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { bundled } from '../../../build/testing/bundled';
import { resampleSound } from '../../contract/resample-sound';
import { decodeWav, encodeWav } from '../../contract/wav';
import { openDecoder } from './decoders';
import { SoundIntake, type SoundIntakeOptions } from './intake';
import { type SoundType, soundTypeOf, undecodableSound } from './sound-type';

/**
 * The fixtures are one second at 44.1 kHz of which the left channel is 440 Hz of amplitude 0.8 and the right silent; made with ffmpeg
 * 5.1 (libmp3lame, flac, libvorbis, libopus, `-live 1` for the WebM, aac).
 */
const fixture = (name: string) => join(import.meta.dirname, 'fixtures', name);
const folder = mkdtempSync(join(tmpdir(), 'autoglm-intake-'));
afterAll(() => rmSync(folder, { recursive: true }));

const bundle = bundled('electron/app/sound/worker.ts');

function setup(limits: Pick<SoundIntakeOptions, 'stuckMs' | 'mostMs'> = {}) {
  const intake = new SoundIntake({ entry: pathToFileURL(bundle('electron/app/sound/worker.ts')), ...limits });
  onTestFinished(() => intake.close());
  const to = join(folder, 'out.wav');
  const convert = (bytes: Uint8Array, type: SoundType, maxSeconds = 300, signal?: AbortSignal) => {
    const from = join(folder, 'in');
    writeFileSync(from, bytes);
    return intake.convert({ from, to, type }, { maxSeconds, name: 'a.x', ...(signal && { signal }) });
  };
  return { intake, convert, to };
}

/** Of one frequency in sound at 16 kHz: its amplitude. */
function amplitude(samples: Float32Array, hertz: number): number {
  let [cosine, sine] = [0, 0];
  for (const [i, value] of samples.entries()) {
    cosine += value * Math.cos((2 * Math.PI * hertz * i) / 16_000);
    sine += value * Math.sin((2 * Math.PI * hertz * i) / 16_000);
  }
  return (2 * Math.hypot(cosine, sine)) / samples.length;
}

const power = (samples: Float32Array) => samples.reduce((sum, x) => sum + x * x, 0) / samples.length;

/** A WAV of 16 bits. */
function wav(rate: number, samples: Float32Array): Uint8Array {
  const file = encodeWav(samples);
  new DataView(file.buffer).setUint32(24, rate, true);
  return file;
}

const tone = (rate: number, seconds: number) =>
  Float32Array.from({ length: rate * seconds }, (_, i) => 0.5 * Math.sin((2 * Math.PI * 440 * i) / rate));

describe('sound of other kinds', () => {
  it.each<[string, SoundType, number]>([
    ['tone.mp3', 'mp3', 1200],
    ['tone.flac', 'flac', 2],
    ['tone.vorbis.ogg', 'ogg-vorbis', 2],
    ['tone.opus.ogg', 'ogg-opus', 2],
    ['tone.live.webm', 'webm', 400],
  ])('%s becomes what the app keeps', async (name, type, extra) => {
    const { convert, to } = setup();
    const bytes = readFileSync(fixture(name));
    expect(soundTypeOf(bytes.subarray(0, 4096))).toBe(type);
    const sound = await convert(bytes, type);
    const written = readFileSync(to);
    expect(sound).toEqual({
      seconds: (written.length - 44) / 32_000,
      bytes: written.length,
      sha256: createHash('sha256').update(written).digest('hex'),
    });
    const samples = decodeWav(written)!;
    // Codings work in frames; how much of the last one was asked for is not always said.
    expect(samples.length).toBeGreaterThan(15_900);
    expect(samples.length).toBeLessThanOrEqual(16_000 + extra);
    const middle = samples.subarray(2000, 14_000);
    expect(amplitude(middle, 440)).toBeCloseTo(0.4, 1);
    // The rest is a lossy coding's noise, a hundredth at most.
    expect(power(middle) - amplitude(middle, 440) ** 2 / 2).toBeLessThan(0.01 * power(middle));
  });

  it('is the same in whatever pieces it is resampled', async () => {
    const { convert, to } = setup();
    const samples = tone(44_101, 8);
    await convert(wav(44_101, samples), 'wav');
    const whole = resampleSound(samples, 44_101, 16_000);
    const pieces = decodeWav(readFileSync(to))!;
    expect(pieces.length).toBe(whole.length);
    for (const [i, value] of pieces.entries()) expect(Math.abs(value - whole[i]!)).toBeLessThan(1e-4);
  });

  it('is decoded while this thread goes on', async () => {
    const { convert } = setup();
    const samples = tone(96_001, 20);
    const file = wav(96_001, samples);
    let turns = 0;
    let running = true;
    const count = () => {
      turns++;
      if (running) setImmediate(count);
    };
    setImmediate(count);
    await convert(file, 'wav');
    const during = turns;
    // The same work here: not a turn passes. So the count is one that can fail.
    resampleSound(samples, 96_001, 16_000);
    expect(turns).toBe(during);
    running = false;
    expect(during).toBeGreaterThan(100);
  });

  it('is converted in turn, and the thread serves again after one that was stopped', async () => {
    const { convert, intake } = setup();
    const abort = new AbortController();
    const long = convert(wav(767_999, tone(767_999, 5)), 'wav', 300, abort.signal);
    setTimeout(() => abort.abort(), 50);
    await expect(long).rejects.toMatchObject({ code: 'aborted' });
    await expect(convert(new Uint8Array(10), 'wav', 300, AbortSignal.abort())).rejects.toMatchObject({
      code: 'aborted',
    });
    const flac = { from: fixture('tone.flac'), type: 'flac' } as const;
    const both = ['one', 'two'].map((name) =>
      intake.convert({ ...flac, to: join(folder, name) }, { maxSeconds: 300, name }),
    );
    for (const { seconds } of await Promise.all(both)) expect(seconds).toBeCloseTo(1, 2);
  });
});

/** Ten packets of 20 ms, each of them a byte. */
function webm(opusHead: readonly number[]): Uint8Array {
  const element = (id: readonly number[], body: readonly number[]) => [
    ...id,
    0x40 | (body.length >> 8),
    body.length & 255,
    ...body,
  ];
  const ascii = (text: string) => [...Buffer.from(text)];
  const track = [
    ...element([0xd7], [1]),
    ...element([0x83], [2]),
    ...element([0x86], ascii('A_OPUS')),
    ...element([0x63, 0xa2], opusHead),
  ];
  const block = element([0xa3], [0x81, 0, 0, 0, 0x18]);
  return Uint8Array.from([
    ...element([0x1a, 0x45, 0xdf, 0xa3], element([0x42, 0x82], ascii('webm'))),
    ...[0x18, 0x53, 0x80, 0x67, 0xff],
    ...element([0x16, 0x54, 0xae, 0x6b], element([0xae], track)),
    ...[0x1f, 0x43, 0xb6, 0x75, 0xff],
    ...Array(10).fill(block).flat(),
  ]);
}

it('keeps nothing of what stands behind the samples of a WAV', async () => {
  const head = wav(8_000, tone(8_000, 1));
  const decoder = await openDecoder('wav', 100 << 20);
  expect((await decoder.push(head)).samples.length).toBe(0);
  const { samples } = await decoder.push(new Uint8Array(64 << 10));
  expect(samples.length).toBe(8_000);
  const before = process.cpuUsage();
  const piece = new Uint8Array(256 << 10);
  for (let i = 0; i < 400; i++) expect((await decoder.push(piece)).samples.length).toBe(0);
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1e6).toBeLessThan(1.5);
});

describe('sound that is refused', () => {
  const refused = async (work: Promise<unknown>) => {
    const error = await work.then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(readdirSync(folder).filter((name) => name === 'out.wav')).toEqual([]);
    return error;
  };

  it.each<[string, SoundType, Uint8Array, number, string, RegExp]>([
    [
      'an hour in a small file',
      'wav',
      wav(1000, new Float32Array(400_000)),
      300,
      'too-long',
      /longer than 5 minutes\. Cut/,
    ],
    ['a second too much', 'mp3', readFileSync(fixture('tone.mp3')), 0.5, 'too-long', /longer than/],
    [
      'words behind an ID3 tag',
      'mp3',
      Buffer.from(`ID3${'no sound '.repeat(5_000)}`),
      300,
      'empty',
      /holds no sound that/,
    ],
    [
      'noise in FLAC',
      'flac',
      Uint8Array.from([...Buffer.from('fLaC'), ...noise(60_000)]),
      300,
      'empty',
      /holds no sound that/,
    ],
    [
      'noise in Ogg',
      'ogg-opus',
      Uint8Array.from([...Buffer.from('OggS'), ...noise(60_000)]),
      300,
      'empty',
      /holds no sound that/,
    ],
    [
      'a packet of two gigabytes',
      'webm',
      Uint8Array.from([0x1a, 0x45, 0xdf, 0xa3, 0x80, 0xa3, 0x08, 0x7f, 0xff, 0xff, 0xff]),
      300,
      'damaged',
      /is damaged/,
    ],
    [
      'a compressed WAV',
      'wav',
      wav(8000, tone(8000, 1)).fill(0x11, 20, 21),
      300,
      'undecodable',
      /a coding that is not read here/,
    ],
    ['nothing', 'wav', new Uint8Array(0), 300, 'empty', /holds no sound that/],
  ])('%s: %s', async (_, type, bytes, seconds, reason, message) => {
    const { convert } = setup();
    expect(await refused(convert(bytes, type, seconds))).toMatchObject({
      code: 'invalid-request',
      message: expect.stringMatching(message),
      details: { reason, name: 'a.x' },
    });
  });

  it.each([{ stuckMs: 1 }, { mostMs: 1 }])('that keeps a decoder busy for good: %o', async (limits) => {
    const { convert } = setup(limits);
    expect(await refused(convert(wav(767_999, tone(767_999, 3)), 'wav'))).toMatchObject({
      details: { reason: 'damaged' },
    });
  });

  it('that has more channels than anybody hears', async () => {
    const { convert } = setup();
    const file = (channels: number) =>
      webm([
        ...Buffer.from('OpusHead'),
        1,
        channels,
        ...Array(8).fill(0),
        255,
        1,
        0,
        ...Array(channels).fill(0),
      ]);
    expect(await refused(convert(file(255), 'webm'))).toMatchObject({ details: { reason: 'undecodable' } });
    expect((await convert(file(8), 'webm')).seconds).toBeGreaterThan(0.1);
  });

  it('that ends long before its file does', async () => {
    const { convert } = setup();
    const file = Buffer.concat([readFileSync(fixture('tone.mp3')), Buffer.alloc(21 << 20)]);
    expect(await refused(convert(file, 'mp3'))).toMatchObject({ details: { reason: 'damaged' } });
  });

  it('where the disk does not take it, with what the system says', async () => {
    const { intake } = setup();
    const to = join(folder, 'missing', 'out.wav');
    await expect(
      intake.convert({ from: fixture('tone.mp3'), to, type: 'mp3' }, { maxSeconds: 300, name: 'a' }),
    ).rejects.toMatchObject({ code: 'ENOENT' });
    expect(existsSync(to)).toBe(false);
  });
});

describe('what a file is', () => {
  it('is told by its content', () => {
    const head = (name: string) => readFileSync(fixture(name)).subarray(0, 4096);
    expect([soundTypeOf(head('tone.m4a')), undecodableSound(head('tone.m4a'))]).toEqual([
      null,
      'MP4/M4A (AAC)',
    ]);
    const adts = Uint8Array.from([0xff, 0xf1, 0x50, 0x80, 0, 0, 0, 0]);
    expect([soundTypeOf(adts), undecodableSound(adts)]).toEqual([null, 'AAC']);
    for (const other of [
      'words',
      '',
      '\x89PNG\r\n\x1a\n',
      'RIFF....WEBP',
      '%PDF-1.7',
      '{"a": 1}',
      'ID3 tags: what they are',
    ]) {
      const bytes = Buffer.from(other, 'latin1');
      expect([other, soundTypeOf(bytes), undecodableSound(bytes)]).toEqual([other, null, null]);
    }
    // A frame's beginning with no second one behind it, as it stands in any large file.
    expect(soundTypeOf(Uint8Array.from([0xff, 0xfb, 0x90, 0x00, ...noise(4000)]))).toBeNull();
  });
});

function noise(bytes: number): Uint8Array {
  let state = 12_345;
  return Uint8Array.from({ length: bytes }, () => {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
    return state >> 16;
  });
}
