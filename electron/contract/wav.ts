/**
 * How speech is kept and handed over: WAV, 16-bit PCM, mono, 16 kHz. The page turns whatever it records or is given into this, so
 * that neither app nor engine needs a decoder.
 */
export const SPEECH_RATE = 16_000;
export const WAV_HEADER_BYTES = 44;
const BYTES_A_SAMPLE = 2;

/** What stands before so many samples. */
export function wavHeader(samples: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(WAV_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  const text = (at: number, value: string) => {
    for (let i = 0; i < value.length; i++) view.setUint8(at + i, value.charCodeAt(i));
  };
  text(0, 'RIFF');
  view.setUint32(4, WAV_HEADER_BYTES + samples * BYTES_A_SAMPLE - 8, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, SPEECH_RATE, true);
  view.setUint32(28, SPEECH_RATE * BYTES_A_SAMPLE, true);
  view.setUint16(32, BYTES_A_SAMPLE, true);
  view.setUint16(34, 16, true);
  text(36, 'data');
  view.setUint32(40, samples * BYTES_A_SAMPLE, true);
  return bytes;
}

/** @param samples mono, 16 kHz; what lies outside of -1 … 1 is cut. */
export function encodeWav(samples: Float32Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(WAV_HEADER_BYTES + samples.length * BYTES_A_SAMPLE);
  bytes.set(wavHeader(samples.length));
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < samples.length; i++) {
    view.setInt16(WAV_HEADER_BYTES + i * BYTES_A_SAMPLE, toInt16(samples[i] ?? 0), true);
  }
  return bytes;
}

/** [-1, 1] to 16 bits; NaN is silence. */
export function toInt16(sample: number): number {
  return Math.round(Math.max(-1, Math.min(1, sample || 0)) * 32_767);
}

/** Where the samples lie, in bytes. Null for everything but our own kind of WAV; `size` is the whole file's. */
export function findSpeech(
  head: Uint8Array,
  size: number,
): { readonly offset: number; readonly bytes: number } | null {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const text = (at: number) => String.fromCharCode(...head.subarray(at, at + 4));
  if (head.length < WAV_HEADER_BYTES || text(0) !== 'RIFF' || text(8) !== 'WAVE') return null;
  let isSpeech = false;
  // Programs put chunks of their own (LIST, fact) between the two that count.
  for (let at = 12; at + 8 <= head.length; ) {
    const length = view.getUint32(at + 4, true);
    if (text(at) === 'fmt ' && at + 24 <= head.length) {
      isSpeech =
        view.getUint16(at + 8, true) === 1 &&
        view.getUint16(at + 10, true) === 1 &&
        view.getUint32(at + 12, true) === SPEECH_RATE &&
        view.getUint16(at + 22, true) === 16;
    } else if (text(at) === 'data') {
      const bytes = Math.min(length, size - at - 8) & ~1;
      return isSpeech && bytes > 0 ? { offset: at + 8, bytes } : null;
    }
    at += 8 + length + (length & 1);
  }
  return null;
}

/** @returns mono, 16 kHz, -1 … 1; null for everything but our own kind of WAV. */
export function decodeWav(file: Uint8Array): Float32Array<ArrayBuffer> | null {
  const found = findSpeech(file, file.length);
  return found && fromInt16(file.subarray(found.offset, found.offset + found.bytes));
}

/** @param pcm 16-bit samples, little-endian. */
export function fromInt16(pcm: Uint8Array): Float32Array<ArrayBuffer> {
  const view = new DataView(pcm.buffer, pcm.byteOffset, pcm.byteLength);
  const samples = new Float32Array(pcm.byteLength >> 1);
  for (let i = 0; i < samples.length; i++) samples[i] = view.getInt16(i * BYTES_A_SAMPLE, true) / 32_768;
  return samples;
}
