/** Every float16 bit pattern's value (IEEE 754 binary16: 1 sign, 5 exponent, 10 fraction bits). 256 KiB, made on first use. */
let table: Float32Array | null = null;

function createTable(): Float32Array {
  const values = new Float32Array(1 << 16);
  for (let bits = 0; bits < values.length; bits++) {
    const exponent = (bits >> 10) & 0x1f;
    const fraction = bits & 0x3ff;
    const magnitude =
      exponent === 0
        ? fraction * 2 ** -24
        : exponent === 31
          ? fraction
            ? Number.NaN
            : Number.POSITIVE_INFINITY
          : (1 + fraction / 1024) * 2 ** (exponent - 15);
    values[bits] = bits & 0x8000 ? -magnitude : magnitude;
  }
  return values;
}

/** Widens float16 bit patterns to float32, exactly. Both arrays have the same length. */
export function halvesToFloats(halves: Uint16Array, floats: Float32Array): void {
  table ??= createTable();
  for (let i = 0; i < halves.length; i++) floats[i] = table[halves[i] as number] as number;
}
