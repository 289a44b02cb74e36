import type { OggPage } from 'codec-parser';
import { findSound, frameBytes, framesOf, type SoundFormat, toMono } from '../../contract/sound';
import type { SoundType } from './sound-type';
import { WebmReader } from './webm';

/** Mono sound as it comes out of a decoder. */
export interface Pcm {
  /** -1 … 1, and beyond where a coding overshoots. */
  readonly samples: Float32Array;
  /** Hz. */
  readonly rate: number;
}

/** Decodes a file from its beginning to its end, in pieces of any size. What it throws means that the file is damaged. */
export interface SoundDecoder {
  push(bytes: Uint8Array): Pcm | Promise<Pcm>;
  end(): Pcm | Promise<Pcm>;
}

/** Libraries are loaded with the first file of their kind. */
export async function openDecoder(type: SoundType, size: number): Promise<SoundDecoder> {
  switch (type) {
    case 'wav':
      return new WavDecoder(size);
    case 'mp3': {
      const { MPEGDecoder } = await import('mpg123-decoder');
      const decoder = new MPEGDecoder();
      await decoder.ready;
      return { push: (bytes) => toPcm(decoder.decode(bytes)), end: () => NOTHING };
    }
    case 'flac':
    case 'ogg-flac': {
      const { FLACDecoder } = await import('@wasm-audio-decoders/flac');
      return library(new FLACDecoder());
    }
    case 'ogg-vorbis': {
      const { OggVorbisDecoder } = await import('@wasm-audio-decoders/ogg-vorbis');
      return library(new OggVorbisDecoder());
    }
    case 'ogg-opus':
      return openOggOpus();
    case 'webm':
      return openWebm();
  }
}

const NOTHING: Pcm = { samples: new Float32Array(0), rate: 0 };

interface Decoded {
  readonly channelData: readonly Float32Array[];
  readonly samplesDecoded: number;
  readonly sampleRate: number;
}

interface Library {
  readonly ready: Promise<void>;
  decode(bytes: Uint8Array): Promise<Decoded>;
  flush(): Promise<Decoded>;
}

async function library(decoder: Library): Promise<SoundDecoder> {
  await decoder.ready;
  return {
    push: async (bytes) => toPcm(await decoder.decode(bytes)),
    end: async () => toPcm(await decoder.flush()),
  };
}

function toPcm({ channelData, samplesDecoded, sampleRate }: Decoded): Pcm {
  if (samplesDecoded === 0) return NOTHING;
  const [only] = channelData;
  if (channelData.length === 1 && only)
    return { samples: only.subarray(0, samplesDecoded), rate: sampleRate };
  const samples = new Float32Array(samplesDecoded);
  for (const channel of channelData) {
    for (let i = 0; i < samplesDecoded; i++) samples[i] = samples[i]! + channel[i]! / channelData.length;
  }
  return { samples, rate: sampleRate };
}

interface OpusHead {
  readonly channels: number;
  readonly preSkip: number;
  readonly streamCount: number;
  readonly coupledStreamCount: number;
  readonly channelMappingTable: number[];
}

/** Of the layouts that have names (RFC 7845, 5.1.1). Others let one packet of a byte become 255 channels. */
const MAX_OPUS_CHANNELS = 8;

async function openOpus(head: OpusHead) {
  if (head.channels > MAX_OPUS_CHANNELS) throw new UndecodableCoding(`Opus of ${head.channels} channels`);
  const { OpusDecoder } = await import('opus-decoder');
  const decoder = new OpusDecoder(head);
  await decoder.ready;
  return decoder;
}

type OpusDecoder = Awaited<ReturnType<typeof openOpus>>;

/** A bite may hold hundreds of packets of 120 ms: so many at a time are decoded before their channels become one. */
const PACKETS = 32;

function decodeOpus(opus: OpusDecoder, packets: readonly Uint8Array[]): Pcm {
  const pieces: Pcm[] = [];
  for (let at = 0; at < packets.length; at += PACKETS) {
    pieces.push(toPcm(opus.decodeFrames(packets.slice(at, at + PACKETS))));
  }
  return concat(pieces);
}

