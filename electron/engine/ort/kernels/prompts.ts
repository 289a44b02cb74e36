import type { Invokable, InvokedOutput, KernelContext, NodeInfo } from '../custom-operator';
import type { Pointer } from '../ffi';
import { MICROSOFT } from '../onnx-graph';
import type { OperatorDevice } from './device';
import { Float8Products } from './float8';
import type { Argument, Module } from './modules';
import type { Sizes } from './product-sizes';
import type { Workspace } from './workspace';

/** Rows up to which our products are faster than ORT's, which makes all weights float16 first. */
export const MOST_ROWS = 24;
/** Of weights that are made float16 for a prompt. */
const MOST_DECODED_BYTES = 512 << 20;

/** What products of a prompt's rows are computed in: left to ORT, or through weights that kernels of ours make. */
export type PromptPrecision = 'ort' | 'float16' | 'float8';

/** A node's products where there are many rows, or where ours for few are not to be had. */
export interface PromptProducts {
  /** y = x Wᵀ of inputs 0 to 2, with its bias (input 3) and Gelu where the node has them. */
  product(context: KernelContext, y: Pointer, rows: number): void;
  /** y = silu(x Gᵀ) * (x Uᵀ) of inputs 0 to 4. */
  gated(context: KernelContext, y: Pointer, shape: readonly number[], rows: number): void;
}

/** Makes them for the nodes of a device, which share memory for what is made of the weights. */
export class Prompts {
  readonly #device: OperatorDevice;
  readonly #decodes: boolean;
  readonly #float8: Float8Products | null;
  /** Weights made float16. */
  readonly #decoded: Workspace;
  /** The second product of a gate: of few rows, whose runs are recorded as CUDA graphs, and of many. */
  readonly #up: Workspace;
  readonly #manyUp: Workspace;

  constructor(device: OperatorDevice, precision: PromptPrecision) {
    this.#device = device;
    this.#decodes = precision !== 'ort';
    this.#decoded = device.workspace({ keepsOutgrown: false });
    this.#up = device.workspace({ keepsOutgrown: true });
    this.#manyUp = device.workspace({ keepsOutgrown: false });
    this.#float8 = precision === 'float8' ? Float8Products.open(device) : null;
  }

  /** @param module products.cu for these sizes. */
  create(node: NodeInfo, sizes: Sizes, module: () => Module): PromptProducts {
    const half = this.#halfProducts(node, sizes, module);
    const float8 = this.#float8?.create(node, sizes, this.#manyUp);
    if (!float8) return half;
    const subject = `float8 of ${sizes.bits} bits in blocks of ${sizes.block}`;
    const { N } = sizes;
    return {
      product: (context, y, rows) => {
        const theirs = () => half.product(context, y, rows);
        if (rows <= MOST_ROWS) return theirs();
        const ours = () => float8.product(context, y, rows);
        this.#device.run(subject, context, { y, count: N * rows, ours, theirs, rounding: float8.rounding });
      },
      gated: (context, y, shape, rows) => {
        const theirs = () => half.gated(context, y, shape, rows);
        if (rows <= MOST_ROWS) return theirs();
        const ours = () => float8.gated(context, y, rows);
        const { rounding } = float8;
        this.#device.run(`${subject}, gated`, context, { y, count: N * rows, ours, theirs, rounding });
      },
    };
  }

  #halfProducts(node: NodeInfo, sizes: Sizes, module: () => Module): PromptProducts {
    const device = this.#device;
    const { N } = sizes;
    const multiply = this.#multiply(node, sizes, module);
    const activate = node.integer('activation') === 1;
    const hasBias = node.inputCount === 4;
    return {
      product: (context, y, rows) => {
        const pairs = (N * rows) / 2;
        multiply(context, [1, 2], 0, y, rows);
        const launch = (name: string, ...args: Argument[]) =>
          module()
            .kernel(name)
            .launch({ stream: context.stream(), blocks: [device.blocksFor(pairs)], threads: 256 }, args);
        if (hasBias) launch('add_bias', y, context.address(3), N / 2, pairs);
        if (activate) launch('activate_values', y, pairs);
      },
      gated: (context, y, shape, rows) => {
        const pairs = (N * rows) / 2;
        const up = (rows > MOST_ROWS ? this.#manyUp : this.#up).take(shape);
        multiply(context, [1, 2], 0, y, rows);
        multiply(context, [3, 4], up, up.address, rows);
        const at = { stream: context.stream(), blocks: [device.blocksFor(pairs)], threads: 256 } as const;
        module().kernel('gate_values').launch(at, [y, up.address, pairs]);
      },
    };
  }

  /**
   * x Wᵀ by the numbers of W's codes and scales among the inputs, into `to`, which lies at `y`: by ORT, or by ORT over weights that ours make float16, as ORT's own does
   * in a product by quantized weights, but faster.
   */
  #multiply(node: NodeInfo, sizes: Sizes, module: () => Module) {
    const device = this.#device;
    const { K, N, bits, block } = sizes;
    const product = ortProduct(node, sizes);
    const multiply = node.operator(MICROSOFT, 'FusedMatMul', 1, {
      attributes: { transB: 1 },
      inputs: 2,
      outputs: 1,
      types: { T: 'float16' },
    });
    const decodes = this.#decodes && 2 * N * K <= MOST_DECODED_BYTES;
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
        const weights = this.#decoded.take([N, K]);
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
