/**
 * Protocol Buffers' wire format (protobuf.dev/programming-guides/encoding), as far as an ONNX file needs it to be read, changed in places
 * and written again with everything else as it was.
 */

/** A field as it stands: `bytes` of a length-delimited one (wire type 2) without their length, of others the value as it was encoded. */
export interface Field {
  readonly number: number;
  readonly wire: number;
  readonly bytes: Uint8Array;
}

const VARINT = 0;
const DELIMITED = 2;
/** Bytes of fixed-length values by wire type. */
const FIXED: Readonly<Record<number, number>> = { 1: 8, 5: 4 };

/** @throws RangeError for what is no message. */
export function readFields(message: Uint8Array): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = message[at++];
      if (byte === undefined) throw new RangeError('The message ends within a number.');
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const key = varint();
    const [number, wire] = [Math.floor(key / 8), key & 7];
    let start = at;
    if (wire === VARINT) varint();
    else {
      const length = wire === DELIMITED ? varint() : FIXED[wire];
      if (length === undefined) throw new RangeError(`The message has a field of the unknown type ${wire}.`);
      if (wire === DELIMITED) start = at;
      at += length;
    }
    if (at > message.length) throw new RangeError('The message ends within a field.');
    fields.push({ number, wire, bytes: message.subarray(start, at) });
  }
  return fields;
}

export function writeFields(fields: readonly Field[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const { number, wire, bytes } of fields) {
    parts.push(varintBytes(number * 8 + wire));
    if (wire === DELIMITED) parts.push(varintBytes(bytes.length));
    parts.push(bytes);
  }
  return Uint8Array.from(Buffer.concat(parts));
}

function varintBytes(value: number): Uint8Array {
  const out: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Uint8Array.from([...out, rest]);
    out.push((rest % 128) + 128);
  }
}

export const message = (number: number, fields: readonly Field[]): Field => ({
  number,
  wire: DELIMITED,
  bytes: writeFields(fields),
});

export const text = (number: number, value: string): Field => ({
  number,
  wire: DELIMITED,
  bytes: new TextEncoder().encode(value),
});

/** A whole number; negative ones take ten bytes. */
export function integer(number: number, value: number): Field {
  if (value >= 0) return { number, wire: VARINT, bytes: varintBytes(value) };
  const bits = BigInt.asUintN(64, BigInt(value));
  const bytes = Array.from(
    { length: 10 },
    (_, i) => Number((bits >> BigInt(7 * i)) & 127n) | (i < 9 ? 128 : 0),
  );
  return { number, wire: VARINT, bytes: Uint8Array.from(bytes) };
}

export const readText = ({ bytes }: Field): string => new TextDecoder().decode(bytes);

/** A whole number; one of ten bytes is negative. */
export function readInteger({ bytes }: Field): number {
  if (bytes.length === 10) {
    const bits = [...bytes].reduceRight((value, byte) => value * 128n + BigInt(byte & 127), 0n);
    return Number(BigInt.asIntN(64, bits));
  }
  return [...bytes].reduceRight((value, byte) => value * 128 + (byte & 127), 0);
}

/** Of a repeated field: one of them, or all packed. */
export function readIntegers(field: Field): number[] {
  if (field.wire !== DELIMITED) return [readInteger(field)];
  const values: number[] = [];
  let value = 0;
  let scale = 1;
  for (const byte of field.bytes) {
    value += (byte & 127) * scale;
    scale *= 128;
    if (byte >= 128) continue;
    values.push(value);
    value = 0;
    scale = 1;
  }
  return values;
}
