// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from 'vitest';
import type { Attachment } from '../../../electron/contract/conversations';
import { displayName, imageTypeOf } from '../../../electron/contract/media';
import {
  changeFiles,
  draftFiles,
  moveFile,
  removeFile,
  returnFiles,
  takeFiles,
  toDraft,
} from '../../stores/draft-files';
import { formatClock, formatMoment, toMediaFacts } from './media-facts';
import { takeOwn } from './transfer';
import { zoomed } from './use-pan-zoom';

function attachment(name: string): Attachment {
  return { sha256: name.repeat(64).slice(0, 64), kind: 'image', mediaType: 'image/png', name, bytes: 1 };
}

describe('draft files', () => {
  const names = () => draftFiles(null).map(({ name }) => name);
  beforeEach(() => changeFiles(null, () => [...'abc'].map((name) => toDraft(attachment(name)))));

  it('move and go', () => {
    const [first] = draftFiles(null);
    moveFile(null, first!.id, 2);
    expect(names()).toEqual(['b', 'c', 'a']);
    moveFile(null, first!.id, 3);
    expect(names()).toEqual(['b', 'c', 'a']);
    removeFile(null, first!.id);
    expect(names()).toEqual(['b', 'c']);
  });

  it('are taken to be sent, and come back in order when that fails', () => {
    const taken = takeFiles(null);
    expect(names()).toEqual([]);
    changeFiles(null, () => [toDraft(attachment('d'))]);
    returnFiles(null, taken);
    expect(names()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('outlive the page', () => {
    expect(JSON.parse(localStorage.getItem('draft-files') ?? '')).toEqual({
      new: [...'abc'].map(attachment),
    });
  });
});

describe('an image dragged from a conversation', () => {
  const drop = (text: string) => takeOwn({ getData: () => text } as unknown as DataTransfer, null);
  beforeEach(() => changeFiles(null, () => []));

  it('is taken as it is', () => {
    expect(drop(JSON.stringify(attachment('a')))).toBe(true);
    expect(draftFiles(null).map(({ name }) => name)).toEqual(['a']);
  });

  // A page in a browser can drag something of that name too.
  it.each([
    '{',
    'null',
    '[]',
    '{}',
    JSON.stringify({ ...attachment('a'), sha256: '../../settings' }),
    JSON.stringify({ ...attachment('a'), name: { toString: 1 } }),
    JSON.stringify({ ...attachment('a'), kind: 'video' }),
    JSON.stringify({ ...attachment('a'), bytes: '1' }),
  ])('is not taken when it is none: %s', (text) => {
    expect(drop(text)).toBe(true);
    expect(draftFiles(null)).toEqual([]);
  });
});

describe('imageTypeOf', () => {
  const of = (text: string) => imageTypeOf(Uint8Array.from(text, (character) => character.charCodeAt(0)));
  it('goes by content', () => {
    expect(of('<?xml version="1.0"?>\n<!DOCTYPE svg [<!ENTITY a "b">]>\n<!-- <p> -->\n<svg>')).toBe(
      'image/svg+xml',
    );
    expect(of('\u00ef\u00bb\u00bf<svg viewBox="0 0 1 1">')).toBe('image/svg+xml');
    expect(of('<svgx>')).toBeNull();
    expect(of('BMW is a car, not a bitmap.')).toBeNull();
    expect(of('\0\0\0\x20ftypavif\0\0\0\0')).toBe('image/avif');
    expect(of('\0\0\0\x20ftypisom\0\0\0\0')).toBeNull();
    expect(of('')).toBeNull();
  });
});

describe('displayName', () => {
  it('keeps names and drops what would disturb the line', () => {
    expect(displayName('a\r\nb\u2028c\u0000.png')).toBe('a b c .png');
    expect(displayName('\u202Egnp.exe')).toBe('gnp.exe');
    expect(displayName('👩‍👩‍👧.png')).toBe('👩‍👩‍👧.png');
    expect([...displayName('🏡'.repeat(300))]).toHaveLength(200);
  });
});

describe('media facts', () => {
  it('names the first track of each kind', () => {
    const facts = toMediaFacts(
      {
        media: {
          '@ref': '',
          track: [
            { '@type': 'General', Format: 'MPEG-4', Duration: 65.04 },
            { '@type': 'Video', Format: 'AVC', Width: 1920, Height: 1080 },
            { '@type': 'Audio', Format: 'AAC' },
          ],
        },
      },
      9,
    );
    expect(facts).toEqual({
      container: 'MPEG-4',
      bytes: 9,
      durationMs: 65_040,
      video: { codec: 'AVC', width: 1920, height: 1080 },
      audio: { codec: 'AAC' },
    });
    expect(toMediaFacts({ media: { '@ref': '', track: [{ '@type': 'General' }] } }, 1)).toBeNull();
  });

  it('writes times as players do', () => {
    expect([0, 7_900, 151_000, 3_729_000].map(formatClock)).toEqual(['0:00', '0:07', '2:31', '1:02:09']);
    expect(formatMoment(7_450)).toBe('0:07.4');
  });
});

describe('zoomed', () => {
  it('keeps the point under the pointer, and comes back to the whole', () => {
    const near = zoomed({ scale: 1, x: 0, y: 0 }, 2, 100, -50);
    expect(near).toEqual({ scale: 2, x: -100, y: 50 });
    expect(zoomed(near, 0.1)).toEqual({ scale: 1, x: 0, y: 0 });
    expect(zoomed(near, 1000).scale).toBe(12);
  });
});
