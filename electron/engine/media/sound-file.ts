import { open } from 'node:fs/promises';
import { AppError } from '../../contract/errors';
import { findSound, frameBytes, framesOf, toMono, toSpeechRate } from '../../contract/sound';
import { SPEECH_RATE } from '../../contract/wav';

/** Enough for the chunks that programs put before the samples. */
const HEAD_BYTES = 64 << 10;
/** Samples at 16 kHz, without reading more than the head. @throws AppError `invalid-request` as `readSound` does */
export async function soundLength(path: string): Promise<number> {
  const { format } = await readHead(path);
  return Math.ceil((framesOf(format) * SPEECH_RATE) / format.rate);
}

/**
 * A WAV of any rate, mono or more, 8 to 32 bits or float, as mono samples at 16 kHz, -1 … 1.
 *
 * The caller has looked at `soundLength`: all of it comes into memory.
 *
 * @throws AppError `invalid-request` when it is no such file, or there is no sound in it.
 */
export async function readSound(path: string): Promise<Float32Array<ArrayBuffer>> {
  const { format, file } = await readHead(path, true);
  try {
    const bytes = new Uint8Array(framesOf(format) * frameBytes(format));
    let done = 0;
    while (done < bytes.length) {
      const { bytesRead } = await file.read(bytes, done, bytes.length - done, format.offset + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return toSpeechRate(toMono(bytes.subarray(0, done), format), format);
  } finally {
    await file.close();
  }
}

async function readHead(path: string, keep = false) {
  const file = await open(path, 'r').catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError('invalid-request', `The recording cannot be opened: ${reason}`, {
      kind: 'sound-unreadable',
      path,
    });
  });
  let isKept = false;
  try {
    const { size } = await file.stat();
    const head = new Uint8Array(Math.min(size, HEAD_BYTES));
    await file.read(head, 0, head.length, 0);
    const format = findSound(head, size);
    if (!format) {
      throw new AppError(
        'invalid-request',
        'The recording cannot be read: it must be a WAV that is not compressed, and not empty. Convert it and try again.',
        { kind: 'sound-unreadable', path },
      );
    }
    isKept = keep;
    return { format, file };
  } finally {
    if (!isKept) await file.close();
  }
}
