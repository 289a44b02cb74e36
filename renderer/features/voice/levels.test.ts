import { describe, expect, it } from 'vitest';
import { clearLevels, loudness, pushLevel, recentLevels } from './levels';

const tone = (peak: number) => Float32Array.from({ length: 800 }, (_, i) => peak * Math.sin(i));

describe('loudness', () => {
  it('grows by equal steps as the sound grows tenfold, from silence to the loudest', () => {
    expect(loudness(new Float32Array(800))).toBe(0);
    expect(loudness(new Float32Array())).toBe(0);
    expect(loudness(tone(0.0005))).toBe(0);
    const [soft, middle, loud] = [0.01, 0.1, 1].map((peak) => loudness(tone(peak))) as [
      number,
      number,
      number,
    ];
    expect(middle - soft).toBeCloseTo(20 / 60, 2);
    expect(loud - middle).toBeCloseTo(20 / 60, 2);
    expect(loudness(new Float32Array(800).fill(3))).toBe(1);
  });

  it('of the last seconds is kept, newest at the end', () => {
    clearLevels();
    for (let i = 0; i < 500; i++) pushLevel(tone(i < 499 ? 0.001 : 1));
    expect(recentLevels()).toHaveLength(400);
    expect(recentLevels().at(-1)).toBeGreaterThan(0.9);
    clearLevels();
    expect(recentLevels()).toEqual([]);
  });
});
