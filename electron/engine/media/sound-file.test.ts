import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { cpuMs } from '../../../build/testing/cpu-time';
import { resampleSound } from '../../contract/resample-sound';
import { MediaIndex } from '../families/autoglm-phone/media';
import { readSound, soundLength } from './sound-file';

const folder = mkdtempSync(path.join(tmpdir(), 'autoglm-sounds-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string) => path.join(folder, name);

interface Wave {
  readonly rate: number;
  readonly channels: number;
  readonly bits: number;
  readonly isFloat?: boolean;
  /** States this instead of the samples' bytes. */
  readonly claims?: number;
}

/** A WAV with a chunk of some program's own before the samples. */
function wav({ rate, channels, bits, isFloat, claims }: Wave, samples: readonly number[]): Buffer {
  const bytes = bits / 8;
  const data = Buffer.alloc(samples.length * bytes);
  for (const [i, value] of samples.entries()) {
    const at = i * bytes;
    if (isFloat) bits === 32 ? data.writeFloatLE(value, at) : data.writeDoubleLE(value, at);
    else if (bits === 8) data.writeUInt8(Math.round(value * 127) + 128, at);
    else data.writeIntLE(Math.round(value * (2 ** (bits - 1) - 1)), at, bytes);
  }
  const head = Buffer.alloc(20 + 16 + 8 + 6 + 8);
  head.write('RIFF');
  head.writeUInt32LE(head.length + data.length - 8, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(isFloat ? 3 : 1, 20);
  head.writeUInt16LE(channels, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate * channels * bytes, 28);
  head.writeUInt16LE(channels * bytes, 32);
  head.writeUInt16LE(bits, 34);
  head.write('LIST', 36);
  head.writeUInt32LE(5, 40);
  head.write('data', 50);
  head.writeUInt32LE(claims ?? data.length, 54);
  return Buffer.concat([head, data]);
}

const tone = (frequency: number, rate: number, seconds: number) =>
  Array.from(
    { length: Math.round(rate * seconds) },
    (_, i) => 0.5 * Math.sin((2 * Math.PI * frequency * i) / rate),
  );

const level = (samples: Float32Array) =>
  Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);

describe('kinds of WAV', () => {
  test.each<[string, Wave]>([
    ['8 bits', { rate: 16_000, channels: 1, bits: 8 }],
    ['16 bits', { rate: 16_000, channels: 1, bits: 16 }],
    ['24 bits', { rate: 16_000, channels: 1, bits: 24 }],
    ['32 bits', { rate: 16_000, channels: 1, bits: 32 }],
    ['floats', { rate: 16_000, channels: 1, bits: 32, isFloat: true }],
    ['doubles', { rate: 16_000, channels: 1, bits: 64, isFloat: true }],
  ])('%s', async (_, kind) => {
    const samples = tone(440, 16_000, 0.05);
    writeFileSync(file('kind.wav'), wav(kind, samples));
    const read = await readSound(file('kind.wav'));
    expect(read.length).toBe(samples.length);
    for (const [i, value] of samples.entries()) expect(Math.abs(read[i]! - value)).toBeLessThan(0.01);
  });

  test('44.1 kHz stereo becomes the mean of its channels at 16 kHz', async () => {
    const left = tone(1000, 44_100, 0.5);
    const samples = left.flatMap((value) => [value, value * 0.5]);
    writeFileSync(file('stereo.wav'), wav({ rate: 44_100, channels: 2, bits: 16 }, samples));
    const read = await readSound(file('stereo.wav'));
    expect(read.length).toBe(8000);
    expect(await soundLength(file('stereo.wav'))).toBe(8000);
    const expected = tone(1000, 16_000, 0.5).map((value) => value * 0.75);
    for (let i = 200; i < 7800; i++) expect(Math.abs(read[i]! - expected[i]!)).toBeLessThan(2e-3);
  });

  test('a program that stated too much is believed as far as the file goes', async () => {
    const kind = { rate: 16_000, channels: 1, bits: 16, claims: 0xffffffff };
    writeFileSync(file('cut.wav'), wav(kind, tone(440, 16_000, 0.1)));
    expect((await readSound(file('cut.wav'))).length).toBe(1600);
  });
});

describe('another rate', () => {
  test.each([8000, 11_025, 22_050, 32_000, 44_100, 48_000, 96_000])(
    '%i Hz keeps a voice as it is',
    (rate) => {
      const out = resampleSound(Float32Array.from(tone(700, rate, 0.3)), rate, 16_000);
      expect(Math.abs(out.length - 4800)).toBeLessThanOrEqual(1);
      const expected = tone(700, 16_000, 0.3);
      for (let i = 300; i < 4500; i++) expect(Math.abs(out[i]! - expected[i]!)).toBeLessThan(1e-3);
    },
  );

  // Rates that share no divisor with 16 kHz: a filter for each output sample would take seconds and hundreds of megabytes.
  test.each([
    [44_101, 44_100],
    [767_999, 768_000],
  ])('%i Hz takes little longer than %i', async (rate, usualRate) => {
    const sound = Float32Array.from(tone(700, rate, 1));
    let out = new Float32Array();
    const usual = await cpuMs(() => resampleSound(sound, usualRate, 16_000), 3);
    const odd = await cpuMs(() => {
      out = resampleSound(sound, rate, 16_000);
    });
    expect(odd).toBeLessThan(500 + 10 * usual);
    const expected = tone(700, 16_000, 1);
    for (let i = 300; i < 15_700; i++) expect(Math.abs(out[i]! - expected[i]!)).toBeLessThan(1e-3);
  });

  test('what 16 kHz cannot hold is gone, not folded back', () => {
    const out = resampleSound(Float32Array.from(tone(9500, 44_100, 0.3)), 44_100, 16_000);
    expect(level(out.subarray(300, 4500))).toBeLessThan(
      level(Float32Array.from(tone(9500, 44_100, 0.3))) * 1e-3,
    );
  });
});

describe('files that are refused in a sentence', () => {
  test.each<[string, Uint8Array | string]>(
    [
      ['zero bytes', ''],
      ['text', 'x'.repeat(200)],
      ['no samples', wav({ rate: 16_000, channels: 1, bits: 16 }, [])],
      ['an impossible rate', wav({ rate: 1, channels: 1, bits: 16 }, [0, 0])],
      ['no channel', wav({ rate: 16_000, channels: 0, bits: 16 }, [0, 0])],
      ['a compressed one', wav({ rate: 16_000, channels: 1, bits: 16 }, [0, 0]).fill(0x55, 20, 22)],
    ].map(([name, data]) => [name as string, data as Uint8Array | string]),
  )('%s', async (_, data) => {
    writeFileSync(file('bad.wav'), data);
    await expect(readSound(file('bad.wav'))).rejects.toMatchObject({
      code: 'invalid-request',
      message: expect.stringMatching(/^The recording cannot be read: /),
    });
  });

  test('one hour, without reading it', async () => {
    const head = wav({ rate: 16_000, channels: 1, bits: 16, claims: 3600 * 32_000 }, []);
    const long = openSync(file('long.wav'), 'w');
    writeSync(long, head);
    ftruncateSync(long, head.length + 3600 * 32_000);
    closeSync(long);
    const index = new MediaIndex({ sound: { cell: 640 }, rows: 2048 });
    const memory = process.memoryUsage().rss;
    const refused = expect(index.of({ type: 'audio', path: file('long.wav'), sha256: 'long' })).rejects;
    const taken = await cpuMs(() =>
      refused.toMatchObject({
        code: 'context-exceeded',
        message: expect.stringMatching(
          /^The recording lasts 60 minutes; this model can hear at most 81 seconds/,
        ),
        details: { tokens: 90_000, limit: 2048 },
      }),
    );
    expect(taken).toBeLessThan(200);
    expect(process.memoryUsage().rss - memory).toBeLessThan(20 << 20);
  });
});