async function openOggOpus(): Promise<SoundDecoder> {
  const { default: CodecParser } = await import('codec-parser');
  const parser = new CodecParser('audio/ogg', { enableFrameCRC32: false });
  let opus: OpusDecoder | null = null;
  let made = 0;
  const decode = async (found: Iterator<unknown>): Promise<Pcm> => {
    const pieces: Pcm[] = [];
    // They are generators, whatever their declaration says.
    for (const page of found as IterableIterator<OggPage>) {
      const { codecFrames, isLastPage, totalSamples } = page;
      const [first] = codecFrames;
      if (!first) continue;
      opus ??= await openOpus(first.header as unknown as OpusHead);
      const { samples, rate } = decodeOpus(
        opus,
        codecFrames.map(({ data }) => data),
      );
      made += samples.length;
      // The last page says where the sound ends; the last packet is filled up.
      const extra = isLastPage ? Math.min(samples.length, Math.max(0, made - totalSamples)) : 0;
      pieces.push({ samples: samples.subarray(0, samples.length - extra), rate });
    }
    return concat(pieces);
  };
  return {
    push: (bytes) => decode(parser.parseChunk(bytes)),
    end: () => decode(parser.flush()),
  };
}

function openWebm(): SoundDecoder {
  const reader = new WebmReader();
  let opus: OpusDecoder | null = null;
  return {
    push: async (bytes) => {
      const packets = reader.push(bytes);
      const { track } = reader;
      if (!track || packets.length === 0) return NOTHING;
      if (track.codec !== 'A_OPUS') throw new UndecodableCoding(track.codec);
      opus ??= await openOpus(readOpusHead(track.codecPrivate));
      return decodeOpus(opus, packets);
    },
    end: () => NOTHING,
  };
}

/** A container that is read, with a coding in it that is not. */
export class UndecodableCoding extends Error {}

/** RFC 7845, 5.1. */
function readOpusHead(head: Uint8Array): OpusHead {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const channels = view.getUint8(9);
  const plain = view.getUint8(18) === 0;
  return {
    channels,
    preSkip: view.getUint16(10, true),
    streamCount: plain ? 1 : view.getUint8(19),
    coupledStreamCount: plain ? channels - 1 : view.getUint8(20),
    channelMappingTable: plain ? [0, 1].slice(0, channels) : [...head.subarray(21, 21 + channels)],
  };
}

/** Programs put chunks of their own before the samples; this is enough for their heads. */
const WAV_HEAD_BYTES = 64 << 10;

class WavDecoder implements SoundDecoder {
  readonly #size: number;
  #format: SoundFormat | null = null;
  #rest: Uint8Array = new Uint8Array(0);
  /** Bytes of samples that are still to come. */
  #left = 0;

  /** @param size of the whole file. */
  constructor(size: number) {
    this.#size = size;
  }

  push(bytes: Uint8Array): Pcm {
    // What programs write behind the samples is nobody's.
    if (this.#format && this.#left === 0) return NOTHING;
    const rest = new Uint8Array(this.#rest.length + bytes.length);
    rest.set(this.#rest);
    rest.set(bytes, this.#rest.length);
    this.#rest = rest;
    if (!this.#format) {
      if (rest.length < Math.min(this.#size, WAV_HEAD_BYTES)) return NOTHING;
      const format = findSound(rest, this.#size);
      if (!format) throw new UndecodableCoding('a compressed WAV');
      this.#format = format;
      this.#left = framesOf(format) * frameBytes(format);
      this.#rest = rest.subarray(format.offset);
    }
    const frame = frameBytes(this.#format);
    const whole = Math.min(this.#left, Math.floor(this.#rest.length / frame) * frame);
    const samples = toMono(this.#rest.subarray(0, whole), this.#format);
    this.#rest = this.#rest.subarray(whole);
    this.#left -= whole;
    return { samples, rate: this.#format.rate };
  }

  end(): Pcm {
    return NOTHING;
  }
}

function concat(pieces: readonly Pcm[]): Pcm {
  const samples = new Float32Array(pieces.reduce((sum, piece) => sum + piece.samples.length, 0));
  let at = 0;
  for (const piece of pieces) {
    samples.set(piece.samples, at);
    at += piece.samples.length;
  }
  return { samples, rate: pieces.find(({ rate }) => rate > 0)?.rate ?? 0 };
}
