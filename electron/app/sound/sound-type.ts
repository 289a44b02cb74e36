/** Sound that can be decoded here, by container and coding. */
export type SoundType = 'wav' | 'mp3' | 'flac' | 'ogg-flac' | 'ogg-vorbis' | 'ogg-opus' | 'webm';

/**
 * What sound is by its content; names and declared types are anybody's claim. Null for everything else.
 *
 * @param head the first `HEAD_BYTES` (contract/media.ts) of the file, or all of it.
 */
export function soundTypeOf(head: Uint8Array): SoundType | null {
  const text = textOf(head);
  if (text(0, 4) === 'RIFF' && text(8, 12) === 'WAVE') return 'wav';
  if (text(0, 4) === 'fLaC') return 'flac';
  if (text(0, 4) === 'OggS') return oggType(text(28, 36));
  // EBML's number, and the word that tells WebM from Matroska's films.
  if (text(0, 4) === '\x1a\x45\xdf\xa3') return text(4, 64).includes('webm') ? 'webm' : null;
  if (isId3(head) || isMpegAudio(head)) return 'mp3';
  return null;
}

/** A kind of sound that is known by sight and cannot be decoded here; null for everything else. */
export function undecodableSound(head: Uint8Array): string | null {
  const text = textOf(head);
  if (text(4, 8) === 'ftyp') return 'MP4/M4A (AAC)';
  if (text(0, 4) === 'OggS') return 'Ogg';
  // An ADTS header's syncword is MPEG audio's; its layer is 0.
  if (head[0] === 0xff && (head[1]! & 0xf6) === 0xf0) return 'AAC';
  if (text(0, 4) === 'FORM' && /AIF[FC]/.test(text(8, 12))) return 'AIFF';
  if (text(0, 5) === '#!AMR') return 'AMR';
  if (text(0, 4) === '\x30\x26\xb2\x75') return 'WMA';
  return null;
}

const textOf = (head: Uint8Array) => (start: number, end: number) =>
  String.fromCharCode(...head.subarray(start, end));

/** @param packet how the first packet of the stream begins (RFC 3533: after 27 bytes and a table of one entry). */
function oggType(packet: string): SoundType | null {
  if (packet.startsWith('OpusHead')) return 'ogg-opus';
  if (packet.startsWith('\x01vorbis')) return 'ogg-vorbis';
  return packet.startsWith('\x7fFLAC') ? 'ogg-flac' : null;
}

/** ISO 11172-3 and 13818-3: kbit/s by index, layers II and III. */
const BITRATES = {
  one: [
    [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
    [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  ],
  two: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
} as const;
const RATES = [44_100, 48_000, 32_000];

/** ID3v2's header: a version, and a length in bytes of seven bits. */
function isId3(head: Uint8Array): boolean {
  if (head.length < 10 || textOf(head)(0, 3) !== 'ID3') return false;
  return head[3]! >= 2 && head[3]! <= 4 && head.subarray(6, 10).every((byte) => byte < 0x80);
}

/** Two headers, one frame apart: eleven bits alone stand in many files. */
function isMpegAudio(head: Uint8Array): boolean {
  const bytes = frameBytes(head, 0);
  return bytes !== null && frameBytes(head, bytes) !== null;
}

/** Of the MPEG audio frame (layer II or III) that begins at `at`; null where none does. */
function frameBytes(head: Uint8Array, at: number): number | null {
  if (at + 4 > head.length || head[at] !== 0xff || (head[at + 1]! & 0xe0) !== 0xe0) return null;
  const version = (head[at + 1]! >> 3) & 3;
  const layer = 4 - ((head[at + 1]! >> 1) & 3);
  const rate = RATES[(head[at + 2]! >> 2) & 3];
  if (version === 1 || (layer !== 2 && layer !== 3) || rate === undefined) return null;
  const table = version === 3 ? BITRATES.one[layer - 2]! : BITRATES.two;
  const kilobits = table[head[at + 2]! >> 4];
  if (!kilobits) return null;
  const hertz = rate / (version === 3 ? 1 : version === 2 ? 2 : 4);
  const samples = layer === 3 && version !== 3 ? 576 : 1152;
  return Math.floor(((samples / 8) * kilobits * 1000) / hertz) + ((head[at + 2]! >> 1) & 1);
}
