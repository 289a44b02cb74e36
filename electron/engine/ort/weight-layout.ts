import type { FileRange } from './external-data';

/** What CUDA's own allocations are aligned to; kernels load whole vectors. */
const ALIGNMENT = 256;

/** A part of a file that is read as a whole, and where it stands in the memory that holds them all. */
export interface Extent extends FileRange {
  /** Bytes from the start of that memory. */
  readonly at: number;
}

/**
 * Where parts of files stand in one piece of memory. Each byte is there once, however many parts want it: those that overlap lie as they do in
 * the file, with its padding, unless one would not be aligned, which then has a place of its own.
 */
export class WeightLayout {
  readonly extents: readonly Extent[];
  /** Of the memory. */
  readonly bytes: number;

  constructor(ranges: readonly FileRange[]) {
    const extents: { file: string; offset: number; bytes: number }[] = [];
    const apart: FileRange[] = [];
    const sorted = [...ranges].sort(
      (a, b) => Number(a.file > b.file) - Number(a.file < b.file) || a.offset - b.offset || b.bytes - a.bytes,
    );
    for (const { file, offset, bytes } of sorted) {
      const last = extents.at(-1);
      const gap = last && last.file === file ? offset - (last.offset + last.bytes) : Number.POSITIVE_INFINITY;
      const isAligned = last !== undefined && (offset - last.offset) % ALIGNMENT === 0;
      if (!last || gap >= ALIGNMENT || (gap >= 0 && !isAligned)) extents.push({ file, offset, bytes });
      else if (isAligned) last.bytes = Math.max(last.bytes, offset + bytes - last.offset);
      else if (!apart.some((other) => isSame(other, { file, offset, bytes })))
        apart.push({ file, offset, bytes });
    }
    let end = 0;
    this.extents = [...extents, ...apart].map((extent) => {
      const at = Math.ceil(end / ALIGNMENT) * ALIGNMENT;
      end = at + extent.bytes;
      return { ...extent, at };
    });
    this.bytes = end;
  }

  /** @returns bytes from the start of the memory. @throws RangeError for what is not in it. */
  find({ file, offset, bytes }: FileRange): number {
    const extent = this.extents.find(
      (each) =>
        each.file === file &&
        each.offset <= offset &&
        offset + bytes <= each.offset + each.bytes &&
        (offset - each.offset) % ALIGNMENT === 0,
    );
    if (!extent) throw new RangeError(`${bytes} bytes at ${offset} of ${file} have no place.`);
    return extent.at + offset - extent.offset;
  }
}

const isSame = (a: FileRange, b: FileRange): boolean =>
  a.file === b.file && a.offset === b.offset && a.bytes === b.bytes;
