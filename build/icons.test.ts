import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { runLengths } from './scripts/icon-containers.mjs';
import { root } from './scripts/setup.mjs';

const folder = join(root, 'build', 'icons');

describe('the icons', () => {
  it('have the sizes their names say', async () => {
    for (const name of readdirSync(join(folder, 'png'))) {
      const { width, height } = await sharp(join(folder, 'png', name)).metadata();
      expect(`${width}x${height}.png`).toBe(name);
    }
    expect((await sharp(join(folder, 'icon.png')).metadata()).width).toBe(1024);
  });

  it('fill an ICO whose entries are PNG of the sizes told', async () => {
    const file = readFileSync(join(folder, 'icon.ico'));
    const sizes = [];
    for (let entry = 6; entry < 6 + 16 * file.readUInt16LE(4); entry += 16) {
      const offset = file.readUInt32LE(entry + 12);
      const picture = file.subarray(offset, offset + file.readUInt32LE(entry + 8));
      const { width, format } = await sharp(picture).metadata();
      expect([width, format]).toEqual([file[entry] || 256, 'png']);
      sizes.push(width);
    }
    expect(sizes).toEqual([16, 20, 24, 32, 40, 48, 64, 128, 256]);
  });

  it('fill an ICNS whose chunks end where the file ends', async () => {
    const file = readFileSync(join(folder, 'icon.icns'));
    expect(file.readUInt32BE(4)).toBe(file.length);
    const types = [];
    let at = 8;
    while (at < file.length) {
      types.push(file.toString('latin1', at, at + 4));
      at += file.readUInt32BE(at + 4);
    }
    expect(at).toBe(file.length);
    expect(types).toEqual(['ic04', 'ic05', 'ic07', 'ic08', 'ic09', 'ic10', 'ic11', 'ic12', 'ic13', 'ic14']);
  });

  it('are templates on macOS: black, with the shape in the alpha channel', async () => {
    for (const name of ['trayTemplate.png', 'trayTemplate@2x.png']) {
      const { data } = await sharp(join(folder, name))
        .ensureAlpha()
        .raw()
        .toBuffer({ resolveWithObject: true });
      const colors = data.filter((_, index) => index % 4 !== 3);
      expect(Math.max(...colors)).toBe(0);
      expect(Math.max(...data)).toBe(255);
    }
  });
});

describe('run lengths', () => {
  it.each([
    [[], []],
    [[7], [0, 7]],
    [
      [7, 7],
      [1, 7, 7],
    ],
    [
      [7, 7, 7],
      [128, 7],
    ],
    [
      [1, 2, 2, 2, 2, 3],
      [0, 1, 129, 2, 0, 3],
    ],
    [Array(131).fill(9), [255, 9, 0, 9]],
  ])('of %j', (bytes, encoded) => {
    expect([...runLengths(Uint8Array.from(bytes))]).toEqual(encoded);
  });
});
