/** 8-bit RGB, rows from the top: [height, width, 3]. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Bits behind the binary point of a weight: sums of 255 * weight stay within 31 bits. */
const PRECISION = 22;

/** For each output sample the first input sample it takes from, and `taps` weights from there on. */
interface Filter {
  readonly taps: number;
  readonly first: Int32Array;
  readonly weights: Int32Array;
}

/**
 * Bicubic resampling with antialiasing, the arithmetic of Pillow's `Image.resize(…, BICUBIC)` (src/libImaging/Resample.c): two
 * passes with 8 bits in between, weights in fixed point. libvips' own cubic filter differs from it by several levels, which a
 * vision tower was not trained on.
 */
export function resizeBicubic(image: Pixels, width: number, height: number): Pixels {
  const across = width === image.width ? image : horizontally(image, makeFilter(image.width, width), width);
  return height === image.height ? across : vertically(across, makeFilter(image.height, height), height);
}

/** Keys' cubic convolution with a = -0.5 (IEEE Trans. ASSP 29, 1981). */
function cubic(distance: number): number {
  const x = Math.abs(distance);
  const a = -0.5;
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

function makeFilter(from: number, to: number): Filter {
  const scale = from / to;
  // Shrinking widens the filter, so that every input sample counts.
  const stretch = Math.max(scale, 1);
  const support = 2 * stretch;
  const taps = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(to);
  const weights = new Int32Array(to * taps);
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * scale;
    const start = Math.max(Math.trunc(centre - support + 0.5), 0);
    const end = Math.min(Math.trunc(centre + support + 0.5), from);
    const values = Array.from({ length: end - start }, (_, j) => cubic((start + j - centre + 0.5) / stretch));
    const sum = values.reduce((a, b) => a + b);
    first[i] = start;
    for (const [j, value] of values.entries()) {
      const scaled = (value / sum) * 2 ** PRECISION;
      weights[i * taps + j] = Math.trunc(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
    }
  }
  return { taps, first, weights };
}

const clamp = (sum: number): number => {
  const level = sum >> PRECISION;
  return level < 0 ? 0 : level > 255 ? 255 : level;
};
const HALF = 1 << (PRECISION - 1);

function horizontally(image: Pixels, filter: Filter, width: number): Pixels {
  const { taps, first, weights } = filter;
  const { height, data } = image;
  const out = new Uint8Array(height * width * 3);
  for (let y = 0; y < height; y++) {
    const row = y * image.width * 3;
    let at = y * width * 3;
    for (let x = 0; x < width; x++) {
      const start = first[x]!;
      const count = Math.min(taps, image.width - start);
      let red = HALF;
      let green = HALF;
      let blue = HALF;
      for (let j = 0, from = row + start * 3; j < count; j++, from += 3) {
        const weight = weights[x * taps + j]!;
        red += data[from]! * weight;
        green += data[from + 1]! * weight;
        blue += data[from + 2]! * weight;
      }
      out[at++] = clamp(red);
      out[at++] = clamp(green);
      out[at++] = clamp(blue);
    }
  }
  return { width, height, data: out };
}

function vertically(image: Pixels, filter: Filter, height: number): Pixels {
  const { taps, first, weights } = filter;
  const { width, data } = image;
  const stride = width * 3;
  const out = new Uint8Array(height * stride);
  const sums = new Int32Array(stride);
  for (let y = 0; y < height; y++) {
    const start = first[y]!;
    const count = Math.min(taps, image.height - start);
    sums.fill(HALF);
    // Row by row rather than column by column: the cache likes it.
    for (let j = 0; j < count; j++) {
      const weight = weights[y * taps + j]!;
      if (weight === 0) continue;
      const row = (start + j) * stride;
      for (let x = 0; x < stride; x++) sums[x]! += data[row + x]! * weight;
    }
    for (let x = 0; x < stride; x++) out[y * stride + x] = clamp(sums[x]!);
  }
  return { width, height, data: out };
}
