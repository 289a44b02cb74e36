import type { CustomOperator, Kernel, KernelContext, NodeInfo } from '../custom-operator';
import type { Pointer } from '../ffi';
import { type OperatorDevice, rowsOf } from './device';
import { readSizes, type Sizes } from './product-sizes';
import { MOST_ROWS, type PromptPrecision, Prompts } from './prompts';

const ROWS_AT_ONCE = 8;
/** Columns that a block of threads makes. */
const TILE = 16;

const VALUE = {};
const CODES = { type: 'uint8' } as const;

/** `MatMulNBits` and `GatedMatMulNBits` of `own-operators-graph.ts`. */
export function products(device: OperatorDevice, precision: PromptPrecision): CustomOperator[] {
  const prompts = new Prompts(device, precision);
  return [
    {
      name: 'MatMulNBits',
      inputs: [VALUE, CODES, VALUE, { optional: true }],
      outputs: [VALUE],
      create: (node) => createProduct(device, prompts, node),
    },
    {
      name: 'GatedMatMulNBits',
      inputs: [VALUE, CODES, VALUE, CODES, VALUE],
      outputs: [VALUE],
      create: (node) => createGatedProduct(device, prompts, node),
    },
  ];
}

function createProduct(device: OperatorDevice, prompts: Prompts, node: NodeInfo): Kernel {
  const sizes = readSizes(node);
  const { K, N, bits, block } = sizes;
  const module = device.module('products', { BITS: bits, BLOCK: block });
  const plan = planOf(device, sizes);
  const many = prompts.create(node, sizes, module);
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
  return {
    run: (context) => {
      const { shape, rows } = outputOf(context, N);
      const y = context.output(0, shape);
      if (rows > MOST_ROWS || plan.rowsAtOnce === 0) return many.product(context, y, rows);
      device.run(`${plan.name} of ${bits} bits in blocks of ${block}, ${rowsText(rows)}`, context, {
        y,
        count: N * rows,
        ours: () => ours(context, y, rows),
        theirs: () => many.product(context, y, rows),
      });
    },
  };
}

function createGatedProduct(device: OperatorDevice, prompts: Prompts, node: NodeInfo): Kernel {
  const sizes = readSizes(node);
  const { K, N, bits, block } = sizes;
  const module = device.module('products', { BITS: bits, BLOCK: block });
  const bytes = sharedBytes({ K, warps: 8, ahead: 2, matrices: 2 });
  const rowsAtOnce = rowsThatFit(bytes, device.modules.sharedBytes);
  const many = prompts.create(node, sizes, module);

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
  return {
    run: (context) => {
      const { shape, rows } = outputOf(context, N);
      const y = context.output(0, shape);
      if (rows > MOST_ROWS || rowsAtOnce === 0) return many.gated(context, y, shape, rows);
      device.run(`gated_product of ${bits} bits in blocks of ${block}, ${rowsText(rows)}`, context, {
        y,
        count: N * rows,
        ours: () => ours(context, y, rows),
        theirs: () => many.gated(context, y, shape, rows),
      });
    },
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
