import { SPEECH_RATE } from '../../../contract/wav';

/** First three formants of five vowels, in Hz (Peterson and Barney 1952). */
const VOWELS = [
  [730, 1090, 2440],
  [270, 2290, 3010],
  [300, 870, 2240],
  [530, 1840, 2480],
  [570, 840, 2410],
] as const;
const BANDWIDTHS = [80, 100, 140];
const LOUDNESS = [1, 0.6, 0.35];
const CONSONANT_SECONDS = 0.04;
const VOWEL_SECONDS = 0.2;
const GAP_SECONDS = 0.03;

/**
 * A voice without words: a hiss, then pulses of the vocal folds through three resonators that glide from vowel to vowel. Enough
 * for a detector of voices, too little for a recogniser. Mono, 16 kHz, 0.27 s a syllable, always the same.
 */
export function voice(syllables: number): Float32Array<ArrayBuffer> {
  const sound: number[] = [];
  const noise = noiseMaker();
  const resonators = BANDWIDTHS.map((bandwidth, i) => ({
    radius: Math.exp((-Math.PI * bandwidth) / SPEECH_RATE),
    loudness: LOUDNESS[i] ?? 0,
    last: 0,
    before: 0,
  }));
  let phase = 0;
  for (let syllable = 0; syllable < syllables; syllable++) {
    const [from, to] = [vowel(syllable), vowel(syllable + 1)];
    for (const at of moments(CONSONANT_SECONDS)) sound.push(noise() * 0.08 * Math.sin(Math.PI * at));
    for (const at of moments(VOWEL_SECONDS)) {
      phase += (120 * (1 + 0.12 * Math.sin(Math.PI * at) + 0.01 * noise())) / SPEECH_RATE;
      const pulse = phase >= 1 ? 1 : 0;
      phase -= pulse;
      const source = pulse + noise() * 0.04;
      let sample = 0;
      for (const [i, resonator] of resonators.entries()) {
        const { radius, loudness, last, before } = resonator;
        const frequency = (from[i] ?? 0) + ((to[i] ?? 0) - (from[i] ?? 0)) * at;
        const turn = 2 * radius * Math.cos((2 * Math.PI * frequency) / SPEECH_RATE);
        resonator.before = last;
        resonator.last = source + turn * last - radius * radius * before;
        sample += resonator.last * (1 - radius) * loudness * 3;
      }
      sound.push(sample * Math.sqrt(Math.sin(Math.PI * at)) * 0.5);
    }
    for (const _ of moments(GAP_SECONDS)) sound.push(noise() * 0.01);
  }
  return Float32Array.from(sound);
}

/** As quiet as a room, not as a file of zeros. */
export function quiet(seconds: number): Float32Array<ArrayBuffer> {
  const noise = noiseMaker();
  return Float32Array.from(moments(seconds), () => noise() * 0.002);
}

export function joined(...parts: readonly Float32Array[]): Float32Array<ArrayBuffer> {
  return Float32Array.from(parts.flatMap((part) => [...part]));
}

function vowel(index: number): readonly number[] {
  return VOWELS[index % VOWELS.length] ?? VOWELS[0];
}

/** 0 … 1, once a sample. */
function moments(seconds: number): number[] {
  const count = Math.round(seconds * SPEECH_RATE);
  return Array.from({ length: count }, (_, i) => i / count);
}

/** -0.5 … 0.5, the same in every run. */
function noiseMaker(): () => number {
  let state = 1;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
}
