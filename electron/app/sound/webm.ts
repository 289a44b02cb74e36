/** A packet of the first audio track. */
export interface WebmTrack {
  /** As Matroska names it: A_OPUS, A_VORBIS. */
  readonly codec: string;
  readonly channels: number;
  /** Opus: the identification header (RFC 7845, 5.1). */
  readonly codecPrivate: Uint8Array;
}

const ID = {
  segment: 0x18538067,
  cluster: 0x1f43b675,
  tracks: 0x1654ae6b,
  trackEntry: 0xae,
  trackNumber: 0xd7,
  trackType: 0x83,
  codecId: 0x86,
  codecPrivate: 0x63a2,
  audio: 0xe1,
  channels: 0x9f,
  blockGroup: 0xa0,
  block: 0xa1,
  simpleBlock: 0xa3,
} as const;

/** What is looked into; everything else is skipped whole. */
const MASTERS: ReadonlySet<number> = new Set([
  ID.segment,
  ID.cluster,
  ID.tracks,
  ID.trackEntry,
  ID.audio,
  ID.blockGroup,
]);
/** Whose bytes are needed. */
const VALUES: ReadonlySet<number> = new Set([
  ID.trackNumber,
  ID.trackType,
  ID.codecId,
  ID.codecPrivate,
  ID.channels,
  ID.block,
  ID.simpleBlock,
]);

const AUDIO = 2;
/** No packet of sound comes near it: a length that claims more is damage. */
const MAX_VALUE_BYTES = 1 << 20;

interface Entry {
  number: number;
  type: number;
  codec: string;
  channels: number;
  codecPrivate: Uint8Array;
}

/**
 * Takes the packets of the first audio track out of WebM as it arrives (RFC 8794 and 9559). Lengths that are not known, as browsers
 * record them, need no care: elements that hold others are entered and never closed. Lacing, which no recorder uses for sound, is refused.
 */
export class WebmReader {
  #buffer: Uint8Array = new Uint8Array(0);
  /** Bytes that are passed over before the next element. */
  #skip = 0;
  #entry: Entry | null = null;
  #track: Entry | null = null;

  /** Known once its description has been read. */
  get track(): WebmTrack | null {
    return this.#track;
  }

  /** @throws RangeError for what is no WebM */
  push(bytes: Uint8Array): Uint8Array[] {
    const packets: Uint8Array[] = [];
    this.#buffer = joined(this.#buffer, bytes);
    for (;;) {
      const skipped = Math.min(this.#skip, this.#buffer.length);
      this.#buffer = this.#buffer.subarray(skipped);
      this.#skip -= skipped;
      if (this.#skip > 0) return packets;
      const id = readNumber(this.#buffer, 0, true);
      const length = id && readNumber(this.#buffer, id.bytes, false);
      if (!id || !length) return packets;
      const start = id.bytes + length.bytes;
      if (MASTERS.has(id.value)) {
        this.#enter(id.value);
        this.#buffer = this.#buffer.subarray(start);
      } else if (VALUES.has(id.value)) {
        if (length.value > MAX_VALUE_BYTES) throw new RangeError('an element is too long');
        if (this.#buffer.length < start + length.value) return packets;
        const packet = this.#take(id.value, this.#buffer.subarray(start, start + length.value));
        if (packet) packets.push(packet);
        this.#buffer = this.#buffer.subarray(start + length.value);
      } else {
        this.#buffer = this.#buffer.subarray(start);
        this.#skip = length.value;
      }
    }
  }

  #enter(id: number): void {
    this.#settle();
    if (id === ID.trackEntry)
      this.#entry = { number: 0, type: 0, codec: '', channels: 1, codecPrivate: new Uint8Array(0) };
    else if (id === ID.cluster || id === ID.tracks) this.#entry = null;
  }

  /** The first track of sound is the one. */
  #settle(): void {
    if (this.#entry?.type === AUDIO && this.#entry.codec !== '') this.#track ??= this.#entry;
  }

  /** @returns a packet, where the element holds one of the track's. */
  #take(id: number, value: Uint8Array): Uint8Array | null {
    const entry = this.#entry;
    switch (id) {
      case ID.trackNumber:
        if (entry) entry.number = unsigned(value);
        return null;
      case ID.trackType:
        if (entry) entry.type = unsigned(value);
        return null;
      case ID.codecId:
        if (entry) entry.codec = String.fromCharCode(...value.subarray(0, 64)).replace(/\0+$/, '');
        return null;
      case ID.codecPrivate:
        if (entry) entry.codecPrivate = value.slice();
        return null;
      case ID.channels:
        if (entry) entry.channels = unsigned(value);
        return null;
      default:
        return this.#packet(value);
    }
  }

  #packet(block: Uint8Array): Uint8Array | null {
    this.#settle();
    const track = readNumber(block, 0, false);
    if (!track || track.value !== this.#track?.number) return null;
    const flags = block[track.bytes + 2] ?? 0;
    if (flags & 0x06) throw new RangeError('packets are laced');
    // One without a byte stands for nothing, and costs a decoder as much as one with sound.
    return block.length > track.bytes + 3 ? block.slice(track.bytes + 3) : null;
  }
}

/** A number whose leading zeros say how long it is. @param marked with its marker, as ids are written. Null where more bytes are needed. */
function readNumber(bytes: Uint8Array, at: number, marked: boolean): { value: number; bytes: number } | null {
  const head = bytes[at];
  if (head === undefined) return null;
  const length = Math.clz32(head) - 23;
  if (length > (marked ? 4 : 8)) throw new RangeError('no EBML');
  if (at + length > bytes.length) return null;
  let value = marked ? head : head & (0xff >> length);
  let isUnknown = (head | (0xff00 >> length)) % 256 === 0xff;
  for (let i = 1; i < length; i++) {
    value = value * 256 + bytes[at + i]!;
    isUnknown &&= bytes[at + i] === 0xff;
  }
  return { value: !marked && isUnknown ? 0 : value, bytes: length };
}

const unsigned = (bytes: Uint8Array): number => bytes.reduce((value, byte) => value * 256 + byte, 0);

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
