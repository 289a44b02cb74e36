import type {
  CustomOperator,
  Invokable,
  InvokedOutput,
  Kernel,
  KernelContext,
  NodeInfo,
} from '../custom-operator';
import type { Pointer } from '../ffi';
import { MICROSOFT } from '../onnx-graph';
import { type OperatorDevice, rowsOf } from './device';
import type { Argument, Module } from './modules';
import type { Workspace } from './workspace';

/** Rows up to which our products are faster than ORT's, which makes all weights float16 first; eight at a time. */
const MOST_ROWS = 24;
const ROWS_AT_ONCE = 8;
/** Columns that a block of threads makes. */
const TILE = 16;
/** Of weights that are made float16 for a prompt. */
const MOST_DECODED_BYTES = 512 << 20;

const VALUE = {};
const CODES = { type: 'uint8' } as const;

interface Shared {
  readonly device: OperatorDevice;
  /** Prompts go through weights that ours make float16. */
  readonly decodesPrompts: boolean;
  /** Weights made float16. */
  readonly decoded: Workspace;
  /** The second product of a gate: of few rows, whose runs are recorded as CUDA graphs, and of prompts. */
  readonly up: Workspace;
  readonly promptUp: Workspace;
}

/** `MatMulNBits` and `GatedMatMulNBits` of `own-operators-graph.ts`. */
export function products(device: OperatorDevice, decodesPrompts: boolean): CustomOperator[] {
  const shared: Shared = {
    device,
    decodesPrompts,
    decoded: device.workspace({ keepsOutgrown: false }),
    up: device.workspace({ keepsOutgrown: true }),
    promptUp: device.workspace({ keepsOutgrown: false }),
  };
  return [
    {
      name: 'MatMulNBits',
      inputs: [VALUE, CODES, VALUE, { optional: true }],
      outputs: [VALUE],
      create: (node) => createProduct(shared, node),
    },
    {
      name: 'GatedMatMulNBits',
      inputs: [VALUE, CODES, VALUE, CODES, VALUE],
      outputs: [VALUE],
      create: (node) => createGatedProduct(shared, node),
    },
  ];
}

function createProduct(shared: Shared, node: NodeInfo): Kernel {
  const { device } = shared;
  const sizes = readSizes(node);
  const { K, N, bits, block } = sizes;
  const module = device.module('products', { BITS: bits, BLOCK: block });
  const plan = planOf(device, sizes);
  const multiply = manyRows(shared, node, sizes, module);
  const activate = node.integer('activation') === 1;
  const hasBias = node.inputCount > 3;

  const ours = (context: KernelContext, y: Pointer, rows: number) => {
    const stream = context.stream();
    const bias = hasBias ? context.address(3) : 0n;
    const [codes, scales, x] = [context.address(1), context.address(2), context.address(0)];
    for (const { from, count } of inGroups(rows, plan.rowsAtOnce)) {
      const [to, of] = [y + BigInt(2 * N * from), x + BigInt(2 * K * from)];
      module()
        .kernel(plan.name, true)
        .launch(
          { stream, blocks: [Math.ceil(N / TILE)], threads: plan.threads, shared: plan.shared(count) },
          [to, of, codes, scales, bias, activate ? 1 : 0, count, N, K],
        );
    }
  };
  const theirs = (context: KernelContext, y: Pointer, rows: number) => {
    const pairs = (N * rows) / 2;
    multiply(context, [1, 2], 0, y, rows);
    const launch = (name: string, ...args: Argument[]) =>
      module()
        .kernel(name)
        .launch({ stream: context.stream(), blocks: [device.blocksFor(pairs)], threads: 256 }, args);
    if (hasBias) launch('add_bias', y, context.address(3), N / 2, pairs);
    if (activate) launch('activate_values', y, pairs);
  };
  return {
    run: (context) => {
      const { shape, rows } = outputOf(context, N);
      const y = context.output(0, shape);
      if (rows > MOST_ROWS || plan.rowsAtOnce === 0) return theirs(context, y, rows);
      device.run(`${plan.name} of ${bits} bits in blocks of ${block}, ${rowsText(rows)}`, context, {
        y,
        count: N * rows,
        ours: () => ours(context, y, rows),
        theirs: () => theirs(context, y, rows),
      });
    },
  };
}

