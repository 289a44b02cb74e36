import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AttachmentStore } from '../app/attachments/attachments';
import { openDatabase } from '../app/database/open-database';
import { preparePaths } from '../app/paths';
import { SoundIntake } from '../app/sound/intake';
import { SoundDesk } from '../app/sound/sound-desk';
import { testDocuments } from '../app/testing/documents';
import { testSounds } from '../app/testing/sounds';
import { temporaryHome } from '../app/testing/temporary-home';
import { decodeWav, encodeWav } from '../contract/wav';
import type { MediaInput } from '../server/generation';
import { answerAttachments, storeDocument, storeMedia } from './attachments';
import { pageHeaders } from './page-policy';

function setup() {
  const paths = preparePaths(temporaryHome());
  const { database } = openDatabase(paths.database);
  onTestFinished(() => database.close());
  const attachments = new AttachmentStore(paths, database, () => {}, testDocuments);
  const intake = new SoundIntake(testSounds);
  onTestFinished(() => intake.close());
  const sounds = new SoundDesk({ store: attachments, intake, folder: paths.attachments });
  const files = { attachments, sounds };
  const request = { secondsLeft: 300 };
  const ask = (path: string, init?: RequestInit) =>
    answerAttachments(files, new Request(`http://127.0.0.1${path}`, init));
  const keep = (media: MediaInput) => storeMedia(files)(media, request);
  return { paths, files, keep, ask, request };
}

const png = () =>
  sharp({ create: { width: 4, height: 3, channels: 3, background: '#c33' } })
    .png()
    .toBuffer();

