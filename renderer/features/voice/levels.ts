/** How loud the last seconds were, for meters that draw themselves. Not a store: it changes twenty times a second. */

/** Pieces of 50 ms that are kept: as many as the widest meter shows. */
const KEPT = 400;
/** Quieter is drawn as silence. */
const FLOOR_DB = -60;

let levels: number[] = [];

export function pushLevel(samples: Float32Array): void {
  levels.push(loudness(samples));
  if (levels.length > KEPT) levels = levels.slice(-KEPT);
}

export function clearLevels(): void {
  levels = [];
}

/** 0 … 1, oldest first. */
export function recentLevels(): readonly number[] {
  return levels;
}

/** Root mean square on a scale of decibels, as loudness is heard: 0 at -60 dB and below, 1 at 0 dB. */
export function loudness(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const decibels = 10 * Math.log10(sum / Math.max(1, samples.length) + 1e-12);
  return Math.min(1, Math.max(0, 1 - decibels / FLOOR_DB));
}
