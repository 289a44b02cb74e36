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