describe('the attachments of a host', () => {
  it('takes an image and gives it back as it was, with its preview', async () => {
    const { ask } = setup();
    const bytes = await png();
    const posted = await ask('/attachments?name=%F0%9F%8F%A1.png', {
      method: 'POST',
      body: new Uint8Array(bytes),
    });
    const { sha256, ...rest } = (await posted.json()) as { sha256: string };
    expect(rest).toMatchObject({ name: '🏡.png', width: 4, height: 3, mediaType: 'image/png' });
    const file = await ask(`/attachments/${sha256}`);
    expect(Buffer.from(await file.arrayBuffer())).toEqual(bytes);
    expect(Object.fromEntries(file.headers)).toMatchObject({
      'content-type': 'image/png',
      'content-length': String(bytes.length),
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringMatching(/^default-src 'none';.*sandbox$/),
      'cache-control': 'private, max-age=31536000, immutable',
    });
    expect((await ask(`/attachments/${sha256}?preview`)).headers.get('content-type')).toBe('image/webp');
    const head = await ask(`/attachments/${sha256}`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  it('keeps what a client sends for an hour, and what a person added as long as a draft', async () => {
    const { ask, keep, files } = setup();
    const bytes = await png();
    const document = `data:text/plain;base64,${Buffer.from('words of a client').toString('base64')}`;
    const there = async (media: { readonly sha256: string }) =>
      (await ask(`/attachments/${media.sha256}`)).status === 200;
    const sweep = (hours: number) => files.attachments.sweep(Date.now() + hours * 3_600_000);
    const image = { type: 'image', url: `data:image/png;base64,${bytes.toString('base64')}` } as const;
    const sent = await keep(image);
    const text = await storeDocument(files)({ name: 'a.txt', data: document });
    // As with every turn of a conversation.
    await keep(image);
    await sweep(0.9);
    expect([await there(sent), await there(text)]).toEqual([true, true]);
    await sweep(1.1);
    expect([await there(sent), await there(text)]).toEqual([false, false]);
    // A person's, before or after a client sends the same.
    for (const order of ['before', 'after']) {
      if (order === 'after') await keep(image);
      await ask('/attachments?name=a.png', { method: 'POST', body: new Uint8Array(bytes) });
      if (order === 'before') await keep(image);
      await sweep(24);
      expect(await there(sent)).toBe(true);
      await sweep(24 * 8);
      expect(await there(sent)).toBe(false);
    }
  });

  it('says why it takes something not', async () => {
    const { ask } = setup();
    for (const [body, reason] of [
      ['\0\x01', 'unsupported'],
      [undefined, 'empty'],
    ] as const) {
      const answer = await ask('/attachments?name=a.png', { method: 'POST', ...(body && { body }) });
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({
        code: 'invalid-request',
        message: expect.stringContaining('a.png'),
        details: { reason, name: 'a.png' },
      });
    }
  });

  it('answers nothing else', async () => {
    const { ask } = setup();
    for (const path of [
      '/attachments',
      '/attachments/',
      '/attachments/..%2f..%2fautoglm.db',
      `/attachments/${'0'.repeat(64)}`,
    ]) {
      expect((await ask(path)).status).toBe(404);
    }
    expect((await ask(`/attachments/${'0'.repeat(64)}`, { method: 'DELETE' })).status).toBe(404);
  });
});

describe('storeMedia', () => {
  it('keeps the image of a data URI for the engine', async () => {
    const { keep, paths } = setup();
    const bytes = await png();
    const part = await keep({
      type: 'image',
      url: `data:image/png;base64,${bytes.toString('base64')}`,
    });
    expect(part.type).toBe('image');
    expect(part.path).toBe(join(paths.attachments, part.sha256.slice(0, 2), part.sha256));
    expect(readFileSync(part.path)).toEqual(bytes);
  });

  it.each([
    ['https://example.org/a.png', 'must be a data: URI'],
    ['file:///etc/passwd', 'must be a data: URI'],
    ['data:image/png,abc', 'must be a data: URI'],
    ['data:image/png;base64,AAAA', 'is of none of the kinds'],
    ['data:image/png;base64,', 'is empty'],
  ])('refuses %s', async (url, message) => {
    await expect(setup().keep({ type: 'image', url })).rejects.toThrow(message);
  });

  /** Stereo at 8 kHz, one channel silent. */
  const wav = (frames: number, rate = 8000) => {
    const file = Buffer.alloc(44 + frames * 4);
    file.write('RIFF');
    file.write('WAVEfmt ', 8);
    file.writeUInt32LE(16, 16);
    file.writeUInt16LE(1, 20);
    file.writeUInt16LE(2, 22);
    file.writeUInt32LE(rate, 24);
    file.writeUInt16LE(16, 34);
    file.write('data', 36);
    file.writeUInt32LE(frames * 4, 40);
    for (let i = 0; i < frames; i++) file.writeInt16LE(8192, 44 + i * 4);
    return file.toString('base64');
  };

  const mp3 = () =>
    readFileSync(join(import.meta.dirname, '../app/sound/fixtures/tone.mp3')).toString('base64');

  it('keeps sound of any rate as the app keeps speech', async () => {
    const part = await setup().keep({ type: 'audio', data: wav(800), format: 'wav' });
    expect(part.type).toBe('audio');
    const samples = decodeWav(readFileSync(part.path));
    expect(samples?.length).toBe(1600);
    expect(samples?.[800]).toBeCloseTo(0.125, 3);
  });

  it('goes by what the bytes are, not by what the client calls them', async () => {
    const { keep, request } = setup();
    for (const data of [mp3(), `data:audio/mp3;base64,${mp3()}`, mp3().replace(/(.{76})/g, '$1\r\n')]) {
      const { path } = await keep({ type: 'audio', data, format: 'wav' });
      expect((decodeWav(readFileSync(path))?.length ?? 0) / 16_000).toBeCloseTo(1, 0);
    }
    // Three clips of a little over a second.
    expect(300 - request.secondsLeft).toBeGreaterThan(2.9);
    expect(300 - request.secondsLeft).toBeLessThan(3.3);
  });

  it('takes so many seconds in one request and no more', async () => {
    const clip = encodeWav(new Float32Array(16_000));
    const { keep, request } = setup();
    request.secondsLeft = 2.5;
    const own = { type: 'audio', data: Buffer.from(clip).toString('base64'), format: 'wav' } as const;
    await keep(own);
    await keep(own);
    await expect(keep(own)).rejects.toThrow(/^The sound of one request may last 300 seconds in all\./);
    request.secondsLeft = 0.5;
    await expect(keep({ type: 'audio', data: mp3(), format: 'mp3' })).rejects.toThrow(/300 seconds in all/);
  });

  it('works on large clips of odd rates while everybody else is served', async () => {
    const { keep } = setup();
    // Two seconds at rates that share nothing with 16 kHz, as in a request made to keep the app busy.
    const clips = [48_001, 95_999, 191_999].map((rate) => wav(rate * 2, rate));
    let turns = 0;
    let running = true;
    const count = () => {
      turns++;
      if (running) setImmediate(count);
    };
    setImmediate(count);
    const seen: number[] = [];
    for (const data of clips) {
      const before = turns;
      await keep({ type: 'audio', data, format: 'wav' });
      seen.push(turns - before);
    }
    running = false;
    // Work in this thread would leave a handful: one a file that is written or read.
    for (const passed of seen) expect(passed).toBeGreaterThan(100);
  });

  it.each([
    [
      'what is no sound',
      Buffer.from('just words').toString('base64'),
      'The sound input_audio is of a coding that is not read',
    ],
    [
      'M4A',
      readFileSync(join(import.meta.dirname, '../app/sound/fixtures/tone.m4a')).toString('base64'),
      'is MP4/M4A (AAC), a coding that',
    ],
    ['zero bytes', '', 'holds no sound'],
    ['silence of no length', wav(0), 'a coding that is not read'],
    ['hours in a small file', wav(400_000, 1000), 'may last 300 seconds'],
  ])('refuses %s', async (_, data, message) => {
    await expect(setup().keep({ type: 'audio', data, format: 'wav' })).rejects.toThrow(message);
  });
});

describe('storeDocument', () => {
  const store = (data: string, name = 'a.txt') => storeDocument(setup().files)({ name, data });
  const base64 = Buffer.from('甲方 pays.').toString('base64');

  it.each([`data:text/plain;base64,${base64}`, base64])('keeps %s', async (data) => {
    expect(await store(data)).toMatchObject({ kind: 'document', name: 'a.txt', characters: 8 });
  });

  it.each([
    ['https://example.org/a.txt', 'must be a data: URI in base64'],
    ['data:text/plain,words', 'must be a data: URI in base64'],
    ['data:text/plain;base64,', 'is empty'],
    [
      `data:image/png;base64,${Buffer.from('\x89PNG\r\n\x1a\n', 'latin1').toString('base64')}`,
      'of none of the kinds',
    ],
    [Buffer.from('\0\x01\x02').toString('base64'), 'of none of the kinds'],
  ])('refuses %s', async (data, message) => {
    await expect(store(data)).rejects.toThrow(message);
  });

  it('has its text answered beside the file', async () => {
    const { files, ask } = setup();
    const { sha256 } = await storeDocument(files)({
      name: 'a.html',
      data: Buffer.from('<html><p>Hi').toString('base64'),
    });
    const text = await ask(`/attachments/${sha256}?text`);
    expect(text.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await text.text()).toBe('Hi');
    expect((await ask(`/attachments/${sha256}`)).headers.get('content-type')).toBe('text/plain');
    expect((await ask(`/attachments/${'0'.repeat(64)}?text`)).status).toBe(404);
  });
});

describe('the page’s policy', () => {
  it('lets one worker compile WebAssembly, and nothing else', () => {
    const policy = (path: string) => pageHeaders(path)['content-security-policy'];
    expect(policy('/assets/media-info-worker-a_B-9.js')).toContain("'wasm-unsafe-eval'");
    for (const path of [
      '/',
      '/index.html',
      '/assets/index-a.js',
      '/x/assets/media-info-worker-a.js',
      '/assets/media-info-worker-a.js/b',
    ])
      expect(policy(path)).not.toContain('eval');
  });
});
