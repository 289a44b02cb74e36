import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { Resampler } from '../../contract/resample-sound';
import { SPEECH_RATE, toInt16, WAV_HEADER_BYTES, wavHeader } from '../../contract/wav';
import { openDecoder, type Pcm, UndecodableCoding } from './decoders';
import type { SoundType } from './sound-type';

/** A thread in which sound becomes what the app keeps (contract/wav.ts): one job after the other, in constant memory. */

export interface SoundJob {
  readonly from: string;
  readonly to: string;
  readonly type: SoundType;
  readonly maxSeconds: number;
}

export interface ConvertedSound {
  readonly seconds: number;
  readonly bytes: number;
  readonly sha256: string;
}

export type SoundProblem = 'damaged' | 'empty' | 'too-long' | 'undecodable';

export type SoundAnswer =
  /** So that one who waits can tell slow from stuck. */
  | { readonly type: 'progress' }
  | { readonly type: 'done'; readonly sound: ConvertedSound }
  | { readonly type: 'refused'; readonly problem: SoundProblem; readonly detail: string };

/** Compressed sound may be thousands of times as long as it is in its file: small bites keep what comes of one bounded. */
const BITE_BYTES = 4 << 10;
const WAV_BITE_BYTES = 256 << 10;

/** Pictures in a file's tags are the longest that it holds without a sample. */
const MAX_SILENT_BYTES = 20 << 20;

class Refusal extends Error {
  readonly problem: SoundProblem;

  constructor(problem: SoundProblem) {
    super(problem);
    this.problem = problem;
  }
}

/** @throws Refusal, and whatever a decoder throws at damage */
async function convert({ from, to, type, maxSeconds }: SoundJob): Promise<ConvertedSound> {
  const input = openSync(from, 'r');
  const output = openSync(to, 'w', 0o600);
  try {
    const sink = new WavSink(output, maxSeconds);
    const { size } = fstatSync(input);
    const decoder = await openDecoder(type, size);
    const bite = new Uint8Array(type === 'wav' ? WAV_BITE_BYTES : BITE_BYTES);
    for (let at = 0, heard = 0; ; ) {
      const read = readSync(input, bite, 0, bite.length, at);
      if (read === 0) break;
      at += read;
      const pcm = await decoder.push(bite.slice(0, read));
      if (pcm.samples.length > 0) heard = at;
      else if (type !== 'wav' && at - heard > MAX_SILENT_BYTES) throw new Refusal('damaged');
      sink.write(pcm);
      send({ type: 'progress' });
    }
    sink.write(await decoder.end());
    return sink.finish();
  } finally {
    closeSync(input);
    closeSync(output);
  }
}

/** Writes mono sound of any rate as 16-bit samples at 16 kHz, after a header that is written last. */
class WavSink {
  readonly #file: number;
  readonly #most: number;
  #rate = 0;
  #resampler: Resampler | null = null;
  #samples = 0;

  constructor(file: number, maxSeconds: number) {
    this.#file = file;
    this.#most = maxSeconds * SPEECH_RATE;
  }

  write({ samples, rate }: Pcm): void {
    if (samples.length === 0) return;
    if (rate !== this.#rate) {
      this.#rest();
      this.#rate = rate;
      this.#resampler = rate === SPEECH_RATE ? null : new Resampler(rate, SPEECH_RATE);
    }
    this.#append(this.#resampler?.push(samples) ?? samples);
  }

  finish(): ConvertedSound {
    this.#rest();
    if (this.#samples === 0) throw new Refusal('empty');
    const header = wavHeader(this.#samples);
    writeSync(this.#file, header, 0, header.length, 0);
    const bytes = header.length + this.#samples * 2;
    return { seconds: this.#samples / SPEECH_RATE, bytes, sha256: '' };
  }

  #rest(): void {
    if (this.#resampler) this.#append(this.#resampler.end());
  }

  #append(samples: Float32Array): void {
    const at = WAV_HEADER_BYTES + this.#samples * 2;
    this.#samples += samples.length;
    if (this.#samples > this.#most) throw new Refusal('too-long');
    const bytes = new DataView(new ArrayBuffer(samples.length * 2));
    for (let i = 0; i < samples.length; i++) bytes.setInt16(i * 2, toInt16(samples[i]!), true);
    writeAll(this.#file, new Uint8Array(bytes.buffer), at);
  }
}

/** One write may take only a part. */
function writeAll(file: number, bytes: Uint8Array, position: number): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, bytes.length - at, position + at);
}

function hashOf(path: string): string {
  const hash = createHash('sha256');
  const file = openSync(path, 'r');
  try {
    const piece = new Uint8Array(1 << 20);
    for (let read = readSync(file, piece); read > 0; read = readSync(file, piece)) {
      hash.update(piece.subarray(0, read));
    }
    return hash.digest('hex');
  } finally {
    closeSync(file);
  }
}

const send = (answer: SoundAnswer): void => parentPort?.postMessage(answer);

async function answer(job: SoundJob): Promise<SoundAnswer> {
  try {
    const sound = await convert(job);
    return { type: 'done', sound: { ...sound, sha256: hashOf(job.to) } };
  } catch (error) {
    rmSync(job.to, { force: true });
    // What the disk says is no fault of the sound.
    if (error instanceof Error && 'syscall' in error) throw error;
    const detail = error instanceof Error ? error.message : String(error);
    if (error instanceof Refusal) return { type: 'refused', problem: error.problem, detail };
    if (error instanceof UndecodableCoding) return { type: 'refused', problem: 'undecodable', detail };
    return { type: 'refused', problem: 'damaged', detail };
  }
}

// The decoders report every damaged frame there.
console.error = () => {};
parentPort?.on('message', (job: SoundJob) => {
  answer(job).then(send, (error: unknown) => {
    // Ends the thread with an error that its owner gets.
    setImmediate(() => {
      throw error;
    });
  });
});
