import type { BlockSize } from './quantize';

/*
 * The order in which CUDA's mixed float16 x int4 or int8 products (ONNX Runtime's fpA_intB kernels, which are TensorRT-LLM's) read
 * their weights. MatMulNBits takes codes in it with `weight_prepacked` 1 (sm80: every GPU since Turing) or 2 (sm90: Hopper alone, whose
 * own kernels read it); otherwise it would reorder them at every start. Source: ONNX Runtime 1.29,
 * contrib_ops/cuda/llm/fpA_intB_gemm_preprocessors_impl.{h,cu} and cutlass_extensions/gemm/kernel/mixed_gemm_B_layout.h.
 */

export type CudaLayout = 'sm80' | 'sm90';
export const CUDA_LAYOUTS: readonly CudaLayout[] = ['sm80', 'sm90'];

/** Columns of a tile within which the columns of several rows take turns (sm80). */
const TILE = 64;

/** How the weights of 32 (int4) or 16 (int8) neighbouring columns lie in the registers of a tensor core's threads after `ldmatrix`. */
const LOADED = {
  4: [
    0, 1, 8, 9, 16, 17, 24, 25, 2, 3, 10, 11, 18, 19, 26, 27, 4, 5, 12, 13, 20, 21, 28, 29, 6, 7, 14, 15, 22,
    23, 30, 31,
  ],
  8: [0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15],
} as const;

/** Which weight of a 32-bit register lies at each place, so that they can be widened two at a time. */
const WIDENED = { 4: [0, 2, 4, 6, 1, 3, 5, 7], 8: [0, 2, 1, 3] } as const;

/** Both together: the column, within the 32 or 16, whose weight lies at each place. */
const SOURCE = { 4: sources(4), 8: sources(8) } as const;

function sources(bits: 4 | 8): Uint8Array {
  const loaded: readonly number[] = LOADED[bits];
  const widened: readonly number[] = WIDENED[bits];
  const register = widened.length;
  return Uint8Array.from(loaded, (_, at) => loaded[at - (at % register) + widened[at % register]!]!);
}

/** Rows that take turns: what is packed in pieces must be cut between such groups. */
export function rowsTogether(layout: CudaLayout, bits: 4 | 8): number {
  return layout === 'sm80' ? 16 / bits : 1;
}

export interface PackedSizes {
  readonly layout: CudaLayout;
  readonly rows: number;
  readonly columns: number;
  readonly bits: 4 | 8;
  readonly blockSize: BlockSize;
}

/** Whether the kernels take a matrix of these sizes. */
export function isPackable({ layout, rows, columns, bits, blockSize }: PackedSizes): boolean {
  if (layout === 'sm90' && blockSize === 32) return false;
  return rows % (bits === 4 ? 64 : 32) === 0 && columns % TILE === 0 && columns % blockSize === 0;
}

/**
 * Codes [rows, columns * bits / 8] in the kernels' order; as many bytes.
 *
 * @param rows whole groups (`rowsTogether`).
 */
export function packForCuda(
  codes: Uint8Array,
  rows: number,
  columns: number,
  bits: 4 | 8,
  layout: CudaLayout,
): Uint8Array {
  const together = rowsTogether(layout, bits);
  if (rows % together !== 0) throw new RangeError(`${rows} rows are no whole groups of ${together}`);
  const rowBytes = (columns * bits) / 8;
  const tileBytes = (TILE * bits) / 8;
  const out = new Uint8Array(codes.length);
  for (let row = 0; row < rows; row++) {
    const group = row - (row % together);
    for (let at = 0; at < rowBytes; at += tileBytes) {
      const to = group * rowBytes + at * together + (row % together) * tileBytes;
      for (let part = 0; part < tileBytes; part += 16) {
        if (bits === 4) reorder4(codes, row * rowBytes + at + part, out, to + part);
        else reorder8(codes, row * rowBytes + at + part, out, to + part);
      }
    }
  }
  return out;
}

function reorder4(from: Uint8Array, start: number, to: Uint8Array, at: number): void {
  const source = SOURCE[4];
  for (let i = 0; i < 16; i++) {
    const [low, high] = [source[2 * i]!, source[2 * i + 1]!];
    const lowByte = from[start + (low >> 1)]!;
    const highByte = from[start + (high >> 1)]!;
    to[at + i] = ((lowByte >> ((low & 1) * 4)) & 15) | (((highByte >> ((high & 1) * 4)) & 15) << 4);
  }
}

function reorder8(from: Uint8Array, start: number, to: Uint8Array, at: number): void {
  const source = SOURCE[8];
  for (let i = 0; i < 16; i++) to[at + i] = from[start + source[i]!]!;
}
