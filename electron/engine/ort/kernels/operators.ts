import type { CudaDriver } from '../cuda-driver';
import type {
  CustomOperator,
  Invokable,
  InvokedInput,
  InvokedOutput,
  Kernel,
  KernelContext,
  NodeInfo,
} from '../custom-operator';
import type { Pointer } from '../ffi';
import { halvesToFloats } from '../float16';
import { type Argument, CudaModules, type Module } from './modules';

/**
 * Our operators on CUDA. What has few rows, as a token has, goes through our kernels; more rows through ORT's own operators, by `invoke`. Each kind of
 * kernel proves itself when it first runs, as a model is warmed up: ORT's operator does the same, and where the results part its are used from then on.
 */

/** Rows up to which our products are faster than ORT's, which makes all weights float16 first; eight at a time. */
const MOST_ROWS = 24;
const ROWS_AT_ONCE = 8;
/** Columns that a block of threads makes. */
const TILE = 16;
/** Of the widest rows that `add_norm` takes: its threads times the values that each keeps. */
const WIDEST_NORM = 8192;
const NORM_THREADS = 512;
/** Parts into which the keys of a head are split at most. */
const MOST_SPLITS = 64;
/** Queries that share a key, and so rows of a tensor core's product. */
const MOST_QUERIES = 16;
/** Of weights that are made float16 for a prompt. */
const MOST_DECODED_BYTES = 512 << 20;
/** Values that are looked at to trust a kernel. */
const MOST_COMPARED = 1 << 17;
/** How far results may be apart, as a share of the largest: other orders of summing make some thousandths of it. */
const TOLERANCE = 0.02;

const MICROSOFT = 'com.microsoft';

export interface CudaOperatorsOptions {
  readonly driver: CudaDriver;
  readonly device: number;
  /** A float16 tensor (an `OrtValue`) over device memory. */
  readonly wrap: (
    address: Pointer,
    bytes: number,
    shape: readonly number[],
  ) => { readonly value: Pointer; release(): void };
  /** Prompts go through weights that ours make float16. */
  readonly decodesPrompts: boolean;
  /** Told of each kernel whose results were not ORT's. */
  readonly onRefused: (reason: string) => void;
}

export class CudaOperators {
  readonly operators: readonly CustomOperator[];
  readonly #driver: CudaDriver;
  readonly #modules: CudaModules;
  readonly #loading: Promise<unknown>[] = [];
  /** Whether ours is used, by what it does. */
  readonly #trusted = new Map<string, boolean>();
  readonly #onRefused: (reason: string) => void;
  readonly #decodesPrompts: boolean;
  /** What kernels leave for the next one: weights made float16, the second product of a gate, sums of attention's splits. */
  readonly #decoded: Room;
  readonly #up: Room;
  readonly #splits: Room;

  /** @throws Error where the GPU is too old for them. */
  constructor({ driver, device, wrap, decodesPrompts, onRefused }: CudaOperatorsOptions) {
    this.#driver = driver;
    this.#onRefused = onRefused;
    this.#decodesPrompts = decodesPrompts;
    [this.#decoded, this.#up, this.#splits] = [0, 1, 2].map(() => new Room(driver, wrap)) as [
      Room,
      Room,
      Room,
    ];
    this.#modules = new CudaModules(driver, device);
    const half = {};
    const codes = { type: 'uint8' } as const;
    const maybe = { optional: true } as const;
    this.operators = [
      {
        name: 'MatMulNBits',
        inputs: [half, codes, half, maybe],
        outputs: [half, maybe],
        create: (node) => this.#product(node),
      },
      {
        name: 'GatedMatMulNBits',
        inputs: [half, codes, half, codes, half],
        outputs: [half, maybe, maybe],
        create: (node) => this.#gatedProduct(node),
      },
      {
        name: 'AddNorm',
        inputs: [half, half, half, maybe],
        outputs: [half, half, maybe],
        create: (node) => this.#addNorm(node),
      },
      {
        name: 'GroupQueryAttention',
        inputs: [half, half, half, { type: 'int32' }, { type: 'int32', host: true }, maybe, maybe],
        outputs: [half, half, half],
        create: (node) => this.#attention(node),
      },
    ];
  }

