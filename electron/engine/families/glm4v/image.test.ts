import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { cpuMs } from '../../../../build/testing/cpu-time';
import { readReference } from '../../../../models/builder/families/testing';
import { AppError } from '../../../contract/errors';
import { resizeBicubic } from '../../media/resample';
import { fittingSize, normalise, readImage, tokensOf } from './image';

/** Against transformers' image processor: models/builder/fixtures/make_glm4v.py. */

interface Row {
  readonly file: string;
  readonly name: string;
  readonly longest_edge: number;
  readonly shortest_edge: number;
  readonly grid: readonly [number, number, number];
  readonly resized: readonly [number, number];
}

const fixture = path.join(import.meta.dirname, '../../../../models/builder/fixtures/glm4v');
const { preprocessing } = JSON.parse(readFileSync(path.join(fixture, 'cases.json'), 'utf8')) as {
  preprocessing: Row[];
};
const reference = readReference(path.join(fixture, 'reference.safetensors'));
const settings = { patchSize: 14, minPixels: 112 * 112, maxPixels: 28 * 28 * 15_000 };

describe('images as transformers prepares them', () => {
  // Transformers drops transparency and shows what lies under it; here it becomes white (media/image-file.test.ts).
  test.each(preprocessing.filter(({ name }) => name !== 'alpha'))(
    '$name',
    async ({ file, name, grid, longest_edge: maxPixels }) => {
      const image = await readImage(path.join(fixture, file), { ...settings, maxPixels });
      expect(image.grid).toEqual(grid.slice(1));
      expect(tokensOf(image.grid)).toBe((grid[1] * grid[2]) / 4);
      const expected = reference(`${name}.pixels`);
      expect(image.values.length).toBe(expected.length);
      let largest = 0;
      let differing = 0;
      for (let i = 0; i < expected.length; i++) {
        const channel = Math.floor(i / 196) % 3;
        const levels = Math.abs(image.values[i]! - normalise(expected[i]!, channel)) / normalise1(channel);
        largest = Math.max(largest, levels);
        if (levels > 0.5) differing++;
      }
      const share = ((100 * differing) / expected.length).toFixed(2);
      console.log(`${name}: at most ${largest.toFixed(0)} level apart, ${share} % of the values differ`);
      expect(largest).toBeLessThan(1e-3);
    },
  );
});

/** What one level of 255 is worth after normalising. */
const normalise1 = (channel: number): number => normalise(1, channel) - normalise(0, channel);

describe('sizes', () => {
  // From `smart_resize` of transformers 5.17.
  test.each([
    [1080, 2400, 1092, 2408],
    [2400, 1080, 2408, 1092],
    [4000, 3000, 2800, 2100],
    [28, 28, 84, 84],
    [42, 70, 84, 112],
  ])('%i x %i becomes %i x %i', (height, width, fittedHeight, fittedWidth) => {
    expect(fittingSize(height, width, settings)).toEqual([fittedHeight, fittedWidth]);
  });

  test('a 1080 x 2400 screenshot is prepared in well under a second', async () => {
    const data = new Uint8Array(1080 * 2400 * 3).map((_, i) => (i * 7919) & 255);
    const ms = await cpuMs(() => resizeBicubic({ width: 1080, height: 2400, data }, 1092, 2408), 2);
    console.log(`resizing 1080 x 2400 took ${ms.toFixed(0)} ms`);
    expect(ms).toBeLessThan(3000);
  });

  test('sides more than 200 to 1 apart are refused', () => {
    expect(() => fittingSize(30, 7000, settings)).toThrow(AppError);
  });

  test('what is no image is refused in a sentence', async () => {
    await expect(readImage(path.join(fixture, 'config.json'), settings)).rejects.toThrow(
      /The image cannot be read/,
    );
  });
});
