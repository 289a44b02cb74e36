import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { crc32, deflateSync, gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, describe, expect, test } from 'vitest';
import { cpuMs } from '../../../build/testing/cpu-time';
import type { Refusal } from '../../contract/media';
import { drawingSize, drawPixels } from '../../documents/draw';
import { drawWith } from './drawings';
import { decodeImage, imageSize } from './image-file';
import { resizeBicubicFloat } from './resample';

const folder = mkdtempSync(path.join(tmpdir(), 'autoglm-images-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string) => path.join(folder, name);

/** Left half red, right half blue, 40 x 24. */
const halves = () => {
  const data = Buffer.alloc(40 * 24 * 3);
  for (let i = 0; i < 40 * 24; i++) data[i * 3 + (i % 40 < 20 ? 0 : 2)] = 255;
  return sharp(data, { raw: { width: 40, height: 24, channels: 3 } });
};

const pixel = ({ data, width }: { data: Uint8Array; width: number }, x: number, y: number) => [
  ...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3),
];

describe('kinds of files', () => {
  test.each<[string, (to: string) => Promise<unknown>]>([
    ['PNG', (to) => halves().png().toFile(to)],
    ['JPEG', (to) => halves().jpeg({ quality: 98, chromaSubsampling: '4:4:4' }).toFile(to)],
    ['WebP', (to) => halves().webp({ lossless: true }).toFile(to)],
    ['GIF', (to) => halves().gif().toFile(to)],
    ['AVIF', (to) => halves().avif({ quality: 95, chromaSubsampling: '4:4:4' }).toFile(to)],
    ['palette PNG', (to) => halves().png({ palette: true }).toFile(to)],
    ['16-bit PNG', (to) => halves().toColourspace('rgb16').png().toFile(to)],
  ])('%s', async (_, write) => {
    const at = file('kind');
    await write(at);
    expect(await imageSize(at)).toEqual({ width: 40, height: 24 });
    const image = await decodeImage(at);
    expect(image.data.length).toBe(40 * 24 * 3);
    for (const [x, wanted] of [
      [3, [255, 0, 0]],
      [36, [0, 0, 255]],
    ] as const) {
      for (const [i, value] of pixel(image, x, 12).entries())
        expect(Math.abs(value - wanted[i]!)).toBeLessThan(12);
    }
  });

  test('a CMYK JPEG is shown in its colours', async () => {
    const at = file('cmyk.jpg');
    await halves().toColourspace('cmyk').jpeg({ quality: 98 }).toFile(at);
    expect((await sharp(at).metadata()).space).toBe('cmyk');
    const [red, green, blue] = pixel(await decodeImage(at), 3, 12);
    expect(red! - Math.max(green!, blue!)).toBeGreaterThan(100);
  });

  test('an animated GIF gives its first frame', async () => {
    const frame = (background: string) =>
      sharp({ create: { width: 16, height: 16, channels: 3, background } })
        .png()
        .toBuffer();
    const frames = await Promise.all(['#ff0000', '#00ff00', '#0000ff'].map(frame));
    const at = file('moving.gif');
    await sharp(frames, { join: { animated: true } })
      .gif()
      .toFile(at);
    expect((await sharp(at).metadata()).pages).toBe(3);
    expect(await imageSize(at)).toEqual({ width: 16, height: 16 });
    const image = await decodeImage(at);
    expect(image.height).toBe(16);
    expect(pixel(image, 8, 8)).toEqual([255, 0, 0]);
  });

  test('a drawing is drawn as large as it is wanted', async () => {
    const at = file('drawing.svg');
    writeFileSync(
      at,
      '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><rect x="5" width="5" height="10" fill="#00f"/></svg>',
    );
    drawWith(async (what, request) => {
      if (what === 'size') return drawingSize(request.path);
      return { ...(await drawPixels(request, file('drawn'))), pixels: file('drawn') };
    });
    expect(await imageSize(at)).toEqual({ width: 10, height: 10 });
    const image = await decodeImage(at, { width: 320, height: 320 });
    expect(image.width).toBe(320);
    // A sharp edge, and white where nothing is drawn.
    expect(pixel(image, 158, 100)).toEqual([255, 255, 255]);
    expect(pixel(image, 161, 100)).toEqual([0, 0, 255]);
  });

  test('the camera’s orientation is applied', async () => {
    const at = file('turned.jpg');
    await halves().jpeg({ quality: 98 }).withMetadata({ orientation: 6 }).toFile(at);
    expect(await imageSize(at)).toEqual({ width: 24, height: 40 });
    const image = await decodeImage(at);
    const [red, , blue] = pixel(image, 12, 4);
    expect(red! - blue!).toBeGreaterThan(150);
  });

  test('what is transparent is white, what is half so is light', async () => {
    const at = file('clear.png');
    const data = Buffer.from([255, 0, 0, 0, 0, 0, 0, 128]);
    await sharp(data, { raw: { width: 2, height: 1, channels: 4 } })
      .png()
      .toFile(at);
    const image = await decodeImage(at);
    expect(pixel(image, 0, 0)).toEqual([255, 255, 255]);
    expect(Math.abs(pixel(image, 1, 0)[0]! - 127)).toBeLessThan(2);
  });

  test('grey and grey with transparency have three channels', async () => {
    const at = file('grey.png');
    await sharp(Buffer.from([10, 200]), { raw: { width: 2, height: 1, channels: 1 } })
      .png()
      .toFile(at);
    expect([...(await decodeImage(at)).data]).toEqual([10, 10, 10, 200, 200, 200]);
    await sharp(Buffer.from([10, 255, 10, 0]), { raw: { width: 2, height: 1, channels: 2 } })
      .png()
      .toFile(at);
    expect([...(await decodeImage(at)).data]).toEqual([10, 10, 10, 255, 255, 255]);
  });
});

/** The start of a PNG that claims to be so large; only its header and a little data are there. */
function hugePng(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const out = Buffer.alloc(8 + data.length + 4);
    out.writeUInt32BE(data.length);
    body.copy(out, 4);
    out.writeUInt32BE(crc32(body), 8 + data.length);
    return out;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8);
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(1000))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

