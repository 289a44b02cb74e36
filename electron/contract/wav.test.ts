import { describe, expect, it } from 'vitest';
import { decodeWav, encodeWav, findSpeech } from './wav';

const sound = Float32Array.from({ length: 400 }, (_, i) => Math.sin(i / 9));

describe('WAV', () => {
  it('comes back as it went, to 16 bits', () => {
    const back = decodeWav(encodeWav(sound));
    expect(back).toHaveLength(sound.length);
    for (const [i, value] of back?.entries() ?? []) expect(value).toBeCloseTo(sound[i] ?? 0, 3);
  });

  it('cuts what is too loud and takes NaN for silence', () => {
    const back = decodeWav(encodeWav(Float32Array.of(7, -7, Number.NaN)));
    expect([...(back ?? [])].map((value) => Math.round(value * 100) / 100)).toEqual([1, -1, 0]);
  });

  it('is found behind chunks of other programs', () => {
    const plain = encodeWav(sound);
    const list = Buffer.from('LIST\x05\x00\x00\x00abcde\x00', 'latin1');
    const file = Buffer.concat([plain.subarray(0, 36), list, plain.subarray(36)]);
    expect(findSpeech(file, file.length)).toEqual({ offset: 58, bytes: 800 });
  });

  it.each<[string, (file: Uint8Array) => Uint8Array]>([
    ['nothing', () => new Uint8Array()],
    ['text', () => Buffer.from('Just some words, as many as a header has and more.')],
    ['a header alone', (file) => file.subarray(0, 44)],
    ['stereo', (file) => changed(file, 22, 2)],
    ['8 bits', (file) => changed(file, 34, 8)],
    ['44.1 kHz', (file) => changed(file, 24, 68)],
    ['compressed sound', (file) => changed(file, 20, 85)],
    ['no samples', () => encodeWav(new Float32Array())],
  ])('%s is none', (_, change) => {
    expect(decodeWav(change(encodeWav(sound)))).toBeNull();
  });

  it('reads what a crash left of one', () => {
    expect(decodeWav(encodeWav(sound).subarray(0, 44 + 101))).toHaveLength(50);
  });
});

function changed(file: Uint8Array, at: number, value: number): Uint8Array {
  const copy = Uint8Array.from(file);
  copy[at] = value;
  return copy;
}
