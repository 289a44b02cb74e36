import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Attachment } from '../../contract/conversations';
import { decodeWav, encodeWav } from '../../contract/wav';
import { testSounds } from '../testing/sounds';
import { SoundIntake } from './intake';
import { SoundDesk } from './sound-desk';

const fixture = (name: string) => readFileSync(join(import.meta.dirname, 'fixtures', name));

async function* inPieces(bytes: Uint8Array, size = 1000) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function setup() {
  const folder = mkdtempSync(join(tmpdir(), 'autoglm-desk-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const intake = new SoundIntake(testSounds);
  onTestFinished(() => intake.close());
  const kept: { readonly bytes: Buffer; readonly name: string }[] = [];
  const store = {
    async add(body: AsyncIterable<Uint8Array>, name: string): Promise<Attachment> {
      const pieces: Uint8Array[] = [];
      for await (const piece of body) pieces.push(piece);
      const bytes = Buffer.concat(pieces);
      kept.push({ bytes, name });
      return { sha256: '0'.repeat(64), kind: 'audio', mediaType: 'audio/wav', name, bytes: bytes.length };
    },
  };
  return { desk: new SoundDesk({ store, intake, folder }), kept, left: () => readdirSync(folder) };
}

describe('what arrives', () => {
  it('is kept as speech where it is sound of another kind, under its own name', async () => {
    const { desk, kept, left } = setup();
    expect((await desk.add(inPieces(fixture('tone.mp3')), 'talk.mp3')).name).toBe('talk.mp3');
    const samples = decodeWav(kept[0]!.bytes)!;
    expect(samples.length / 16_000).toBeCloseTo(1, 0);
    expect(left()).toEqual([]);
  });

  it('goes on as it is where it is something else, or speech already', async () => {
    const { desk, kept } = setup();
    const files = [
      Buffer.from('words\n'.repeat(2000)),
      Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
      Buffer.from('....ftypavif....', 'latin1'),
      Buffer.alloc(0),
      Buffer.from(encodeWav(new Float32Array(8000))),
    ];
    for (const file of files) await desk.add(inPieces(file), 'file');
    expect(kept.map(({ bytes }) => bytes)).toEqual(files);
  });

  it.each<[string, () => Uint8Array, object, RegExp]>([
    [
      'M4A',
      () => fixture('tone.m4a'),
      {},
      /^The sound a\.b is MP4\/M4A \(AAC\), a coding that is not read here\. Save it as MP3, /,
    ],
    ['half a second too much', () => fixture('tone.mp3'), { maxSeconds: 0.5 }, /lasts longer than/],
    [
      'speech that is too long',
      () => encodeWav(new Float32Array(16_000)),
      { maxSeconds: 0.5 },
      /lasts longer/,
    ],
    ['more bytes than are taken', () => fixture('tone.flac'), { maxBytes: 20_000 }, /is larger than/],
  ])('is refused in a sentence: %s', async (_, bytes, options, message) => {
    const { desk, left } = setup();
    await expect(desk.borrow(inPieces(bytes()), 'a.b', options, async () => 1)).rejects.toThrow(message);
    expect(left()).toEqual([]);
  });

  it('is lent for as long as it is used, whatever comes of that', async () => {
    const { desk, left } = setup();
    const read = (wav: string, seconds: number) =>
      Promise.resolve([decodeWav(readFileSync(wav))?.length, seconds]);
    expect(await desk.borrow(inPieces(fixture('tone.flac')), 'a', {}, read)).toEqual([16_000, 1]);
    expect(await desk.borrow(inPieces(encodeWav(new Float32Array(800))), 'a', {}, read)).toEqual([800, 0.05]);
    const failing = desk.borrow(inPieces(fixture('tone.flac')), 'a', {}, () =>
      Promise.reject(new Error('no')),
    );
    await expect(failing).rejects.toThrow('no');
    await expect(desk.borrow(inPieces(Buffer.from('text')), 'a', {}, read)).rejects.toThrow(
      /of a coding that/,
    );
    await expect(desk.borrow(inPieces(new Uint8Array(0)), 'a', {}, read)).rejects.toThrow(/holds no sound/);
    expect(left()).toEqual([]);
  });

  it('is left where who sent it goes away', async () => {
    const { desk, left } = setup();
    const abort = new AbortController();
    async function* slow() {
      yield fixture('tone.mp3').subarray(0, 4200);
      abort.abort();
      yield new Uint8Array(10);
    }
    const work = desk.borrow(slow(), 'a', { signal: abort.signal }, async () => 1);
    await expect(work).rejects.toMatchObject({ code: 'aborted' });
    expect(left()).toEqual([]);
  });
});
