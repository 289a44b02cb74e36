/** 8-bit RGB, rows from the top: [height, width, 3]. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/*
 * Bicubic resampling with antialiasing as PyTorch does it (`interpolate(…, mode="bicubic", antialias=True)`;
 * aten/src/ATen/native/cpu/UpSampleKernel.cpp): two passes, across and then down. On bytes PyTorch, and so torchvision and
 * transformers' image processors, rounds in between and multiplies 16-bit weights in fixed point; on floats it does neither. Both are
 * here, since each model wants what it was trained with. libvips' own cubic filter is several levels off.
 */

/** For each output sample the first input sample it takes from, and `taps` weights from there on. */
interface Filter<Weights> {
  readonly taps: number;
  readonly first: Int32Array;
  readonly weights: Weights;
}

interface FixedFilter extends Filter<Int32Array> {
  /** Bits behind the binary point of the weights. */
  readonly precision: number;
}

/** PyTorch's on bytes, bit by bit. Pillow does the same with longer weights. */
export function resizeBicubic(image: Pixels, width: number, height: number): Pixels {
  const across = width === image.width ? image : horizontally(image, fixedFilter(image.width, width), width);
  return height === image.height ? across : vertically(across, fixedFilter(image.height, height), height);
}

/**
 * PyTorch's on floats: levels 0 … 255, which the filter may overshoot, [3, height, width].
 */
export function resizeBicubicFloat(image: Pixels, width: number, height: number): Float32Array<ArrayBuffer> {
  const across = makeFilter(image.width, width);
  const down = makeFilter(image.height, height);
  const stride = width * 3;
  const out = new Float32Array(new ArrayBuffer(height * stride * 4));
  /** Rows of the first pass, made when the second needs them and kept as long as it does. */
  const rows = new Map<number, Float32Array>();
  const sums = new Float32Array(stride);
  for (let y = 0; y < height; y++) {
    const start = down.first[y]!;
    for (const row of rows.keys()) if (row < start) rows.delete(row);
    sums.fill(0);
    for (let j = 0, end = Math.min(down.taps, image.height - start); j < end; j++) {
      const weight = down.weights[y * down.taps + j]!;
      if (weight === 0) continue;
      let row = rows.get(start + j);
      if (!row) {
        row = acrossRow(image, start + j, across, width);
        rows.set(start + j, row);
      }
      for (let x = 0; x < stride; x++) sums[x] = sums[x]! + row[x]! * weight;
    }
    for (let channel = 0; channel < 3; channel++) {
      const at = (channel * height + y) * width;
      for (let x = 0; x < width; x++) out[at + x] = sums[x * 3 + channel]!;
    }
  }
  return out;
}

/** One row of the first pass: [width, 3]. */
function acrossRow(
  { data, width: from }: Pixels,
  y: number,
  { taps, first, weights }: Filter<Float64Array>,
  width: number,
): Float32Array {
  const out = new Float32Array(width * 3);
  for (let x = 0; x < width; x++) {
    const start = first[x]!;
    let red = 0;
    let green = 0;
    let blue = 0;
    const count = Math.min(taps, from - start);
    for (let j = 0, at = (y * from + start) * 3, w = x * taps; j < count; j++, at += 3) {
      const weight = weights[w + j]!;
      red += data[at]! * weight;
      green += data[at + 1]! * weight;
      blue += data[at + 2]! * weight;
    }
    out[x * 3] = red;
    out[x * 3 + 1] = green;
    out[x * 3 + 2] = blue;
  }
  return out;
}

/** Keys' cubic convolution with a = -0.5 (IEEE Trans. ASSP 29, 1981). */
function cubic(distance: number): number {
  const x = Math.abs(distance);
  const a = -0.5;
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

function makeFilter(from: number, to: number): Filter<Float64Array> {
  const scale = from / to;
  // Shrinking widens the filter, so that every input sample counts.
  const stretch = Math.max(scale, 1);
  const support = 2 * stretch;
  const taps = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(to);
  const weights = new Float64Array(to * taps);
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * scale;
    const start = Math.max(Math.trunc(centre - support + 0.5), 0);
    const end = Math.min(Math.trunc(centre + support + 0.5), from);
    const values = Array.from({ length: end - start }, (_, j) => cubic((start + j - centre + 0.5) / stretch));
    const sum = values.reduce((a, b) => a + b);
    first[i] = start;
    for (const [j, value] of values.entries()) weights[i * taps + j] = value / sum;
  }
  return { taps, first, weights };
}

