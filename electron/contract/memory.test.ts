import { expect, test } from 'vitest';
import type { Manifest } from './manifest';
import { canQuantizeCache, memoryNeeded, usualCacheType } from './memory';

const MiB = 2 ** 20;

/** @param kvPerToken in float32, as manifests count it. */
const manifestOf = (
  family: string,
  storedMiB: number,
  kvPerToken: number,
  graphs: readonly string[],
): Manifest =>
  ({
    family,
    memory: { weights: 2 * storedMiB * MiB, kvPerToken },
    files: [{ path: 'weights.data', bytes: storedMiB * MiB, sha256: '' }],
    graphs: Object.fromEntries(
      graphs.map((kind) => [kind, { activation: kind === 'cuda' ? 'float16' : 'float32' }]),
    ),
  }) as unknown as Manifest;

const glm4v = manifestOf('glm4v', 5240, 2 * 40 * 2 * 128 * 4, ['cpu', 'cuda']);
const glm4v32 = manifestOf('glm4v', 5612, 2 * 40 * 2 * 128 * 4, ['cpu', 'cuda']);
const phone = manifestOf('autoglm-phone', 4601, 2 * 24 * 3072 * 4, ['cpu', 'cuda']);
const nano = manifestOf('autoglm-phone', 37, 2 * 5 * 512 * 4, ['cpu', 'cuda']);

// Peaks in models/bench/NOTES.md, "What fills memory": with a full context; of glm4v 8,469 with 12 megapixels, less the 280 MiB that smaller
// workspaces have saved since.
test.each([
  ['glm4v, int4 in blocks of 32', glm4v32, 8192, 'float16', 8189],
  ['the article’s 9 B', phone, 8192, 'float16', 8777],
  ['the article’s 9 B, its cache in 8 bits', phone, 8192, 'int8', 7721],
  ['Nano’s size', nano, 2048, 'float16', 1345],
] as const)('%s needs what it was seen to take on CUDA', (_, manifest, context, cacheType, peakMiB) => {
  const needed = memoryNeeded(manifest, 'cuda', context, cacheType) / MiB;
  expect(needed).toBeGreaterThan(0.97 * peakMiB);
  expect(needed).toBeLessThan(1.05 * peakMiB);
});

test('a longer context takes its cache more, in the graph’s type', () => {
  const more = (provider: 'cuda' | 'cpu', cacheType?: 'int8' | 'float16') =>
    memoryNeeded(phone, provider, 8192, cacheType) - memoryNeeded(phone, provider, 4096, cacheType);
  expect(more('cuda', 'float16')).toBe(1152 * MiB);
  expect(more('cpu')).toBe(2304 * MiB);
  // 8 bits and a scale for 128 of them, on CUDA alone.
  expect(more('cuda', 'int8')).toBe(585 * MiB);
  expect(more('cpu', 'int8')).toBe(2304 * MiB);
});

test('a family without kernels for 8 bits takes its cache as it is', () => {
  expect(memoryNeeded(glm4v, 'cuda', 8192, 'int8')).toBe(memoryNeeded(glm4v, 'cuda', 8192));
  expect(canQuantizeCache(glm4v)).toBe(false);
  expect(canQuantizeCache(phone)).toBe(true);
  expect(canQuantizeCache({ ...phone, graphs: { cpu: phone.graphs.cpu } })).toBe(false);
});

test('a processor needs no room for CUDA, and holds repacked weights', () => {
  expect(memoryNeeded(nano, 'cpu', 2048) / MiB).toBe(2 * (2 * 37 + 40));
  expect(memoryNeeded(glm4v, 'cpu', 8192) / MiB).toBe(2 * 5240 + 640 + 256);
});

test('a family that was not measured has some room', () => {
  const decoder = manifestOf('decoder', 2000, 1024, ['cuda']);
  expect(memoryNeeded(decoder, 'cuda', 1024) / MiB).toBe(2000 + 1 + 1250 + 768);
});

test('a cache above 1 GiB has 8 bits unless the options say otherwise', () => {
  expect(usualCacheType(phone, 8192)).toBe('int8');
  expect(usualCacheType(phone, 2048)).toBe('float16');
  expect(usualCacheType(nano, 2048)).toBe('float16');
  expect(usualCacheType(glm4v, 65_536)).toBe('float16');
  expect(memoryNeeded(phone, 'cuda', 8192)).toBe(memoryNeeded(phone, 'cuda', 8192, 'int8'));
  expect(memoryNeeded(phone, 'cuda', 8192)).toBeLessThan(memoryNeeded(phone, 'cuda', 8192, 'float16'));
});
