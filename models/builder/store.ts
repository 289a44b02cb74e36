import { type CudaLayout, isPackable, packForCuda, rowsTogether } from './cuda-layout';
import { toFloat16Array } from './dtype';
import { ModelError } from './errors';
import { type BlockSize, blockFor, quantize } from './quantize';
import { checkFinite, type TensorSource } from './source';
import { type ElementType, type Stored, storedRows, type WeightsPlan, type WeightsTask } from './weights';

export type Precision = 'fp32' | 'fp16' | 'int8' | 'int4';
export const PRECISIONS: readonly Precision[] = ['fp32', 'fp16', 'int8', 'int4'];

/** A matrix [rows, columns] as it lies in `weights.data`. */
export type Matrix =
  | { readonly kind: 'float'; readonly rows: number; readonly columns: number; readonly values: Stored }
  | {
      readonly kind: 'quantized';
      readonly rows: number;
      readonly columns: number;
      readonly bits: 4 | 8;
      readonly blockSize: BlockSize;
      /** [rows, columns / blockSize, blockSize * bits / 8] uint8 */
      readonly codes: Stored;
      /** [rows, columns / blockSize] float16 */
      readonly scales: Stored;
      /** The codes lie in this order of CUDA's (`packForCuda`), which nothing else reads. */
      readonly layout?: CudaLayout;
    };

export function matrixRows(m: Matrix, start: number, count: number): Matrix {
  if (m.kind === 'float') return { ...m, rows: count, values: storedRows(m.values, start, count) };
  return {
    ...m,
    rows: count,
    codes: storedRows(m.codes, start, count),
    scales: storedRows(m.scales, start, count),
  };
}

export interface StoreOptions {
  readonly precision: Precision;
  /** Of every matrix whose columns it divides; of the others the next smaller that does (`blockFor`). */
  readonly blockSize: BlockSize;
  /** Matrices of an int4 package that are stored in int8 nevertheless. */
  readonly int8?: Int8Choice;
  /** Orders the codes of matrices for one kind of GPU; those whose sizes its kernels cannot take stay as they are. */
  readonly layout?: CudaLayout;
}

/** float32 bytes held at a time. */
const CHUNK_BYTES = 8 << 20;

/** Which tensors the user wants in int8: by their names, `*` for anything. */
export class Int8Choice {
  private readonly patterns: readonly { readonly text: string; readonly regex: RegExp; used: boolean }[];

  constructor(patterns: readonly string[]) {
    this.patterns = patterns.map((text) => ({
      text,
      regex: new RegExp(`^${text.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`),
      used: false,
    }));
  }

  has(name: string): boolean {
    let found = false;
    for (const pattern of this.patterns) {
      if (!pattern.regex.test(name)) continue;
      pattern.used = true;
      found = true;
    }
    return found;
  }

  /** @throws ModelError naming a pattern that no matrix had: a typing mistake would go unnoticed for hours. */
  check(): void {
    const idle = this.patterns.find(({ used }) => !used);
    if (idle) throw new ModelError(`--int8 ${idle.text} fits no matrix of this checkpoint.`);
  }
}

/** Plans one tensor after the other; each family's `store` says which. */
export class Store {
  private readonly source: TensorSource;
  private readonly plan: WeightsPlan;
  private readonly options: StoreOptions;

  constructor(source: TensorSource, plan: WeightsPlan, options: StoreOptions) {
    this.source = source;
    this.plan = plan;
    this.options = options;
  }

  /** Norm weights are few: float32 in every precision. */
  norm(name: string): Stored {
    const stored = this.plan.reserve('float32', this.source.shape(name));
    this.fill([name], stored, (values) => values);
    return stored;
  }

  /** A convolution's weights [out, in, …]: float16 where matrices are quantized, for whose products there is no operator. */
  convolution(name: string): Stored {
    const isExact = this.options.precision === 'fp32';
    const stored = this.plan.reserve(isExact ? 'float32' : 'float16', this.source.shape(name));
    this.fill([name], stored, isExact ? (values) => values : toFloat16Array);
    return stored;
  }

