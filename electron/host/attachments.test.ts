import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AttachmentStore } from '../app/attachments';
import { openDatabase } from '../app/database';
import { preparePaths } from '../app/paths';
import { temporaryHome } from '../app/testing/temporary-home';
import { decodeWav } from '../contract/wav';
import { answerAttachments, storeMedia } from './attachments';
import { pageHeaders } from './page-policy';

function setup() {
  const paths = preparePaths(temporaryHome());
  const { database } = openDatabase(paths.database);
  onTestFinished(() => database.close());
  const store = new AttachmentStore(paths, database, () => {});
  const ask = (path: string, init?: RequestInit) =>
    answerAttachments(store, new Request(`http://127.0.0.1${path}`, init));
  return { paths, store, ask };
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

  it('says why it takes something not', async () => {
    const { ask } = setup();
    for (const [body, reason] of [
      ['words', 'unsupported'],
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
    const { store, paths } = setup();
    const bytes = await png();
    const part = await storeMedia(store)({
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
    ['data:image/png;base64,AAAA', 'is not an image'],
    ['data:image/png;base64,', 'is empty'],
  ])('refuses %s', async (url, message) => {
    await expect(storeMedia(setup().store)({ type: 'image', url })).rejects.toThrow(message);
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

  it('keeps sound of any rate as the app keeps speech', async () => {
    const part = await storeMedia(setup().store)({ type: 'audio', data: wav(800), format: 'wav' });
    expect(part.type).toBe('audio');
    const samples = decodeWav(readFileSync(part.path));
    expect(samples?.length).toBe(1600);
    expect(samples?.[800]).toBeCloseTo(0.125, 3);
  });

  it.each([
    ['another format', wav(800), 'mp3', "'mp3' is not read here"],
    ['what is no WAV', Buffer.from('ID3').toString('base64'), 'wav', 'must be an uncompressed WAV'],
    ['zero bytes', '', 'wav', 'must be an uncompressed WAV'],
    ['silence of no length', wav(0), 'wav', 'must be an uncompressed WAV'],
    ['hours in a small file', wav(400_000, 1000), 'wav', 'at most 300 seconds'],
  ])('refuses %s', async (_, data, format, message) => {
    await expect(storeMedia(setup().store)({ type: 'audio', data, format })).rejects.toThrow(message);
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
