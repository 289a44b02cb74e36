import type { Initializer, Node, Tap } from './program';

/** What the search knows of a matrix's inputs x [tokens, columns], summed over the calibration set. */
export interface Statistics {
  readonly columns: number;
  readonly tokens: number;
  /** Sum of |x| by column. */
  readonly magnitude: Float64Array;
  /**
   * Blocks of xᵀx along its diagonal, [columns / width, width, width]: `width` is `columns` where the whole of it is kept. With
   * D = W - quantized(W), the error of the output, the sum of (x Dᵀ)², is the trace of D xᵀx Dᵀ.
   */
  readonly gram: Float32Array;
  readonly width: number;
}

/** Sums of several inputs of one matrix: the decoder's keys come from the encoder's rows and from its own. */
export function addStatistics(all: readonly Statistics[]): Statistics {
  const [first, ...others] = all;
  if (!first) throw new RangeError('no statistics to add');
  if (others.length === 0) return first;
  const magnitude = first.magnitude.slice();
  const gram = first.gram.slice();
  let { tokens } = first;
  for (const other of others) {
    for (let i = 0; i < magnitude.length; i++) magnitude[i]! += other.magnitude[i]!;
    for (let i = 0; i < gram.length; i++) gram[i]! += other.gram[i]!;
    tokens += other.tokens;
  }
  return { ...first, magnitude, gram, tokens };
}

/** The same inputs divided by `scales` by column. */
export function scaledStatistics(s: Statistics, scales: Float32Array): Statistics {
  const { width, columns } = s;
  const gram = new Float32Array(s.gram.length);
  for (let row = 0; row < columns; row++) {
    const start = row - (row % width);
    for (let i = 0; i < width; i++) {
      gram[row * width + i] = s.gram[row * width + i]! / (scales[row]! * scales[start + i]!);
    }
  }
  return { ...s, gram, magnitude: s.magnitude.map((sum, i) => sum / scales[i]!) };
}

/** Blocks of `width` along the diagonal, [columns / width, width, width]. */
export function diagonalBlocks(s: Statistics, width: number): Float32Array {
  const out = new Float32Array(s.columns * width);
  for (let row = 0; row < s.columns; row++) {
    const start = row - (row % width);
    const from = row * s.width + (start % s.width);
    for (let i = 0; i < width; i++) out[row * width + i] = s.gram[from + i]!;
  }
  return out;
}

/** Sums statistics of one tensor while samples run. */
export class Accumulator {
  readonly tap: Tap;
  readonly width: number;
  private readonly magnitude: Float64Array;
  private readonly gram: Float32Array;
  private tokens = 0;

  constructor(tap: Tap, width: number) {
    this.tap = tap;
    this.width = width;
    this.magnitude = new Float64Array(tap.columns);
    this.gram = new Float32Array(tap.columns * width);
  }

  get outputs(): { readonly magnitude: string; readonly gram: string; readonly tokens: string } {
    const at = `statistics/${this.tap.tensor}`;
    return { magnitude: `${at}/magnitude`, gram: `${at}/gram`, tokens: `${at}/tokens` };
  }

  /** Nodes that reduce the tensor [1, T, columns] inside the graph, so that no activations leave it. */
  nodes(): { nodes: Node[]; initializers: Initializer[] } {
    const { tensor, columns } = this.tap;
    const { magnitude, gram, tokens } = this.outputs;
    const at = (what: string) => `${gram}/${what}`;
    const blocks = columns / this.width;
    const nodes: Node[] = [
      node('Abs', [tensor], [at('abs')]),
      node('Reshape', [at('abs'), at('rows')], [at('abs_rows')]),
      node('ReduceSum', [at('abs_rows'), at('axis')], [magnitude], [int('keepdims', 0)]),
      node('Reshape', [tensor, at('blocks')], [at('blocked')]),
      node('Transpose', [at('blocked')], [at('by_block')], [ints('perm', [1, 0, 2])]),
      node('Transpose', [at('blocked')], [at('transposed')], [ints('perm', [1, 2, 0])]),
      node('MatMul', [at('transposed'), at('by_block')], [gram]),
      node('Shape', [at('abs_rows')], [tokens], [int('end', 1)]),
    ];
    const initializers = [
      int64(at('rows'), [-1, columns]),
      int64(at('axis'), [0]),
      int64(at('blocks'), [-1, blocks, this.width]),
    ];
    return { nodes, initializers };
  }

  add(magnitude: Float32Array, gram: Float32Array, tokens: number): void {
    for (let i = 0; i < magnitude.length; i++) this.magnitude[i]! += magnitude[i]!;
    for (let i = 0; i < gram.length; i++) this.gram[i]! += gram[i]!;
    this.tokens += tokens;
  }

  finish(): Statistics {
    const { magnitude, tokens, width, gram } = this;
    return { columns: this.tap.columns, tokens, magnitude, gram, width };
  }
}

const node = (
  opType: string,
  input: string[],
  output: string[],
  attribute: Node['attribute'] = [],
): Node => ({
  opType,
  name: output[0],
  input,
  output,
  attribute,
});
// AttributeProto.AttributeType: 2 an integer, 7 integers. TensorProto.DataType: 7 int64.
const int = (name: string, i: number) => ({ name, type: 2, i });
const ints = (name: string, values: number[]) => ({ name, type: 7, ints: values });
const int64 = (name: string, values: number[]): Initializer => ({
  name,
  dataType: 7,
  dims: [values.length],
  rawData: new Uint8Array(BigInt64Array.from(values.map(BigInt)).buffer),
});
