import { type Config, headSize, layersOf, type Part } from './config';
import { toFloat16Array } from './dtype';
import { type BlockSize, quantize } from './quantize';
import { checkFinite, type TensorSource } from './source';
import { type ElementType, type Stored, storedRows, type WeightsWriter } from './weights';

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

export interface StoredLayer {
  readonly inputNorm: Stored;
  /** Query, key and value: [3 * hidden, hidden]. */
  readonly qkv: Matrix;
  readonly o: Matrix;
  readonly postNorm: Stored;
  readonly fc1: Matrix;
  readonly fc2: Matrix;
}

export interface StoredModel {
  readonly embedding: Matrix;
  readonly encoder: { readonly layers: readonly StoredLayer[]; readonly norm: Stored };
  readonly decoder: { readonly layers: readonly StoredLayer[]; readonly norm: Stored };
  /** [max_position_embeddings, head size / 2] float32 each. */
  readonly rotary: { readonly cos: Stored; readonly sin: Stored };
}

export interface StoreOptions {
  readonly precision: Precision;
  readonly blockSize: BlockSize;
  /** Called with the number of weights written so far. */
  readonly onProgress?: (weights: number) => void;
}

/** float32 bytes held at a time. */
const CHUNK_BYTES = 8 << 20;

/** Streams a checkpoint into `weights.data`. Tensors must have been checked (`checkTensors`). */
export function storeModel(
  source: TensorSource,
  config: Config,
  writer: WeightsWriter,
  options: StoreOptions,
): StoredModel {
  const store = new Store(source, writer, options);
  const part = (name: Part) => ({
    layers: Array.from({ length: layersOf(config, name) }, (_, i) => store.layer(`${name}.layers.${i}`)),
    norm: store.norm(`${name}.norm.weight`),
  });
  return {
    embedding: store.matrix(['embed_tokens.weight']),
    encoder: part('encoder'),
    decoder: part('decoder'),
    rotary: storeRotary(writer, config),
  };
}

/** Writes one tensor after the other; each family's `store` says which. */
export class Store {
  private done = 0;
  private readonly source: TensorSource;
  private readonly writer: WeightsWriter;
  private readonly options: StoreOptions;

  constructor(source: TensorSource, writer: WeightsWriter, options: StoreOptions) {
    this.source = source;
    this.writer = writer;
    this.options = options;
  }

  layer(name: string): StoredLayer {
    return {
      inputNorm: this.norm(`${name}.input_layernorm.weight`),
      qkv: this.matrix(['q', 'k', 'v'].map((m) => `${name}.self_attn.${m}_proj.weight`)),
      o: this.matrix([`${name}.self_attn.o_proj.weight`]),
      postNorm: this.norm(`${name}.post_attention_layernorm.weight`),
      fc1: this.matrix([`${name}.mlp.fc1.weight`]),
      fc2: this.matrix([`${name}.mlp.fc2.weight`]),
    };
  }

  /** Norm weights are few: float32 in every precision. */
  norm(name: string): Stored {
    const shape = this.source.shape(name);
    return this.writer.write('float32', shape, this.chunks([name]));
  }

  /** The rows of several tensors of equal width, one below the other. */
  matrix(names: readonly string[]): Matrix {
    const { precision, blockSize } = this.options;
    const columns = this.source.shape(names[0]!)[1]!;
    const rows = names.reduce((sum, name) => sum + this.source.shape(name)[0]!, 0);
    if (precision === 'fp32' || precision === 'fp16') {
      const type: ElementType = precision === 'fp32' ? 'float32' : 'float16';
      const parts = precision === 'fp32' ? this.chunks(names) : this.halfChunks(names);
      return { kind: 'float', rows, columns, values: this.writer.write(type, [rows, columns], parts) };
    }
    const bits = precision === 'int4' ? 4 : 8;
    const blocks = columns / blockSize;
    const scales = new Uint16Array(rows * blocks);
    const codes = this.writer.write(
      'uint8',
      [rows, blocks, (blockSize * bits) / 8],
      this.codeChunks(names, bits, scales),
    );
    const stored = this.writer.write('float16', [rows, blocks], [scales]);
    return { kind: 'quantized', rows, columns, bits, blockSize, codes, scales: stored };
  }

  private *codeChunks(names: readonly string[], bits: 4 | 8, scales: Uint16Array): Iterable<Uint8Array> {
    let at = 0;
    for (const name of names) {
      for (const values of this.chunks([name])) {
        const q = quantize(values, this.options.blockSize, bits, name);
        scales.set(q.scales, at);
        at += q.scales.length;
        yield q.codes;
      }
    }
  }

  private *halfChunks(names: readonly string[]): Iterable<Uint16Array> {
    for (const name of names) for (const values of this.chunks([name])) yield toFloat16Array(values, name);
  }

  private *chunks(names: readonly string[]): Iterable<Float32Array> {
    for (const name of names) {
      const [rows = 0, columns = 1] = this.source.shape(name);
      const step = Math.max(1, Math.floor(CHUNK_BYTES / 4 / columns));
      for (let row = 0; row < rows; row += step) {
        const values = this.source.rows(name, row, Math.min(step, rows - row));
        checkFinite(values, name, row, columns);
        yield values;
        this.done += values.length;
        this.options.onProgress?.(this.done);
      }
    }
  }
}

/**
 * cos and sin of position * theta^(-i / (D / 2)), i < D / 2, in float32 steps like `rope_angles` in models/train/autoglm_phone.py
 * (rotary positions: Su et al. 2021, arXiv 2104.09864).
 */
function storeRotary(writer: WeightsWriter, config: Config): StoredModel['rotary'] {
  const half = headSize(config) / 2;
  const positions = config.max_position_embeddings;
  const cos = new Float32Array(positions * half);
  const sin = new Float32Array(positions * half);
  for (let i = 0; i < half; i++) {
    const frequency = Math.fround(config.rope_theta ** Math.fround(-i / half));
    for (let position = 0; position < positions; position++) {
      const angle = Math.fround(position * frequency);
      cos[position * half + i] = Math.cos(angle);
      sin[position * half + i] = Math.sin(angle);
    }
  }
  const shape = [positions, half];
  return { cos: writer.write('float32', shape, [cos]), sin: writer.write('float32', shape, [sin]) };
}