describe('files that are refused in a sentence', () => {
  const truncated = async (at: string) => {
    const whole = await sharp({
      create: {
        width: 300,
        height: 300,
        channels: 3,
        background: '#888',
        noise: { type: 'gaussian', mean: 128, sigma: 60 },
      },
    })
      .jpeg()
      .toBuffer();
    writeFileSync(at, whole.subarray(0, whole.length >> 1));
  };
  test.each<[string, (at: string) => unknown, RegExp]>([
    ['a truncated JPEG', truncated, /^The image cannot be read: it is damaged/],
    ['text', (at) => writeFileSync(at, 'dear diary'), /^The image cannot be read/],
    ['zero bytes', (at) => writeFileSync(at, ''), /^The image cannot be read/],
    ['no file', (at) => rmSync(at, { force: true }), /^The image cannot be read/],
    [
      '30,000 x 30,000 pixels',
      (at) => writeFileSync(at, hugePng(30_000, 30_000)),
      /more than 100 megapixels/,
    ],
  ])('%s', async (_, write, message) => {
    const at = file('bad.png');
    await write(at);
    const memory = process.memoryUsage().rss;
    await expect(decodeImage(at)).rejects.toMatchObject({
      code: 'invalid-request',
      message: expect.stringMatching(message),
    });
    expect(process.memoryUsage().rss - memory).toBeLessThan(100 << 20);
  });

  test('the header alone tells that there are too many pixels', async () => {
    writeFileSync(file('huge.png'), hugePng(30_000, 30_000));
    const refused = () => expect(imageSize(file('huge.png'))).rejects.toThrow(/more than 100 megapixels/);
    expect(await cpuMs(refused, 3)).toBeLessThan(500);
    expect(readFileSync(file('huge.png')).length).toBeLessThan(200);
  });
});

describe('large photographs', () => {
  test('are made smaller while they are decoded, hardly another picture than all of it', async () => {
    const at = file('photo.jpg');
    const small = await sharp({
      create: {
        width: 60,
        height: 45,
        channels: 3,
        background: '#888',
        noise: { type: 'gaussian', mean: 128, sigma: 50 },
      },
    })
      .png()
      .toBuffer();
    await sharp(small).resize(3200, 2400, { kernel: 'cubic' }).jpeg({ quality: 95 }).toFile(at);
    const reduced = await decodeImage(at, { width: 1024, height: 1024 });
    expect([reduced.width, reduced.height]).toEqual([1024, 1024]);
    const whole = resizeBicubicFloat(await decodeImage(at), 256, 256);
    const quick = resizeBicubicFloat(reduced, 256, 256);
    let sum = 0;
    for (let i = 0; i < whole.length; i++) sum += Math.abs(whole[i]! - quick[i]!);
    expect(sum / whole.length).toBeLessThan(1.5);
  });

  test('small ones are left alone', async () => {
    const at = file('small.png');
    await halves().png().toFile(at);
    const image = await decodeImage(at, { width: 8, height: 8 });
    expect([image.width, image.height]).toEqual([40, 24]);
  });
});

describe('drawings', () => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="900" height="900"/>';

  test.each<[Refusal, RegExp]>([
    ['too-complex', /^The image is a drawing that takes too long to draw. Save it as PNG or JPEG/],
    ['too-many-pixels', /^The image has more than 100 megapixels/],
    ['damaged', /^The image cannot be read/],
  ])('%s: one sentence, and pictures are read all the same', async (refused, message) => {
    drawWith(async () => ({ refused }));
    writeFileSync(file('refused.svg'), svg);
    for (const read of [imageSize, decodeImage]) {
      await expect(read(file('refused.svg'))).rejects.toMatchObject({
        code: 'invalid-request',
        message: expect.stringMatching(message),
      });
    }
    await halves().png().toFile(file('picture.png'));
    expect((await decodeImage(file('picture.png'))).width).toBe(40);
  });

  test('what the app says of itself is passed on', async () => {
    drawWith(async () => ({ error: { code: 'internal', message: 'Install the app again.' } }));
    writeFileSync(file('a.svg'), svg);
    await expect(decodeImage(file('a.svg'))).rejects.toMatchObject({
      code: 'internal',
      message: 'Install the app again.',
    });
  });

  test('nothing is left of the pixels that were handed over', async () => {
    const pixels = file('pixels');
    drawWith(async (_, { path }) => ({ ...(await drawPixels({ path }, pixels)), pixels }));
    writeFileSync(file('a.svg'), svg);
    const { width, height, data } = await decodeImage(file('a.svg'));
    expect([width, height]).toEqual([900, 900]);
    expect(Buffer.alloc(900 * 900 * 3, 255).equals(data)).toBe(true);
    expect(existsSync(pixels)).toBe(false);
  });

  test('a drawing in disguise is refused before it is drawn', async () => {
    writeFileSync(file('disguised.svg'), gzipSync(svg));
    await expect(decodeImage(file('disguised.svg'))).rejects.toThrow('The image cannot be read');
  });
});
