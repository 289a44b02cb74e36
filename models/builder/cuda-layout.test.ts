import { describe, expect, test } from 'vitest';
import { type CudaLayout, isPackable, packForCuda, rowsTogether } from './cuda-layout';

/**
 * The layout as ONNX Runtime's own preprocessing makes it, one pass after the other over the whole matrix: codes to signed numbers,
 * transposed to [columns, rows]; columns permuted; transposed back; rows interleaved; made unsigned and swapped within 32 bits.
 */
function reference(codes: Uint8Array, rows: number, columns: number, bits: 4 | 8, layout: CudaLayout) {
  const zero = 1 << (bits - 1);
  const perByte = 8 / bits;
  const code = (row: number, column: number) => {
    const byte = codes[(row * columns + column) / perByte - ((row * columns + column) % perByte) / perByte]!;
    return bits === 8 ? byte : (byte >> (4 * (column % 2))) & 15;
  };
  let transposed = Array.from({ length: columns }, (_, k) =>
    Array.from({ length: rows }, (_, n) => code(n, k) - zero),
  );
  const permutation =
    bits === 8
      ? [0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15]
      : [
          0, 1, 8, 9, 16, 17, 24, 25, 2, 3, 10, 11, 18, 19, 26, 27, 4, 5, 12, 13, 20, 21, 28, 29, 6, 7, 14,
          15, 22, 23, 30, 31,
        ];
  const tile = permutation.length;
  transposed = transposed.map((_, k) => transposed[k - (k % tile) + permutation[k % tile]!]!);
  // 32-bit registers of each row, [rows][columns / perRegister] of signed numbers.
  const perRegister = 32 / bits;
  const perRow = columns / perRegister;
  const registers = Array.from({ length: rows * perRow }, (_, i) => {
    const [n, v] = [Math.floor(i / perRow), i % perRow];
    return Array.from({ length: perRegister }, (_, j) => transposed[v * perRegister + j]![n]!);
  });
  const interleaved: number[][] = new Array(registers.length);
  const together = bits === 4 ? 4 : 2;
  const tileRegisters = 64 / perRegister;
  for (let n = 0; n < rows; n++) {
    for (let v = 0; v < perRow; v++) {
      const base = Math.floor(v / tileRegisters) * tileRegisters;
      const at =
        Math.floor(n / together) * perRow * together +
        together * base +
        tileRegisters * (n % together) +
        (v % tileRegisters);
      interleaved[layout === 'sm90' ? n * perRow + v : at] = registers[n * perRow + v]!;
    }
  }
  const out = new Uint8Array(codes.length);
  for (const [i, register] of interleaved.entries()) {
    for (const [j, value] of register.entries()) {
      const biased = value + zero;
      if (bits === 4) {
        const place = j % 2 === 0 ? j / 2 : (j - 1) / 2 + 4;
        out[i * 4 + (place >> 1)]! |= biased << (4 * (place & 1));
      } else out[i * 4 + [0, 2, 1, 3][j]!] = biased;
    }
  }
  return out;
}

const codesOf = (rows: number, columns: number, bits: number) =>
  Uint8Array.from({ length: (rows * columns * bits) / 8 }, (_, i) => Math.imul(i + 1, 0x9e3779b1) >>> 24);

describe.each(['sm80', 'sm90'] as const)('%s', (layout) => {
  test.each([
    [4, 64, 64],
    [4, 128, 192],
    [8, 32, 64],
    [8, 96, 320],
  ] as const)('%i bits, %i x %i: as the runtime orders them itself', (bits, rows, columns) => {
    const codes = codesOf(rows, columns, bits);
    const packed = packForCuda(codes, rows, columns, bits, layout);
    expect(packed).toEqual(reference(codes, rows, columns, bits, layout));
    expect(packed).not.toEqual(codes);
  });

  test.each([4, 8] as const)('%i bits in pieces give the whole', (bits) => {
    const codes = codesOf(64, 128, bits);
    const cut = (64 / 4) * bits * 4;
    const rows = cut / ((128 * bits) / 8);
    const pieces = [codes.subarray(0, cut), codes.subarray(cut)].flatMap((part, i) => [
      ...packForCuda(part, i === 0 ? rows : 64 - rows, 128, bits, layout),
    ]);
    expect(Uint8Array.from(pieces)).toEqual(packForCuda(codes, 64, 128, bits, layout));
  });
});

test('by hand: one row whose codes count its columns', () => {
  const row = Uint8Array.from({ length: 64 }, (_, i) => i);
  const packed = packForCuda(row, 1, 64, 8, 'sm90');
  expect([...packed.subarray(0, 16)]).toEqual([0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15]);
  expect([...packed.subarray(16, 20)]).toEqual([16, 24, 17, 25]);
});

test('by hand: four rows of int4 take turns every 64 columns', () => {
  const rows = [0x11, 0x22, 0x33, 0x44].map((byte) => new Uint8Array(64).fill(byte));
  const packed = packForCuda(Uint8Array.from(rows.flatMap((row) => [...row])), 4, 128, 4, 'sm80');
  const firsts = Array.from({ length: 8 }, (_, i) => packed[i * 32]);
  expect(firsts).toEqual([0x11, 0x22, 0x33, 0x44, 0x11, 0x22, 0x33, 0x44]);
  expect(() => packForCuda(new Uint8Array(3 * 32), 3, 64, 4, 'sm80')).toThrow(RangeError);
});

test('sizes that the kernels do not take', () => {
  const sizes = { layout: 'sm90', rows: 4608, columns: 4096, bits: 4, blockSize: 64 } as const;
  expect(isPackable(sizes)).toBe(true);
  expect(isPackable({ ...sizes, blockSize: 32 })).toBe(false);
  expect(isPackable({ ...sizes, layout: 'sm80', blockSize: 32 })).toBe(true);
  expect(isPackable({ ...sizes, rows: 544 })).toBe(false);
  expect(isPackable({ ...sizes, rows: 544, bits: 8 })).toBe(true);
  expect(isPackable({ ...sizes, columns: 4160, blockSize: 128 })).toBe(false);
  expect(rowsTogether('sm80', 4)).toBe(4);
  expect(rowsTogether('sm80', 8)).toBe(2);
});
