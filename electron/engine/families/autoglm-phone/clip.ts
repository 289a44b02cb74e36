/** Added to a clip's variance, so that silence stays silence: `normalize_wave` in models/train/senses.py. */
const EPSILON = 1e-7;

/**
 * A clip as Wav2Vec-Bridge takes it: zero mean, unit variance, zeros appended to whole cells.
 *
 * @param samples mono, 16 kHz, of any level.
 * @param cell samples a feature.
 */
export function normalizeWave(samples: Float32Array, cell: number): Float32Array<ArrayBuffer> {
  const { length } = samples;
  let sum = 0;
  for (let i = 0; i < length; i++) sum += samples[i]!;
  const mean = Math.fround(sum / length);
  let squares = 0;
  for (let i = 0; i < length; i++) squares += (samples[i]! - mean) ** 2;
  const deviation = Math.fround(Math.sqrt(squares / length + EPSILON));
  const out = new Float32Array(new ArrayBuffer(Math.ceil(length / cell) * cell * 4));
  for (let i = 0; i < length; i++) out[i] = (samples[i]! - mean) / deviation;
  return out;
}

/** Samples from `start` to before `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What a clip is trained to be at most; longer sound is cut. */
export const CLIP_SECONDS = 10;
/** A piece is at least so long, so that no cut leaves a stump of a word. */
const SHORTEST_SECONDS = 4;
/** Loudness is measured over so long a time: shorter than a syllable, longer than a period of a low voice. */
const FRAME_SECONDS = 0.02;
/** A pause is the quietest stretch of this length. */
const PAUSE_SECONDS = 0.2;

/**
 * Cuts sound into pieces of at most 10 seconds, each cut in the middle of the quietest fifth of a second between the 4th and the 10th
 * second of its piece; of equals the latest, so that there are few.
 */
export function cutAtPauses(samples: Float32Array, rate: number): Span[] {
  const longest = CLIP_SECONDS * rate;
  const spans: Span[] = [];
  let start = 0;
  while (samples.length - start > longest) {
    const end = quietest(samples, start + SHORTEST_SECONDS * rate, start + longest, rate);
    spans.push({ start, end });
    start = end;
  }
  spans.push({ start, end: samples.length });
  return spans;
}

/** Where the quietest pause between two samples has its middle. */
function quietest(samples: Float32Array, from: number, to: number, rate: number): number {
  const frame = Math.round(FRAME_SECONDS * rate);
  const frames = Math.floor((to - from) / frame);
  const width = Math.min(frames, Math.round(PAUSE_SECONDS / FRAME_SECONDS));
  const energies = Array.from({ length: frames }, (_, i) => {
    let sum = 0;
    for (let j = from + i * frame, end = j + frame; j < end; j++) sum += samples[j]! ** 2;
    return sum;
  });
  let energy = 0;
  let least = Number.POSITIVE_INFINITY;
  let best = frames;
  for (let i = 0; i < frames; i++) {
    energy += energies[i]!;
    if (i < width - 1) continue;
    if (energy <= least * (1 + 1e-9)) {
      least = energy;
      best = i + 1 - width / 2;
    }
    energy -= energies[i - width + 1]!;
  }
  return from + Math.round(best * frame);
}
