import type { TensorSource } from '../source';

type Rows = (start: number, count: number) => Float32Array;

/** A checkpoint seen with further tensors that are made from its own as they are read. */
export class DerivedSource implements TensorSource {
  private readonly source: TensorSource;
  private readonly unused: ReadonlySet<string>;
  private readonly derived = new Map<string, { readonly shape: readonly number[]; readonly rows: Rows }>();

  /** @param unused tensors that some checkpoints have and nobody needs. */
  constructor(source: TensorSource, unused: readonly string[] = []) {
    this.source = source;
    this.unused = new Set(unused);
  }

  /** The checkpoint's own tensors, without the unused ones. */
  get checkpoint(): TensorSource {
    const { source, unused } = this;
    return {
      names: source.names.filter((name) => !unused.has(name)),
      shape: (name) => source.shape(name),
      rows: (name, start, count) => source.rows(name, start, count),
      quantized: (...asked) => source.quantized?.(...asked),
      close: () => source.close(),
    };
  }

  get names(): readonly string[] {
    return [...this.checkpoint.names, ...this.derived.keys()];
  }

  /** `rows` makes rows `start` to `start + count - 1`, flattened. */
  add(name: string, shape: readonly number[], rows: Rows): void {
    this.derived.set(name, { shape, rows });
  }

  /** Vectors one after the other, as one vector that is read whole. */
  concatenate(name: string, parts: readonly string[]): void {
    const sizes = parts.map((part) => this.source.shape(part)[0]!);
    const size = sizes.reduce((a, b) => a + b);
    this.add(name, [size], (start, count) => {
      const whole = new Float32Array(size);
      let at = 0;
      for (const [i, part] of parts.entries()) {
        whole.set(this.source.rows(part, 0, sizes[i]!), at);
        at += sizes[i]!;
      }
      return whole.subarray(start, start + count);
    });
  }

  shape(name: string): readonly number[] {
    return this.derived.get(name)?.shape ?? this.source.shape(name);
  }

  rows(name: string, start: number, count: number): Float32Array {
    return this.derived.get(name)?.rows(start, count) ?? this.source.rows(name, start, count);
  }

  quantized(...asked: Parameters<NonNullable<TensorSource['quantized']>>) {
    return this.derived.has(asked[0]) ? undefined : this.source.quantized?.(...asked);
  }

  close(): void {
    this.source.close();
  }
}
