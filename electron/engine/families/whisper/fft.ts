/**
 * Discrete Fourier transform of any length whose prime factors are small: Stockham's autosort algorithm with mixed radices
 * (Van Loan, Computational Frameworks for the Fast Fourier Transform, 1992).
 */
export class Fft {
  readonly size: number;
  readonly #radices: readonly number[];
  readonly #cos: Float64Array;
  readonly #sin: Float64Array;
  #re: Float64Array;
  #im: Float64Array;
  #nextRe: Float64Array;
  #nextIm: Float64Array;

  constructor(size: number) {
    this.size = size;
    this.#radices = factors(size);
    this.#cos = Float64Array.from({ length: size }, (_, i) => Math.cos((-2 * Math.PI * i) / size));
    this.#sin = Float64Array.from({ length: size }, (_, i) => Math.sin((-2 * Math.PI * i) / size));
    this.#re = new Float64Array(size);
    this.#im = new Float64Array(size);
    this.#nextRe = new Float64Array(size);
    this.#nextIm = new Float64Array(size);
  }

  /** Write the input here, real and imaginary part; after `run` it holds the output. */
  get re(): Float64Array {
    return this.#re;
  }

  get im(): Float64Array {
    return this.#im;
  }

  run(): void {
    let length = this.size;
    let stride = 1;
    for (const radix of this.#radices) {
      length /= radix;
      this.#stage(radix, length, stride);
      stride *= radix;
      [this.#re, this.#nextRe] = [this.#nextRe, this.#re];
      [this.#im, this.#nextIm] = [this.#nextIm, this.#im];
    }
  }

  /** `rest` transforms of `radix` points each, interleaved by `stride`. */
  #stage(radix: number, rest: number, stride: number): void {
    const { size } = this;
    const [cos, sin] = [this.#cos, this.#sin];
    const [re, im, nextRe, nextIm] = [this.#re, this.#im, this.#nextRe, this.#nextIm];
    const turn = size / radix;
    for (let k = 0; k < rest; k++) {
      for (let u = 0; u < radix; u++) {
        // The twiddle of output u in a transform of length radix * rest.
        const twiddle = (k * u * stride) % size;
        const out = stride * (radix * k + u);
        for (let j = 0; j < stride; j++) {
          let sumRe = 0;
          let sumIm = 0;
          for (let t = 0; t < radix; t++) {
            const at = j + stride * (k + rest * t);
            const angle = (t * u * turn + twiddle) % size;
            sumRe += re[at]! * cos[angle]! - im[at]! * sin[angle]!;
            sumIm += re[at]! * sin[angle]! + im[at]! * cos[angle]!;
          }
          nextRe[out + j] = sumRe;
          nextIm[out + j] = sumIm;
        }
      }
    }
  }
}

function factors(size: number): number[] {
  const found: number[] = [];
  let rest = size;
  for (let factor = 2; rest > 1; ) {
    // Fours need fewer passes than twos.
    const next = factor === 2 && rest % 4 === 0 ? 4 : factor;
    if (rest % next === 0) {
      found.push(next);
      rest /= next;
    } else factor++;
  }
  return found;
}
