import { open } from 'node:fs/promises';
import { findSpeech, fromInt16 } from '../../contract/wav';

const HEAD_BYTES = 64 << 10;
const PIECE_BYTES = 1 << 20;

/**
 * Speech as the app keeps it (contract/wav.ts), read piece by piece: an hour of it takes no more memory than its samples do.
 *
 * @returns mono, 16 kHz, -1 … 1; null for every other file.
 */
export async function readSpeech(path: string): Promise<Float32Array | null> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const head = new Uint8Array(Math.min(size, HEAD_BYTES));
    await file.read(head, 0, head.length, 0);
    const found = findSpeech(head, size);
    if (!found) return null;
    const samples = new Float32Array(found.bytes / 2);
    const piece = new Uint8Array(Math.min(found.bytes, PIECE_BYTES));
    for (let done = 0; done < found.bytes; ) {
      const wanted = Math.min(piece.length, found.bytes - done);
      const { bytesRead } = await file.read(piece, 0, wanted, found.offset + done);
      const whole = bytesRead & ~1;
      if (whole === 0) break;
      samples.set(fromInt16(piece.subarray(0, whole)), done / 2);
      done += whole;
    }
    return samples;
  } finally {
    await file.close();
  }
}
