import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Tensor } from 'onnxruntime-node';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type Grid,
  gridOf,
  readPicture,
  readPixels,
} from '../../../../../electron/engine/families/autoglm-phone/picture';
import { resizeMatrixFloat } from '../../../../../electron/engine/media/resample';
import type { Activation } from '../../../layers';
import { byteTokenizer } from '../../../tokenizer';
import { readManifest } from '../../../verify';
import { floats, openGraph, relativeError } from '../../testing';
import { buildPackage } from '../build';
import { type Config, presets } from '../config';
import { RandomSource } from '../random-source';

/** A picture resized and cut by the graph against one that the processor resizes and a convolution cuts. */

const senses = presets['tiny-senses']!;
const config: Config = {
  ...senses,
  vision: { ...senses.vision!, stem_channels: [], max_cells: 24 },
  speech: undefined,
};
const settings = { cell: 32, maxCells: 24 };
const folder = mkdtempSync(path.join(tmpdir(), 'autoglm-pixels-'));
afterAll(() => rmSync(folder, { recursive: true }));

const built = (name: string) => path.join(folder, name);

beforeAll(() => {
  const source = new RandomSource(config);
  const tokenizer = { text: byteTokenizer() };
  const names = { id: 'tiny', name: 'Tiny', license: 'Apache-2.0', source: 'test' };
  const choices = { canvas: [], pixels: ['float32', 'float16'] } as const;
  for (const [name, pixels] of Object.entries(choices)) {
    const out = built(name);
    buildPackage({ config, source, tokenizer, out, precision: 'fp16', blockSize: 32, names, pixels });
  }
});

async function file(width: number, height: number): Promise<string> {
  // Hard edges, which a bicubic filter overshoots, and noise.
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const column = Math.floor(i / 3) % width;
    return column % 9 < 4 ? (i % 2) * 255 : Math.imul(i + 1, 0x9e3779b1) >>> 24;
  });
  const at = path.join(folder, `${width}x${height}.png`);
  await sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toFile(at);
  return at;
}

/** What the graph makes of a canvas that the engine has resized. */
async function byCanvas(at: string, grid: Grid): Promise<Float32Array> {
  const vision = await openGraph(built('canvas'), 'vision', 'float32');
  const shape = [1, 3, grid.rows * settings.cell, grid.columns * settings.cell];
  const out = await vision.run({
    pixels: new Tensor('float32', await readPicture(at, grid, settings), shape),
  });
  await vision.release();
  return floats(out.features!);
}

async function byGraph(at: string, grid: Grid, activation: Activation): Promise<Float32Array> {
  const vision = await openGraph(built('pixels'), 'vision', activation);
  const { width, height, data } = await readPixels(at, grid, settings);
  const filter = (from: number, cells: number) => {
    const to = cells * settings.cell;
    return new Tensor('float32', resizeMatrixFloat(from, to, new Float32Array(to * from)), [to, from]);
  };
  const out = await vision.run({
    pixels: new Tensor('uint8', data, [height, width, 3]),
    column_filter: filter(width, grid.columns),
    row_filter: filter(height, grid.rows),
  });
  await vision.release();
  return floats(out.features!);
}

test.each([
  [200, 150, 'enlarged'],
  [113, 170, 'enlarged, tall'],
  [300, 200, 'made smaller'],
  [192, 128, 'as it is'],
])('%i x %i, %s: the same features', async (width, height) => {
  const at = await file(width, height);
  const grid = gridOf({ width, height }, settings);
  const expected = await byCanvas(at, grid);
  expect(expected.length).toBe(grid.rows * grid.columns * config.hidden_size);
  expect(relativeError(await byGraph(at, grid, 'float32'), expected)).toBeLessThan(1e-4);
  expect(relativeError(await byGraph(at, grid, 'float16'), expected)).toBeLessThan(0.03);
});

test('a photograph is halved while it is decoded as often as it stays larger than the canvas', async () => {
  const at = await file(2501, 1700);
  const grid = gridOf({ width: 2501, height: 1700 }, settings);
  expect(grid).toEqual({ rows: 4, columns: 6 });
  // 2501 / 192 = 13.0, 1700 / 128 = 13.3
  const { width, height } = await readPixels(at, grid, settings);
  expect([width, height]).toEqual([313, 213]);
});

test('a vision encoder with a stem takes a canvas, and the manifest says which graph takes what', () => {
  expect(readManifest(built('canvas')).graphs.cuda!.files).toMatchObject({ vision: 'vision.fp16.onnx' });
  const files = readManifest(built('pixels')).graphs.cuda!.files;
  expect(files).toMatchObject({ vision_pixels: 'vision.fp16.onnx' });
  expect(files).not.toHaveProperty('vision');
  const out = built('stem');
  const source = new RandomSource(senses);
  const tokenizer = { text: byteTokenizer() };
  const names = { id: 'stem', name: 'Stem', license: 'Apache-2.0', source: 'test' };
  buildPackage({ config: senses, source, tokenizer, out, precision: 'int4', blockSize: 32, names });
  expect(readManifest(out).graphs.cuda!.files).toMatchObject({ vision: 'vision.fp16.onnx' });
});