  /**
   * Waits for the kernels of the nodes made so far.
   *
   * @throws Error where one cannot be compiled.
   */
  async ready(): Promise<void> {
    await Promise.all(this.#loading.splice(0));
  }

  dispose(): void {
    for (const room of [this.#decoded, this.#up, this.#splits]) room.dispose();
  }

  #module(...[file, macros]: Parameters<CudaModules['load']>): () => Module {
    let module: Module | null = null;
    const loading = this.#modules.load(file, macros).then((loaded) => {
      module = loaded;
    });
    loading.catch(() => {});
    this.#loading.push(loading);
    return () => {
      if (!module) throw new Error('A kernel was run before it was ready.');
      return module;
    };
  }

  #product(node: NodeInfo): Kernel {
    const sizes = readSizes(node);
    const { K, N, bits, block } = sizes;
    const module = this.#module('products', { BITS: bits, BLOCK: block });
    const kernel = this.#productKernel(sizes);
    const multiply = this.#manyRows(node, sizes, module);
    const activate = node.integer('activation') === 1;
    const hasBias = node.inputCount > 3;

    const ours = (context: KernelContext, y: Pointer, rows: number) => {
      const stream = context.stream();
      const bias = hasBias ? context.address(3) : 0n;
      const [codes, scales, x] = [context.address(1), context.address(2), context.address(0)];
      for (const { from, count } of inGroups(rows, kernel.rowsAtOnce)) {
        module()
          .kernel(kernel.name, true)
          .launch(
            { stream, blocks: [Math.ceil(N / TILE)], threads: kernel.threads, shared: kernel.shared(count) },
            [
              y + BigInt(2 * N * from),
              x + BigInt(2 * K * from),
              codes,
              scales,
              bias,
              activate ? 1 : 0,
              count,
              N,
              K,
            ],
          );
      }
    };
    const many = (context: KernelContext, y: Pointer, rows: number) => {
      const pairs = (N * rows) / 2;
      multiply(context, [1, 2], 0, y, rows);
      const launch = (name: string, ...args: Argument[]) =>
        module()
          .kernel(name)
          .launch({ stream: context.stream(), blocks: [this.#blocksFor(pairs)], threads: 256 }, args);
      if (hasBias) launch('add_bias', y, context.address(3), N / 2, pairs);
      if (activate) launch('activate_values', y, pairs);
    };
    return {
      run: (context) => {
        const { shape, rows } = outputOf(context, N);
        const y = context.output(0, shape);
        if (rows > MOST_ROWS || kernel.rowsAtOnce === 0) return many(context, y, rows);
        this.#run(`${kernel.name} of ${bits} bits in blocks of ${block}, ${rowsText(rows)}`, context, {
          y,
          count: N * rows,
          ours: () => ours(context, y, rows),
          theirs: () => many(context, y, rows),
        });
      },
    };
  }

  #gatedProduct(node: NodeInfo): Kernel {
    const sizes = readSizes(node);
    const { K, N, bits, block } = sizes;
    const module = this.#module('products', { BITS: bits, BLOCK: block });
    const shared = sharedBytes({ K, bits, warps: 8, ahead: 2, matrices: 2 });
    const rowsAtOnce = rowsThatFit(shared, this.#modules.sharedBytes);
    const multiply = this.#manyRows(node, sizes, module);

    const ours = (context: KernelContext, y: Pointer, rows: number) => {
      const stream = context.stream();
      const x = context.address(0);
      const weights = [1, 2, 3, 4].map((input) => context.address(input));
      for (const { from, count } of inGroups(rows, rowsAtOnce)) {
        module()
          .kernel('gated_product', true)
          .launch({ stream, blocks: [Math.ceil(N / TILE)], threads: 256, shared: shared(count) }, [
            y + BigInt(2 * N * from),
            x + BigInt(2 * K * from),
            ...weights,
            count,
            N,
            K,
          ]);
      }
    };
    const many = (context: KernelContext, y: Pointer, shape: readonly number[], rows: number) => {
      const pairs = (N * rows) / 2;
      const up = this.#up.take(shape);
      multiply(context, [1, 2], 0, y, rows);
      multiply(context, [3, 4], up, up.address, rows);
      const at = { stream: context.stream(), blocks: [this.#blocksFor(pairs)], threads: 256 } as const;
      module().kernel('gate_values').launch(at, [y, up.address, pairs]);
    };
    return {
      run: (context) => {
        const { shape, rows } = outputOf(context, N);
        const y = context.output(0, shape);
        if (rows > MOST_ROWS || rowsAtOnce === 0) return many(context, y, shape, rows);
        this.#run(`gated_product of ${bits} bits in blocks of ${block}, ${rowsText(rows)}`, context, {
          y,
          count: N * rows,
          ours: () => ours(context, y, rows),
          theirs: () => many(context, y, shape, rows),
        });
      },
    };
  }

