import { createHash } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { MAX_IMAGE_BYTES } from '../../contract/media';
import { MAX_SPEECH_SECONDS } from '../../contract/speech';
import { encodeWav, SPEECH_RATE } from '../../contract/wav';
import { setup } from '../testing/attachments';
import { testDocuments } from '../testing/documents';
import { bmp, bomb, image } from '../testing/pictures';
import { AttachmentStore, pieces } from './attachments';
import { readBmp } from './bmp';
import { DocumentRefused } from './document-reader';

describe('add', () => {
  it.each([
    ['image/png', () => image().png().toBuffer()],
    ['image/jpeg', () => image().jpeg().toBuffer()],
    ['image/webp', () => image().webp().toBuffer()],
    ['image/gif', () => image().gif().toBuffer()],
    ['image/avif', () => image().avif({ effort: 0 }).toBuffer()],
    [
      'image/svg+xml',
      async () =>
        Buffer.from(
          '<?xml version="1.0"?><!-- x --><svg width="40" height="20" xmlns="http://www.w3.org/2000/svg"/>',
        ),
    ],
  ])('keeps %s as it is, by its content', async (mediaType, make) => {
    const { store, paths } = setup();
    const bytes = await make();
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    // The name lies about what it is.
    expect(await store.add(pieces(bytes), 'x.txt')).toEqual({
      sha256,
      kind: 'image',
      mediaType,
      name: 'x.txt',
      bytes: bytes.length,
      width: 40,
      height: 20,
    });
    expect(existsSync(join(paths.attachments, sha256.slice(0, 2), sha256))).toBe(true);
    const file = await store.read(sha256, 'file');
    expect([file?.mediaType, file?.bytes]).toEqual([mediaType, bytes.length]);
    const preview = await store.read(sha256, 'preview');
    expect(preview?.mediaType).toBe('image/webp');
  });

  it('keeps speech with its length, and shows no picture of it', async () => {
    const { store, files } = setup();
    const bytes = encodeWav(new Float32Array(8_000));
    const kept = await store.add(pieces(bytes), 'said.wav');
    expect(kept).toEqual({
      sha256: createHash('sha256').update(bytes).digest('hex'),
      kind: 'audio',
      mediaType: 'audio/wav',
      name: 'said.wav',
      bytes: bytes.length,
      durationMs: 500,
    });
    expect((await store.read(kept.sha256, 'file'))?.mediaType).toBe('audio/wav');
    expect(await store.read(kept.sha256, 'preview')).toBeNull();
    expect(files()).toEqual([kept.sha256]);
  });

  it('refuses speech that is too long, and sound of another kind', async () => {
    const { reason, files } = setup();
    const long = new Float32Array((MAX_SPEECH_SECONDS + 2) * SPEECH_RATE);
    expect(await reason(encodeWav(long), 'a.wav')).toBe('too-large');
    const stereo = encodeWav(new Float32Array(100));
    stereo[22] = 2;
    expect(await reason(stereo, 'a.wav')).toBe('unsupported');
    expect(await reason(encodeWav(new Float32Array()), 'a.wav')).toBe('unsupported');
    expect(files()).toEqual([]);
  });

  it('turns a BMP into a PNG', async () => {
    const { store } = setup();
    const kept = await store.add(pieces(bmp()), 'a.bmp');
    expect(kept).toMatchObject({ mediaType: 'image/png', width: 2, height: 2 });
    const { data } = await sharp(store.path(kept.sha256)).raw().toBuffer({ resolveWithObject: true });
    expect([...data]).toEqual([255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255]);
  });

  it('gives the size as shown where the camera was turned', async () => {
    const { store } = setup();
    const bytes = await image().jpeg().withMetadata({ orientation: 6 }).toBuffer();
    expect(await store.add(pieces(bytes), 'a.jpg')).toMatchObject({ width: 20, height: 40 });
  });

  it('keeps the same picture once, also when it arrives in small pieces', async () => {
    const { store, files } = setup();
    const bytes = await image(300, 200).png({ compressionLevel: 0 }).toBuffer();
    async function* drip() {
      for (let at = 0; at < bytes.length; at += 999) yield bytes.subarray(at, at + 999);
    }
    const [first, second] = await Promise.all([store.add(drip(), 'a'), store.add(pieces(bytes), 'b')]);
    expect(second.sha256).toBe(first.sha256);
    expect(files()).toEqual([first.sha256, `${first.sha256}.webp`]);
  });

  it('refuses what it cannot read and leaves nothing behind', async () => {
    const { reason, files } = setup();
    const png = await image(400, 400).png({ compressionLevel: 0 }).toBuffer();
    const jpeg = await image(400, 400).jpeg().toBuffer();
    expect(await reason(new Uint8Array())).toBe('empty');
    expect(await reason(Buffer.from('\0\x01\x02 no text'))).toBe('unsupported');
    expect(await reason(Buffer.from('PK\x03\x04 an archive'))).toBe('unsupported');
    expect(await reason(png.subarray(0, png.length / 2))).toBe('damaged');
    expect(await reason(jpeg.subarray(0, jpeg.length / 2))).toBe('damaged');
    expect(await reason(png.subarray(0, 20))).toBe('damaged');
    expect(await reason(bmp().subarray(0, 60))).toBe('damaged');
    expect(await reason(bomb(30_000))).toBe('too-many-pixels');
    expect(
      await reason(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="30000" height="30000"/>')),
    ).toBe('too-many-pixels');
    const large = Buffer.alloc(MAX_IMAGE_BYTES + 1);
    large.set(png);
    expect(await reason(large)).toBe('too-large');
    expect(files()).toEqual([]);
  });

  it('draws nothing into an SVG that lies beside it', async () => {
    const { store } = setup();
    const secret = await store.add(pieces(await image().png().toBuffer()), 'secret.png');
    const href = `${secret.sha256.slice(0, 2)}/${secret.sha256}`;
    for (const inner of [
      `<image href="${href}" width="40" height="40"/>`,
      `<image href="file://${store.path(secret.sha256)}" width="40" height="40"/>`,
    ]) {
      const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40">${inner}</svg>`;
      const { sha256 } = await store.add(pieces(Buffer.from(svg)), 'a.svg');
      const preview = sharp(`${store.path(sha256)}.webp`).flatten({ background: '#fff' });
      expect(Math.min(...(await preview.raw().toBuffer()))).toBe(255);
    }
  });

  it('says of a drawing that takes too long what to do, and keeps nothing of it', async () => {
    const { paths, database, files } = setup();
    const late = async () => {
      throw new DocumentRefused('too-complex');
    };
    const store = new AttachmentStore(paths, database, () => {}, { ...testDocuments, draw: late });
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
    await expect(store.add(pieces(svg), 'slow.svg')).rejects.toThrow(
      'The file slow.svg takes too much time or memory to read. Save it in a simpler form',
    );
    expect(files()).toEqual([]);
    expect((await store.add(pieces(await image().png().toBuffer()), 'a.png')).width).toBe(40);
  });

  it('draws no SVG in disguise that was kept as text', async () => {
    const { store } = setup();
    const svg = '\uFEFF<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>';
    const { sha256, kind } = await store.add(pieces(Buffer.from(svg, 'utf16le')), 'a.txt');
    expect(kind).toBe('document');
    expect(await store.read(sha256, 'preview')).toBeNull();
  });

  it('leaves the program free while it reads a large BMP', async () => {
    const side = 5000;
    const stride = Math.ceil(side / 32) * 4;
    const file = Buffer.alloc(62 + stride * side);
    file.write('BM');
    file.writeUInt32LE(62, 10);
    file.writeUInt32LE(40, 14);
    file.writeInt32LE(side, 18);
    file.writeInt32LE(side, 22);
    file.writeUInt16LE(1, 28);
    // All it waits for is its turn in the event loop.
    let turns = 0;
    let watch = setImmediate(function next() {
      turns++;
      watch = setImmediate(next);
    });
    const bitmap = await readBmp(file);
    clearImmediate(watch);
    expect(bitmap).toMatchObject({ width: side, height: side });
    expect(turns).toBeGreaterThan(3);
  });

  it('cleans names', async () => {
    const { store } = setup();
    const bytes = await image().png().toBuffer();
    const named = async (name: string) => (await store.add(pieces(bytes), name)).name;
    expect(await named('家 🏡 "q".png')).toBe('家 🏡 "q".png');
    expect(await named('a\nb\u202Egpj.exe\ud800')).toBe('a bgpj.exe\uFFFD');
    expect(await named('')).toBe('file');
  });
});

describe('read', () => {
  it('answers null for what is no file of its own', async () => {
    const { store, paths } = setup();
    writeFileSync(join(paths.home, 'secret'), 'x');
    for (const name of ['', '../../secret', 'f'.repeat(64), `${'0'.repeat(63)}G`]) {
      expect(await store.read(name, 'file')).toBeNull();
      expect(await store.read(name, 'preview')).toBeNull();
    }
  });
});