  /** The rows of several tensors of equal width, one below the other. */
  matrix(names: readonly string[]): Matrix {
    return this.ordered(names, this.options.layout);
  }

  /** A matrix whose rows are looked up, so that they must lie in plain order. */
  table(names: readonly string[]): Matrix {
    return this.ordered(names, undefined);
  }

  private ordered(names: readonly string[], wanted: CudaLayout | undefined): Matrix {
    const precision = this.precisionOf(names);
    const columns = this.source.shape(names[0]!)[1]!;
    const rows = names.reduce((sum, name) => sum + this.source.shape(name)[0]!, 0);
    if (precision === 'fp32' || precision === 'fp16') {
      const type: ElementType = precision === 'fp32' ? 'float32' : 'float16';
      const values = this.plan.reserve(type, [rows, columns]);
      this.fill(names, values, precision === 'fp32' ? (v) => v : toFloat16Array);
      return { kind: 'float', rows, columns, values };
    }
    const bits = precision === 'int4' ? 4 : 8;
    const blockSize = blockFor(columns, this.options.blockSize);
    if (blockSize === undefined) throw new RangeError(`${names[0]}: no block divides ${columns} columns`);
    const blocks = columns / blockSize;
    const codes = this.plan.reserve('uint8', [rows, blocks, (blockSize * bits) / 8]);
    const scales = this.plan.reserve('float16', [rows, blocks]);
    const together = wanted ? rowsTogether(wanted, bits) : 1;
    this.plan.quantized.weights += rows * columns;
    this.plan.quantized.bytes += codes.bytes + scales.bytes;
    const parts = names.map((name) => this.source.shape(name)[0]!);
    const fits = wanted && isPackable({ layout: wanted, rows, columns, bits, blockSize });
    const layout = fits && parts.every((count) => count % together === 0) ? wanted : undefined;
    const run = (name: string, start: number, count: number) => {
      const q =
        this.source.quantized?.(name, start, count, blockSize, bits) ??
        quantize(this.values(name, start, count), blockSize, bits, name);
      return [layout ? packForCuda(q.codes, count, columns, bits, layout) : q.codes, q.scales];
    };
    this.cut(
      names,
      (name, start, count, row) => ({
        weights: count * columns,
        ranges: [storedRows(codes, row, count), storedRows(scales, row, count)],
        run: () => run(name, start, count),
      }),
      layout ? together : 1,
    );
    return { kind: 'quantized', rows, columns, bits, blockSize, codes, scales, ...(layout && { layout }) };
  }

  private precisionOf(names: readonly string[]): Precision {
    const { precision, int8 } = this.options;
    // `some` would leave the patterns of later names unused.
    const chosen = names.map((name) => int8?.has(name)).includes(true);
    return precision === 'int4' && chosen ? 'int8' : precision;
  }

  private fill(
    names: readonly string[],
    stored: Stored,
    convert: (values: Float32Array, name: string) => ArrayBufferView,
  ): void {
    this.cut(names, (name, start, count, row) => ({
      weights: (stored.shape.reduce((a, b) => a * b, 1) / stored.shape[0]!) * count,
      ranges: [storedRows(stored, row, count)],
      run: () => [convert(this.values(name, start, count), name)],
    }));
  }

  /** One task for each cut of `CHUNK_BYTES`: rows `start` … of a tensor become rows `row` … of what is stored. */
  private cut(
    names: readonly string[],
    task: (name: string, start: number, count: number, row: number) => Omit<WeightsTask, 'name'>,
    together = 1,
  ): void {
    let row = 0;
    for (const name of names) {
      const shape = this.source.shape(name);
      const rows = shape[0] ?? 0;
      const columns = shape.slice(1).reduce((a, b) => a * b, 1);
      const step = Math.max(1, Math.floor(CHUNK_BYTES / 4 / columns / together)) * together;
      for (let start = 0; start < rows; start += step) {
        const count = Math.min(step, rows - start);
        this.plan.tasks.push({ name, ...task(name, start, count, row) });
        row += count;
      }
    }
  }

  private values(name: string, start: number, count: number): Float32Array {
    const values = this.source.rows(name, start, count);
    checkFinite(values, name, start, values.length / count);
    return values;
  }
}
