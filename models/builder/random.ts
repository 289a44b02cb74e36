import type { TensorSource } from './source';

/**
 * Random weights with the spread of an initialised model (normal, 0.02; what writes to the residual stream smaller by
 * sqrt(2 * layers); norms 1), made as they are read, so a 9 B model needs no memory. Every row has its own seed: the same
 * tensor comes out however it is cut.
 */
export class RandomTensors implements TensorSource {
  readonly names: readonly string[];
  private readonly shapes: ReadonlyMap<string, readonly number[]>;
  private readonly deviation: (name: string) => number;
  private readonly seed: number;
  private buffer = new Float32Array(0);

  /** @param deviation standard deviation of a matrix. */
  constructor(
    shapes: ReadonlyMap<string, readonly number[]>,
    seed: number,
    deviation: (name: string) => number,
  ) {
    this.shapes = shapes;
    this.seed = seed;
    this.deviation = deviation;
    this.names = [...shapes.keys()];
  }

  shape(name: string): readonly number[] {
    const shape = this.shapes.get(name);
    if (!shape) throw new RangeError(`no tensor ${name}`);
    return shape;
  }

  rows(name: string, start: number, count: number): Float32Array {
    const shape = this.shape(name);
    if (shape.length === 1) return new Float32Array(count).fill(name.endsWith('bias') ? 0 : 1);
    const columns = shape.slice(1).reduce((a, b) => a * b, 1);
    if (this.buffer.length < count * columns) this.buffer = new Float32Array(count * columns);
    const out = this.buffer.subarray(0, count * columns);
    const std = this.deviation(name);
    const nameHash = hash(name, this.seed);
    for (let row = 0; row < count; row++) {
      fillNormal(
        out.subarray(row * columns, (row + 1) * columns),
        Math.imul(nameHash ^ (start + row + 1), 0x9e3779b1),
        std,
      );
    }
    return out;
  }

  close(): void {}
}

/** FNV-1a. */
function hash(text: string, seed: number): number {
  let h = (0x811c9dc5 ^ seed) | 0;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h;
}

/** Nearly normal: the sum of the four bytes of a xorshift32 number, centred and scaled to deviation `std` (Irwin-Hall, n = 4). */
function fillNormal(out: Float32Array, seed: number, std: number): void {
  let x = seed | 0 || 1;
  const scale = std / Math.sqrt((4 * (256 * 256 - 1)) / 12);
  for (let i = 0; i < out.length; i++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    out[i] = ((x & 255) + ((x >>> 8) & 255) + ((x >>> 16) & 255) + (x >>> 24) - 510) * scale;
  }
}
