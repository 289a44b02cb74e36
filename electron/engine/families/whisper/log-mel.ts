import { Fft } from './fft';

export const SAMPLE_RATE = 16_000;
/** Samples from one frame to the next: 10 ms. */
const HOP = 160;
/** Samples of a frame: 25 ms. */
const FRAME = 400;
const BINS = FRAME / 2 + 1;

interface Filter {
  /** First frequency bin it takes from. */
  readonly first: number;
  readonly weights: Float64Array;
}

/**
 * Whisper's log-mel spectrogram: `WhisperFeatureExtractor` of transformers (models/whisper/feature_extraction_whisper.py). Frames of
 * 25 ms every 10 ms under a Hann window, power, mel filters, log10, everything more than 8 below the maximum raised to there,
 * (x + 4) / 4.
 */
export class LogMel {
  readonly frames: number;
  readonly #samples: number;
  readonly #filters: readonly Filter[];
  readonly #window: Float64Array;
  readonly #fft = new Fft(FRAME);
  readonly #padded: Float64Array;

  /** @param seconds of a window; shorter sound is filled up with silence. */
  constructor(melBins: number, seconds: number) {
    this.#samples = seconds * SAMPLE_RATE;
    this.frames = this.#samples / HOP;
    this.#filters = melFilters(melBins);
    this.#window = Float64Array.from(
      { length: FRAME },
      (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / FRAME),
    );
    this.#padded = new Float64Array(this.#samples + FRAME);
  }

  /** @param sound mono, 16 kHz, -1 … 1; what is longer than the window is left out. @returns [mel bins, frames] */
  compute(sound: Float32Array): Float32Array {
    this.#pad(sound);
    const { frames } = this;
    const out = new Float32Array(this.#filters.length * frames);
    const powers = [new Float64Array(BINS), new Float64Array(BINS)] as const;
    let largest = Number.NEGATIVE_INFINITY;
    // Two real frames a transform, one as the imaginary part of the other.
    for (let frame = 0; frame < frames; frame += 2) {
      this.#transform(frame, powers);
      for (let i = 0; i < 2 && frame + i < frames; i++) {
        for (const [mel, { first, weights }] of this.#filters.entries()) {
          let energy = 0;
          for (let j = 0; j < weights.length; j++) energy += weights[j]! * powers[i]![first + j]!;
          const value = Math.log10(Math.max(energy, 1e-10));
          out[mel * frames + frame + i] = value;
          if (value > largest) largest = value;
        }
      }
    }
    for (let i = 0; i < out.length; i++) out[i] = (Math.max(out[i]!, largest - 8) + 4) / 4;
    return out;
  }

  /** The sound with its first and last half frame mirrored at its ends, so that frames are centred. */
  #pad(sound: Float32Array): void {
    const padded = this.#padded;
    const half = FRAME / 2;
    padded.fill(0);
    const kept = sound.length > this.#samples ? sound.subarray(0, this.#samples) : sound;
    padded.set(kept, half);
    for (let i = 1; i <= half; i++) {
      padded[half - i] = padded[half + i]!;
      padded[half + this.#samples - 1 + i] = padded[half + this.#samples - 1 - i]!;
    }
  }

  #transform(frame: number, [first, second]: readonly [Float64Array, Float64Array]): void {
    const { re, im } = this.#fft;
    const start = frame * HOP;
    let silent = true;
    for (let i = 0; i < FRAME; i++) {
      const weight = this.#window[i]!;
      re[i] = this.#padded[start + i]! * weight;
      // Behind the last frame there may be nothing; what comes out for it is not used.
      im[i] = (this.#padded[start + HOP + i] ?? 0) * weight;
      if (re[i] !== 0 || im[i] !== 0) silent = false;
    }
    first.fill(0);
    second.fill(0);
    if (silent) return;
    this.#fft.run();
    const [outRe, outIm] = [this.#fft.re, this.#fft.im];
    for (let bin = 0; bin < BINS; bin++) {
      // The spectrum of a real signal is symmetric, of an imaginary one antisymmetric: that takes them apart.
      const mirror = (FRAME - bin) % FRAME;
      const evenRe = (outRe[bin]! + outRe[mirror]!) / 2;
      const evenIm = (outIm[bin]! - outIm[mirror]!) / 2;
      const oddRe = (outIm[bin]! + outIm[mirror]!) / 2;
      const oddIm = (outRe[mirror]! - outRe[bin]!) / 2;
      first[bin] = evenRe * evenRe + evenIm * evenIm;
      second[bin] = oddRe * oddRe + oddIm * oddIm;
    }
  }
}

/** Hertz of a point on Slaney's mel scale: linear up to 1000 Hz, logarithmic above (Auditory Toolbox, 1998). */
function toHertz(mel: number): number {
  const linear = (200 / 3) * mel;
  return mel < 15 ? linear : 1000 * Math.exp((Math.log(6.4) / 27) * (mel - 15));
}

/** Triangles evenly spaced in mel from 0 to 8000 Hz, each of the same area. */
function melFilters(count: number): Filter[] {
  const top = 15 + Math.log(8) * (27 / Math.log(6.4));
  const edges = Array.from({ length: count + 2 }, (_, i) => toHertz((top * i) / (count + 1)));
  return Array.from({ length: count }, (_, mel) => {
    const [low, middle, high] = edges.slice(mel, mel + 3) as [number, number, number];
    const weights = Array.from({ length: BINS }, (_, bin) => {
      const hertz = (bin * SAMPLE_RATE) / FRAME;
      const height = Math.min((hertz - low) / (middle - low), (high - hertz) / (high - middle));
      return (Math.max(0, height) * 2) / (high - low);
    });
    const first = Math.max(
      0,
      weights.findIndex((weight) => weight > 0),
    );
    const last = weights.findLastIndex((weight) => weight > 0);
    return { first, weights: Float64Array.from(weights.slice(first, last + 1)) };
  });
}
