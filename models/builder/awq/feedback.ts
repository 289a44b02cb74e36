import type { Bits } from '../quantize';
import { codeOf } from './clip';

/** Of the mean of the Gram matrix's diagonal, added to it: inputs that were never seen, and directions that they never had. */
const DAMPING = 0.01;

/**
 * Rounds one column after the other, and makes up for each column's error in those that are not yet rounded, as far as their inputs go
 * together: GPTQ (Frantar et al. 2022, arXiv 2210.17323, algorithm 1). Within blocks of the Gram matrix, of which no more is kept.
 */
export class Feedback {
  private readonly width: number;
  private readonly bits: Bits;
  /** For each block U, upper triangular, of (xᵀx)⁻¹ = UᵀU, each row divided by its element on the diagonal. */
  private readonly factors: readonly Float32Array[];

  /** @param gram [columns / width, width, width], blocks of the inputs' xᵀx. */
  constructor(gram: Float32Array, width: number, bits: Bits) {
    this.width = width;
    this.bits = bits;
    const size = width * width;
    this.factors = Array.from({ length: gram.length / size }, (_, i) =>
      factorOf(gram.subarray(i * size, (i + 1) * size), width),
    );
  }

  /**
   * @param values [rows, columns], which become what they are rounded to.
   * @param scales of each block of `size` columns, row by row.
   */
  round(values: Float32Array, scales: Float32Array, size: number): void {
    const { width, bits, factors } = this;
    const zero = 1 << (bits - 1);
    const columns = width * factors.length;
    for (let row = 0; row < values.length; row += columns) {
      for (const [block, factor] of factors.entries()) {
        const start = row + block * width;
        for (let j = 0; j < width; j++) {
          const value = values[start + j]!;
          const scale = scales[Math.floor((start + j) / size)]!;
          const rounded = scale === 0 ? 0 : codeOf(value, 1 / scale, zero) * scale;
          values[start + j] = rounded;
          const error = value - rounded;
          const from = j * width;
          for (let k = j + 1; k < width; k++) values[start + k]! -= error * factor[from + k]!;
        }
      }
    }
  }
}

/**
 * U of A⁻¹ = UᵀU with each row divided by its element on the diagonal. With A = VVᵀ, V upper triangular (Cholesky's from the last row
 * up), U is V⁻¹.
 */
function factorOf(gram: Float32Array, n: number): Float32Array {
  const v = Float64Array.from(gram);
  let trace = 0;
  for (let i = 0; i < n; i++) trace += v[i * n + i]!;
  const damping = (DAMPING * trace) / n || 1;
  for (let i = 0; i < n; i++) v[i * n + i]! += damping;
  // Column by column from the last; of V only what is on and above the diagonal is used.
  for (let j = n - 1; j >= 0; j--) {
    const diagonal = Math.sqrt(v[j * n + j]!);
    for (let i = 0; i <= j; i++) v[i * n + j]! /= diagonal;
    for (let i = 0; i < j; i++) {
      const factor = v[i * n + j]!;
      for (let k = i; k < j; k++) v[i * n + k]! -= factor * v[k * n + j]!;
    }
  }
  const u = new Float64Array(n * n);
  for (let i = n - 1; i >= 0; i--) {
    // Row i of V U = 1: V_ii u_i = e_i - the sum of V_ik u_k over k > i.
    u[i * n + i] = 1;
    for (let k = i + 1; k < n; k++) {
      const factor = v[i * n + k]!;
      for (let j = k; j < n; j++) u[i * n + j]! -= factor * u[k * n + j]!;
    }
    const inverse = 1 / v[i * n + i]!;
    for (let j = i; j < n; j++) u[i * n + j]! *= inverse;
  }
  const out = new Float32Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) out[i * n + j] = u[i * n + j]! / u[i * n + i]!;
  }
  return out;
}
