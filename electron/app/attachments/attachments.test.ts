import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it, onTestFinished } from 'vitest';
import { MAX_DOCUMENT_BYTES } from '../../contract/documents';
import { toErrorInfo } from '../../contract/errors';
import { MAX_IMAGE_BYTES } from '../../contract/media';
import { MAX_SPEECH_SECONDS } from '../../contract/speech';
import type { CalledTool } from '../../contract/tools';
import { encodeWav, SPEECH_RATE } from '../../contract/wav';
import { pdf } from '../../documents/testing/files';
import { CHART } from '../../mcp/testing/tools.mjs';
import { Conversations } from '../conversations/conversations';
import { openDatabase } from '../database/open-database';
import { preparePaths } from '../paths';
import { testDocuments } from '../testing/documents';
import { temporaryHome } from '../testing/temporary-home';
import { keepImage } from '../tools/returned-images';
import { AttachmentStore, pieces } from './attachments';
import { readBmp } from './bmp';
import { DocumentRefused } from './document-reader';

function setup() {
  const paths = preparePaths(temporaryHome());
  const { database } = openDatabase(paths.database);
  onTestFinished(() => database.close());
  const store = new AttachmentStore(paths, database, () => {}, testDocuments);
  const files = () =>
    readdirSync(paths.attachments, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => name)
      .sort();
  const reason = (bytes: Uint8Array, name = 'a.png') =>
    store.add(pieces(bytes), name).then(
      () => 'taken',
      (error: unknown) => toErrorInfo(error).details?.reason,
    );
  return { paths, database, store, files, reason };
}

const image = (width = 40, height = 20) =>
  sharp({ create: { width, height, channels: 3, background: '#c33' } });