function createGatedProduct(shared: Shared, node: NodeInfo): Kernel {
  const { device } = shared;
  const sizes = readSizes(node);
  const { K, N, bits, block } = sizes;
  const module = device.module('products', { BITS: bits, BLOCK: block });
  const bytes = sharedBytes({ K, warps: 8, ahead: 2, matrices: 2 });
  const rowsAtOnce = rowsThatFit(bytes, device.modules.sharedBytes);
  const multiply = manyRows(shared, node, sizes, module);

  const ours = (context: KernelContext, y: Pointer, rows: number) => {
    const stream = context.stream();
    const x = context.address(0);
    const weights = [1, 2, 3, 4].map((input) => context.address(input));
    for (const { from, count } of inGroups(rows, rowsAtOnce)) {
      const [to, of] = [y + BigInt(2 * N * from), x + BigInt(2 * K * from)];
      module()
        .kernel('gated_product', true)
        .launch({ stream, blocks: [Math.ceil(N / TILE)], threads: 256, shared: bytes(count) }, [
          ...[to, of, ...weights],
          ...[count, N, K],
        ]);
    }
  };
  const theirs = (context: KernelContext, y: Pointer, shape: readonly number[], rows: number) => {
    const pairs = (N * rows) / 2;
    const up = (rows > MOST_ROWS ? shared.promptUp : shared.up).take(shape);
    multiply(context, [1, 2], 0, y, rows);
    multiply(context, [3, 4], up, up.address, rows);
    const at = { stream: context.stream(), blocks: [device.blocksFor(pairs)], threads: 256 } as const;
    module().kernel('gate_values').launch(at, [y, up.address, pairs]);
  };
  return {
    run: (context) => {
      const { shape, rows } = outputOf(context, N);
      const y = context.output(0, shape);
      if (rows > MOST_ROWS || rowsAtOnce === 0) return theirs(context, y, shape, rows);
      device.run(`gated_product of ${bits} bits in blocks of ${block}, ${rowsText(rows)}`, context, {
        y,
        count: N * rows,
        ours: () => ours(context, y, rows),
        theirs: () => theirs(context, y, shape, rows),
      });
    },
  };
}

/**
 * x Wᵀ of many rows, by the numbers of W's codes and scales among the inputs: into `to`, which lies at `y`. Ours makes W float16 and has ORT multiply, as ORT's
 * own does in a product by quantized weights, but faster.
 */
function manyRows(shared: Shared, node: NodeInfo, sizes: Sizes, module: () => Module) {
  const { device, decoded } = shared;
  const { K, N, bits, block } = sizes;
  const product = ortProduct(node, sizes);
  const multiply = node.operator(MICROSOFT, 'FusedMatMul', 1, {
    attributes: { transB: 1 },
    inputs: 2,
    outputs: 1,
    types: { T: 'float16' },
  });
  const decodes = shared.decodesPrompts && 2 * N * K <= MOST_DECODED_BYTES;
  return (
    context: KernelContext,
    [codes, scales]: readonly [number, number],
    to: InvokedOutput,
    y: Pointer,
    rows: number,
  ) => {
    const theirs = () => context.invoke(product, [0, codes, scales], [to]);
    if (!decodes || rows <= MOST_ROWS) return theirs();
    const ours = () => {
      const weights = decoded.take([N, K]);
      const eights = (N * K) / 8;
      const at = { stream: context.stream(), blocks: [device.blocksFor(eights)], threads: 256 } as const;
      const [from, scale] = [context.address(codes), context.address(scales)];
      module()
        .kernel('decode_weights')
        .launch(at, [weights.address, from, scale, BigInt(eights)]);
      context.invoke(multiply, [0, weights], [to]);
    };
    const subject = `decode_weights of ${bits} bits in blocks of ${block}`;
    device.run(subject, context, { y, count: N * rows, ours, theirs });
  };
}

/** Which kernel of products.cu makes a product, and how it is launched. */
function planOf({ modules }: OperatorDevice, { K, N, bits }: Sizes) {
  const rowBytes = (K * bits) / 8;
  const [name, warps, ahead] =
    rowBytes > 4096
      ? (['product_deep', 16, 2] as const)
      : N > (64 * TILE * modules.multiprocessors) / 4
        ? (['product_wide', 8, 2] as const)
        : (['product_usual', 8, 4] as const);
  const shared = sharedBytes({ K, warps, ahead, matrices: 1 });
  return { name, threads: 32 * warps, shared, rowsAtOnce: rowsThatFit(shared, modules.sharedBytes) };
}

interface Sizes {
  readonly K: number;
  readonly N: number;
  readonly bits: number;
  readonly block: number;
}

function readSizes(node: NodeInfo): Sizes {
  const [K, N, bits, block] = ['K', 'N', 'bits', 'block_size'].map((name) => node.integer(name) ?? 0);
  return { K: K!, N: N!, bits: bits!, block: block! };
}

function ortProduct(node: NodeInfo, { K, N, bits, block }: Sizes): Invokable {
  const accuracy_level = node.integer('accuracy_level') ?? 0;
  return node.operator(MICROSOFT, 'MatMulNBits', 1, {
    attributes: { K, N, bits, block_size: block, accuracy_level },
    inputs: 3,
    outputs: 1,
    types: { T1: 'float16', T2: 'uint8', T3: 'float16' },
  });
}

/** Shared memory that a product's launch asks for, by rows: what is on its way, then the activations (products.cu). */
function sharedBytes({ K, warps, ahead, matrices }: Record<'K' | 'warps' | 'ahead' | 'matrices', number>) {
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

const rowsText = (rows: number): string => (rows === 1 ? 'a row' : 'several rows');

/** The shape of the product, and its rows. */
function outputOf(context: KernelContext, N: number): { shape: readonly number[]; rows: number } {
  const x = context.shape(0);
  return { shape: [...x.slice(0, -1), N], rows: rowsOf(x) };
}
