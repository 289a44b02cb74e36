import { resampleSound } from './resample-sound';
import { SPEECH_RATE } from './wav';

/** Sound as people and programs have it, turned into the one kind that is kept (wav.ts). */

/** WAV as it lies in a file. */
export interface SoundFormat {
  readonly channels: number;
  readonly rate: number;
  readonly bits: number;
  readonly isFloat: boolean;
  /** Of the samples, in bytes. */
  readonly offset: number;
  readonly bytes: number;
}

const PCM = 1;
const FLOAT = 3;
const EXTENSIBLE = 0xfffe;

export const frameBytes = ({ channels, bits }: SoundFormat): number => channels * (bits >> 3);
export const framesOf = (format: SoundFormat): number => Math.floor(format.bytes / frameBytes(format));

/** Null for everything but uncompressed WAV with at least one sample. @param size of the whole file. */
export function findSound(head: Uint8Array, size: number): SoundFormat | null {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const text = (at: number) => String.fromCharCode(...head.subarray(at, at + 4));
  if (head.length < 44 || text(0) !== 'RIFF' || text(8) !== 'WAVE') return null;
  let format: Omit<SoundFormat, 'offset' | 'bytes'> | null = null;
  for (let at = 12; at + 8 <= head.length; ) {
    const length = view.getUint32(at + 4, true);
    if (text(at) === 'fmt ' && length >= 16 && at + 24 <= head.length) {
      const tag = view.getUint16(at + 8, true);
      // The real tag of an extensible format begins its GUID.
      const kind = tag === EXTENSIBLE && at + 34 <= head.length ? view.getUint16(at + 32, true) : tag;
      const channels = view.getUint16(at + 10, true);
      const rate = view.getUint32(at + 12, true);
      const bits = view.getUint16(at + 22, true);
      const isFloat = kind === FLOAT;
      const known = isFloat ? bits === 32 || bits === 64 : kind === PCM && [8, 16, 24, 32].includes(bits);
      if (!known || channels < 1 || channels > 32 || rate < 1000 || rate > 768_000) return null;
      format = { channels, rate, bits, isFloat };
    } else if (text(at) === 'data') {
      if (!format) return null;
      // A program that was cut short, or wrote to a pipe, states more than there is.
      const bytes = Math.min(length, Math.max(0, size - at - 8));
      const found = { ...format, offset: at + 8, bytes };
      return framesOf(found) > 0 ? found : null;
    }
    at += 8 + length + (length & 1);
  }
  return null;
}

/** The mean of the channels, -1 … 1; what is not finite is silence. */
export function toMono(bytes: Uint8Array, format: SoundFormat): Float32Array<ArrayBuffer> {
  const { channels, bits } = format;
  const read = sampleReader(bytes, format);
  const frames = Math.floor(bytes.length / frameBytes(format));
  const out = new Float32Array(frames);
  for (let i = 0, at = 0; i < frames; i++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++, at += bits >> 3) sum += read(at);
    const mean = sum / channels;
    out[i] = Number.isFinite(mean) ? Math.max(-1, Math.min(1, mean)) : 0;
  }
  return out;
}

function sampleReader(bytes: Uint8Array, { bits, isFloat }: SoundFormat): (at: number) => number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isFloat) return bits === 32 ? (at) => view.getFloat32(at, true) : (at) => view.getFloat64(at, true);
  switch (bits) {
    case 8:
      return (at) => (view.getUint8(at) - 128) / 128;
    case 16:
      return (at) => view.getInt16(at, true) / 32_768;
    case 24:
      return (at) => ((view.getInt8(at + 2) << 16) | view.getUint16(at, true)) / 8_388_608;
    default:
      return (at) => view.getInt32(at, true) / 2_147_483_648;
  }
}

/** @returns samples at 16 kHz, -1 … 1. */
export function toSpeechRate(
  mono: Float32Array<ArrayBuffer>,
  { rate }: SoundFormat,
): Float32Array<ArrayBuffer> {
  return rate === SPEECH_RATE ? mono : resampleSound(mono, rate, SPEECH_RATE);
}