  #addNorm(node: NodeInfo): Kernel {
    const module = this.#module('norms');
    const [epsilon, innerEpsilon] = [node.float('epsilon') ?? 0, node.float('inner_epsilon') ?? 0];
    const hasInner = node.inputCount > 3;
    const norm = node.operator('', 'SimplifiedLayerNormalization', 1, {
      attributes: { axis: -1, epsilon: { float: innerEpsilon }, stash_type: 1 },
      inputs: 2,
      outputs: 1,
      types: { T: 'float16', U: 'float32', V: 'float16' },
    });
    const addNorm = node.operator(MICROSOFT, 'SkipSimplifiedLayerNormalization', 1, {
      attributes: { epsilon: { float: epsilon } },
      inputs: 3,
      outputs: 4,
      types: { T: 'float16' },
    });
    return {
      run: (context) => {
        const shape = context.shape(0);
        const [width, rows] = [shape.at(-1)!, rowsOf(shape)];
        const [y, sum] = [context.output(0, shape), context.output(1, shape)];
        const theirs = () => {
          // Each value of the inner norm is read before the sum takes its place.
          if (hasInner) context.invoke(norm, [0, 3], [1]);
          context.invoke(addNorm, [1, hasInner ? { output: 1 } : 0, 2], [0, null, null, 1]);
        };
        if (width > WIDEST_NORM || width % 8 !== 0) return theirs();
        const ours = () => {
          const [x, residual, outer] = [context.address(0), context.address(1), context.address(2)];
          const inner = hasInner ? context.address(3) : 0n;
          module()
            .kernel('add_norm')
            .launch({ stream: context.stream(), blocks: [rows], threads: NORM_THREADS }, [
              y,
              sum,
              x,
              residual,
              inner,
              outer,
              { float: innerEpsilon },
              { float: epsilon },
              width,
            ]);
        };
        this.#run(`add_norm of ${width}${hasInner ? ' with one inside' : ''}`, context, {
          y,
          count: width * rows,
          ours,
          theirs,
        });
      },
    };
  }

  #attention(node: NodeInfo): Kernel {
    const [heads, keyHeads] = [node.integer('num_heads')!, node.integer('kv_num_heads')!];
    const rotary = node.integer('do_rotary') === 1;
    const interleaved = node.integer('rotary_interleaved') === 1;
    const scale = node.float('scale') ?? 0;
    const modules = new Map([64, 128].map((size) => [size, this.#module('attention', { HEAD: size })]));
    const others = node.operator(MICROSOFT, 'GroupQueryAttention', 1, {
      attributes: {
        num_heads: heads,
        kv_num_heads: keyHeads,
        ...(rotary && { do_rotary: 1 }),
        ...(interleaved && { rotary_interleaved: 1 }),
        ...(scale !== 0 && { scale: { float: scale } }),
      },
      inputs: rotary ? 9 : 7,
      outputs: 3,
      types: { T: 'float16', T_CACHE: 'float16', T_KV_SCALE: 'float32', M: 'int32' },
    });
    const from: readonly InvokedInput[] = [0, null, null, 1, 2, 3, 4, ...(rotary ? [5, 6] : [])];
    const splits = Math.max(
      1,
      Math.min(MOST_SPLITS, Math.ceil((2 * this.#modules.multiprocessors) / keyHeads)),
    );
    return {
      run: (context) => {
        const [qkv, cache] = [context.shape(0), context.shape(1)];
        const size = qkv.at(-1)! / (heads + 2 * keyHeads);
        const shape = [...qkv.slice(0, -1), heads * size];
        const [y, keys, values] = [
          context.output(0, shape),
          context.output(1, cache),
          context.output(2, cache),
        ];
        const turned = rotary ? 2 * context.shape(5)[1]! : 0;
        const module = modules.get(size);
        const takes =
          rowsOf(qkv) === 1 &&
          module &&
          heads / keyHeads <= MOST_QUERIES &&
          canTurn(turned, size, interleaved) &&
          keys === context.address(1) &&
          values === context.address(2);
        const theirs = () => context.invoke(others, from, [0, 1, 2]);
        if (!takes) return theirs();
        const ours = () => {
          const stream = context.stream();
          const marks = this.#splits.take([2 * heads * splits * (size + 2)]).address;
          const partial = marks + BigInt(8 * heads * splits);
          module()
            .kernel('attend')
            .launch({ stream, blocks: [keyHeads, splits], threads: 128 }, [
              partial,
              marks,
              context.address(0),
              keys,
              values,
              context.address(3),
              rotary ? context.address(5) : 0n,
              rotary ? context.address(6) : 0n,
              heads,
              keyHeads,
              cache[2]!,
              turned,
              interleaved ? 1 : 0,
              { float: scale || 1 / Math.sqrt(size) },
            ]);
          module()
            .kernel('merge')
            .launch({ stream, blocks: [heads], threads: size }, [
              y,
              partial,
              marks,
              context.address(3),
              splits,
            ]);
        };
        const subject = `attend with ${heads} heads of ${size} over ${keyHeads}, ${turned} turned`;
        this.#run(subject, context, { y, count: heads * size, ours, theirs });
      },
    };
  }

  /**
   * x Wᵀ of many rows, by the numbers of W's codes and scales among the inputs: into `to`, which lies at `y`. Ours makes W float16 and has ORT multiply, as ORT's
   * own does in a product by quantized weights, but faster.
   */
  #manyRows(node: NodeInfo, sizes: Sizes, module: () => Module) {
    const { K, N, bits, block } = sizes;
    const whole = ortProduct(node);
    const multiply = node.operator(MICROSOFT, 'FusedMatMul', 1, {
      attributes: { transB: 1 },
      inputs: 2,
      outputs: 1,
      types: { T: 'float16' },
    });
    const decodes = this.#decodesPrompts && 2 * N * K <= MOST_DECODED_BYTES;
    return (
      context: KernelContext,
      [codes, scales]: readonly [number, number],
      to: InvokedOutput,
      y: Pointer,
      rows: number,
    ) => {
      const theirs = () => context.invoke(whole, [0, codes, scales], [to]);
      if (!decodes || rows <= MOST_ROWS) return theirs();
      const ours = () => {
        const weights = this.#decoded.take([N, K]);
        const eights = (N * K) / 8;
        module()
          .kernel('decode_weights')
          .launch({ stream: context.stream(), blocks: [this.#blocksFor(eights)], threads: 256 }, [
            weights.address,
            context.address(codes),
            context.address(scales),
            BigInt(eights),
          ]);
        context.invoke(multiply, [0, weights], [to]);
      };
      this.#run(`decode_weights of ${bits} bits in blocks of ${block}`, context, {
        y,
        count: N * rows,
        ours,
        theirs,
      });
    };
  }

  /** Of kernels whose threads take a value after the other. */
  #blocksFor(values: number): number {
    return Math.min(8 * this.#modules.multiprocessors, Math.ceil(values / 256));
  }

  #productKernel({ K, N, bits }: Sizes) {
    const rowBytes = (K * bits) / 8;
    const [name, warps, ahead] =
      rowBytes > 4096
        ? (['product_deep', 16, 2] as const)
        : N > (64 * TILE * this.#modules.multiprocessors) / 4
          ? (['product_wide', 8, 2] as const)
          : (['product_usual', 8, 4] as const);
    const shared = sharedBytes({ K, bits, warps, ahead, matrices: 1 });
    return { name, threads: 32 * warps, shared, rowsAtOnce: rowsThatFit(shared, this.#modules.sharedBytes) };
  }

  /** Ours, once it has made what ORT's makes. The first time both run, and ORT's result stays. */
  #run(subject: string, context: KernelContext, { y, count, ours, theirs }: Ways): void {
    const trusted = this.#trusted.get(subject);
    if (trusted !== undefined) {
      (trusted ? ours : theirs)();
      return;
    }
    const compared = Math.min(count, MOST_COMPARED);
    const [got, expected] = [ours, theirs].map((run) => {
      run();
      const halves = new Uint16Array(new ArrayBuffer(2 * compared));
      this.#modules.finish(context.stream());
      this.#driver.copyToHost(halves, y);
      const values = new Float32Array(compared);
      halvesToFloats(halves, values);
      return values;
    }) as [Float32Array, Float32Array];
    const difference = greatestDifference(got, expected);
    this.#trusted.set(subject, difference <= TOLERANCE);
    if (difference > TOLERANCE)
      this.#onRefused(`${subject}: ${difference} of the largest value apart from ONNX Runtime's`);
  }
}

/** Device memory outside of ORT's arena, which keeps a node's unread outputs to the end of a run; it grows to the largest that was asked for. */
class Room {
  readonly #driver: CudaDriver;
  readonly #wrap: CudaOperatorsOptions['wrap'];
  #address: Pointer | null = null;
  #bytes = 0;
  /** Tensors over it, by shape. */
  readonly #values = new Map<string, { readonly value: Pointer; release(): void }>();

  constructor(driver: CudaDriver, wrap: CudaOperatorsOptions['wrap']) {
    this.#driver = driver;
    this.#wrap = wrap;
  }

  /** A float16 tensor that is the caller's until the next call. @throws AppError `out-of-memory` */
  take(shape: readonly number[]): { readonly value: Pointer; readonly address: Pointer } {
    const bytes = 2 * shape.reduce((product, size) => product * size, 1);
    if (this.#address === null || bytes > this.#bytes) {
      this.dispose();
      this.#address = this.#driver.allocate(bytes);
      this.#bytes = bytes;
    }
    const key = shape.join();
    let tensor = this.#values.get(key);
    if (!tensor) {
      tensor = this.#wrap(this.#address, bytes, shape);
      this.#values.set(key, tensor);
    }
    return { value: tensor.value, address: this.#address };
  }

  dispose(): void {
    for (const { release } of this.#values.values()) release();
    this.#values.clear();
    if (this.#address !== null) this.#driver.free(this.#address);
    this.#address = null;
  }
}

/** Two ways to the same `count` values at `y`. */
interface Ways {
  readonly y: Pointer;
  readonly count: number;
  readonly ours: () => void;
  readonly theirs: () => void;
}

/** As a share of the largest expected value; infinite where one is no number and the other is. */
function greatestDifference(got: Float32Array, expected: Float32Array): number {
  let [apart, largest] = [0, 1e-3];
  for (const [i, value] of expected.entries()) {
    if (Object.is(value, got[i])) continue;
    const difference = Math.abs(value - got[i]!);
    apart = Math.max(apart, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference);
    largest = Math.max(largest, Math.abs(value));
  }
  return apart / largest;
}

interface Sizes {
  readonly K: number;
  readonly N: number;
  readonly bits: number;
  readonly block: number;
}

function readSizes(node: NodeInfo): Sizes {
  const [K, N, bits, block] = ['K', 'N', 'bits', 'block_size'].map((name) => node.integer(name) ?? 0);
  return { K: K!, N: N!, bits: bits || 4, block: block! };
}

function ortProduct(node: NodeInfo): Invokable {
  const { K, N, bits, block } = readSizes(node);
  const accuracy_level = node.integer('accuracy_level') ?? 0;
  return node.operator(MICROSOFT, 'MatMulNBits', 1, {
    attributes: { K, N, bits, block_size: block, accuracy_level },
    inputs: 3,
    outputs: 1,
    types: { T1: 'float16', T2: 'uint8', T3: 'float16' },
  });
}

/** Shared memory that a product's launch asks for, by rows: what is on its way, then the activations (products.cu). */
function sharedBytes(of: { K: number; bits: number; warps: number; ahead: number; matrices: number }) {
  const { K, warps, ahead, matrices } = of;
  return (rows: number): number => warps * matrices * ahead * 1024 + rows * 16 * (K / 8 + 4);
}

/** Rows of one launch; 0 where not even one fits. */
function rowsThatFit(shared: (rows: number) => number, bytes: number): number {
  let rows = ROWS_AT_ONCE;
  while (rows > 0 && shared(rows) > bytes) rows--;
  return rows;
}

function* inGroups(rows: number, most: number): Generator<{ from: number; count: number }> {
  for (let from = 0; from < rows; from += most) yield { from, count: Math.min(most, rows - from) };
}

const rowsOf = (shape: readonly number[]): number =>
  shape.slice(0, -1).reduce((product, size) => product * size, 1);

const rowsText = (rows: number): string => (rows === 1 ? 'a row' : 'several rows');

/** The shape of the product, and its rows. */
function outputOf(context: KernelContext, N: number): { shape: readonly number[]; rows: number } {
  const x = context.shape(0);
  return { shape: [...x.slice(0, -1), N], rows: rowsOf(x) };
}

/** Whether a lane of the kernel holds both values of each pair that turns: those beside each other, or 32 or 64 apart. */
const canTurn = (turned: number, size: number, interleaved: boolean): boolean =>
  turned === 0 || (interleaved ? turned % 8 === 0 : turned === size || (size === 128 && turned === 64));
