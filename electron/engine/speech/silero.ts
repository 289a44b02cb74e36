import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError } from '../../contract/errors';
import { SPEECH_RATE } from '../../contract/wav';
import type { Backend, Binding, HostTensor, Session } from '../ort/backend';

/** Samples judged at once: 32 ms. */
export const VAD_FRAME = 512;
/** The end of the frame before goes in front of each (snakers4/silero-vad, utils_vad.py: OnnxWrapper). */
const CONTEXT = 64;
const STATE = [2, 1, 128];
const FILE = 'silero_vad_v6.onnx';

/**
 * Silero's voice activity detector: how likely each 32 ms hold a voice. One network serves many streams; what it remembers of
 * each lies in the stream.
 */
export class SileroVad {
  readonly #session: Session;
  readonly #binding: Binding;
  readonly #tensors: readonly HostTensor[];
  readonly #input: HostTensor<'float32'>;
  readonly #state: HostTensor<'float32'>;
  readonly #next: HostTensor<'float32'>;
  readonly #probability: HostTensor<'float32'>;

  private constructor(backend: Backend, session: Session) {
    this.#session = session;
    this.#input = backend.buffer('float32', [1, CONTEXT + VAD_FRAME]);
    this.#state = backend.buffer('float32', STATE);
    const rate = backend.buffer('int64', []);
    rate.data[0] = BigInt(SPEECH_RATE);
    this.#next = backend.buffer('float32', STATE);
    this.#probability = backend.buffer('float32', [1, 1]);
    this.#tensors = [this.#input, this.#state, rate, this.#next, this.#probability];
    this.#binding = session.bind(
      { input: this.#input, state: this.#state, sr: rate },
      { output: this.#probability, stateN: this.#next },
    );
  }

  /** @throws AppError `engine-failed` */
  static async open(backend: Backend, path = findVad()): Promise<SileroVad> {
    return new SileroVad(backend, await backend.open(path));
  }

  stream(): VadStream {
    return new VadStream((frame, state) => this.#judge(frame, state));
  }

  dispose(): void {
    this.#binding.dispose();
    for (const tensor of this.#tensors) tensor.dispose();
    this.#session.dispose();
  }

  /** About 0.3 ms; nothing waits in between, so streams cannot mix. */
  #judge(frame: Float32Array, state: Float32Array): number {
    this.#input.data.set(frame);
    this.#state.data.set(state);
    void this.#binding.run();
    state.set(this.#next.data);
    return this.#probability.data[0] ?? 0;
  }
}

/** One sound as it comes in, in pieces of any length. */
export class VadStream {
  readonly #judge: (frame: Float32Array, state: Float32Array) => number;
  readonly #state = new Float32Array(STATE.reduce((product, size) => product * size));
  /** Context, then what has come of the next frame. */
  readonly #frame = new Float32Array(CONTEXT + VAD_FRAME);
  #filled = 0;

  constructor(judge: (frame: Float32Array, state: Float32Array) => number) {
    this.#judge = judge;
  }

  /** @returns a probability for each frame that became full. */
  push(samples: Float32Array): number[] {
    const probabilities: number[] = [];
    for (let at = 0; at < samples.length; ) {
      const piece = samples.subarray(at, at + VAD_FRAME - this.#filled);
      this.#frame.set(piece, CONTEXT + this.#filled);
      this.#filled += piece.length;
      at += piece.length;
      if (this.#filled < VAD_FRAME) break;
      probabilities.push(this.#judge(this.#frame, this.#state));
      this.#frame.copyWithin(0, VAD_FRAME);
      this.#filled = 0;
    }
    return probabilities;
  }
}

/** Beside the bundle; from source, in the package that ships it. */
function findVad(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  for (const folder of [here, dirname(here)]) {
    // ONNX Runtime reads real files only; packaging puts this one outside of the archive.
    const path = join(folder, FILE).replace(/\bapp\.asar\b(?!\.unpacked)/, 'app.asar.unpacked');
    if (existsSync(path)) return path;
  }
  try {
    return createRequire(import.meta.url).resolve(`@ricky0123/vad-web/dist/${FILE}`);
  } catch {
    throw new AppError(
      'engine-failed',
      `${FILE}, which finds speech in sound, is missing. Install the app again.`,
      { kind: 'speech-detector-missing' },
    );
  }
}
