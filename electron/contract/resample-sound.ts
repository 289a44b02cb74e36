/** Zero crossings of the sinc on each side: the stop band lies 90 dB down with this window. */
const LOBES = 24;
/** Kaiser's window: between the width of the transition and the depth of the stop band. */
const BETA = 9;
/** Weights that are kept: a phase is then off by less than the stop band's noise, however odd the two rates are. */
const MAX_WEIGHTS = 1 << 20;
/** Of the lower rate's band; what lies above fades out before it could fold back. */
const PASS = 0.945;

/**
 * Changes the rate of sound without aliasing: band-limited interpolation by a windowed sinc (Smith & Gossett 1984; Kaiser window),
 * one filter for each of the phases that the two rates have.
 *
 * @returns ceil(samples * to / from) samples.
 */
export function resampleSound(samples: Float32Array, from: number, to: number): Float32Array<ArrayBuffer> {
  const divisor = greatestCommonDivisor(from, to);
  const [up, down] = [to / divisor, from / divisor];
  const cutoff = PASS * Math.min(1, to / from);
  const half = Math.ceil(LOBES / cutoff);
  const length = Math.ceil((samples.length * to) / from);
  // Each of the phases where they are few, as with all usual rates.
  const count = Math.min(up, Math.floor(MAX_WEIGHTS / (2 * half)));
  const out = new Float32Array(length);
  const phases = new Map<number, Float64Array>();
  for (let i = 0; i < length; i++) {
    // Output i lies at input i * down / up.
    const nearest = Math.round((((i * down) % up) * count) / up);
    const whole = Math.floor((i * down) / up) + (nearest === count ? 1 : 0);
    const phase = nearest % count;
    let filter = phases.get(phase);
    if (!filter) {
      filter = sincFilter(phase / count, half, cutoff);
      phases.set(phase, filter);
    }
    const first = whole - half + 1;
    const start = Math.max(0, -first);
    const end = Math.min(filter.length, samples.length - first);
    let sum = 0;
    for (let j = start; j < end; j++) sum += samples[first + j]! * filter[j]!;
    out[i] = sum;
  }
  return out;
}

/** Weights of the 2 * half inputs around a point that lies `offset` after one of them; they add up to 1. */
function sincFilter(offset: number, half: number, cutoff: number): Float64Array {
  const weights = new Float64Array(2 * half);
  const edge = bessel(BETA);
  let sum = 0;
  for (let j = 0; j < weights.length; j++) {
    const distance = j - half + 1 - offset;
    const window = bessel(BETA * Math.sqrt(Math.max(0, 1 - (distance / half) ** 2))) / edge;
    const x = Math.PI * distance * cutoff;
    weights[j] = (x === 0 ? 1 : Math.sin(x) / x) * window;
    sum += weights[j]!;
  }
  return weights.map((weight) => weight / sum);
}

/** Modified Bessel function of the first kind, order 0, by its power series. */
function bessel(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > sum * 1e-12; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
