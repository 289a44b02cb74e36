import { expect, test } from 'vitest';
import { cutAtPauses, normalizeWave } from './clip';

const RATE = 16_000;
/** Speech is noise here, a pause is nearly silent. `pauses` in seconds, each 0.3 s long. */
function speech(seconds: number, pauses: readonly number[]): Float32Array {
  let seed = 1;
  return new Float32Array(seconds * RATE).map((_, i) => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) | 0;
    const at = i / RATE;
    const quiet = pauses.some((pause) => at >= pause && at < pause + 0.3);
    return (seed / 2 ** 31) * (quiet ? 0.001 : 0.3);
  });
}

test('ten seconds are one piece', () => {
  expect(cutAtPauses(speech(10, [5]), RATE)).toEqual([{ start: 0, end: 10 * RATE }]);
  expect(cutAtPauses(new Float32Array(0), RATE)).toEqual([{ start: 0, end: 0 }]);
});

test('longer sound is cut in its pauses, and nothing is lost', () => {
  const samples = speech(27, [2, 6.5, 9.9, 15.1, 21.3]);
  const spans = cutAtPauses(samples, RATE);
  expect(spans[0]!.start).toBe(0);
  expect(spans.at(-1)!.end).toBe(samples.length);
  for (const [i, { start, end }] of spans.entries()) {
    expect(end - start).toBeLessThanOrEqual(10 * RATE);
    if (i > 0) expect(start).toBe(spans[i - 1]!.end);
    if (i < spans.length - 1) {
      const at = end / RATE;
      expect([2, 6.5, 9.9, 15.1, 21.3].some((pause) => at > pause && at < pause + 0.3)).toBe(true);
    }
  }
});

test('sound without a pause, and silence, are cut all the same', () => {
  for (const samples of [speech(65, []), new Float32Array(65 * RATE)]) {
    const spans = cutAtPauses(samples, RATE);
    expect(spans.length).toBeLessThanOrEqual(16);
    expect(spans.at(-1)!.end).toBe(samples.length);
    for (const { start, end } of spans) expect(end - start).toBeLessThanOrEqual(10 * RATE);
  }
  // Silence is equally quiet everywhere: as few pieces as can be.
  expect(cutAtPauses(new Float32Array(65 * RATE), RATE).length).toBe(7);
});

test('silence stays silence', () => {
  const wave = normalizeWave(new Float32Array(1000), 640);
  expect(wave.length).toBe(1280);
  expect(wave.every((value) => value === 0)).toBe(true);
  // A steady voltage is silence too.
  expect(normalizeWave(new Float32Array(640).fill(0.25), 640).every((value) => value === 0)).toBe(true);
});

test('level and voltage make no difference', () => {
  const samples = speech(1, []);
  const loud = normalizeWave(samples, 640);
  const quiet = normalizeWave(
    samples.map((value) => value * 0.05 + 0.1),
    640,
  );
  for (let i = 0; i < loud.length; i += 97) expect(Math.abs(loud[i]! - quiet[i]!)).toBeLessThan(5e-3);
});
