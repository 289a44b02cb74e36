import { closeSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { ModelError } from '../errors';
import type { Bits } from '../quantize';
import type { Change } from './source';

/*
 * What AWQ found, as a file: the threads that convert a checkpoint read it, and so does a later run that goes on with a conversion. The
 * layout is that of safetensors: `{tensor}.columns` and `{tensor}.rows` F32, `{tensor}.clips4` or `{tensor}.clips8` U8.
 */

const PARTS = { columns: 'F32', rows: 'F32', clips4: 'U8', clips8: 'U8' } as const;
type Part = keyof typeof PARTS;

/** Written beside its place and moved there when it is whole. */
export function writeChanges(file: string, changes: ReadonlyMap<string, Change>): void {
  const header: Record<string, { dtype: string; shape: number[]; data_offsets: [number, number] }> = {};
  const data: Uint8Array[] = [];
  let offset = 0;
  const add = (name: string, part: Part, values: Float32Array | Uint8Array | undefined) => {
    if (!values) return;
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    const end = offset + bytes.length;
    header[`${name}.${part}`] = {
      dtype: PARTS[part],
      shape: [values.length],
      data_offsets: [offset, end],
    };
    data.push(bytes);
    offset = end;
  };
  // Numbers of four bytes first, so that they lie where they can be read in place.
  for (const [name, change] of changes) {
    add(name, 'columns', change.columns);
    add(name, 'rows', change.rows);
  }
  for (const [name, { clips, bits }] of changes) add(name, bits === 8 ? 'clips8' : 'clips4', clips);
  const text = Buffer.from(JSON.stringify(header));
  const padded = Buffer.alloc(Math.ceil(text.length / 8) * 8, ' ');
  text.copy(padded);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  const handle = openSync(`${file}.part`, 'w');
  try {
    for (const part of [length, padded, ...data]) {
      for (let done = 0; done < part.length; ) done += writeSync(handle, part, done);
    }
  } finally {
    closeSync(handle);
  }
  renameSync(`${file}.part`, file);
}

/** @throws ModelError when the file is none of `writeChanges`. */
export function readChanges(file: string): Map<string, Change> {
  const bytes = readFileSync(file);
  const changes = new Map<string, Change>();
  try {
    const start = 8 + Number(bytes.readBigUInt64LE());
    const header = JSON.parse(bytes.toString('utf8', 8, start)) as Record<
      string,
      { data_offsets: [number, number] }
    >;
    for (const [key, { data_offsets: range }] of Object.entries(header)) {
      const dot = key.lastIndexOf('.');
      const [name, part] = [key.slice(0, dot), key.slice(dot + 1) as Part];
      if (start + range[1] > bytes.length) throw new RangeError(`${key} ends behind the file`);
      const values = Uint8Array.from(bytes.subarray(start + range[0], start + range[1]));
      const change = changes.get(name) ?? {};
      changes.set(name, { ...change, ...partOf(part, values) });
    }
  } catch (error) {
    throw new ModelError(
      `${file} is damaged (${(error as Error).message}): delete it and build the package again.`,
    );
  }
  return changes;
}

function partOf(part: Part, values: Uint8Array): Change {
  switch (part) {
    case 'columns':
      return { columns: new Float32Array(values.buffer) };
    case 'rows':
      return { rows: new Float32Array(values.buffer) };
    case 'clips4':
    case 'clips8':
      return { clips: values, bits: Number(part.slice(-1)) as Bits };
    default:
      throw new RangeError(`there is no part ${part}`);
  }
}
