/** Zero crossings of the sinc on each side: the stop band lies 90 dB down with this window. */
const LOBES = 24;
/** Kaiser's window: between the width of the transition and the depth of the stop band. */
const BETA = 9;
/** Weights that are kept: a phase is then off by less than the stop band's noise, however odd the two rates are. */
const MAX_WEIGHTS = 1 << 20;
/** Of the lower rate's band; what lies above fades out before it could fold back. */
const PASS = 0.945;

/**
 * Changes the rate of sound without aliasing, piece by piece: band-limited interpolation by a windowed sinc (Smith & Gossett 1984;
 * Kaiser window), one filter for each of the phases that the two rates have. However the sound is cut, the result is the same.
 */
export class Resampler {
  readonly #up: number;
  readonly #down: number;
  readonly #cutoff: number;
  /** Inputs on each side that an output takes from. */
  readonly #half: number;
  readonly #count: number;
  readonly #filters = new Map<number, Float64Array>();
  /** Inputs that are still needed; the first of them is input `#first` of all. */
  #kept: Float32Array = new Float32Array(0);
  #first = 0;
  #received = 0;
  #made = 0;

  /** @param from @param to Hz, whole numbers. */
  constructor(from: number, to: number) {
    const divisor = greatestCommonDivisor(from, to);
    this.#up = to / divisor;
    this.#down = from / divisor;
    this.#cutoff = PASS * Math.min(1, to / from);
    this.#half = Math.ceil(LOBES / this.#cutoff);
    // Each of the phases where they are few, as with all usual rates.
    this.#count = Math.min(this.#up, Math.floor(MAX_WEIGHTS / (2 * this.#half)));
  }

  /** @returns what can be known by now; `half` a filter's length stays behind. */
  push(samples: Float32Array): Float32Array<ArrayBuffer> {
    this.#keep(samples);
    const known = Math.ceil(((this.#received - this.#half - 1) * this.#up) / this.#down);
    return this.#make(Math.max(this.#made, known));
  }

  /** The rest: ceil(inputs * to / from) outputs in all. */
  end(): Float32Array<ArrayBuffer> {
    return this.#make(Math.ceil((this.#received * this.#up) / this.#down));
  }

  #keep(samples: Float32Array): void {
    const oldest = Math.floor((this.#made * this.#down) / this.#up) - this.#half;
    const unneeded = Math.min(this.#kept.length, Math.max(0, oldest - this.#first));
    const left = this.#kept.subarray(unneeded);
    const kept = new Float32Array(left.length + samples.length);
    kept.set(left);
    kept.set(samples, left.length);
    this.#kept = kept;
    this.#first += unneeded;
    this.#received += samples.length;
  }

  #make(end: number): Float32Array<ArrayBuffer> {
    const begin = this.#made;
    const [kept, up, down, half, count] = [this.#kept, this.#up, this.#down, this.#half, this.#count];
    const out = new Float32Array(end - begin);
    for (let i = begin; i < end; i++) {
      // Output i lies at input i * down / up.
      const nearest = Math.round((((i * down) % up) * count) / up);
      const filter = this.#filters.get(nearest % count) ?? this.#filter(nearest % count);
      const first = Math.floor((i * down) / up) + (nearest === count ? 1 : 0) - half + 1 - this.#first;
      const last = Math.min(filter.length, kept.length - first);
      let sum = 0;
      for (let j = Math.max(0, -first); j < last; j++) sum += kept[first + j]! * filter[j]!;
      out[i - begin] = sum;
    }
    this.#made = end;
    return out;
  }

  #filter(phase: number): Float64Array {
    const filter = sincFilter(phase / this.#count, this.#half, this.#cutoff);
    this.#filters.set(phase, filter);
    return filter;
  }
}

/** All at once. @returns ceil(samples * to / from) samples. */
export function resampleSound(samples: Float32Array, from: number, to: number): Float32Array<ArrayBuffer> {
  const resampler = new Resampler(from, to);
  const known = resampler.push(samples);
  const rest = resampler.end();
  const out = new Float32Array(known.length + rest.length);
  out.set(known);
  out.set(rest, known.length);
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