function fixedFilter(from: number, to: number): FixedFilter {
  const { taps, first, weights: exact } = makeFilter(from, to);
  const largest = exact.reduce((a, b) => Math.max(a, b), 0);
  // As many bits as let the largest weight fit into 16, sign included.
  let precision = 0;
  while (precision < 22 && Math.trunc(0.5 + largest * 2 ** (precision + 1)) < 1 << 15) precision++;
  const weights = Int32Array.from(exact, (w) => Math.trunc(w * 2 ** precision + (w < 0 ? -0.5 : 0.5)));
  return { taps, first, weights, precision };
}

/**
 * `resizeBicubic` along one side as a matrix [to, from]: products with levels, rounded half up and cut to 0 … 255, first across and
 * then down, are its results, bit by bit.
 *
 * @param out all zeros; it is returned.
 */
export function resizeMatrix<T extends Float32Array>(from: number, to: number, out: T): T {
  const { taps, first, weights, precision } = fixedFilter(from, to);
  const unit = 2 ** -precision;
  for (let i = 0; i < to; i++) {
    const start = first[i]!;
    const count = Math.min(taps, from - start);
    for (let j = 0; j < count; j++) out[i * from + start + j] = weights[i * taps + j]! * unit;
  }
  return out;
}

/**
 * `resizeBicubicFloat` along one side as a matrix [to, from]: products with levels, first across and then down, are its results.
 *
 * @param out all zeros; it is returned.
 */
export function resizeMatrixFloat<T extends Float32Array>(from: number, to: number, out: T): T {
  const { taps, first, weights } = makeFilter(from, to);
  for (let i = 0; i < to; i++) {
    const start = first[i]!;
    const count = Math.min(taps, from - start);
    for (let j = 0; j < count; j++) out[i * from + start + j] = weights[i * taps + j]!;
  }
  return out;
}

function horizontally(image: Pixels, filter: FixedFilter, width: number): Pixels {
  const { taps, first, weights, precision } = filter;
  const { height, data } = image;
  const half = 1 << (precision - 1);
  // Bytes beyond 255 and below 0 are cut off.
  const out = new Uint8ClampedArray(height * width * 3);
  for (let y = 0; y < height; y++) {
    const row = y * image.width * 3;
    let at = y * width * 3;
    for (let x = 0; x < width; x++) {
      const start = first[x]!;
      const count = Math.min(taps, image.width - start);
      let red = half;
      let green = half;
      let blue = half;
      for (let j = 0, from = row + start * 3; j < count; j++, from += 3) {
        const weight = weights[x * taps + j]!;
        red += data[from]! * weight;
        green += data[from + 1]! * weight;
        blue += data[from + 2]! * weight;
      }
      out[at] = red >> precision;
      out[at + 1] = green >> precision;
      out[at + 2] = blue >> precision;
      at += 3;
    }
  }
  return { width, height, data: new Uint8Array(out.buffer) };
}

function vertically(image: Pixels, filter: FixedFilter, height: number): Pixels {
  const { taps, first, weights, precision } = filter;
  const { width, data } = image;
  const stride = width * 3;
  const half = 1 << (precision - 1);
  const out = new Uint8ClampedArray(height * stride);
  const sums = new Int32Array(stride);
  for (let y = 0; y < height; y++) {
    const start = first[y]!;
    const count = Math.min(taps, image.height - start);
    sums.fill(half);
    // Row by row rather than column by column: the cache likes it.
    for (let j = 0; j < count; j++) {
      const weight = weights[y * taps + j]!;
      if (weight === 0) continue;
      const row = (start + j) * stride;
      for (let x = 0; x < stride; x++) sums[x] = sums[x]! + data[row + x]! * weight;
    }
    const at = y * stride;
    for (let x = 0; x < stride; x++) out[at + x] = sums[x]! >> precision;
  }
  return { width, height, data: new Uint8Array(out.buffer) };
}