/** A PNG that claims a size and holds next to nothing. */
function bomb(side: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const size = Buffer.alloc(4);
    size.writeUInt32BE(data.length);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([size, body, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(100))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/** 24 bits a pixel, two by two: red, green over blue, white. */
function bmp(): Buffer {
  const file = Buffer.alloc(54 + 16);
  file.write('BM');
  file.writeUInt32LE(54, 10);
  file.writeUInt32LE(40, 14);
  file.writeInt32LE(2, 18);
  file.writeInt32LE(2, 22);
  file.writeUInt16LE(1, 26);
  file.writeUInt16LE(24, 28);
  file.set([255, 0, 0, 255, 255, 255, 0, 0, 0, 0, 255, 0, 255, 0], 54);
  return file;
}

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

describe('documents', () => {
  const text = async (store: AttachmentStore, sha256: string) => {
    const file = await store.read(sha256, 'text');
    return file && { type: file.mediaType, text: await new Response(file.body()).text() };
  };

  it('are kept with their text beside them', async () => {
    const { store, files } = setup();
    const bytes = pdf([['One'], ['Two']]);
    const added = await store.add(pieces(bytes), 'two pages.pdf');
    expect(added).toEqual({
      sha256: createHash('sha256').update(bytes).digest('hex'),
      kind: 'document',
      mediaType: 'application/pdf',
      name: 'two pages.pdf',
      bytes: bytes.length,
      pages: 2,
      lines: 5,
      characters: 26,
    });
    expect(files()).toEqual([added.sha256, `${added.sha256}.txt`]);
    expect(await text(store, added.sha256)).toEqual({
      type: 'text/plain; charset=utf-8',
      text: '[Page 1]\nOne\n\n[Page 2]\nTwo',
    });
    expect(await store.read(added.sha256, 'file')).toMatchObject({ mediaType: 'application/pdf' });
    // What is a page for a browser is never served as one.
    const page = await store.add(pieces(Buffer.from('<html><script>1</script>Hi')), 'a.html');
    expect(await store.read(page.sha256, 'file')).toMatchObject({ mediaType: 'text/plain' });
  });

  it('get their text back where it was lost, and say when they are gone', async () => {
    const { store } = setup();
    const added = await store.add(pieces(Buffer.from('你好', 'utf8')), 'a.txt');
    const path = await store.textPath(added);
    rmSync(path);
    expect(await text(store, added.sha256)).toMatchObject({ text: '你好' });
    rmSync(path);
    expect(readFileSync(await store.textPath(added), 'utf8')).toBe('你好');
    rmSync(store.path(added.sha256));
    await expect(store.textPath(added)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('are refused for their own reasons, and nothing of them is left', async () => {
    const { store, reason, files } = setup();
    expect(await reason(pdf([['x']], { encrypted: true }), 'a.pdf')).toBe('encrypted');
    expect(await reason(pdf([[]]), 'scan.pdf')).toBe('no-text');
    expect(await reason(Buffer.from(' \n'), 'blank.txt')).toBe('no-text');
    const log = async function* () {
      for (let sent = 0; sent <= MAX_DOCUMENT_BYTES; sent += 1e6) yield Buffer.alloc(1e6, 'line\n');
      throw new Error('Nothing more is asked for.');
    };
    await expect(store.add(log(), 'app.log')).rejects.toMatchObject({
      message: expect.stringContaining('app.log is larger than 50 MB'),
    });
    expect(files()).toEqual([]);
  });

  it('go with their text when no message names them any more', async () => {
    const { store, files } = setup();
    await store.add(pieces(Buffer.from('unsent')), 'a.txt');
    await store.sweep();
    expect(files()).toHaveLength(2);
    await store.sweep(Date.now() + 8 * 86_400_000);
    expect(files()).toEqual([]);
  });

  it('are not taken where something else is meant', async () => {
    const { store } = setup();
    await expect(store.add(pieces(Buffer.from('words')), 'image', ['image'])).rejects.toThrow(
      'of none of the kinds',
    );
  });
});

describe('sweep', () => {
  it('removes what no message names, a week later, and a crash’s leftovers', async () => {
    const { store, database, files, paths } = setup();
    const conversations = new Conversations(database, { changed: () => {}, removed: () => {} });
    const sent = await store.add(pieces(await image().png().toBuffer()), 'a');
    const unsent = await store.add(pieces(await image(1, 1).png().toBuffer()), 'b');
    const conversationId = conversations.create('').id;
    conversations.messages.insert({
      id: 'm',
      conversationId,
      parentId: null,
      createdAt: 0,
      role: 'user',
      text: '',
      attachments: [sent],
    });
    const returned = await keepImage(store, { name: 'chart', base64: CHART }, () => {});
    const nothing = await keepImage(store, { name: 'page.png', base64: btoa('<html>') }, () => {});
    expect([returned?.width, returned?.height, nothing]).toEqual([240, 120, null]);
    const call: CalledTool = {
      id: 'c',
      round: 0,
      textBefore: 0,
      reasoningBefore: 0,
      serverId: 's',
      server: 's',
      tool: 't',
      title: 't',
      name: 't',
      arguments: '{}',
      state: 'done',
      result: { text: '', length: 0, isError: false, images: returned ? [returned] : [] },
    };
    conversations.messages.insert({
      id: 'n',
      conversationId,
      parentId: 'm',
      createdAt: 1,
      role: 'assistant',
      text: '',
      state: 'done',
      reasoning: '',
      modelId: null,
      thinking: false,
      finishReason: 'stop',
      stats: null,
      error: null,
      toolCalls: [call],
    });
    const leftover = join(paths.attachments, 'incoming-1');
    writeFileSync(leftover, 'x');
    utimesSync(leftover, new Date(0), new Date(0));
    writeFileSync(join(paths.attachments, 'notes.txt'), 'somebody else’s');

    await store.sweep();
    expect(files()).toHaveLength(7);
    expect(existsSync(leftover)).toBe(false);
    await store.sweep(Date.now() + 8 * 86_400_000);
    const kept = [sent.sha256, returned?.sha256].flatMap((sha256) => [sha256, `${sha256}.webp`]);
    expect(files()).toEqual([...kept, 'notes.txt'].sort());
    expect(files()).not.toContain(unsent.sha256);
  });
});
